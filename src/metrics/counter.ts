import { ScalarMetric } from './scalar.js';

/** A value that only grows. */
export class Counter extends ScalarMetric {
  readonly type = 'counter';

  /**
   * Adds to a series by its labels. A value that is negative or no number is ignored.
   * Never throws.
   * @example requests.inc({ method: 'GET', endpoint: '/', status_code: 200 })
   */
  inc(labels: Readonly<Record<string, string | number>> = {}, value = 1): void {
    const slot = this.slotOf(labels);
    if (slot !== undefined) this.add(slot, value);
  }

  /** Adds to a series by its slot: the hot path. A value that is negative or not finite is ignored. */
  add(slot: number, value = 1): void {
    if (!(Number.isFinite(value) && value >= 0)) return;
    (this.values[slot] as number) += value;
    this.touch(slot);
  }
}
