import type { Diagnostics } from '../core/diagnostics.js';
import type { Counter } from '../metrics/counter.js';
import type { Gauge } from '../metrics/gauge.js';
import type { Histogram } from '../metrics/histogram.js';
import { labelText } from './label-text.js';

/** Values of a metric's labels, by name. */
export type LabelValues<L extends string> = Readonly<Record<L, string | number>>;

/** What the three have in common: recording never throws into the app, whatever it is given. */
abstract class BusinessMetric<L extends string> {
  readonly name: string;
  readonly #labelNames: readonly string[];
  readonly #diagnostics: Diagnostics;

  constructor(metric: Counter | Gauge | Histogram, diagnostics: Diagnostics) {
    this.name = metric.familyName;
    this.#labelNames = metric.labelNames;
    this.#diagnostics = diagnostics;
  }

  /** Records by labels that are texts of a bearable length. A name that the metric has not is passed on, to be told of there. */
  protected record(labels: LabelValues<L>, record: (labels: Record<string, string>) => void): void {
    try {
      const missing = this.#labelNames.find(name => !Object.hasOwn(labels, name));
      if (missing !== undefined) throw new TypeError(`it was given no value for the label \`${missing}\``);
      record(Object.fromEntries(Object.entries<unknown>(labels).map(([name, value]) => [name, labelText(value)])));
    } catch (error) {
      this.#diagnostics.fault('business', `a value of \`${this.name}\` could not be recorded`, error);
    }
  }
}

/**
 * A count that only grows, of the app's own. Made by `business.counter`.
 * @example signUps.inc({ plan: 'free' })
 */
export class BusinessCounter<L extends string = never> extends BusinessMetric<L> {
  readonly #counter: Counter;

  /** Use `business.counter`. @internal */
  constructor(counter: Counter, diagnostics: Diagnostics) {
    super(counter, diagnostics);
    this.#counter = counter;
  }

  /** Adds to a series. A value that is negative or no finite number is ignored. Never throws. Default: 1. */
  inc(labels: LabelValues<L> = {} as LabelValues<L>, value = 1): void {
    this.record(labels, texts => {
      this.#counter.inc(texts, value);
    });
  }

  /** The sum of all its series. */
  total(): number {
    let total = 0;
    for (const { value } of this.#counter.samples()) total += value;
    return total;
  }
}

/**
 * A value that goes up and down, of the app's own. Made by `business.gauge`.
 * @example queueLength.set({ queue: 'essays' }, 12)
 */
export class BusinessGauge<L extends string = never> extends BusinessMetric<L> {
  readonly #gauge: Gauge;

  /** Use `business.gauge`. @internal */
  constructor(gauge: Gauge, diagnostics: Diagnostics) {
    super(gauge, diagnostics);
    this.#gauge = gauge;
  }

  /** Sets a series. `NaN` says that the value is not known. Never throws. */
  set(labels: LabelValues<L>, value: number): void {
    this.record(labels, texts => {
      this.#gauge.set(texts, value);
    });
  }

  /** Adds to a series; a negative number takes away. One that is not finite is ignored. Never throws. */
  add(labels: LabelValues<L>, value: number): void {
    this.record(labels, texts => {
      this.#gauge.add(this.#gauge.slot(...this.#gauge.labelNames.map(name => texts[name] ?? '')), value);
    });
  }

  /**
   * Reads a series anew for each scrape, which `read` must not hold up: it is for what the process knows. For what
   * must be asked for there is `business.collect`.
   * @param read gives the value; `undefined` ends the series for good. Where it throws, that scrape goes without.
   */
  observe(labels: LabelValues<L>, read: () => number | undefined): void {
    this.record(labels, texts => {
      this.#gauge.observe(texts, read);
    });
  }
}

/**
 * Values counted in buckets, of the app's own. Made by `business.histogram`.
 * @example essayLength.observe({ level: 'cet4' }, 180)
 */
export class BusinessHistogram<L extends string = never> extends BusinessMetric<L> {
  readonly #histogram: Histogram;

  /** Use `business.histogram`. @internal */
  constructor(histogram: Histogram, diagnostics: Diagnostics) {
    super(histogram, diagnostics);
    this.#histogram = histogram;
  }

  /** Observes a value. One that is negative or no finite number is ignored. Never throws. */
  observe(labels: LabelValues<L>, value: number): void {
    this.record(labels, texts => {
      this.#histogram.observe(texts, value);
    });
  }
}
