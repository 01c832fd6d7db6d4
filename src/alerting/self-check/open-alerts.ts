import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import type { AlertMetrics } from '../alert-metrics.js';
import type { AlertStore } from '../stores/alert-store.js';

/** Ready values for {@link OpenAlerts}. */
export interface OpenAlertsParts {
  readonly store: Pick<AlertStore, 'countActive'>;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
}

const OFTEN_MS = 1_000;
/** The part of the time that counting may take, one in so many; a count that was held up must not put off the next for long. */
const SHARE = 100;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Keeps the gauge of open alerts up to date: the dispatcher's loop has them counted, because a scrape can't wait for
 * Redis, and must not find fifty thousand alerts to go through.
 */
export class OpenAlerts {
  readonly #parts: OpenAlertsParts;
  #isCounting = false;
  #notBefore = -Infinity;

  constructor(parts: OpenAlertsParts) {
    this.#parts = parts;
  }

  /** Counts anew, unless that was done a moment ago. Never rejects. */
  async refresh(): Promise<void> {
    const { store, clock, diagnostics, metrics } = this.#parts;
    const began = clock.monotonic();
    if (this.#isCounting || began < this.#notBefore) return;
    this.#isCounting = true;
    try {
      metrics.open(await store.countActive());
    } catch (error) {
      diagnostics.fault('alerts', 'the open alerts could not be counted', error);
    }
    this.#isCounting = false;
    const ended = clock.monotonic();
    this.#notBefore = ended + Math.min(LONGEST_PAUSE_MS, Math.max(OFTEN_MS, SHARE * (ended - began)));
  }
}
