import { lengthened } from './scalar.js';
import { emptySample, Metric, type Exemplar, type MetricSettings, type Sample } from './metric.js';

export interface HistogramSettings extends MetricSettings {
  /** Upper bounds, ascending, without `+Inf`. */
  readonly buckets: readonly number[];
}

/** Observations counted in buckets, with their sum and number. */
export class Histogram extends Metric {
  readonly type = 'histogram';
  override readonly bucketBounds: readonly number[];
  readonly #bounds: Float64Array;
  /** Numbers a slot takes: each bucket's own count (not cumulative), `+Inf`'s, and the sum. */
  readonly #width: number;
  #cells = new Float64Array(0);
  /** By bucket cell; stays empty until a traced observation brings one. */
  #exemplars: (Exemplar | undefined)[] = [];

  constructor(settings: HistogramSettings) {
    super(settings);
    this.bucketBounds = settings.buckets;
    this.#bounds = Float64Array.from(settings.buckets);
    this.#width = settings.buckets.length + 2;
  }

  /** Observes a value by labels. A value that is no number is ignored. */
  observe(labels: Readonly<Record<string, string | number>>, value: number): void {
    this.observeAt(this.slotOf(labels), value);
  }

  /**
   * Observes a value by the series' slot: the hot path. A value that is no number is ignored.
   * @param exemplar kept as the latest of the bucket the value falls into
   */
  observeAt(slot: number, value: number, exemplar?: Exemplar): void {
    // NaN would make the sum useless for good.
    if (!Number.isFinite(value)) return;
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    const start = slot * this.#width;
    const cells = this.#cells;
    (cells[start + bucket] as number)++;
    (cells[start + this.#width - 1] as number) += value;
    if (exemplar !== undefined) this.#exemplars[start + bucket] = exemplar;
    this.touch(slot);
  }

  override *samples(): IterableIterator<Sample> {
    const sample = emptySample();
    const { table } = this;
    const width = this.#width;
    this.grow(table.slots);
    for (let slot = 0; slot < table.slots; slot++) {
      const values = table.values[slot];
      if (values === undefined) continue;
      sample.labelValues = values;
      sample.labelText = table.text(slot);
      const start = slot * width;
      // Read the whole series now: a pass may pause between two samples, and its lines must agree.
      const cells = this.#cells.slice(start, start + width);
      let count = 0;
      sample.suffix = '_bucket';
      for (let bucket = 0; bucket < width - 1; bucket++) {
        count += cells[bucket] as number;
        sample.bucket = bucket;
        sample.value = count;
        sample.exemplar = this.#exemplars[start + bucket];
        yield sample;
      }
      sample.bucket = -1;
      sample.exemplar = undefined;
      sample.suffix = '_sum';
      sample.value = cells[width - 1] as number;
      yield sample;
      sample.suffix = '_count';
      sample.value = count;
      yield sample;
    }
  }

  protected override clear(slot: number): void {
    const start = slot * this.#width;
    this.#cells.fill(0, start, start + this.#width);
    for (let i = start; i < start + this.#width && i < this.#exemplars.length; i++) this.#exemplars[i] = undefined;
  }

  protected override grow(slots: number): void {
    const cells = slots * this.#width;
    if (cells > this.#cells.length) this.#cells = lengthened(this.#cells, cells);
  }
}
