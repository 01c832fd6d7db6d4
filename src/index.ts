export {
  instrumentAiClient,
  instrumentPool,
  listenMetrics,
  monitorAiService,
  monitorApi,
  monitorDbQuery,
  traceFunction,
} from './instruments.js';
export { createMonitor, Monitor } from './monitor.js';
export type { ListenMetricsOptions, MetricsOptions, MonitorOptions, RequestSettings } from './monitor.js';
export { configureMonitor, getMonitor } from './shared-monitor.js';
export { monitorOptionsFromEnv } from './monitor-env.js';

export { InvalidOptionError, isSightlineError, SightlineError } from './core/errors.js';
export type { Clock } from './core/clock.js';
export type { Diagnostics, DiagnosticsLogger } from './core/diagnostics.js';
export type { Duration } from './core/duration.js';
export type { AnyFunction, Instrument } from './core/instrument.js';
export type { RedisClient, RedisSetting } from './core/redis.js';

export { catalogue } from './metrics/catalogue.js';
export type { CounterName, GaugeName, HistogramName, MetricDefinition, MetricName } from './metrics/catalogue.js';
export type { AiRequest, AiTokens } from './metrics/ai-metrics.js';
export type { DbQuery } from './metrics/database-metrics.js';
export type { HostMetricsOptions } from './metrics/host-metrics.js';
export type { HttpRequest } from './metrics/http-metrics.js';
export type { Counter } from './metrics/counter.js';
export type { Gauge } from './metrics/gauge.js';
export type { Histogram } from './metrics/histogram.js';
export type { Aggregator, Exemplar, MetricType } from './metrics/metric.js';
export type { Metrics } from './metrics/metrics.js';
export type { MetricRegistry } from './metrics/registry.js';

export type { ApiInstrument } from './http/monitor-api.js';
export type { LabelReaders } from './http/custom-labels.js';
export type { ListenAddress, MetricsServer } from './http/listen-metrics.js';
export type { MetricsAccess, MetricsEndpoint } from './http/metrics-endpoint.js';

export { withAiAttribution } from './ai/attribution.js';
export { AiBudgetExceededError } from './ai/budget/budget-exceeded-error.js';
export type { AiAttribution } from './ai/ai-scope.js';
export type { AiBudget, BudgetAlert } from './ai/budget/budget.js';
export type { AiServiceOptions } from './ai/call-description.js';
export type { AiClientOptions } from './ai/clients/measure.js';
export type { AiOptions } from './ai/options.js';
export type { ContextTier, ModelPrices, PricedCall, TokenPrices } from './ai/pricing/model-prices.js';
export type { TokenUsage } from './ai/usage/token-usage.js';

export type { UserActivity } from './activity/user-activity.js';
export type { ActivityOptions } from './activity/options.js';

export type { DbQueryOptions } from './database/monitor-db-query.js';
export type { InstrumentPoolOptions } from './database/instrument-pool.js';
export type { SqlSummary } from './database/sql-summary.js';

export type { TracingOptions } from './tracing/options.js';
export type { Tracing } from './tracing/tracing.js';
export type { SpanAttributes } from './tracing/trace-function.js';
