import { Counter as PromCounter, Registry } from 'prom-client';
import { describe, expect, test, vi } from 'vitest';
import { isSightlineError } from '../../src/core/errors.js';
import { Counter } from '../../src/metrics/counter.js';
import { Gauge } from '../../src/metrics/gauge.js';
import { Histogram } from '../../src/metrics/histogram.js';
import type { Metric } from '../../src/metrics/metric.js';
import { registerMetric, type MetricRegistry } from '../../src/metrics/registry.js';
import { settings } from './metric-settings.js';

const newRegistry = (): MetricRegistry => new Registry();

function conflict(registry: MetricRegistry, metric: Metric): string {
  try {
    registerMetric(registry, metric);
  } catch (error) {
    expect(isSightlineError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'SIGHTLINE_METRIC_CONFLICT' });
    return (error as Error).message;
  }
  throw new Error('it was registered');
}

test('a metric is registered under its name', () => {
  const registry = newRegistry();
  const counter = new Counter(settings(['a']));

  expect(registerMetric(registry, counter)).toBe(counter);
  expect(registry.getSingleMetric('test_metric')).toBe(counter);
});

describe('an equal metric of ours that is there already is given back', () => {
  test('so that both write into one', () => {
    const registry = newRegistry();
    const first = registerMetric(registry, new Counter(settings(['a'])));

    expect(registerMetric(registry, first)).toBe(first);
    expect(registerMetric(registry, new Counter(settings(['a'])))).toBe(first);
  });

  test('also one that another copy of the library made', async () => {
    const registry = newRegistry();
    const first = registerMetric(registry, new Histogram(settings(['a'])));
    vi.resetModules();
    const other = await import('../../src/metrics/registry.js');
    const { Histogram: OtherHistogram } = await import('../../src/metrics/histogram.js');

    expect(OtherHistogram).not.toBe(Histogram);
    expect(other.registerMetric(registry, new OtherHistogram(settings(['a'])))).toBe(first);
  });
});

describe('another metric of the same name is a conflict', () => {
  test("of somebody else's, with what to do", () => {
    const registry = new Registry();
    new PromCounter({ name: 'test_metric', help: 'x', labelNames: ['route', 'code'], registers: [registry] });

    expect(conflict(registry as MetricRegistry, new Counter(settings(['a', 'b'])))).toBe(
      'The registry already holds a metric named `test_metric` with the labels (route, code), registered by something else; ' +
        "Sightline's has the labels (a, b). Remove the other one, or give Sightline a registry of its own: " +
        'createMonitor({ registry: new Registry() }).',
    );
  });

  test.each<[string, Metric]>([
    ['other labels', new Counter(settings(['b']))],
    ['more labels', new Counter(settings(['a', 'b']))],
    ['another type', new Gauge(settings(['a']))],
  ])('of ours with %s', (_, metric) => {
    const registry = newRegistry();
    registerMetric(registry, new Counter(settings(['a'])));

    expect(conflict(registry, metric)).toContain('registered by Sightline with other labels or buckets');
  });

  test('of ours with other buckets', () => {
    const registry = newRegistry();
    registerMetric(registry, new Histogram(settings([], { buckets: [1, 2] })));

    expect(conflict(registry, new Histogram(settings([], { buckets: [1, 3] })))).toContain('other labels or buckets');
  });

  test('leaves what was there as it was', () => {
    const registry = newRegistry();
    const first = registerMetric(registry, new Counter(settings(['a'])));
    conflict(registry, new Counter(settings(['b'])));

    expect(registry.getMetricsAsArray()).toEqual([first]);
  });
});
