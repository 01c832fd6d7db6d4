import { expect, test } from 'vitest';
import { Gauge } from '../../src/metrics/gauge.js';
import type { Metric } from '../../src/metrics/metric.js';
import { testMonitor } from '../support/test-monitor.js';

const makeGauge = (labelNames: readonly string[] = ['pool']): Gauge =>
  new Gauge({ name: 'test_gauge', help: 'A gauge.', labelNames, limit: 10, onFold: () => {}, onFault: () => {} });
const valuesOf = (gauge: Gauge): [string, number][] => Array.from(gauge.samples(), ({ labelText, value }) => [labelText, value]);

test('a gauge is set and added to', () => {
  const gauge = makeGauge();
  gauge.set({ pool: 'a' }, 3);
  gauge.add(gauge.slot('a'), -1);
  gauge.set({ pool: 'b' }, Number.NaN);

  expect(valuesOf(gauge)).toEqual([['pool="a"', 2], ['pool="b"', Number.NaN]]);
});

test('an observed series is read anew at each scrape', () => {
  const gauge = makeGauge();
  let value = 1;
  gauge.observe({ pool: 'a' }, () => value);
  gauge.set({ pool: 'set' }, 7);
  expect(valuesOf(gauge)).toEqual([['pool="a"', 1], ['pool="set"', 7]]);

  value = 2;
  expect(valuesOf(gauge)).toEqual([['pool="a"', 2], ['pool="set"', 7]]);
  expect(gauge.get().values).toEqual([
    { labels: { pool: 'a' }, value: 2 },
    { labels: { pool: 'set' }, value: 7 },
  ]);
});

test('a series ends when its reader has no value any more', () => {
  const gauge = makeGauge();
  const values = [1, undefined, 2];
  gauge.observe({ pool: 'a' }, () => values.shift());

  expect(valuesOf(gauge)).toHaveLength(1);
  expect(valuesOf(gauge)).toEqual([]);
  expect(valuesOf(gauge)).toEqual([]);
  expect(values).toEqual([2]);
  expect(gauge.table.size).toBe(0);
});

test('a reader that throws costs one scrape its series, and nothing else', () => {
  const gauge = makeGauge();
  let isBroken = true;
  gauge.observe({ pool: 'a' }, () => {
    if (isBroken) throw new Error('closed');
    return 1;
  });
  gauge.observe({ pool: 'b' }, () => 2);
  expect(valuesOf(gauge)).toEqual([['pool="b"', 2]]);

  isBroken = false;
  expect(valuesOf(gauge).sort()).toEqual([['pool="a"', 1], ['pool="b"', 2]]);
});

test('a second reader of a series takes over', () => {
  const gauge = makeGauge();
  gauge.observe({ pool: 'a' }, () => 1);
  gauge.observe({ pool: 'a' }, () => 2);

  expect(valuesOf(gauge)).toEqual([['pool="a"', 2]]);
});

test('a gauge without labels can be observed', () => {
  const gauge = makeGauge([]);
  gauge.observe({}, () => 5);

  expect(valuesOf(gauge)).toEqual([['', 5]]);
});

test('labels that the gauge does not have are reported, and not observed', () => {
  const faults: string[] = [];
  const gauge = new Gauge({ name: 'test_gauge', help: 'A gauge.', labelNames: ['pool'], limit: 10, onFold: () => {}, onFault: ({ message }) => faults.push(message) });
  gauge.observe({ nope: 'a' }, () => 1);

  expect(faults).toEqual(['metric `test_gauge` has no label `nope`; its labels are: pool']);
  expect(valuesOf(gauge)).toEqual([]);
});

test('an observed gauge is in the exposition', async () => {
  const { monitor } = testMonitor();
  monitor.metrics.gauge('db_pool_connections').observe({ pool: 'main' }, () => 4);

  expect(await (monitor.registry as unknown as { metrics(): Promise<string> }).metrics()).toContain('db_pool_connections{pool="main"} 4');
});

test.each([NaN, Infinity, -Infinity])('an addition of %d, which would be for good, is ignored', value => {
  const gauge = makeGauge([]);
  gauge.setAt(0, 3);
  gauge.add(0, value);

  expect(valuesOf(gauge)).toEqual([['', 3]]);
});

test('a gauge never expires: it states a present value', () => {
  const gauge = makeGauge();
  gauge.set({ pool: 'a' }, 1);
  (gauge as Metric).expireBefore(Infinity);

  expect(valuesOf(gauge)).toEqual([['pool="a"', 1]]);
});
