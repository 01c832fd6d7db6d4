import { Change, sum, type Row } from './change.js';
import type { Scrape } from './exposition.js';

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
