import { Registry } from 'prom-client';
import type { ActivityOptions } from './activity/options.js';
import type { ActivityPart } from './activity/register.js';
import type { UserActivity } from './activity/user-activity.js';
import { budgetAlert } from './budget-alert.js';
import type { AiAccounting } from './ai/ai-accounting.js';
import type { AiServiceOptions } from './ai/call-description.js';
import type { AiClientOptions } from './ai/clients/measure.js';
import type { AiOptions } from './ai/options.js';
import type { AiPart } from './ai/register.js';
import { createAiInstruments } from './ai-instruments.js';
import type { Alerts } from './alerting/alerts.js';
import type { AlertsOptions } from './alerting/options.js';
import type { AlertingPart } from './alerting/register.js';
import type { Business } from './business/business.js';
import type { BusinessOptions } from './business/options.js';
import type { BusinessPart } from './business/register.js';
import { systemClock, type Clock } from './core/clock.js';
import { Diagnostics, type DiagnosticsLogger } from './core/diagnostics.js';
import { parseDuration, type Duration } from './core/duration.js';
import type { Instrument } from './core/instrument.js';
import { aBoolean, anObject, aText, checkOptions, withMethods, type OptionRule } from './core/options.js';
import { loadPart } from './core/part-registry.js';
import { connectRedis, type RedisConnection, type RedisSetting } from './core/redis.js';
import { createInstrumentPool, type InstrumentPoolOptions } from './database/instrument-pool.js';
import { createMonitorDbQuery, type DbQueryOptions } from './database/monitor-db-query.js';
import { CustomLabels, type LabelReaders } from './http/custom-labels.js';
import { listen, type ListenAddress, type MetricsServer } from './http/listen-metrics.js';
import { MetricsEndpoint, type MetricsAccess } from './http/metrics-endpoint.js';
import { createMonitorApi, type ApiInstrument } from './http/monitor-api.js';
import { RequestObserver } from './http/request-observer.js';
import { currentRequestFacts } from './http/request-scope.js';
import { ServerSpans } from './http/server-span.js';
import { catalogue, type HistogramName } from './metrics/catalogue.js';
import { collectHostMetrics, type HostMetricsOptions } from './metrics/host-metrics.js';
import { Metrics } from './metrics/metrics.js';
import { collectProcessMetrics } from './metrics/process-metrics.js';
import type { MetricRegistry } from './metrics/registry.js';
import type { TracingOptions } from './tracing/options.js';
import { createTraceFunction, type SpanAttributes } from './tracing/trace-function.js';
import { createTracing, type Tracing } from './tracing/tracing.js';

/** Settings of the metrics. */
export interface MetricsOptions {
  /** prom-client's metrics of this process. Default: true. */
  readonly process?: boolean;
  /** node_exporter's metrics of this machine, for where no node_exporter runs. Default: false. */
  readonly host?: boolean | HostMetricsOptions;
  /** Series a metric may have; further label values fold into `other`. Default: 5000. */
  readonly seriesLimit?: number;
  /** Counter and histogram series nobody wrote to for this long are forgotten. Default: never. */
  readonly seriesTtl?: Duration;
  /** Bucket bounds by histogram name, ascending, in the metric's unit, in place of the catalogue's. */
  readonly buckets?: Readonly<Partial<Record<HistogramName, readonly number[]>>>;
}

/** What `listenMetrics` takes. */
export type ListenMetricsOptions = ListenAddress & MetricsAccess;

/** What {@link createMonitor} takes. All of it may be left out. */
export interface MonitorOptions {
  /** Name of the service in traces. Default: `OTEL_SERVICE_NAME`, else `unknown_service`. */
  readonly service?: string;
  /** Where the metrics live: a `Registry` of prom-client or of a client like it. Default: one of its own. */
  readonly registry?: MetricRegistry;
  readonly metrics?: MetricsOptions;
  /**
   * `true` or an object sets tracing up; `false` makes no spans at all. Left out: spans are made
   * where the app has registered an OpenTelemetry provider of its own, and cost nothing elsewhere.
   */
  readonly tracing?: boolean | TracingOptions;
  /** Channels, routes and what else there is to say of alerts. */
  readonly alerts?: AlertsOptions;
  /** Where the collections of business figures are shared. */
  readonly business?: BusinessOptions;
  /** Prices, budgets and what else there is to say of AI calls. */
  readonly ai?: AiOptions;
  /** The zone of days, hashing of ids and what else there is to say of the activity of users. */
  readonly activity?: ActivityOptions;
  /**
   * What processes share their state by: a URL, ioredis options, or a client of ioredis, which stays the app's to close.
   * Left out: all state is in this process.
   */
  readonly redis?: RedisSetting;
  /** Where Sightline's own faults are written, rate-limited. Default: `console`. */
  readonly logger?: DiagnosticsLogger;
  /** The time, for tests. Default: the system's. */
  readonly clock?: Clock;
}

const bucketLists: OptionRule = {
  allowed: 'lists of ascending numbers, by the name of a histogram in the catalogue',
  accepts: value =>
    anObject.accepts(value) &&
    Object.entries(value as object).every(
      ([name, bounds]) =>
        (catalogue as Record<string, { type: string } | undefined>)[name]?.type === 'histogram' &&
        Array.isArray(bounds) &&
        bounds.length > 0 &&
        bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] as number))),
    ),
};
const booleanOrObject: OptionRule = {
  allowed: 'true, false or an object',
  accepts: value => aBoolean.accepts(value) || anObject.accepts(value),
};
const METRICS_RULES: Readonly<Record<keyof MetricsOptions, OptionRule>> = {
  process: aBoolean,
  host: booleanOrObject,
  seriesLimit: { allowed: 'a whole number of at least 10', accepts: value => Number.isInteger(value) && (value as number) >= 10 },
  seriesTtl: { allowed: "a duration such as '1h'", accepts: value => typeof value === 'string' || typeof value === 'number' },
  buckets: bucketLists,
};
const MONITOR_RULES: Readonly<Record<keyof MonitorOptions, OptionRule>> = {
  service: aText,
  registry: withMethods('a prom-client Registry', 'registerMetric', 'getSingleMetric', 'getMetricsAsArray'),
  metrics: anObject,
  tracing: booleanOrObject,
  alerts: anObject,
  ai: anObject,
  business: anObject,
  activity: anObject,
  redis: { allowed: 'a redis:// URL, ioredis options or a client', accepts: value => typeof value === 'string' || anObject.accepts(value) },
  logger: withMethods('a logger', 'warn'),
  clock: withMethods('a clock', 'now', 'monotonic', 'schedule'),
};

/** Settings of an observer of requests: see `monitorRequests`. */
export interface RequestSettings {
  readonly skip?: ((subject: unknown) => boolean) | undefined;
  readonly labels?: LabelReaders | undefined;
}

/**
 * A monitor: metrics, traces, the books of AI calls, and the instruments that feed them. The composition root: it builds the
 * parts from the options, wires them, and closes them. Made by {@link createMonitor}.
 */
export class Monitor implements AsyncDisposable {
  /** Name of the service in traces. */
  readonly service: string;
  /** Where the metrics live. */
  readonly registry: MetricRegistry;
  /** Records by hand: `recordHttpRequest`, `recordDbQuery`, `recordAiRequest`. */
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly clock: Clock;
  /** Where Sightline's own faults go. */
  readonly diagnostics: Diagnostics;
  /** The root export `monitorApi`, for this monitor. */
  readonly monitorApi: (endpoint?: string) => ApiInstrument;
  /** The root export `monitorDbQuery`, for this monitor. */
  readonly monitorDbQuery: (operation: string, table: string, options?: DbQueryOptions) => Instrument;
  /** The root export `monitorAiService`, for this monitor. */
  readonly monitorAiService: (service: string, model?: string, options?: AiServiceOptions) => Instrument;
  /** The root export `instrumentAiClient`, for this monitor. */
  readonly instrumentAiClient: <C extends object>(client: C, options?: AiClientOptions) => C;
  /** The root export `traceFunction`, for this monitor. */
  readonly traceFunction: (name?: string, attributes?: SpanAttributes) => Instrument;
  /** The root export `instrumentPool`, for this monitor. */
  readonly instrumentPool: <P extends object>(pool: P, options?: InstrumentPoolOptions) => P;
  readonly #servers = new Set<MetricsServer>();
  readonly #alertsOptions: AlertsOptions;
  readonly #alertsAreSetUp: boolean;
  readonly #aiOptions: AiOptions;
  readonly #activityOptions: ActivityOptions;
  readonly #businessOptions: BusinessOptions;
  readonly #redisSetting: RedisSetting | undefined;
  #redis: RedisConnection | undefined;
  #ai: AiAccounting | undefined;
  #alerts: Alerts | undefined;
  #business: Business | undefined;
  #activity: UserActivity | undefined;
  #requests: RequestObserver | undefined;
  #closing: Promise<void> | undefined;

  /** Use {@link createMonitor}. */
  constructor(options: MonitorOptions = {}) {
    checkOptions('', options, MONITOR_RULES);
    checkOptions('metrics', options.metrics, METRICS_RULES);
    const { metrics = {} } = options;
    this.service = options.service ?? process.env['OTEL_SERVICE_NAME'] ?? 'unknown_service';
    this.registry = options.registry ?? new Registry();
    this.clock = options.clock ?? systemClock;
    this.diagnostics = new Diagnostics(options.logger ?? console, this.clock);
    this.metrics = new Metrics({
      registry: this.registry,
      clock: this.clock,
      diagnostics: this.diagnostics,
      seriesLimit: metrics.seriesLimit ?? 5_000,
      seriesTtlMs: metrics.seriesTtl === undefined ? undefined : parseDuration(metrics.seriesTtl, 'metrics.seriesTtl'),
      buckets: metrics.buckets ?? {},
      attributionLimit: options.ai?.attributionLimit ?? 1_000,
    });
    if (metrics.process ?? true) collectProcessMetrics(this.registry);
    if (metrics.host) {
      collectHostMetrics(this.registry, metrics.host === true ? {} : metrics.host, error => {
        this.diagnostics.fault('host', 'host metrics could not be read', error);
      });
    }
    this.tracing = createTracing({
      service: this.service,
      options: options.tracing,
      clock: this.clock,
      diagnostics: this.diagnostics,
      metrics: this.metrics,
    });
    this.#alertsOptions = options.alerts ?? {};
    this.#alertsAreSetUp = options.alerts !== undefined;
    this.#aiOptions = options.ai ?? {};
    this.#activityOptions = options.activity ?? {};
    this.#businessOptions = options.business ?? {};
    this.#redisSetting = options.redis;
    // Budgets are read from the start on, and bad options are told at once.
    if (options.alerts !== undefined) void this.alerts;
    if (options.ai !== undefined) void this.ai;
    if (options.business !== undefined) void this.business;
    if (options.activity !== undefined) void this.activity;
    const self = (): this => this;
    this.monitorApi = createMonitorApi(self);
    this.monitorDbQuery = createMonitorDbQuery(self);
    const ai = createAiInstruments(self);
    this.monitorAiService = ai.monitorAiService;
    this.instrumentAiClient = ai.instrumentAiClient;
    this.traceFunction = createTraceFunction(() => this.tracing);
    this.instrumentPool = createInstrumentPool(self);
  }

  /** Observes the requests that `monitorApi` meets and no `monitorRequests` observes. @internal */
  get requests(): RequestObserver {
    return (this.#requests ??= this.observeRequests({}));
  }

  /** Tells of faults: `alerts.fire(…)`. */
  get alerts(): Alerts {
    return (this.#alerts ??= loadPart<AlertingPart>('alerting').createAlerts({
      options: this.#alertsOptions,
      service: this.service,
      metrics: this.metrics,
      clock: this.clock,
      diagnostics: this.diagnostics,
      redis: this.#connectRedis(),
    }));
  }

  /** What users do, and who of them is there: `activity.track(…)`. */
  get activity(): UserActivity {
    return (this.#activity ??= loadPart<ActivityPart>('activity').createActivity({
      options: this.#activityOptions,
      service: this.service,
      metrics: this.metrics,
      clock: this.clock,
      diagnostics: this.diagnostics,
      redis: this.#connectRedis(),
    }));
  }

  /** Metrics of the app's own, objectives, and queries of its data that become metrics: `business.collect(…)`. */
  get business(): Business {
    return (this.#business ??= loadPart<BusinessPart>('business').createBusiness({
      options: this.#businessOptions,
      service: this.service,
      metrics: this.metrics,
      clock: this.clock,
      diagnostics: this.diagnostics,
      redis: this.#connectRedis(),
    }));
  }

  /** The books of AI calls. @internal */
  get ai(): AiAccounting {
    return (this.#ai ??= loadPart<AiPart>('ai').createAiAccounting({
      options: this.#aiOptions,
      metrics: this.metrics,
      clock: this.clock,
      diagnostics: this.diagnostics,
      redis: () => this.#connectRedis(),
      currentEndpoint: () => currentRequestFacts()?.currentEndpoint(),
      alertBudget: this.#alertsAreSetUp ? alert => void this.alerts.fire(budgetAlert(alert)) : undefined,
    }));
  }

  /** An observer of requests with settings of its own. @internal */
  observeRequests({ skip, labels }: RequestSettings): RequestObserver {
    return new RequestObserver({
      metrics: this.metrics.http,
      clock: this.clock,
      diagnostics: this.diagnostics,
      spans: new ServerSpans(this.tracing, this.clock),
      skip,
      labels: labels && new CustomLabels(labels, this.metrics, this.diagnostics),
    });
  }

  /** What answers scrapes of this monitor's registry. */
  metricsEndpoint(access: MetricsAccess = {}): MetricsEndpoint {
    return new MetricsEndpoint({ registry: this.registry, metrics: this.metrics, diagnostics: this.diagnostics, access });
  }

  /** The root export `listenMetrics`, for this monitor. */
  async listenMetrics(options: ListenMetricsOptions): Promise<MetricsServer> {
    const address: ListenMetricsOptions = { ...options };
    for (const key of ['bearerToken', 'authorize']) Reflect.deleteProperty(address, key);
    const server = await listen(this.metricsEndpoint(options), address);
    this.#servers.add(server);
    return server;
  }

  /** Whether {@link close} was called. */
  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Flushes and stops all that this monitor started. Never rejects; safe to call twice. */
  close(): Promise<void> {
    return (this.#closing ??= this.#closeAll());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connectRedis(): RedisConnection | undefined {
    if (this.#redisSetting === undefined) return undefined;
    return (this.#redis ??= connectRedis(this.#redisSetting, { diagnostics: this.diagnostics, neededFor: 'the option `redis`' }));
  }

  async #closeAll(): Promise<void> {
    await Promise.allSettled([...this.#servers].map(server => server.close()));
    await this.#business?.close();
    await this.#ai?.close();
    await this.#activity?.close();
    await this.#alerts?.close();
    await this.#redis?.close();
    await this.tracing.close();
  }
}

/**
 * Makes a monitor of one's own: its registry, metrics and tracing.
 *
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 * @throws SightlineError `SIGHTLINE_METRIC_CONFLICT` where the given registry has other metrics of our names
 * @example
 * const monitor = createMonitor({ service: 'learning-platform', tracing: { exporter: 'otlp', sampleRatio: 0.1 } });
 * app.use(monitorRequests({ monitor }));
 */
export function createMonitor(options: MonitorOptions = {}): Monitor {
  return new Monitor(options);
}
