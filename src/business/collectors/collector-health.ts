import type { Diagnostics } from '../../core/diagnostics.js';
import type { Metrics } from '../../metrics/metrics.js';
import type { Row } from './rows.js';

/** How a collection ended: see `business_collections_total`. */
export type CollectionOutcome = 'succeeded' | 'failed' | 'timed_out' | 'overlapped' | 'lost' | 'unshared';

/** The metrics of one collector's health. */
export class CollectorHealth {
  readonly #collector: string;
  readonly #metrics: Metrics;
  readonly #diagnostics: Diagnostics;

  constructor(collector: string, metrics: Metrics, diagnostics: Diagnostics) {
    this.#collector = collector;
    this.#metrics = metrics;
    this.#diagnostics = diagnostics;
  }

  count(outcome: CollectionOutcome): void {
    this.#metrics.counter('business_collections_total').inc({ collector: this.#collector, outcome });
  }

  took(seconds: number): void {
    this.#metrics.histogram('business_collection_duration_seconds').observe({ collector: this.#collector }, seconds);
  }

  /** @param at milliseconds since the epoch */
  succeeded(at: number): void {
    this.#metrics.gauge('business_collection_last_success_timestamp_seconds').set({ collector: this.#collector }, at / 1_000);
  }

  /** As many rows as a metric may have series; the others are counted, and told of. */
  capped(rows: readonly Row[]): readonly Row[] {
    const { seriesLimit } = this.#metrics;
    if (rows.length <= seriesLimit) return rows;
    this.#metrics.counter('sightline_series_dropped_total').inc({ metric: this.#collector }, rows.length - seriesLimit);
    this.#diagnostics.notice(
      `business ${this.#collector}`,
      `\`${this.#collector}\` was given ${rows.length} rows; the first ${seriesLimit} are shown. Group by fewer labels, or raise the cap (\`metrics.seriesLimit\`).`,
    );
    return rows.slice(0, seriesLimit);
  }
}
