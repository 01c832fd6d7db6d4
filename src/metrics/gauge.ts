import { ScalarMetric } from './scalar.js';

/** A value that goes up and down. */
export class Gauge extends ScalarMetric {
  readonly type = 'gauge';

  /** Sets a series by its labels. `NaN` is kept: it says that the value is not known. */
  set(labels: Readonly<Record<string, string | number>>, value: number): void {
    this.setAt(this.slotOf(labels), value);
  }

  /** Sets a series by its slot. */
  setAt(slot: number, value: number): void {
    this.values[slot] = value;
  }

  /** Adds to a series by its slot; the value may be negative. */
  add(slot: number, value: number): void {
    (this.values[slot] as number) += value;
  }

  /** A gauge states a present value, however long ago it was set, so it never expires by itself. */
  override expireBefore(): void {}
}
