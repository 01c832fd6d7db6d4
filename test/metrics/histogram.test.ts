import { describe, expect, test } from 'vitest';
import { Histogram } from '../../src/metrics/histogram.js';
import type { Exemplar } from '../../src/metrics/metric.js';
import { SeededRandom } from '../support/random.js';
import { settings, values } from './metric-settings.js';

describe('a histogram', () => {
  test('counts each value in its bucket and all above, with sum and count', () => {
    const histogram = new Histogram(settings(['a'], { buckets: [1, 2.5, 5] }));
    for (const value of [0.5, 2, 2, 4, 99]) histogram.observe({ a: 'x' }, value);

    expect(values(histogram)).toEqual({
      '_bucket{a="x",le="1"}': 1,
      '_bucket{a="x",le="2.5"}': 3,
      '_bucket{a="x",le="5"}': 4,
      '_bucket{a="x",le="+Inf"}': 5,
      '_sum{a="x"}': 107.5,
      '_count{a="x"}': 5,
    });
  });

  test('a value that is exactly a bound belongs to that bucket', () => {
    const bounds = [0.005, 0.01, 0.1, 1, 10];
    for (const [index, bound] of bounds.entries()) {
      const histogram = new Histogram(settings([], { buckets: bounds }));
      histogram.observe({}, bound);
      const counts = Object.values(values(histogram)).slice(0, bounds.length + 1);

      expect(counts).toEqual([...bounds, Infinity].map((_, i) => (i >= index ? 1 : 0)));
    }
  });

  test.each([
    [0, '1'],
    [-0, '1'],
    [Number.MIN_VALUE, '1'],
    [1 + Number.EPSILON, '2.5'],
    [5 + 1e-9, '+Inf'],
    [Number.MAX_VALUE, '+Inf'],
  ])('%d falls into the bucket to %s', (value, le) => {
    const histogram = new Histogram(settings());
    histogram.observe({}, value);
    const first = Object.entries(values(histogram)).find(([name, count]) => name.startsWith('_bucket') && count === 1);

    expect(first?.[0]).toBe(`_bucket{le="${le}"}`);
  });

  test.each([NaN, Infinity, -Infinity, -0.1, '3', 3n, undefined, null])('ignores %o', value => {
    const histogram = new Histogram(settings());
    histogram.observe({}, 2);
    histogram.observe({}, value as number);
    histogram.observeAt(0, value as number);

    expect(values(histogram)).toMatchObject({ _sum: 2, _count: 1, '_bucket{le="+Inf"}': 1 });
  });

  test('without labels is there from the start, and keeps what is observed before anyone looks', () => {
    const histogram = new Histogram(settings([], { buckets: [1] }));
    histogram.observeAt(0, 0.5);

    expect(values(histogram)).toEqual({ '_bucket{le="1"}': 1, '_bucket{le="+Inf"}': 1, _sum: 0.5, _count: 1 });
  });

  test('agrees with counting by hand, for many values in many series', () => {
    const random = new SeededRandom(7);
    const buckets = [0.1, 0.2, 0.4, 0.8];
    const histogram = new Histogram(settings(['series'], { buckets }));
    const observed = new Map<number, number[]>();
    for (let i = 0; i < 20_000; i++) {
      const series = random.below(200);
      // Multiples of a tenth, so that many are exactly a bound.
      const value = random.below(12) / 10;
      observed.set(series, [...(observed.get(series) ?? []), value]);
      histogram.observe({ series }, value);
    }
    const seen = values(histogram);

    for (const [series, all] of observed) {
      for (const bound of buckets) {
        expect(seen[`_bucket{series="${series}",le="${bound}"}`]).toBe(all.filter(value => value <= bound).length);
      }
      expect(seen[`_count{series="${series}"}`]).toBe(all.length);
      expect(seen[`_sum{series="${series}"}`]).toBeCloseTo(all.reduce((sum, value) => sum + value, 0), 9);
    }
  });

  test('keeps its bounds where the list it was given changes', () => {
    const buckets = [1, 2];
    const histogram = new Histogram(settings([], { buckets }));
    buckets[0] = 100;
    histogram.observe({}, 1.5);

    expect(values(histogram)).toMatchObject({ '_bucket{le="1"}': 0, '_bucket{le="2"}': 1 });
  });
});

describe('exemplars', () => {
  const exemplar = (id: string, value: number): Exemplar => ({ labels: { trace_id: id }, value, timestamp: 1 });
  const exemplars = (histogram: Histogram): unknown[] =>
    Array.from(histogram.samples(), ({ suffix, exemplar: shown }) => (suffix === '_bucket' ? shown?.labels['trace_id'] : undefined)).slice(0, 4);

  test('each bucket keeps the latest that fell into it', () => {
    const histogram = new Histogram(settings());
    histogram.observeAt(0, 0.5, exemplar('a', 0.5));
    histogram.observeAt(0, 0.6, exemplar('b', 0.6));
    histogram.observeAt(0, 3, exemplar('c', 3));
    histogram.observeAt(0, 4);
    histogram.observeAt(0, 99, exemplar('d', 99));

    expect(exemplars(histogram)).toEqual(['b', undefined, 'c', 'd']);
  });

  test('go with a reset', () => {
    const histogram = new Histogram(settings());
    histogram.observeAt(0, 0.5, exemplar('a', 0.5));
    histogram.reset();

    expect(exemplars(histogram)).toEqual([undefined, undefined, undefined, undefined]);
    expect(values(histogram)).toMatchObject({ _sum: 0, _count: 0 });
  });

  test('of a series that is forgotten do not come back with the next in its place', () => {
    const histogram = new Histogram(settings(['a']));
    const slot = histogram.slot('x');
    histogram.observeAt(slot, 0.5, exemplar('a', 0.5));
    histogram.expireBefore(Infinity);
    expect(histogram.slot('y')).toBe(slot);

    expect(exemplars(histogram)).toEqual([undefined, undefined, undefined, undefined]);
    expect(values(histogram)).toMatchObject({ '_count{a="y"}': 0, '_sum{a="y"}': 0 });
  });
});
