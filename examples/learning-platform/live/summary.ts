import type { OpenAiBooks } from '../../stand-ins/openai-books.js';
import { MAX_RETRIES } from '../grading/model-provider.js';
import { totalOf, type Counts, type Ledger, type Times } from '../traffic/ledger.js';
import type { Scrape } from './exposition.js';
import { dollars, duration, share, table } from './format.js';
import { booksOfProvider, booksOnMetrics, type ModelBooks } from './model-books.js';

/** What the traffic knows of itself. */
type TrafficKind = 'requests' | 'aborted' | 'streams' | 'answers';
type Kind = TrafficKind | 'queries' | 'messages' | keyof ModelBooks;
type Books = Readonly<Record<Kind, Counts>>;

/** Sums of dollars may differ by this much: they are added up in another order. */
const ROUNDING = 1e-9;

/** The books of those who sent, ran and answered, beside what the metrics counted. */
export interface Summary {
  readonly seconds: number;
  /** Without the AI calls and messages where those who got them are real, and tell nothing of their own books. */
  readonly sent: Readonly<Partial<Books>>;
  readonly counted: Books;
  /** `requests GET /lessons 200: 12 sent, 11 counted` */
  readonly differences: readonly string[];
  /** Requests that the traffic did not send: a visitor's. */
  readonly others: number;
  readonly strayPaths: number;
  readonly skipped: number;
  readonly failures: readonly string[];
  readonly latency: Readonly<Record<string, Latency>>;
  /** US dollars by who pays: `hangzhou`. */
  readonly costs: Counts;
  /** Shares of the day's budget that were passed. */
  readonly thresholds: readonly number[];
}

/** Those whose counts the metrics are held against. */
export interface Sources {
  readonly ledger: Ledger;
  /** PostgreSQL's own count of the queries it ran. */
  readonly queries: Counts;
  /** The provider's own books, where it is the stand-in. */
  readonly models: OpenAiBooks | undefined;
  /** Messages about alerts that came, by channel, where those who got them are stand-ins. */
  readonly messages: Counts | undefined;
}

/** Seconds as the senders measured them. */
interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

export function summarize({ ledger, queries, models, messages }: Sources, scrape: Scrape, seconds: number): Summary {
  const { requests, aborted, streams, answers } = ledger;
  const sent = { requests, aborted, streams, answers, queries, ...(models && booksOfProvider(models, MAX_RETRIES)), ...(messages && { messages }) };
  const counted = readBooks(scrape);
  return {
    seconds,
    sent,
    counted,
    differences: differencesOf(sent, counted),
    others: Math.max(totalOf(counted.requests) - totalOf(requests), 0),
    strayPaths: ledger.strayPaths.size,
    skipped: ledger.skipped,
    failures: ledger.failures,
    latency: {
      all: latencyOf(...ledger.times.values()),
      ...Object.fromEntries([...ledger.times].map(([key, times]) => [key, latencyOf(times)])),
    },
    costs: scrape.by('ai_attributed_cost_total', 'tenant'),
    thresholds: [...scrape.by('ai_budget_thresholds_total', 'threshold').keys()].map(Number).sort((a, b) => a - b),
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
    messages: deliveredIn(scrape),
    ...booksOnMetrics(scrape),
  };
}

function deliveredIn(scrape: Scrape): Counts {
  const delivered = scrape.samples('alert_notifications_total').filter(({ labels }) => labels['outcome'] === 'delivered');
  return new Map(delivered.map(({ labels, value }) => [labels['channel'] ?? '', value]));
}

/** A visitor may have sent more than the traffic; the database and the models count all, whoever sent it. */
const FROM_TRAFFIC: readonly Kind[] = ['requests', 'aborted', 'streams', 'answers'] satisfies TrafficKind[];

function differencesOf(sent: Summary['sent'], counted: Books): string[] {
  return (Object.entries(sent) as [Kind, Counts][]).flatMap(([kind, books]) =>
    [...new Set([...books.keys(), ...counted[kind].keys()])].flatMap(key => {
      const [expected, found] = [books.get(key) ?? 0, counted[kind].get(key) ?? 0];
      const agrees = FROM_TRAFFIC.includes(kind) ? found >= expected : Math.abs(found - expected) < ROUNDING;
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
  const line = (name: string, kind: Kind, where?: (key: string) => boolean, format: (value: number) => string = String): string[] => {
    const books = sent[kind];
    return [name, books ? format(totalOf(books, where)) : '–', format(totalOf(counted[kind], where))];
  };
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
        line('AI calls (by the stand-in)', 'aiCalls'),
        line('  failed', 'aiCalls', key => / (rate_limited|timeout|network|server)$/.test(key)),
        line('  stopped by a content filter', 'aiCalls', key => key.endsWith(' content_filter')),
        line('  whose reader left', 'aiCalls', key => key.endsWith(' aborted')),
        line('  attempts made again by the SDK', 'aiRetries'),
        line('AI tokens in', 'aiTokens', key => key.endsWith(' input')),
        line('  of them cached', 'aiTokens', key => key.endsWith(' cached')),
        line('AI tokens out', 'aiTokens', key => key.endsWith(' output')),
        line('AI cost', 'aiCost', undefined, dollars),
        line('messages about alerts (by the stand-ins)', 'messages'),
      ],
      42,
    ),
    '',
    `As the senders saw it: p50 ${duration(p50)}, p95 ${duration(p95)}. Left out as asked: ${summary.skipped} health checks.`,
    `AI cost by school: ${[...summary.costs].map(([school, cost]) => `${school} ${dollars(cost)}`).join(', ') || 'none'}.`,
    ...(summary.thresholds.length > 0 ? [`The day's AI budget passed ${summary.thresholds.map(each => share(each)).join(', ')}.`] : []),
    ...summary.failures.map(failure => `Failed: ${failure}`),
    ...(summary.others > 0 ? [`${summary.others} requests more were counted: a visitor's.`] : []),
    ...summary.differences.map(difference => `Differs: ${difference}`),
    summary.differences.length === 0 ? 'They agree.' : 'They DO NOT agree.',
  ].join('\n');
}
