import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Registry, Summary } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderRegistry } from '../../src/metrics/render.js';
import { createMonitor, type Monitor } from '../../src/monitor.js';
import { Prometheus } from '../support/prometheus.js';
import { findServer } from '../support/servers.mjs';

const program = findServer('prometheus');
const ODD = 'a"b\\c\nd\\n,={}|é日🎉';
const TRACE = '0af7651916cd43dd8448eb211c80319c';

describe.skipIf(program === undefined)('a real Prometheus', () => {
  let monitor: Monitor;
  let prometheus: Prometheus;
  let textServer: ReturnType<typeof createServer>;
  const accepts = new Set<string | undefined>();

  beforeAll(async () => {
    const registry = new Registry();
    registry.setDefaultLabels({ app: 'shop' });
    monitor = createMonitor({ registry });
    const { metrics } = monitor;
    metrics.http.record('GET', '/users/:id', 200, 0.3, 0, 1_000, { labels: { trace_id: TRACE }, value: 0.3, timestamp: Date.now() / 1_000 });
    metrics.recordHttpRequest({ method: 'GET', endpoint: '/users/:id', statusCode: 200, seconds: 0.02 });
    metrics.recordHttpRequest({ method: 'POST', endpoint: ODD, statusCode: 500, seconds: 1 });
    metrics.gauge('active_users_total').set({ time_window: '5m' }, 42);
    metrics.gauge('user_satisfaction_score').set({ feature: 'grading', user_type: 'free' }, NaN);
    const summary = new Summary({ name: 'app_summary', help: 'Of the app.', percentiles: [0.5, 0.99], registers: [registry] });
    for (const value of [1, 2, 3]) summary.observe(value);

    const { port } = await monitor.listenMetrics({ port: 0, host: '127.0.0.1' });
    // A scraper that takes text alone: Prometheus negotiates, and this answers as if it had not asked for more.
    textServer = createServer((request, response) => {
      accepts.add(request.headers.accept);
      renderRegistry(registry, { format: 'text', onFault: expect.fail }).then(
        chunks => response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').end(Buffer.concat(chunks)),
        () => response.destroy(),
      );
    });
    textServer.listen(0, '127.0.0.1');
    await once(textServer, 'listening');
    const { port: textPort } = textServer.address() as AddressInfo;
    prometheus = await Prometheus.start(program!, { jobs: { negotiated: `127.0.0.1:${port}`, text: `127.0.0.1:${textPort}` } });
    await prometheus.until('http_requests_total', ({ length }) => length === 4);
  });
  afterAll(async () => {
    await prometheus?.stop();
    textServer?.closeAllConnections();
    textServer?.close();
    await monitor?.close();
  });

  /** One value a job; both formats must give the same. */
  async function value(expression: string): Promise<number> {
    const results = await prometheus.query(expression);
    expect(results.map(({ metric }) => metric['job']).sort()).toEqual(['negotiated', 'text']);
    const [one, other] = results.map(result => result.value);
    expect(one).toEqual(other);
    return one as number;
  }

  test('asks for OpenMetrics first, and takes both formats', async () => {
    expect([...accepts]).toEqual([expect.stringMatching(/^application\/openmetrics-text/)]);
    await prometheus.until('up == 1', ({ length }) => length === 2);
    const [fewest] = await prometheus.query('min(scrape_samples_scraped)');
    expect(fewest?.value).toBeGreaterThan(50);
  });

  test('has the values that were recorded', async () => {
    expect(await value('http_requests_total{method="GET",endpoint="/users/:id",status_code="200",app="shop"}')).toBe(2);
    expect(await value('http_request_duration_seconds_count{method="GET"}')).toBe(2);
    expect(await value('http_request_duration_seconds_sum{method="GET"}')).toBeCloseTo(0.32, 9);
    expect(await value('http_response_bytes_total')).toBe(1_000);
    expect(await value('active_users_total{time_window="5m"}')).toBe(42);
    expect(await value('user_satisfaction_score')).toBeNaN();
    expect(await value('app_summary_count')).toBe(3);
    expect(await value('process_start_time_seconds')).toBeGreaterThan(1_600_000_000);
  });

  test('has label values as they were, whatever they hold', async () => {
    const results = await prometheus.query('http_requests_total{method="POST"}');

    expect(results.map(({ metric }) => metric['endpoint'])).toEqual([ODD, ODD]);
  });

  test('finds quantiles in our buckets', async () => {
    // Both of the GETs: one in the bucket to 0.025, one in that to 0.5.
    expect(await value('histogram_quantile(1, http_request_duration_seconds_bucket{method="GET"})')).toBe(0.5);
    expect(await value('histogram_quantile(0.5, http_request_duration_seconds_bucket{method="GET"})')).toBe(0.025);
  });

  test('knows type and help of every metric', async () => {
    const metadata = await prometheus.api<{ target: { job: string }; metric: string; type: string; help: string }[]>('targets/metadata');
    const ofJob = (job: string): Record<string, string> =>
      Object.fromEntries(metadata.filter(({ target }) => target.job === job).map(({ metric, type, help }) => [metric, `${type}: ${help}`]));

    expect(ofJob('text')).toMatchObject({
      http_requests_total: 'counter: HTTP requests answered, by route pattern.',
      http_request_duration_seconds: expect.stringMatching(/^histogram: /),
      active_users_total: 'gauge: Users active in a time window.',
      app_summary: 'summary: Of the app.',
    });
    // In OpenMetrics a counter's family has no suffix.
    expect(ofJob('negotiated')).toMatchObject({
      http_requests: 'counter: HTTP requests answered, by route pattern.',
      active_users_total: 'gauge: Users active in a time window.',
    });
  });

  test('has the exemplar of a slow request, by OpenMetrics', async () => {
    const found = await prometheus.exemplars('http_request_duration_seconds_bucket');

    expect(found).toHaveLength(1);
    expect(found[0]?.seriesLabels).toMatchObject({ job: 'negotiated', endpoint: '/users/:id', le: '0.5' });
    expect(found[0]?.exemplars[0]).toMatchObject({ labels: { trace_id: TRACE }, value: '0.3' });
  });

  test('follows what is recorded, and saw no sample twice', async () => {
    monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 0.001 });
    await prometheus.until('db_queries_total{operation="select",table="users"}', results => results.length === 2);

    expect(await value('db_query_duration_seconds_bucket{le=~"0.001(0)?"}')).toBe(1);
    // Prometheus' own word on what it was given.
    const own = await (await fetch(`${prometheus.url}/metrics`)).text();
    for (const trouble of ['sample_duplicate_timestamp', 'sample_out_of_order', 'sample_out_of_bounds', 'exemplar_out_of_order']) {
      expect(own).toMatch(new RegExp(`^prometheus_target_scrapes_${trouble}_total 0$`, 'm'));
    }
  });
});
