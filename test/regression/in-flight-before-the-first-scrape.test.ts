import { expect, test } from 'vitest';
import { Counter } from '../../src/metrics/counter.js';
import { Gauge } from '../../src/metrics/gauge.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { settings, values } from '../metrics/metric-settings.js';

// A metric without labels had no room for its value until it was first read.

test('a gauge without labels keeps what is added before anyone looks: requests in flight', () => {
  const gauge = new Gauge(settings());
  gauge.add(0, 1);
  gauge.add(0, 1);
  gauge.add(0, -1);

  expect(values(gauge)).toEqual({ '': 1 });
});

test('so do a counter and a histogram', () => {
  const counter = new Counter(settings());
  counter.add(0, 2);
  const histogram = new Histogram(settings());
  histogram.observeAt(0, 2);

  expect(values(counter)).toEqual({ '': 2 });
  expect(values(histogram)).toMatchObject({ _sum: 2, _count: 1 });
});
