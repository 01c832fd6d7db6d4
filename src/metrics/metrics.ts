import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { AiMetrics, type AiRequest } from './ai-metrics.js';
import { catalogue, type CounterName, type GaugeName, type HistogramName, type MetricDefinition, type MetricName } from './catalogue.js';
import { Counter } from './counter.js';
import { DatabaseMetrics, type DbQuery } from './database-metrics.js';
import { Gauge } from './gauge.js';
import { Histogram } from './histogram.js';
import { HttpMetrics, type HttpRequest } from './http-metrics.js';
import type { MetricSettings } from './metric.js';
import { IdleSeries } from './idle-series.js';
import { registerMetric, type MetricRegistry } from './registry.js';
import { seriesExpiry } from './series-expiry.js';

/** Ready values for {@link Metrics}. */
export interface MetricsSettings {
  readonly registry: MetricRegistry;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Series a metric may have before values fold into `other`. */
  readonly seriesLimit: number;
  /** Series idle for longer are forgotten; `undefined` and 0 keep all. */
  readonly seriesTtlMs: number | undefined;
  /** Series that the attributed AI cost may have; `undefined`: as many as any metric. */
  readonly attributionLimit?: number | undefined;
  /** Bucket bounds in place of the catalogue's. */
  readonly buckets: Readonly<Partial<Record<HistogramName, readonly number[]>>>;
}

/** A metric that is made by its definition, not by its name: see {@link Metrics.register}. */
export type OwnMetric = Pick<MetricDefinition, 'help' | 'labels' | 'aggregator' | 'fold'> & { readonly name: string };

const NONE: ReadonlySet<string> = new Set();

/**
 * The metrics of one monitor. Each of the catalogue's is made, and registered, when it is first used.
 * @example monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 0.004 })
 */
export class Metrics {
  readonly #settings: MetricsSettings;
  readonly #made = new Map<string, Counter | Gauge | Histogram>();
  readonly #idle: IdleSeries | undefined;
  #http: HttpMetrics | undefined;
  #database: DatabaseMetrics | undefined;
  #ai: AiMetrics | undefined;

  constructor(settings: MetricsSettings) {
    this.#settings = settings;
    const { seriesTtlMs } = settings;
    this.#idle = seriesTtlMs ? new IdleSeries(seriesTtlMs) : undefined;
    const errors = this.counter('sightline_errors_total');
    settings.diagnostics.countWith(component => {
      errors.add(errors.slot(component));
    });
  }

  /** Records one HTTP request by hand. */
  recordHttpRequest(request: HttpRequest): void {
    this.#guard(() => {
      this.http.recordRequest(request);
    });
  }

  /** Records one database query by hand. */
  recordDbQuery(query: DbQuery): void {
    this.#guard(() => {
      this.database.record(query);
    });
  }

  /** Records one call of an AI service by hand. */
  recordAiRequest(request: AiRequest): void {
    this.#guard(() => {
      this.ai.record(request);
    });
  }

  /** What records HTTP requests on the hot path. @internal */
  get http(): HttpMetrics {
    return (this.#http ??= new HttpMetrics(this));
  }

  /** What records queries on the hot path. @internal */
  get database(): DatabaseMetrics {
    return (this.#database ??= new DatabaseMetrics(this));
  }

  /** What records AI calls on the hot path. @internal */
  get ai(): AiMetrics {
    return (this.#ai ??= new AiMetrics(this, this.#settings.attributionLimit));
  }

  /** A counter of the catalogue. `extraLabels` stand after the catalogue's own; `limit` is a series cap of its own. */
  counter(name: CounterName, extraLabels: readonly string[] = [], limit?: number): Counter {
    return this.#get(name, extraLabels, () => new Counter(this.#settingsOf(name, extraLabels, limit)));
  }

  /** A gauge of the catalogue. */
  gauge(name: GaugeName): Gauge {
    return this.#get(name, [], () => new Gauge(this.#settingsOf(name, [])));
  }

  /** A histogram of the catalogue. `extraLabels` stand after the catalogue's own. */
  histogram(name: HistogramName, extraLabels: readonly string[] = []): Histogram {
    return this.#get(name, extraLabels, () => {
      const buckets = this.#settings.buckets[name] ?? catalogue[name].buckets ?? [];
      return new Histogram({ ...this.#settingsOf(name, extraLabels), buckets });
    });
  }

  /**
   * A metric of the app's own, or one of the catalogue's whose values come in a way of their own. Where an equal one is
   * registered already, that one.
   * @throws SightlineError `SIGHTLINE_METRIC_CONFLICT` where something else has the name
   * @internal
   */
  register<M extends Counter | Gauge | Histogram>(definition: OwnMetric, make: (settings: MetricSettings) => M): M {
    const metric = registerMetric(this.#settings.registry, make(this.#settingsFor(definition)));
    this.#made.set(definition.name, metric);
    return metric;
  }

  /** Series a metric may have before values fold into `other`. @internal */
  get seriesLimit(): number {
    return this.#settings.seriesLimit;
  }

  /** Services whose calls were counted with a cost, by instruments or by hand. @internal */
  get costedAiServices(): ReadonlySet<string> {
    return this.#ai?.costedServices ?? NONE;
  }

  /** Grows when any series was forgotten: a slot kept from before may now belong to another. */
  get generation(): number {
    return seriesExpiry.generation;
  }

  /** Forgets idle series. Called before each scrape; does nothing without a TTL. */
  sweep(): void {
    this.#idle?.sweep(this.#settings.clock.monotonic(), this.#made.values());
  }

  #get<M extends Counter | Gauge | Histogram>(name: MetricName, extraLabels: readonly string[], make: () => M): M {
    const made = this.#made.get(name);
    // With other labels it is another metric of the same name: the registry refuses it.
    if (made !== undefined && made.labelNames.slice(catalogue[name].labels.length).join() === extraLabels.join()) return made as M;
    const metric = registerMetric(this.#settings.registry, make());
    this.#made.set(name, metric);
    return metric;
  }

  #settingsOf(name: MetricName, extraLabels: readonly string[], limit = this.#settings.seriesLimit): MetricSettings {
    const definition: MetricDefinition = catalogue[name];
    return this.#settingsFor({ ...definition, name, labels: [...definition.labels, ...extraLabels] }, limit);
  }

  #settingsFor(definition: OwnMetric, limit = this.#settings.seriesLimit): MetricSettings {
    const { name } = definition;
    return {
      name,
      help: definition.help,
      labelNames: [...definition.labels],
      aggregator: definition.aggregator,
      limit,
      fold: definition.fold,
      onFold: () => {
        this.#countFold(name, limit);
      },
      onFault: error => {
        this.#settings.diagnostics.fault('metrics', 'a value could not be recorded', error);
      },
    };
  }

  #countFold(name: string, limit: number): void {
    const dropped = this.counter('sightline_series_dropped_total');
    if (name !== 'sightline_series_dropped_total') dropped.add(dropped.slot(name));
    this.#settings.diagnostics.notice(
      'metrics',
      `\`${name}\` reached its cap of ${limit} series; new label values fold into "other". ` +
        'Look for an unbounded label value, or raise the cap (`metrics.seriesLimit`; `ai.attributionLimit` for AI cost by tenant).',
    );
  }

  /** Recording never throws into the host, whatever it is given. */
  #guard(record: () => void): void {
    try {
      record();
    } catch (error) {
      this.#settings.diagnostics.fault('metrics', 'a value could not be recorded', error);
    }
  }
}
