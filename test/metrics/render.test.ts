import { describe, expect, test } from 'vitest';
import { Counter } from '../../src/metrics/counter.js';
import { Gauge } from '../../src/metrics/gauge.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { registerMetric, type MetricRegistry } from '../../src/metrics/registry.js';
import { renderRegistry, type ExpositionFormat } from '../../src/metrics/render.js';
import { parseOpenMetrics, type ParsedFamily } from '../support/exposition.js';
import { promClients } from '../support/prom-clients.js';
import { linesOf } from './exposition-lines.js';
import { settings } from './metric-settings.js';

interface Rendered {
  readonly text: string;
  readonly faults: readonly [name: string, error: unknown][];
}

async function render(registry: object, format: ExpositionFormat = 'text', names?: ReadonlySet<string>): Promise<Rendered> {
  const faults: [string, unknown][] = [];
  const chunks = await renderRegistry(registry as MetricRegistry, { format, names, onFault: (name, error) => faults.push([name, error]) });
  return { text: Buffer.concat(chunks).toString(), faults };
}

async function openMetrics(registry: object): Promise<Map<string, ParsedFamily>> {
  const { text, faults } = await render(registry, 'openmetrics');
  expect(faults).toEqual([]);
  return new Map(parseOpenMetrics(text).map(family => [family.name, family]));
}

const ODD = 'a"b\\c\nd\\n,={}|é日🎉\t\r\u0000';

describe.each(promClients)("everybody else's metrics in a registry of %s", (_, client) => {
  const { Registry } = client;

  /** One metric of every type, with and without labels, each with some values. */
  function everyType() {
    const registry = new Registry();
    const registers = [registry];
    const labelNames = ['a', 'b'] as const;
    const counter = new client.Counter({ name: 'c_total', help: 'Of "c"\\ \n.', labelNames, registers });
    counter.inc({ a: ODD, b: '' }, 2.5);
    counter.inc({ a: 'x' });
    new client.Counter({ name: 'plain_counter', help: 'No suffix.', registers }).inc(7);
    const gauge = new client.Gauge({ name: 'g', help: 'g', labelNames, registers });
    gauge.set({ a: '1', b: '2' }, -0.25);
    gauge.set({ a: 'inf' }, Infinity);
    gauge.set({ a: '-inf' }, -Infinity);
    gauge.set({ a: 'big' }, 1e21);
    new client.Gauge({ name: 'custom', help: 'Collected.', registers, collect() { this.set(42); } });
    new client.Gauge({ name: 'slow', help: 'Collected later.', registers, async collect() { await Promise.resolve(); this.set(43); } });
    const histogram = new client.Histogram({ name: 'h', help: 'h', labelNames, buckets: [0.00001, 0.1, 1, 5, 1_000_000], registers });
    for (const value of [0, 0.1, 0.5, 3, 99]) histogram.observe({ a: ODD }, value);
    new client.Histogram({ name: 'h_plain', help: 'h', registers }).observe(1);
    const summary = new client.Summary({ name: 's', help: 's', labelNames, percentiles: [0.01, 0.5, 0.999, 1], registers });
    for (const value of [1, 2, 3]) summary.observe({ a: 'x', b: ODD }, value);
    new client.Gauge({ name: 'empty', help: 'No series.', labelNames, registers });
    return registry;
  }

  test("are written as the client writes them", async () => {
    const registry = everyType();
    const { text, faults } = await render(registry);

    expect(linesOf(text)).toEqual(linesOf(await registry.metrics()));
    expect(faults).toEqual([]);
  });

  test('so they are with default labels', async () => {
    const registry = everyType();
    registry.setDefaultLabels({ app: ODD, a: 'default', n: 7 });

    expect(linesOf((await render(registry)).text)).toEqual(linesOf(await registry.metrics()));
  });

  test('are correct OpenMetrics, with the values the text has', async () => {
    const families = await openMetrics(everyType());

    expect(families.get('c')).toMatchObject({
      type: 'counter',
      help: 'Of "c"\\ \n.',
      samples: [{ name: 'c_total', labels: { a: ODD, b: '' }, value: 2.5 }, { name: 'c_total', labels: { a: 'x' }, value: 1 }],
    });
    expect(families.get('plain_counter')?.samples).toEqual([{ name: 'plain_counter_total', labels: {}, value: 7 }]);
    expect(families.get('g')?.samples.map(({ value }) => value)).toEqual([-0.25, Infinity, -Infinity, 1e21]);
    expect(families.get('h')?.samples.slice(0, 6).map(({ labels, value }) => [labels['le'], value])).toEqual([
      ['1e-05', 1], ['0.1', 2], ['1.0', 3], ['5.0', 4], ['1e+06', 5], ['+Inf', 5],
    ]);
    expect(families.get('s')?.samples.map(({ labels }) => labels['quantile'])).toEqual(['0.01', '0.5', '0.999', '1.0', undefined, undefined]);
    expect([families.get('custom')?.samples[0]?.value, families.get('slow')?.samples[0]?.value]).toEqual([42, 43]);
    expect(families.get('empty')?.samples).toEqual([]);
  });

  test('have their exemplars in OpenMetrics only', async () => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const registers = [registry];
    const histogram = new client.Histogram({ name: 'h', help: 'h', buckets: [1, 2], registers, enableExemplars: true });
    (histogram.observe as unknown as (what: object) => void)({ labels: {}, value: 1.5, exemplarLabels: { trace_id: 'abc' } });
    const counter = new client.Counter({ name: 'c_total', help: 'c', registers, enableExemplars: true });
    (counter.inc as unknown as (what: object) => void)({ labels: {}, value: 2, exemplarLabels: { trace_id: 'def' } });
    const families = await openMetrics(registry);

    expect(families.get('h')?.samples[1]?.exemplar).toMatchObject({ labels: { trace_id: 'abc' }, value: 1.5 });
    expect(families.get('h')?.samples[0]?.exemplar).toBeUndefined();
    expect(families.get('c')?.samples[0]?.exemplar).toMatchObject({ labels: { trace_id: 'def' }, value: 2 });
    expect((await render(registry)).text).not.toContain('trace_id');
  });

  test('of the process are correct OpenMetrics', async () => {
    const registry = new Registry();
    client.collectDefaultMetrics({ register: registry });
    const families = await openMetrics(registry);

    expect(families.get('process_cpu_user_seconds')?.type).toBe('counter');
    // Gauges of prom-client's end in _total, too, and keep it.
    expect(families.get('nodejs_active_handles_total')?.type).toBe('gauge');
    expect(families.size).toBe(registry.getMetricsAsArray().length);
  });
});

describe('our metrics', () => {
  function setUp(): { registry: MetricRegistry; counter: Counter; gauge: Gauge; histogram: Histogram } {
    const [, { Registry }] = promClients[0]!;
    const registry: MetricRegistry = new Registry();
    return {
      registry,
      counter: registerMetric(registry, new Counter(settings(['a'], { name: 'c_total', help: 'Of "c"\\ \n.' }))),
      gauge: registerMetric(registry, new Gauge(settings(['a'], { name: 'users_total', help: 'Ends as a counter would.' }))),
      histogram: registerMetric(registry, new Histogram(settings(['a'], { name: 'h', help: 'h', buckets: [0.00001, 1, 1_000_000] }))),
    };
  }

  test('are correct OpenMetrics', async () => {
    const { registry, counter, gauge, histogram } = setUp();
    counter.inc({ a: ODD }, 1.5);
    gauge.set({ a: 'x' }, -3);
    gauge.set({ a: 'unknown' }, NaN);
    histogram.observeAt(histogram.slot(ODD), 0.5, { labels: { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }, value: 0.5, timestamp: 1_700_000_000.1234 });
    const families = await openMetrics(registry);

    expect(families.get('c')).toMatchObject({ type: 'counter', help: 'Of "c"\\ \n.', samples: [{ name: 'c_total', labels: { a: ODD }, value: 1.5 }] });
    expect(families.get('users_total')).toMatchObject({ type: 'gauge', samples: [{ name: 'users_total', value: -3 }, { value: NaN }] });
    expect(families.get('h')?.samples.map(({ name, labels, value }) => [name, labels['le'], value])).toEqual([
      ['h_bucket', '1e-05', 0],
      ['h_bucket', '1.0', 1],
      ['h_bucket', '1e+06', 1],
      ['h_bucket', '+Inf', 1],
      ['h_sum', undefined, 0.5],
      ['h_count', undefined, 1],
    ]);
    expect(families.get('h')?.samples[1]?.exemplar).toEqual({
      labels: { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' },
      value: 0.5,
      timestamp: 1_700_000_000.123,
    });
  });

  test('with default labels, which never overrule or double their own', async () => {
    const { registry, counter, histogram } = setUp();
    (registry as unknown as { setDefaultLabels(labels: object): void }).setDefaultLabels({ a: 'overruled', app: 'shop', n: 1 });
    counter.inc({ a: 'own' });
    histogram.observe({ a: 'own' }, 1);
    const families = await openMetrics(registry);

    expect(families.get('c')?.samples[0]?.labels).toEqual({ a: 'own', app: 'shop', n: '1' });
    expect(families.get('h')?.samples[0]?.labels).toEqual({ a: 'own', app: 'shop', n: '1', le: '1e-05' });
  });

  test('without series have a head and nothing else', async () => {
    const { registry } = setUp();

    expect(linesOf((await render(registry)).text)).toEqual(
      ['# HELP c_total Of "c"\\\\ \\n.', '# TYPE c_total counter', '# HELP h h', '# TYPE h histogram', '# HELP users_total Ends as a counter would.', '# TYPE users_total gauge'].sort(),
    );
    expect((await openMetrics(registry)).get('c')?.samples).toEqual([]);
  });

  test('have no exemplars in the text format', async () => {
    const { registry, histogram } = setUp();
    histogram.observeAt(histogram.slot('x'), 0.5, { labels: { trace_id: 'abc' }, value: 0.5, timestamp: 1 });

    expect((await render(registry)).text).not.toContain('abc');
  });

  test('of another copy of the library are rendered as ours are', async () => {
    const { registry, counter } = setUp();
    counter.inc({ a: 'x' });
    const copy: string = '../../src/metrics/counter.js?copy';
    const { Counter: Other } = (await import(copy)) as { Counter: typeof Counter };
    const other = registerMetric(registry, new Other(settings(['a'], { name: 'other_total' })));
    other.inc({ a: 'y' });

    expect(Other).not.toBe(Counter);
    expect((await render(registry)).text).toContain('other_total{a="y"} 1');
  });
});

describe('an empty registry', () => {
  const [, { Registry }] = promClients[0]!;

  test('is an empty exposition', async () => {
    expect((await render(new Registry())).text).toBe('');
    expect((await render(new Registry(), 'openmetrics')).text).toBe('# EOF\n');
  });
});

describe('by name', () => {
  const [, client] = promClients[0]!;

  test('only the families asked for are rendered, or even read', async () => {
    const registry = new client.Registry();
    let reads = 0;
    new client.Gauge({ name: 'costly', help: 'x', registers: [registry], collect() { reads++; } });
    new client.Counter({ name: 'c_total', help: 'x', registers: [registry] });
    const ours = registerMetric(registry, new Counter(settings([], { name: 'ours_total' })));
    ours.inc();

    expect(linesOf((await render(registry, 'text', new Set(['ours_total', 'c_total', 'unknown']))).text)).toHaveLength(6);
    expect(reads).toBe(0);
    parseOpenMetrics((await render(registry, 'openmetrics', new Set(['ours_total']))).text);
    expect((await render(registry, 'openmetrics', new Set())).text).toBe('# EOF\n');
  });
});

describe('a metric of somebody else that fails', () => {
  const [, client] = promClients[0]!;
  const register = (registry: InstanceType<typeof client.Registry>, metric: object): void => {
    registry.registerMetric(metric as never);
  };

  test.each<[string, (error: Error) => object]>([
    ['rejects', error => ({ get: async () => Promise.reject(error) })],
    ['throws', error => ({ get: () => { throw error; } })],
  ])('as it %s is left out, told of, and the rest is there', async (_, failing) => {
    const registry = new client.Registry();
    const error = new Error('no database');
    register(registry, { name: 'broken', help: 'x', type: 'gauge', ...failing(error) });
    new client.Gauge({ name: 'fine', help: 'x', registers: [registry] }).set(1);
    const { text, faults } = await render(registry);

    expect(faults).toEqual([['broken', error]]);
    expect(text).not.toContain('broken');
    expect(text).toContain('fine 1\n');
    parseOpenMetrics((await render(registry, 'openmetrics')).text);
  });

  test('a metric without a name is passed over', async () => {
    const registry = new client.Registry();
    register(registry, { get: () => ({ values: [] }) });

    expect(await render(registry)).toEqual({ text: '', faults: [] });
  });
});
