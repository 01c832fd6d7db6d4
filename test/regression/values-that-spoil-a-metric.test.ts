import { expect, test } from 'vitest';
import { Counter } from '../../src/metrics/counter.js';
import { Gauge } from '../../src/metrics/gauge.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { settings, values } from '../metrics/metric-settings.js';

test('a number given as a text is not appended to the count', () => {
  const counter = new Counter(settings());
  counter.inc({}, 3);
  counter.inc({}, '12' as unknown as number);

  expect(values(counter)).toEqual({ '': 3 });
});

test("a negative duration does not let a histogram's sum fall, which looks like a restart", () => {
  const histogram = new Histogram(settings());
  histogram.observe({}, 2);
  histogram.observe({}, -1);

  expect(values(histogram)).toMatchObject({ _sum: 2, _count: 1 });
});

test('adding NaN to a gauge does not make it NaN for good', () => {
  const gauge = new Gauge(settings());
  gauge.add(0, NaN);
  gauge.add(0, 1);

  expect(values(gauge)).toEqual({ '': 1 });
});

test("buckets do not change with the list they were given", () => {
  const buckets = [1, 2];
  const histogram = new Histogram(settings([], { buckets }));
  buckets[0] = 100;

  expect(Object.keys(values(histogram))[0]).toBe('_bucket{le="1"}');
});
