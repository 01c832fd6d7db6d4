import { SightlineError } from '../core/errors.js';
import { SeriesTable, type SeriesLimits } from './series-table.js';

export type MetricType = 'counter' | 'gauge' | 'histogram';

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
  /** Makes idle series forgettable: see {@link SeriesExpiry}. */
  readonly expiry?: SeriesExpiry | undefined;
}

/** Shared by all metrics of a monitor: numbers the passes in which idle series are looked for. */
export interface SeriesExpiry {
  /** Number of the present pass; a series remembers the one in which it was last written. */
  pass: number;
  /** Grows whenever any series is forgotten, so that a cached slot is known to be stale. */
  generation: number;
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
  aggregator: 'sum';
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
  /** How prom-client's cluster mode joins the workers' values. */
  readonly aggregator = 'sum' as const;
  readonly table: SeriesTable;
  readonly familyName: string;
  protected readonly expiry: SeriesExpiry | undefined;
  #lastPass: Uint32Array | undefined;
  #renamed: string | undefined;

  constructor(settings: MetricSettings) {
    this.familyName = settings.name;
    this.help = settings.help;
    this.labelNames = settings.labelNames;
    this.table = new SeriesTable(settings.labelNames, settings);
    this.expiry = settings.expiry;
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

  /** All samples, series by series. */
  abstract samples(): IterableIterator<Sample>;
  /** Clears what is stored for a slot. */
  protected abstract clear(slot: number): void;
  /** Makes room for a slot. */
  protected abstract grow(slots: number): void;

  /** The slot of these label values, one a label name: look it up once, record by it many times. */
  slot(a?: string, b?: string, c?: string, ...more: string[]): number {
    const slot = more.length === 0 ? this.table.slot(a, b, c) : this.table.slot(a, b, c, ...more);
    this.grow(slot + 1);
    return slot;
  }

  /** The slot of labels given by name; a missing one is the empty string. Unknown names are an error. */
  slotOf(labels: Readonly<Record<string, string | number>>): number {
    for (const name in labels) {
      if (!this.labelNames.includes(name)) {
        throw new SightlineError(
          'SIGHTLINE_UNKNOWN_LABEL',
          `Metric \`${this.familyName}\` has no label \`${name}\`; its labels are: ${this.labelNames.join(', ') || 'none'}.`,
        );
      }
    }
    return this.slot(...this.labelNames.map(name => String(labels[name] ?? '')));
  }

  /** Notes that a series was written in this pass. */
  protected touch(slot: number): void {
    if (this.expiry === undefined) return;
    if (this.#lastPass === undefined || slot >= this.#lastPass.length) {
      const longer = new Uint32Array(Math.max(64, slot * 2));
      if (this.#lastPass) longer.set(this.#lastPass);
      this.#lastPass = longer;
    }
    this.#lastPass[slot] = this.expiry.pass;
  }

  /** Forgets the series that were last written before the given pass. */
  expireBefore(pass: number): void {
    for (let slot = 0; slot < this.table.slots; slot++) {
      if (this.table.values[slot] === undefined || this.labelNames.length === 0) continue;
      if ((this.#lastPass?.[slot] ?? 0) >= pass) continue;
      this.forget(slot);
    }
  }

  /** Forgets one series; its slot is used again by the next new one. */
  protected forget(slot: number): void {
    this.table.release(slot);
    this.clear(slot);
    if (this.expiry) this.expiry.generation++;
  }

  /** Sets every series back to zero (prom-client's `registry.resetMetrics()`). */
  reset(): void {
    for (let slot = 0; slot < this.table.slots; slot++) this.clear(slot);
  }

  /** prom-client's contract: all values with their labels, in fresh objects. */
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

/** Whether a registered metric is one of ours, whichever copy of the library made it. */
export function isSightlineMetric(metric: unknown): metric is Metric {
  return typeof metric === 'object' && metric !== null && BRAND in metric;
}

/** The reused sample of a pass. */
export function emptySample(): Sample {
  return { suffix: '', labelValues: [], labelText: '', bucket: -1, value: 0, exemplar: undefined };
}
