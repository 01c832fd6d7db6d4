import type { Counter } from './counter.js';
import type { Histogram } from './histogram.js';
import type { Metrics } from './metrics.js';

/** One database query, recorded by hand. */
export interface DbQuery {
  /** `select`, `insert`, …: what it does. Never the SQL itself. */
  readonly operation: string;
  readonly table: string;
  readonly seconds: number;
  /** Whether it failed; it then counts under `<operation>_error`. */
  readonly failed?: boolean;
}

/** The metrics of database queries. */
export class DatabaseMetrics {
  readonly #queries: Counter;
  readonly #duration: Histogram;

  constructor(metrics: Metrics) {
    this.#queries = metrics.counter('db_queries_total');
    this.#duration = metrics.histogram('db_query_duration_seconds');
  }

  record({ operation, table, seconds, failed = false }: DbQuery): void {
    const label = failed ? `${operation}_error` : operation;
    this.#queries.add(this.#queries.slot(label, table));
    this.#duration.observeAt(this.#duration.slot(label, table), seconds);
  }
}
