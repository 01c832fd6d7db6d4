import { describe, expect, test } from 'vitest';
import { Counter } from '../../src/metrics/counter.js';
import { Gauge } from '../../src/metrics/gauge.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { registerMetric, type MetricRegistry } from '../../src/metrics/registry.js';
import { renderRegistry } from '../../src/metrics/render.js';
import { createMonitor } from '../../src/monitor.js';
import { parseOpenMetrics } from '../support/exposition.js';
import { promClients } from '../support/prom-clients.js';
import { linesOf } from './exposition-lines.js';
import { settings } from './metric-settings.js';

describe.each(promClients)('in a registry of %s', (_, { Registry, AggregatorRegistry, Counter: ForeignCounter }) => {
  function setUp() {
    const registry = new Registry();
    const register = registry as MetricRegistry;
    const requests = registerMetric(register, new Counter(settings(['method', 'status'], { name: 'requests_total', help: 'Requests.' })));
    const open = registerMetric(register, new Gauge(settings([], { name: 'open', help: 'Open\nones "now" \\.' })));
    const seconds = registerMetric(register, new Histogram(settings(['method'], { name: 'seconds', help: 'Time.', buckets: [0.5, 1] })));
    requests.inc({ method: 'GET', status: 200 }, 3);
    requests.inc({ method: 'P"O\\S\nT', status: '' });
    open.set({}, 7);
    seconds.observe({ method: 'GET' }, 0.25);
    seconds.observe({ method: 'GET' }, 2);
    return { registry, register, requests, open, seconds };
  }

  const TEXT = [
    '# HELP requests_total Requests.',
    '# TYPE requests_total counter',
    'requests_total{method="GET",status="200"} 3',
    'requests_total{method="P\\"O\\\\S\\nT",status=""} 1',
    '# HELP open Open\\nones "now" \\\\.',
    '# TYPE open gauge',
    'open 7',
    '# HELP seconds Time.',
    '# TYPE seconds histogram',
    'seconds_bucket{method="GET",le="0.5"} 1',
    'seconds_bucket{method="GET",le="1"} 1',
    'seconds_bucket{method="GET",le="+Inf"} 2',
    'seconds_sum{method="GET"} 2.25',
    'seconds_count{method="GET"} 2',
  ].join('\n');

  test('the text is right, and the same as ours', async () => {
    const { registry, register } = setUp();
    const ours = Buffer.concat(await renderRegistry(register, { format: 'text', onFault: expect.fail })).toString();

    expect(linesOf(await registry.metrics())).toEqual(linesOf(TEXT));
    expect(linesOf(ours)).toEqual(linesOf(TEXT));
  });

  test('so it is with default labels, which stand behind the own ones', async () => {
    const { registry, register } = setUp();
    registry.setDefaultLabels({ app: 'shop "1"', method: 'overruled' });
    const ours = Buffer.concat(await renderRegistry(register, { format: 'text', onFault: expect.fail })).toString();

    expect(linesOf(ours)).toEqual(linesOf(await registry.metrics()));
    expect(ours).toContain('requests_total{method="GET",status="200",app="shop \\"1\\""} 3');
    expect(ours).toContain('open{app="shop \\"1\\"",method="overruled"} 7');
  });

  test('one metric can be had alone', async () => {
    const { registry } = setUp();

    expect(await registry.getSingleMetricAsString('open')).toBe('# HELP open Open\\nones "now" \\\\.\n# TYPE open gauge\nopen 7');
  });

  test('JSON has every value with all its labels', async () => {
    const { registry } = setUp();
    const json = await registry.getMetricsAsJSON();

    expect(json).toEqual([
      {
        name: 'requests_total',
        help: 'Requests.',
        type: 'counter',
        aggregator: 'sum',
        values: [
          { value: 3, labels: { method: 'GET', status: '200' } },
          { value: 1, labels: { method: 'P"O\\S\nT', status: '' } },
        ],
      },
      { name: 'open', help: 'Open\nones "now" \\.', type: 'gauge', aggregator: 'sum', values: [{ value: 7, labels: {} }] },
      {
        name: 'seconds',
        help: 'Time.',
        type: 'histogram',
        aggregator: 'sum',
        values: [
          { metricName: 'seconds_bucket', value: 1, labels: { le: 0.5, method: 'GET' } },
          { metricName: 'seconds_bucket', value: 1, labels: { le: 1, method: 'GET' } },
          { metricName: 'seconds_bucket', value: 2, labels: { le: '+Inf', method: 'GET' } },
          { metricName: 'seconds_sum', value: 2.25, labels: { method: 'GET' } },
          { metricName: 'seconds_count', value: 2, labels: { method: 'GET' } },
        ],
      },
    ]);
  });

  test('JSON is made anew each time: who changes it changes nothing of ours', async () => {
    const { registry } = setUp();
    registry.setDefaultLabels({ app: 'shop' });
    const first = await registry.getMetricsAsJSON();
    expect(first[1]).toMatchObject({ values: [{ labels: { app: 'shop' } }] });
    registry.setDefaultLabels({});
    (first[1] as unknown as { values: { value: number }[] }).values[0]!.value = 99;

    expect((await registry.getMetricsAsJSON())[1]).toMatchObject({ values: [{ value: 7, labels: {} }] });
  });

  test('a reset sets all to zero', async () => {
    const { registry, seconds } = setUp();
    registry.resetMetrics();
    const text = await registry.metrics();
    expect(text).toContain('requests_total{method="GET",status="200"} 0');
    expect(text).toContain('open 0');
    expect(text).toContain('seconds_count{method="GET"} 0');
    expect(text).toContain('seconds_sum{method="GET"} 0');
    seconds.observe({ method: 'GET' }, 1);

    expect(await registry.metrics()).toContain('seconds_count{method="GET"} 1');
  });

  test('OpenMetrics scrapes, however many, leave the names of counters right', async () => {
    const { registry, requests } = setUp();
    const before = linesOf(await registry.metrics());
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    for (let scrape = 0; scrape < 3; scrape++) {
      const text = await registry.metrics();
      expect(text).toContain('# TYPE requests counter');
      expect(text).toContain('requests_total{method="GET",status="200"} 3');
      expect(text).not.toContain('total_total');
      expect(requests.name).toBe('requests_total');
      expect(registry.getSingleMetric('requests_total')).toBe(requests);
    }
    registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);

    expect(linesOf(await registry.metrics())).toEqual(before);
    expect((await registry.getMetricsAsJSON())[0]).toMatchObject({ name: 'requests_total' });
  });

  test('a metric can be removed, and registered again', async () => {
    const { registry, register, requests } = setUp();
    registry.removeSingleMetric('requests_total');
    expect(await registry.metrics()).not.toContain('requests_total');
    expect(registry.getSingleMetric('requests_total')).toBeUndefined();

    expect(registerMetric(register, requests)).toBe(requests);
    expect(await registry.metrics()).toContain('requests_total{method="GET",status="200"} 3');
  });

  test('a second metric of its name is refused, as by any other', () => {
    const { registry } = setUp();

    expect(() => new ForeignCounter({ name: 'requests_total', help: 'x', registers: [registry] })).toThrow(/already been registered/);
  });

  test('registries with it can be merged', async () => {
    const { registry } = setUp();
    const other = new Registry();
    new ForeignCounter({ name: 'others_total', help: 'Others.', registers: [other] }).inc();
    const text = await Registry.merge([registry, other]).metrics();

    expect(text).toContain('requests_total{method="GET",status="200"} 3');
    expect(text).toContain('others_total 1');
  });

  test('the workers of a cluster are added up', async () => {
    const { registry } = setUp();
    const worker = JSON.parse(JSON.stringify(await registry.getMetricsAsJSON())) as object[];
    const text = await AggregatorRegistry.aggregate([worker, worker]).metrics();

    expect(text).toContain('requests_total{method="GET",status="200"} 6');
    expect(text).toContain('open 14');
    expect(linesOf(text)).toContain('seconds_bucket[["le","0.5"],["method","GET"]] 2');
    expect(text).toContain('seconds_sum{method="GET"} 4.5');
  });

  test('a monitor collects the metrics of the process and its own', async () => {
    const registry = new Registry();
    const monitor = createMonitor({ registry });
    monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 0.001 });
    const text = Buffer.concat(await renderRegistry(registry, { format: 'openmetrics', onFault: expect.fail })).toString();
    const names = parseOpenMetrics(text).map(({ name }) => name);
    await monitor.close();

    expect(names).toEqual(expect.arrayContaining(['process_cpu_user_seconds', 'nodejs_eventloop_lag_seconds', 'db_queries', 'db_query_duration_seconds']));
    expect(linesOf(await registry.metrics())).toEqual(expect.arrayContaining(['db_queries_total[["operation","select"],["table","users"]] 1']));
  });

  test('a second monitor on the same registry writes into the same metrics', async () => {
    const registry = new Registry();
    const monitors = [createMonitor({ registry }), createMonitor({ registry })];
    for (const { metrics } of monitors) metrics.recordHttpRequest({ method: 'GET', endpoint: '/', statusCode: 200, seconds: 0.1 });

    expect(await registry.metrics()).toContain('http_requests_total{method="GET",endpoint="/",status_code="200"} 2');
    await Promise.all(monitors.map(monitor => monitor.close()));
  });
});
