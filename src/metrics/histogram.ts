import { emptySample, Metric, withRoom, type Exemplar, type MetricSettings, type Sample } from './metric.js';

export interface HistogramSettings extends MetricSettings {
  /** Upper bounds, ascending, without `+Inf`; the values are none of them negative. */
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
  readonly #exemplars = new Map<number, Exemplar>();

  constructor(settings: HistogramSettings) {
    super(settings);
    this.bucketBounds = [...settings.buckets];
    this.#bounds = Float64Array.from(settings.buckets);
    this.#width = settings.buckets.length + 2;
    this.grow(this.table.slots);
  }

  /** Observes a value by labels. A value that is negative or no number is ignored. */
  observe(labels: Readonly<Record<string, string | number>>, value: number): void {
    const slot = this.slotOf(labels);
    if (slot !== undefined) this.observeAt(slot, value);
  }

  /**
   * Observes a value by the series' slot: the hot path. A value that is negative or not finite is ignored.
   * @param exemplar kept as the latest of the bucket the value falls into
   */
  observeAt(slot: number, value: number, exemplar?: Exemplar): void {
    // NaN would make the sum useless for good, and a sum that falls looks like a restart.
    if (!(Number.isFinite(value) && value >= 0)) return;
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    const start = slot * this.#width;
    const cells = this.#cells;
    (cells[start + bucket] as number)++;
    (cells[start + this.#width - 1] as number) += value;
    if (exemplar !== undefined) this.#exemplars.set(start + bucket, exemplar);
    this.touch(slot);
  }

  override *samples(): IterableIterator<Sample> {
    const sample = emptySample();
    const { table } = this;
    const width = this.#width;
    const pass = table.pass();
    const cells = new Float64Array(width);
    for (let slot = 0; slot < pass.slots; slot++) {
      const values = pass.at(slot);
      if (values === undefined) continue;
      sample.labelValues = values;
      sample.labelText = table.text(slot);
      const start = slot * width;
      // Read the whole series now: a pass may pause between two samples, and its lines must agree.
      for (let i = 0; i < width; i++) cells[i] = this.#cells[start + i] as number;
      const exemplars = this.#exemplarsFrom(start);
      let count = 0;
      sample.suffix = '_bucket';
      for (let bucket = 0; bucket < width - 1; bucket++) {
        count += cells[bucket] as number;
        sample.bucket = bucket;
        sample.value = count;
        sample.exemplar = exemplars[bucket];
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
    if (this.#exemplars.size === 0) return;
    for (let cell = start; cell < start + this.#width; cell++) this.#exemplars.delete(cell);
  }

  /** The exemplars of a series, by bucket. */
  #exemplarsFrom(start: number): readonly (Exemplar | undefined)[] {
    if (this.#exemplars.size === 0) return [];
    return Array.from({ length: this.#width - 1 }, (_, bucket) => this.#exemplars.get(start + bucket));
  }

  protected override grow(slots: number): void {
    this.#cells = withRoom(this.#cells, slots * this.#width);
  }
}
