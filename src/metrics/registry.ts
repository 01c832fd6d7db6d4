import { SightlineError } from '../core/errors.js';
import { isSightlineMetric, type Metric } from './metric.js';

/**
 * What Sightline needs of a registry. Met by `Registry` of `prom-client` 15,
 * `@prometheus-io/client` and `@platformatic/prom-client`.
 */
export interface MetricRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
  getMetricsAsArray(): unknown[];
}

/**
 * Puts a metric into a registry. Where an equal one of ours is already there (a second monitor on
 * one registry, the other build of the package), that one is given back and both write into it.
 *
 * @throws SightlineError `SIGHTLINE_METRIC_CONFLICT` where something else has the name
 */
export function registerMetric<M extends Metric>(registry: MetricRegistry, metric: M): M {
  const existing = registry.getSingleMetric(metric.familyName);
  if (existing === undefined) {
    registry.registerMetric(metric as never);
    return metric;
  }
  if (isSightlineMetric(existing) && isSameShape(existing, metric)) return existing as M;
  throw new SightlineError(
    'SIGHTLINE_METRIC_CONFLICT',
    `The registry already holds a metric named \`${metric.familyName}\`${labelsOf(existing)}, registered by ${
      isSightlineMetric(existing) ? 'Sightline with other labels or buckets' : 'something else'
    }; Sightline's has the labels (${metric.labelNames.join(', ')}). ` +
      'Remove the other one, or give Sightline a registry of its own: createMonitor({ registry: new Registry() }).',
  );
}

function isSameShape(one: Metric, other: Metric): boolean {
  return (
    one.type === other.type &&
    one.labelNames.join() === other.labelNames.join() &&
    one.bucketBounds.join() === other.bucketBounds.join()
  );
}

function labelsOf(metric: unknown): string {
  const names = (metric as { labelNames?: unknown }).labelNames;
  return Array.isArray(names) ? ` with the labels (${names.join(', ')})` : '';
}

/** The registry's default labels. No client has a getter for them; all three keep them in this field. */
export function defaultLabelsOf(registry: MetricRegistry): Readonly<Record<string, string | number>> {
  return (registry as { _defaultLabels?: Record<string, string | number> })._defaultLabels ?? {};
}
