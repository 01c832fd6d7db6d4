import { Counter as ForeignCounter, Gauge, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { renderRegistry, type ExpositionFormat } from '../../src/metrics/render.js';
import { parseOpenMetrics } from '../support/exposition.js';

async function render(registry: Registry, format: ExpositionFormat = 'text'): Promise<{ text: string; faults: string[] }> {
  const faults: string[] = [];
  const chunks = await renderRegistry(registry, { format, onFault: name => faults.push(name) });
  return { text: Buffer.concat(chunks).toString(), faults };
}

describe('a metric of somebody else that gives nonsense costs its own lines only', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a sample that is null', { type: 'gauge', help: 'x', values: [{ value: 1, labels: {} }, null] }],
    ['a value that is no value', { type: 'gauge', help: 'x', values: [{ value: 1, labels: {} }, { value: Symbol('x'), labels: {} }] }],
    ['labels that can not be shown', { type: 'gauge', help: 'x', values: [{ value: 1, labels: { a: Object.create(null) as object } }] }],
    ['a help that can not be shown', { type: 'gauge', help: Object.create(null) as object, values: [] }],
    ['values that are no list', { type: 'gauge', help: 'x', values: 7 }],
  ])('%s', async (_, read) => {
    const registry = new Registry();
    registry.registerMetric({ name: 'broken', help: 'x', type: 'gauge', get: async () => read } as never);
    new Gauge({ name: 'fine', help: 'x', registers: [registry] }).set(1);
    const { text, faults } = await render(registry);

    expect(faults).toEqual(['broken']);
    expect(text).not.toContain('broken');
    expect(text).toContain('fine 1\n');
  });

  test.each<[string, object]>([
    ['no values', { name: 'lean', type: 'gauge', help: 'x' }],
    ['no labels', { name: 'lean', type: 'gauge', help: 'x', values: [{ value: 1 }] }],
    ['no help', { name: 'lean', type: 'gauge', values: [] }],
  ])('while one with %s is taken, as by prom-client', async (_, read) => {
    const registry = new Registry();
    registry.registerMetric({ name: 'lean', help: 'x', type: 'gauge', get: async () => read } as never);
    const { text, faults } = await render(registry, 'openmetrics');

    expect(faults).toEqual([]);
    expect(parseOpenMetrics(text).map(({ name }) => name)).toEqual(['lean']);
  });
});

test('a metric of somebody else that turns out to be nonsense after a hundred thousand lines leaves none of them', async () => {
  const registry = new Registry();
  const values: unknown[] = Array.from({ length: 100_000 }, (_, n) => ({ value: n, labels: { n } }));
  values.push(null);
  registry.registerMetric({ name: 'broken', help: 'x', type: 'gauge', get: async () => ({ type: 'gauge', help: 'x', values }) } as never);
  new Gauge({ name: 'fine', help: 'x', registers: [registry] }).set(1);

  expect(await render(registry)).toEqual({ text: '# HELP fine x\n# TYPE fine gauge\nfine 1\n\n', faults: ['broken'] });
});

test('metrics that take their time are asked at once, not one after another', async () => {
  const registry = new Registry();
  const asked: string[] = [];
  let answer!: () => void;
  const answered = new Promise<void>(resolve => {
    answer = resolve;
  });
  for (const name of ['one', 'two', 'three']) {
    new Gauge({
      name,
      help: 'x',
      registers: [registry],
      async collect() {
        asked.push(name);
        if (name === 'three') answer();
        await answered;
      },
    });
  }

  // The first would wait for the third for ever.
  expect((await render(registry)).text.match(/# TYPE/g)).toHaveLength(3);
  expect(asked).toEqual(['one', 'two', 'three']);
});

test('bounds are in the canonical form of OpenMetrics, exponents too', async () => {
  const registry = new Registry();
  const values = [0.000_01, 1, 1_000_000].map(le => ({ metricName: 'h_bucket', labels: { le }, value: 0 }));
  values.push({ metricName: 'h_bucket', labels: { le: '+Inf' as never }, value: 0 }, { metricName: 'h_count', labels: {} as never, value: 0 });
  registry.registerMetric({ name: 'h', help: 'x', type: 'histogram', get: async () => ({ name: 'h', help: 'x', type: 'histogram', values }) } as never);
  const [family] = parseOpenMetrics((await render(registry, 'openmetrics')).text);

  expect(family?.samples.map(({ labels }) => labels['le'])).toEqual(['1e-05', '1.0', '1e+06', '+Inf', undefined]);
});

test('a label that is called le or quantile means nothing outside histograms and summaries', async () => {
  const registry = new Registry();
  new ForeignCounter({ name: 'c_total', help: 'x', labelNames: ['le', 'quantile'], registers: [registry] }).inc({ le: 'Le Mans', quantile: '1' });
  const [family] = parseOpenMetrics((await render(registry, 'openmetrics')).text);

  expect(family?.samples[0]?.labels).toEqual({ le: 'Le Mans', quantile: '1' });
});
