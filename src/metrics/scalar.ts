import { emptySample, Metric, withRoom, type MetricSettings, type Sample } from './metric.js';

/** A metric with one number a series: what counter and gauge share. */
export abstract class ScalarMetric extends Metric {
  protected values: Float64Array<ArrayBuffer> = new Float64Array(0);

  constructor(settings: MetricSettings) {
    super(settings);
    this.grow(this.table.slots);
  }

  override *samples(): IterableIterator<Sample> {
    const sample = emptySample();
    const { table } = this;
    const pass = table.pass();
    for (let slot = 0; slot < pass.slots; slot++) {
      const values = pass.at(slot);
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
    this.values = withRoom(this.values, slots);
  }
}
