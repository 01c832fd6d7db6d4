import type { Sample } from './metric.js';
import { ScalarMetric } from './scalar.js';

type Labels = Readonly<Record<string, string | number>>;

/** A value that goes up and down. */
export class Gauge extends ScalarMetric {
  readonly type = 'gauge';
  /** By label values, not by slot: a series that can't be read now has none. */
  readonly #readers = new Map<string, { readonly labels: Labels; readonly read: () => number | undefined }>();

  /** Sets a series by its labels. `NaN` is kept: it says that the value is not known. */
  set(labels: Readonly<Record<string, string | number>>, value: number): void {
    const slot = this.slotOf(labels);
    if (slot !== undefined) this.setAt(slot, value);
  }

  /** Sets a series by its slot. */
  setAt(slot: number, value: number): void {
    this.values[slot] = value;
  }

  /** Adds to a series by its slot; the value may be negative. One that is not finite is ignored. */
  add(slot: number, value: number): void {
    if (!Number.isFinite(value)) return;
    (this.values[slot] as number) += value;
  }

  /**
   * Reads a series anew for each scrape; a second reader of the same labels takes over from the first.
   *
   * @param read gives the value; `undefined` ends the series for good. Where it throws, this scrape goes without.
   */
  observe(labels: Readonly<Record<string, string | number>>, read: () => number | undefined): void {
    if (this.slotOf(labels) === undefined) return;
    const key = JSON.stringify(this.labelNames.map(name => String(labels[name] ?? '')));
    this.#readers.set(key, { labels, read });
  }

  /** @internal */
  override *samples(): IterableIterator<Sample> {
    for (const [key, { labels, read }] of this.#readers) {
      const slot = this.slotOf(labels) as number;
      let value: number | undefined;
      try {
        value = read();
        if (value === undefined) this.#readers.delete(key);
      } catch {
        // Neither an old value, which would be wrong, nor NaN, which would spoil every sum.
      }
      if (value === undefined) this.forget(slot);
      else this.setAt(slot, value);
    }
    yield* super.samples();
  }

  /** A gauge states a present value, however long ago it was set, so it never expires by itself. */
  override expireBefore(): void {}
}
