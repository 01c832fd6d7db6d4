import { Counter as ForeignCounter, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Counter } from '../../src/metrics/counter.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { registerMetric, type MetricRegistry } from '../../src/metrics/registry.js';
import { renderRegistry, type ExpositionFormat } from '../../src/metrics/render.js';
import { parseOpenMetrics, type ParsedSample } from '../support/exposition.js';
import { settings } from './metric-settings.js';

/** Rendering looks at the time every so often; here a look takes a millisecond, on any machine. */
beforeEach(() => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now++);
});
afterEach(() => void vi.restoreAllMocks());

/** Renders while `other` is called once in every turn of the event loop that rendering leaves to others. */
async function renderWith(registry: object, other: () => void, format: ExpositionFormat = 'openmetrics') {
  let turns = 0;
  let isDone = false;
  const turn = (): void => {
    if (isDone) return;
    turns++;
    other();
    setImmediate(turn);
  };
  setImmediate(turn);
  const chunks = await renderRegistry(registry as MetricRegistry, { format, onFault: expect.fail });
  isDone = true;
  return { text: Buffer.concat(chunks).toString(), chunks, turns };
}

function samplesOf(text: string, name: string): readonly ParsedSample[] {
  return parseOpenMetrics(text).find(family => family.name === name)?.samples ?? [];
}

describe('75,000 lines', () => {
  test.each<ExpositionFormat>(['text', 'openmetrics'])('of ours as %s leave the loop to others many times', async format => {
    const registry = new Registry();
    const histogram = registerMetric(registry, new Histogram(settings(['n'], { limit: 10_000, buckets: Array.from({ length: 12 }, (_, i) => i + 1) })));
    for (let n = 0; n < 5_000; n++) histogram.observe({ n }, n % 15);
    const { text, turns, chunks } = await renderWith(registry, () => {}, format);

    expect(text.split('\n').length).toBeGreaterThan(75_000);
    // 293 looks of a millisecond, at most 5 ms at a time.
    expect(turns).toBeGreaterThanOrEqual(45);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(100_000);
    expect(text.match(/_count\{/g)).toHaveLength(5_000);
  });

  test("of somebody else's do so too", async () => {
    const registry = new Registry();
    const counter = new ForeignCounter({ name: 'c_total', help: 'x', labelNames: ['n'], registers: [registry] });
    for (let n = 0; n < 75_000; n++) counter.inc({ n });
    const { text, turns } = await renderWith(registry, () => {});

    expect(turns).toBeGreaterThanOrEqual(45);
    expect(samplesOf(text, 'c')).toHaveLength(75_000);
  });
});

describe('while a scrape pauses', () => {
  test('series that come are left for the next one', async () => {
    const registry = new Registry();
    const counter = registerMetric(registry, new Counter(settings(['n'], { name: 'c_total', limit: 100_000 })));
    for (let n = 0; n < 10_000; n++) counter.inc({ n });
    let added = 0;
    const { text } = await renderWith(registry, () => {
      for (let i = 0; i < 100; i++) counter.inc({ n: `new ${added++}` });
    });

    expect(added).toBeGreaterThan(0);
    expect(samplesOf(text, 'c')).toHaveLength(10_000);
  });

  test('a histogram that is written shows buckets, sum and count that agree', async () => {
    const registry = new Registry();
    const histogram = registerMetric(registry, new Histogram(settings(['n'], { name: 'h', limit: 100_000, buckets: [1, 2, 3, 4, 5, 6, 7, 8] })));
    for (let n = 0; n < 2_000; n++) histogram.observe({ n }, 2);
    const { text, turns } = await renderWith(registry, () => {
      for (let n = 0; n < 2_000; n++) histogram.observe({ n }, 2);
    });

    expect(turns).toBeGreaterThan(5);
    // The reader checks each one's count against its buckets; here each value is 2.
    const samples = samplesOf(text, 'h');
    const sums = samples.filter(({ name }) => name === 'h_sum').map(({ value }) => value);
    const counts = samples.filter(({ name }) => name === 'h_count').map(({ value }) => value);
    expect(sums).toHaveLength(2_000);
    expect(sums).toEqual(counts.map(count => count * 2));
  });

  test('series that go, and others that take their places, leave every line whole', async () => {
    const registry = new Registry();
    const histogram = registerMetric(registry, new Histogram(settings(['n'], { name: 'h', limit: 100_000, buckets: [1, 2, 3, 4, 5, 6, 7, 8] })));
    for (let n = 0; n < 5_000; n++) histogram.observe({ n }, 2);
    let round = 0;
    const { text } = await renderWith(registry, () => {
      // All go, and as many others come in their places.
      histogram.expireBefore(Infinity);
      for (let n = 0; n < 5_000; n++) histogram.observe({ n: `${round} ${n}` }, 7);
      round++;
    });

    expect(round).toBeGreaterThan(0);
    const samples = samplesOf(text, 'h');
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.length % 11).toBe(0);
    // Those that were being written had the value 2 alone.
    expect(samples.filter(({ labels, name }) => name === 'h_sum' && labels['n']?.includes(' '))).toEqual([]);
    expect(new Set(samples.filter(({ name }) => name === 'h_sum').map(({ value }) => value))).toEqual(new Set([2]));
  });

  test('two of them give the same, whole each', async () => {
    const registry = new Registry();
    const counter = registerMetric(registry, new Counter(settings(['n'], { name: 'c_total', limit: 100_000 })));
    for (let n = 0; n < 10_000; n++) counter.inc({ n }, n);
    const [one, other, text] = await Promise.all([
      renderWith(registry, () => {}),
      renderWith(registry, () => {}),
      renderWith(registry, () => {}, 'text'),
    ]);

    expect(samplesOf(one.text, 'c')).toHaveLength(10_000);
    expect(other.text).toBe(one.text);
    expect(text.text.split('\n')).toHaveLength(10_004);
  });
});

test("metrics of somebody else that reject while a scrape pauses are not the process's fault", async () => {
  const unhandled: unknown[] = [];
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', error => void unhandled.push(error));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });
  const registry = new Registry();
  const counter = registerMetric(registry, new Counter(settings(['n'], { name: 'c_total', limit: 100_000 })));
  for (let n = 0; n < 10_000; n++) counter.inc({ n });
  for (const name of ['one', 'two']) {
    registry.registerMetric({ name, help: 'x', type: 'gauge', get: async () => Promise.reject(new Error(name)) } as never);
  }
  const faults: string[] = [];
  await renderRegistry(registry, { format: 'text', onFault: name => faults.push(name) });

  expect(faults).toEqual(['one', 'two']);
  expect(unhandled).toEqual([]);
});
