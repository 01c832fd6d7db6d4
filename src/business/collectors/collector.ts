import type { Duration } from '../../core/duration.js';

/** What a collection is given. */
export interface CollectionContext {
  /** The time, in milliseconds since the epoch: Redis', where processes share their collections, so that all of them agree. */
  readonly now: number;
  /** Counters only: what is to be counted happened at or after this instant, in milliseconds since the epoch … */
  readonly since: number;
  /** … and before this one. The next collection begins here, in whichever process it runs. For a gauge both are `now`. */
  readonly until: number;
  /** Aborted when the time for the collection is over, or the monitor is closed. */
  readonly signal: AbortSignal;
  /** Services whose calls the AI instruments count the cost of, in any process that collects with this one. */
  aiServices(): Promise<ReadonlySet<string>>;
}

/** A figure of a collection. What drivers give for large numbers is taken, too: `12n` and `'12.50'`. */
export type CollectedValue = number | bigint | string | null | undefined;

/** One series of a collection. `null` and what is no finite number is no value: there will be no series. */
export interface CollectedRow<L extends string = string> {
  readonly labels: Readonly<Record<L, unknown>>;
  readonly value: CollectedValue;
}

/** What a collection comes to: one figure, where there are no labels, or a row for each series. */
export type Collected<L extends string = string> = CollectedValue | readonly CollectedRow<L>[];

/** A query of the team's own data that becomes a metric: see `business.collect`. */
export interface CollectorOptions<L extends string = string> {
  /** Of the metric, and of the collector in the metrics of its health. */
  readonly name: string;
  /** One sentence for who reads the scrape. Needed, unless the metric is one of Sightline's catalogue. */
  readonly help?: string;
  /** Names of the labels that the rows have. Default: none. */
  readonly labels?: readonly L[];
  /**
   * `gauge`: each collection gives the present values, all of them; a series that is not among them disappears.
   * `counter`: it gives what was added from `since` to `until`. Default: `gauge`.
   */
  readonly type?: 'gauge' | 'counter';
  /** From one collection to the next, at least a second. */
  readonly every: Duration;
  /** How long a collection may take, at most `every`. Default: 30 seconds, or half of `every` where that is less. */
  readonly timeout?: Duration;
  /** Gauges only: how old values may become before their series disappear, at least `every`. Default: three times `every`. */
  readonly maxAge?: Duration;
  /**
   * Counters only: how long it may take until what happened stands in the database. So far behind the present `until` is,
   * and what comes in later is not counted. Default: a minute.
   */
  readonly settle?: Duration;
  /** Asks for the values. It may reject: the others are collected all the same. */
  collect(context: CollectionContext): Collected<L> | Promise<Collected<L>>;
}

/** A collector at work. */
export interface Collector {
  readonly name: string;
  /** Ends it: what is under way is aborted, and its series disappear; a counter's stay. Never rejects. */
  stop(): Promise<void>;
}
