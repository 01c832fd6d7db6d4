import type { HistogramSettings } from '../../src/metrics/histogram.js';
import type { Metric, Sample } from '../../src/metrics/metric.js';

/** Settings for a metric of a test's own. */
export function settings(labelNames: readonly string[] = [], others: Partial<HistogramSettings> = {}): HistogramSettings {
  return { name: 'test_metric', help: 'A test.', labelNames, limit: 1_000, onFold: () => {}, onFault: () => {}, buckets: [1, 2.5, 5], ...others };
}

/** The samples of a metric: name and labels as the text format has them → value. */
export function values(metric: Metric): Record<string, number> {
  return Object.fromEntries(Array.from(metric.samples(), sample => [nameOf(metric, sample), sample.value]));
}

function nameOf({ bucketBounds }: Metric, { suffix, labelText, bucket }: Sample): string {
  const le = bucket >= 0 ? `le="${bucketBounds[bucket] ?? '+Inf'}"` : '';
  const labels = [labelText, le].filter(Boolean).join(',');
  return suffix + (labels && `{${labels}}`);
}
