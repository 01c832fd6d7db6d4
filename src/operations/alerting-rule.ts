import type { MetricName } from '../metrics/catalogue.js';

/** An alerting rule of Prometheus. */
export interface AlertingRule {
  readonly alert: string;
  /** The catalogue's metrics that the expression is about. */
  readonly metrics: readonly MetricName[];
  /** In PromQL: true of each series it gives. */
  readonly expr: string;
  /** How long it must hold, in Prometheus's form. */
  readonly for: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  /** One line; may hold `{{ $labels.channel }}` and `{{ $value }}`. */
  readonly summary: string;
  /** What it means, and what to do. */
  readonly description: string;
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertingRule[];
}
