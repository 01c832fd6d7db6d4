import { seriesExpiry } from './series-expiry.js';
import { SeriesTable, type SeriesLimits } from './series-table.js';

export type MetricType = 'counter' | 'gauge' | 'histogram';

/** How prom-client's cluster mode joins the values that its workers have for one series. */
export type Aggregator = 'sum' | 'min' | 'max' | 'average';

/** The value an OpenMetrics scrape shows beside a bucket or a counter: one request that fell into it. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/**
 * One sample of a metric, as every output reads it.
 * A single object is reused for all samples of a pass: read it, don't keep it.
 */
export interface Sample {
  /** What follows the metric's name: `''`, `'_bucket'`, `'_sum'` or `'_count'`. */
  suffix: string;
  /** Label values in the order of the metric's `labelNames`. */
  labelValues: readonly string[];
  /** The same labels, rendered and cached. */
  labelText: string;
  /** Index into the metric's `bucketBounds`, one past the end for `+Inf`; -1 where there is no `le`. */
  bucket: number;
  value: number;
  exemplar: Exemplar | undefined;
}

/** A metric's identity, settings and storage limits; the same for all three types. */
export interface MetricSettings extends SeriesLimits {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Told of a mistake in the labels that a value is recorded by. */
  readonly onFault: (error: Error) => void;
  /** Left out: `sum`. */
  readonly aggregator?: Aggregator | undefined;
}

const BRAND = Symbol.for('sightline.metric');

/** A value in prom-client's own form, which JSON output and cluster aggregation read. */
export interface PromValue {
  value: number;
  labels: Record<string, string | number>;
  metricName?: string;
  exemplar?: { labelSet: Readonly<Record<string, string>>; value: number; timestamp: number };
}

export interface PromMetric {
  name: string;
  help: string;
  type: MetricType;
  aggregator: Aggregator;
  values: PromValue[];
}

/**
 * What counter, gauge and histogram share: a table of series, and the contract by which any object
 * can live in a prom-client `Registry` (or in one of its forks').
 */
export abstract class Metric {
  abstract readonly type: MetricType;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly bucketBounds: readonly number[] = [];
  readonly aggregator: Aggregator;
  /** @internal */
  readonly table: SeriesTable;
  readonly familyName: string;
  /** By slot: see {@link seriesExpiry}. */
  #lastPass = new Uint32Array(0);
  readonly #onFault: (error: Error) => void;
  #renamed: string | undefined;

  constructor(settings: MetricSettings) {
    this.familyName = settings.name;
    this.help = settings.help;
    this.#onFault = settings.onFault;
    this.labelNames = settings.labelNames;
    this.aggregator = settings.aggregator ?? 'sum';
    this.table = new SeriesTable(settings.labelNames, settings, slot => {
      this.#begin(slot);
    });
    Object.defineProperty(this, BRAND, { value: true });
  }

  get name(): string {
    return this.familyName;
  }

  /**
   * prom-client's OpenMetrics scrape renames each counter, for good, just before it reads it.
   * The new name serves that one read and is then forgotten, so the next text scrape is right again.
   */
  set name(renamed: string) {
    this.#renamed = renamed;
  }

  /** All samples, series by series. @internal */
  abstract samples(): IterableIterator<Sample>;
  /** Clears what is stored for a slot. */
  protected abstract clear(slot: number): void;
  /** Makes room for a slot. */
  protected abstract grow(slots: number): void;

  /** The slot of these label values, one a label name: look it up once, record by it many times. */
  slot(a?: string, b?: string, c?: string, ...more: string[]): number {
    return more.length === 0 ? this.table.slot(a, b, c) : this.table.slot(a, b, c, ...more);
  }

  /**
   * The slot of labels given by name; a missing one is the empty string. A name the metric has not is
   * reported, and the value is not recorded: a slip in a label must not become the app's error.
   */
  protected slotOf(labels: Readonly<Record<string, string | number>>): number | undefined {
    for (const name in labels) {
      if (this.labelNames.includes(name)) continue;
      const known = this.labelNames.join(', ') || 'none';
      this.#onFault(new TypeError(`metric \`${this.familyName}\` has no label \`${name}\`; its labels are: ${known}`));
      return undefined;
    }
    return this.slot(...this.labelNames.map(name => String(labels[name] ?? '')));
  }

  /** Notes that a series was written in this pass. */
  protected touch(slot: number): void {
    this.#lastPass[slot] = seriesExpiry.pass;
  }

  /** A new series: it has room, and is as young as one that was written now. */
  #begin(slot: number): void {
    this.grow(slot + 1);
    this.#lastPass = withRoom(this.#lastPass, slot + 1);
    this.touch(slot);
  }

  /** Forgets the series that were last written before the given pass. */
  expireBefore(pass: number): void {
    for (let slot = 0; slot < this.table.slots; slot++) {
      if (this.table.values[slot] === undefined || this.labelNames.length === 0) continue;
      if ((this.#lastPass[slot] as number) < pass) this.forget(slot);
    }
  }

  /** Forgets one series; its slot is used again by the next new one. */
  protected forget(slot: number): void {
    this.table.release(slot);
    this.clear(slot);
    seriesExpiry.generation++;
  }

  /** Sets every series back to zero (prom-client's `registry.resetMetrics()`). */
  reset(): void {
    for (let slot = 0; slot < this.table.slots; slot++) this.clear(slot);
  }

  /** prom-client's contract: all values with their labels, in fresh objects. @internal */
  get(): PromMetric {
    const name = this.#renamed ?? this.familyName;
    this.#renamed = undefined;
    const values: PromValue[] = [];
    for (const sample of this.samples()) {
      const labels: Record<string, string | number> = {};
      if (sample.bucket >= 0) labels['le'] = this.bucketBounds[sample.bucket] ?? '+Inf';
      for (let i = 0; i < this.labelNames.length; i++) labels[this.labelNames[i] as string] = sample.labelValues[i] ?? '';
      const value: PromValue = { value: sample.value, labels };
      if (sample.suffix !== '') value.metricName = this.familyName + sample.suffix;
      const { exemplar } = sample;
      if (exemplar) value.exemplar = { labelSet: exemplar.labels, value: exemplar.value, timestamp: exemplar.timestamp };
      values.push(value);
    }
    return { name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }
}

/** The same array, or where it is too short a copy half as long again: growing one by one stays cheap. */
export function withRoom<A extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(array: A, length: number): A {
  if (length <= array.length) return array;
  const longer = new (array.constructor as new (length: number) => A)(Math.max(length, Math.ceil(array.length * 1.5)));
  longer.set(array);
  return longer;
}

/** Whether a registered metric is one of ours, whichever copy of the library made it. */
export function isSightlineMetric(metric: unknown): metric is Metric {
  return typeof metric === 'object' && metric !== null && BRAND in metric;
}

/** The reused sample of a pass. */
export function emptySample(): Sample {
  return { suffix: '', labelValues: [], labelText: '', bucket: -1, value: 0, exemplar: undefined };
}
