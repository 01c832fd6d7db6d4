// eslint-disable-next-line no-restricted-syntax -- an app that imports this has what its monitor needs of it
import './register.js';

export { Business } from './business.js';
export type { BusinessHistogramOptions, ExerciseCompletion, LearningSession } from './business.js';
export { BusinessCounter, BusinessGauge, BusinessHistogram } from './business-metric.js';
export type { LabelValues } from './business-metric.js';
export type { BusinessMetricOptions } from './metric-definition.js';
export type { BusinessOptions } from './options.js';
export { Slo } from './slo.js';
export type { RunningTotal, SloOptions } from './slo.js';
export type { Collected, CollectedRow, CollectedValue, CollectionContext, Collector, CollectorOptions } from './collectors/collector.js';
export { learningMetrics, type LearningMetricsOptions } from './learning/learning-metrics.js';
export type {
  AiCostRow,
  Amount,
  CompletionRow,
  CostWindow,
  DurationRow,
  LearningSource,
  LearningWindow,
  SatisfactionRow,
} from './learning/learning-source.js';
export { sqlLearningSource, type SqlLearningSourceOptions, type SqlParameter } from './learning/sql-learning-source.js';
export type { SqlDialect } from './learning/sql-names.js';
export type { DurationUnit, LearningSchema } from './learning/sql-schema.js';
