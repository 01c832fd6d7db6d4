import type { Clock } from '../../core/clock.js';
import { Gauge } from '../../metrics/gauge.js';
import type { MetricSettings, Sample } from '../../metrics/metric.js';
import type { Row } from './rows.js';

/** A gauge whose values are collected all together, and which shows none of them once they are too old. */
export class CollectedGauge extends Gauge {
  readonly #clock: Clock;
  #shown = new Set<number>();
  /** By the monotonic clock. */
  #staleAt = -Infinity;

  constructor(settings: MetricSettings, clock: Clock) {
    super(settings);
    this.#clock = clock;
  }

  /** Shows these values, and no others, for so long. */
  show(rows: readonly Row[], forMs: number): void {
    this.#staleAt = this.#clock.monotonic() + forMs;
    const present = new Set(rows.map(([labels]) => JSON.stringify(labels)));
    // First room is made, then taken: the cap is for what is shown together.
    for (const slot of this.#shown) {
      if (!present.has(JSON.stringify(this.table.values[slot]))) this.forget(slot);
    }
    this.#shown = new Set();
    for (const [labels, value] of rows) {
      const slot = this.slot(...labels);
      this.setAt(slot, value);
      this.#shown.add(slot);
    }
  }

  /** Shows nothing until there are values again. */
  hide(): void {
    this.show([], 0);
  }

  /** @internal */
  override *samples(): IterableIterator<Sample> {
    // Looked at when it is read: an age that a timer watched could be missed by a busy process.
    if (this.#shown.size > 0 && this.#clock.monotonic() > this.#staleAt) this.hide();
    // Without labels there always is a series, with 0 for want of a value.
    if (this.labelNames.length === 0 && this.#shown.size === 0) return;
    yield* super.samples();
  }
}
