import { emptySample, Metric, type Sample } from './metric.js';

/** A metric with one number a series: what counter and gauge share. */
export abstract class ScalarMetric extends Metric {
  protected values: Float64Array<ArrayBuffer> = new Float64Array(0);

  override *samples(): IterableIterator<Sample> {
    const sample = emptySample();
    const { table } = this;
    this.grow(table.slots);
    for (let slot = 0; slot < table.slots; slot++) {
      const values = table.values[slot];
      if (values === undefined) continue;
      sample.labelValues = values;
      sample.labelText = table.text(slot);
      sample.value = this.values[slot] as number;
      yield sample;
    }
  }

  protected override clear(slot: number): void {
    this.values[slot] = 0;
  }

  protected override grow(slots: number): void {
    if (slots > this.values.length) this.values = lengthened(this.values, slots);
  }
}

/** A longer copy, half as long again, so that growing one by one stays cheap and little lies idle. */
export function lengthened(array: Float64Array<ArrayBuffer>, atLeast: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(Math.max(atLeast, Math.ceil(array.length * 1.5)));
  longer.set(array);
  return longer;
}
