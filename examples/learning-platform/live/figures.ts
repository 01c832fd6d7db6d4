import type { Scrape } from './exposition.js';

/** How one endpoint, or one kind of query, is doing. */
export interface Row {
  readonly name: string;
  readonly perSecond: number;
  readonly p95: number;
  /** Share that failed, 0 to 1. */
  readonly failed: number;
}

/** What the screen shows, all of it read off `/metrics`. */
export interface Figures {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p95: number;
  /** Shares of all requests, 0 to 1. */
  readonly serverErrors: number;
  readonly clientErrors: number;
  /** Now, event streams left out. */
  readonly inFlight: number;
  readonly streams: number;
  /** Since the start. */
  readonly requests: number;
  readonly aborted: number;
  readonly unmatched: number;
  /** The busiest first. */
  readonly routes: readonly Row[];
  readonly queries: readonly Row[];
  readonly models: ModelFigures;
}

/** How the AI models are doing. */
export interface ModelFigures {
  readonly callsPerSecond: number;
  readonly tokensPerSecond: number;
  readonly p95: number;
  /** Share of the calls that did not end well, 0 to 1. */
  readonly failed: number;
  /** US dollars, since the start. */
  readonly cost: number;
}

const WINDOW_MS = 10_000;

/** Rates and quantiles of the last ten seconds, as Prometheus's `rate` and `histogram_quantile` give them. */
export class LiveFigures {
  #scrapes: Scrape[] = [];

  /** Takes one more scrape. */
  read(scrape: Scrape): Figures {
    this.#scrapes = [...this.#scrapes.filter(({ at }) => scrape.at - at <= WINDOW_MS), scrape];
    const oldest = this.#scrapes[0] as Scrape;
    const change = new Change(oldest, scrape);
    const byStatus = change.by('http_requests_total', 'status_code');
    const all = sum(byStatus);
    const streams = scrape.total('http_streams_open');
    return {
      requestsPerSecond: change.perSecond(all),
      p50: change.quantile(0.5, 'http_request_duration_seconds'),
      p95: change.quantile(0.95, 'http_request_duration_seconds'),
      serverErrors: sum(byStatus, status => status.startsWith('5')) / (all || 1),
      clientErrors: sum(byStatus, status => status.startsWith('4')) / (all || 1),
      // This scrape is one, and an event stream is in flight as long as it is open.
      inFlight: Math.max(scrape.total('http_requests_in_flight') - streams - 1, 0),
      streams,
      requests: scrape.total('http_requests_total'),
      aborted: scrape.total('http_requests_aborted_total'),
      unmatched: scrape.by('http_requests_total', 'endpoint').get('unmatched') ?? 0,
      routes: this.#routes(change),
      queries: this.#queries(change),
      models: this.#models(change, scrape),
    };
  }

  #models(change: Change, scrape: Scrape): ModelFigures {
    const byStatus = change.by('ai_requests_total', 'status');
    const calls = sum(byStatus);
    return {
      callsPerSecond: change.perSecond(calls),
      tokensPerSecond: change.perSecond(sum(change.by('ai_token_usage_total', 'type'))),
      p95: change.quantile(0.95, 'ai_request_duration_seconds'),
      failed: (byStatus.get('error') ?? 0) / (calls || 1),
      cost: scrape.total('ai_service_cost_total'),
    };
  }

  #routes(change: Change): Row[] {
    const failed = change.by('http_requests_total', 'method', 'endpoint', 'status_code');
    return change.rows('http_request_duration_seconds', ['method', 'endpoint'], name =>
      sum(failed, key => key.startsWith(`${name} 5`)),
    );
  }

  #queries(change: Change): Row[] {
    return change.rows('db_query_duration_seconds', ['operation', 'table'], name => (name.includes('_error ') ? Infinity : 0));
  }
}

/** What happened between two scrapes. */
class Change {
  readonly #from: Scrape;
  readonly #to: Scrape;

  constructor(from: Scrape, to: Scrape) {
    this.#from = from;
    this.#to = to;
  }

  perSecond(increase: number): number {
    return increase / Math.max((this.#to.at - this.#from.at) / 1_000, 0.001);
  }

  by(name: string, ...labels: readonly string[]): Map<string, number> {
    const before = this.#from.by(name, ...labels);
    return new Map([...this.#to.by(name, ...labels)].map(([key, value]) => [key, value - (before.get(key) ?? 0)]));
  }

  /** Seconds, interpolated within a bucket as Prometheus does; 0 where nothing happened. */
  quantile(quantile: number, histogram: string, labels: readonly string[] = [], key = ''): number {
    const buckets = [...this.by(`${histogram}_bucket`, 'le', ...labels)]
      .map(([each, value]) => ({ le: each.split(' ', 1)[0] as string, key: each.slice(each.indexOf(' ') + 1), value }))
      .filter(bucket => labels.length === 0 || bucket.key === key)
      .map(({ le, value }) => ({ bound: le === '+Inf' ? Infinity : Number(le), value }))
      .sort((a, b) => a.bound - b.bound);
    const rank = quantile * (buckets.at(-1)?.value ?? 0);
    if (rank === 0) return 0;
    let below = { bound: 0, value: 0 };
    for (const bucket of buckets) {
      if (bucket.value >= rank) {
        if (bucket.bound === Infinity) return below.bound;
        return below.bound + ((bucket.bound - below.bound) * (rank - below.value)) / (bucket.value - below.value);
      }
      below = bucket;
    }
    return below.bound;
  }

  /** The busiest label values of a histogram. */
  rows(histogram: string, labels: readonly string[], failuresOf: (name: string) => number): Row[] {
    return [...this.by(`${histogram}_count`, ...labels)]
      .filter(([, increase]) => increase > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([name, increase]) => ({
        name,
        perSecond: this.perSecond(increase),
        p95: this.quantile(0.95, histogram, labels, name),
        failed: Math.min(failuresOf(name) / increase, 1),
      }));
  }
}

function sum(values: ReadonlyMap<string, number>, where: (key: string) => boolean = () => true): number {
  let total = 0;
  for (const [key, value] of values) if (where(key)) total += value;
  return total;
}
