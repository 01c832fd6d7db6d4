import { totalOf, type Counts, type Ledger, type Times } from '../traffic/ledger.js';
import type { Scrape } from './exposition.js';
import { duration, table } from './format.js';

type Kind = 'requests' | 'aborted' | 'streams' | 'answers' | 'queries';
type Books = Readonly<Record<Kind, Counts>>;

/** The traffic's own books beside what the metrics counted. */
export interface Summary {
  readonly seconds: number;
  readonly sent: Books;
  readonly counted: Books;
  /** `requests GET /lessons 200: 12 sent, 11 counted` */
  readonly differences: readonly string[];
  /** Requests that the traffic did not send: a visitor's. */
  readonly others: number;
  readonly strayPaths: number;
  readonly skipped: number;
  readonly failures: readonly string[];
  readonly latency: Readonly<Record<string, Latency>>;
}

/** Seconds as the senders measured them. */
interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** @param queries PostgreSQL's own count of the queries it ran */
export function summarize(ledger: Ledger, queries: Counts, scrape: Scrape, seconds: number): Summary {
  const sent: Books = { requests: ledger.requests, aborted: ledger.aborted, streams: ledger.streams, answers: ledger.answers, queries };
  const counted = readBooks(scrape);
  return {
    seconds,
    sent,
    counted,
    differences: differencesOf(sent, counted),
    others: Math.max(totalOf(counted.requests) - totalOf(sent.requests), 0),
    strayPaths: ledger.strayPaths.size,
    skipped: ledger.skipped,
    failures: ledger.failures,
    latency: {
      all: latencyOf(...ledger.times.values()),
      ...Object.fromEntries([...ledger.times].map(([key, times]) => [key, latencyOf(times)])),
    },
  };
}

function readBooks(scrape: Scrape): Books {
  const queries = scrape.by('db_queries_total', 'operation', 'table');
  for (const key of queries.keys()) {
    // PostgreSQL does not count what failed, nor is the question how much it counted of interest.
    if (key.includes('_error ') || key.endsWith(' pg_stat_statements')) queries.delete(key);
  }
  return {
    requests: scrape.by('http_requests_total', 'method', 'endpoint', 'status_code'),
    aborted: scrape.by('http_requests_aborted_total', 'method', 'endpoint', 'phase'),
    streams: scrape.by('http_stream_duration_seconds_count', 'endpoint', 'kind'),
    answers: scrape.by('exercise_completions_total', 'result'),
    queries,
  };
}

/** A visitor may have sent more than the traffic; a query is one the database counted, whoever sent it. */
function differencesOf(sent: Books, counted: Books): string[] {
  return (Object.keys(sent) as Kind[]).flatMap(kind =>
    [...new Set([...sent[kind].keys(), ...counted[kind].keys()])].flatMap(key => {
      const [expected, found] = [sent[kind].get(key) ?? 0, counted[kind].get(key) ?? 0];
      const agrees = kind === 'queries' ? found === expected : found >= expected;
      return agrees ? [] : [`${kind} ${key}: ${expected} sent, ${found} counted`];
    }),
  );
}

function latencyOf(...times: readonly Times[]): Latency {
  const sorted = times.flatMap(({ latest }) => latest).sort((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.min(Math.floor(q * sorted.length), sorted.length - 1)] ?? 0;
  return { count: times.reduce((sum, { count }) => sum + count, 0), p50: quantile(0.5), p95: quantile(0.95) };
}

/** For a program to read: one line. */
export function toJson(summary: Summary): string {
  return JSON.stringify(summary, (_key, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value));
}

/** For a person to read. */
export function toText({ sent, counted, ...summary }: Summary): string {
  const line = (name: string, kind: Kind, where?: (key: string) => boolean): string[] => [
    name,
    String(totalOf(sent[kind], where)),
    String(totalOf(counted[kind], where)),
  ];
  const { p50 = 0, p95 = 0 } = summary.latency['all'] ?? {};
  return [
    '',
    `Ran for ${summary.seconds.toFixed(1)} s. What was sent, and what /metrics counted:`,
    '',
    ...table(
      [
        ['', 'sent', 'counted'],
        line('requests', 'requests'),
        line('  answered 5xx', 'requests', key => / 5..$/.test(key)),
        line('  answered 4xx', 'requests', key => / 4..$/.test(key)),
        line('  whose client left', 'aborted'),
        line(`  to no route (${summary.strayPaths} paths, one label)`, 'requests', key => key.includes(' unmatched ')),
        line('event streams', 'streams'),
        line('exercises graded', 'answers'),
        line('database queries (by PostgreSQL)', 'queries'),
      ],
      40,
    ),
    '',
    `As the senders saw it: p50 ${duration(p50)}, p95 ${duration(p95)}. Left out as asked: ${summary.skipped} health checks.`,
    ...summary.failures.map(failure => `Failed: ${failure}`),
    ...(summary.others > 0 ? [`${summary.others} requests more were counted: a visitor's.`] : []),
    ...summary.differences.map(difference => `Differs: ${difference}`),
    summary.differences.length === 0 ? 'They agree.' : 'They DO NOT agree.',
  ].join('\n');
}
