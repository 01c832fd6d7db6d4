import { Counter as ForeignCounter, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/metrics/http-metrics.js';
import { testMonitor } from '../support/test-monitor.js';
import { values } from './metric-settings.js';

describe('recording by hand', () => {
  test('an HTTP request', () => {
    const { monitor, series, value } = testMonitor();
    monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/users/:id', statusCode: 200, seconds: 0.25 });
    monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/users/:id', statusCode: 404, seconds: 0.5 });

    expect(series('http_requests_total')).toEqual({ 'GET /users/:id 200': 1, 'GET /users/:id 404': 1 });
    expect(value('http_request_duration_seconds', { endpoint: '/users/:id' }, '_sum')).toBe(0.75);
    expect(value('http_request_duration_seconds', { endpoint: '/users/:id' }, '_count')).toBe(2);
    // Nothing is known of bodies.
    expect(series('http_response_bytes_total')).toEqual({});
  });

  test.each([['get', '_OTHER'], ['PROPFIND', '_OTHER'], ['', '_OTHER'], ['__proto__', '_OTHER'], ['QUERY', 'QUERY']])(
    'the method %j counts as %s',
    (method, label) => {
      const { monitor, series } = testMonitor();
      monitor.metrics.recordHttpRequest({ method, endpoint: '/', statusCode: 200, seconds: 0 });

      expect(series('http_requests_total')).toEqual({ [`${label} / 200`]: 1 });
    },
  );

  test.each([[0, 'invalid'], [-1, 'invalid'], [99, 'invalid'], [1_000, 'invalid'], [NaN, 'invalid'], [200.7, '200'], [599, '599'], [999, '999']])(
    'the status %d counts as %s',
    (statusCode, label) => {
      const { monitor, series } = testMonitor();
      monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/', statusCode, seconds: 0 });
      monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/', statusCode, seconds: 0 });

      expect(series('http_requests_total')).toEqual({ [`GET / ${label}`]: 2 });
    },
  );

  test('endpoints that are names of members of every object', () => {
    const { monitor, series } = testMonitor();
    for (const endpoint of ['__proto__', 'constructor', 'toString']) {
      monitor.metrics.recordHttpRequest({ method: 'GET', endpoint, statusCode: 200, seconds: 0 });
    }

    expect(series('http_requests_total')).toEqual({ 'GET __proto__ 200': 1, 'GET constructor 200': 1, 'GET toString 200': 1 });
  });

  test('a database query; one that failed under <operation>_error', () => {
    const { monitor, series, value } = testMonitor();
    monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 0.5 });
    monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 1, failed: true });

    expect(series('db_queries_total')).toEqual({ 'select users': 1, 'select_error users': 1 });
    expect(value('db_query_duration_seconds', { operation: 'select_error' }, '_sum')).toBe(1);
  });

  test('a call of an AI service, with the tokens that are known', () => {
    const { monitor, series } = testMonitor();
    const call = { service: 'openai', model: 'gpt-4o', status: 'success', seconds: 1.5 } as const;
    monitor.metrics.recordAiRequest({ ...call, inputTokens: 100, outputTokens: 20 });
    monitor.metrics.recordAiRequest({ ...call, status: 'error' });
    monitor.metrics.recordAiRequest({ ...call, inputTokens: 0, outputTokens: NaN });

    expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 2, 'openai gpt-4o error': 1 });
    expect(series('ai_token_usage_total')).toEqual({ 'openai gpt-4o input': 100, 'openai gpt-4o output': 20 });
    expect(series('ai_request_duration_seconds')).toEqual({ 'openai gpt-4o': 3 });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an endpoint that is no text', { method: 'GET', endpoint: 7, statusCode: 200, seconds: 1 }],
    ['no endpoint', { method: 'GET', statusCode: 200, seconds: 1 }],
    ['a getter that throws', { method: 'GET', get endpoint(): string { throw new Error('no'); }, statusCode: 200, seconds: 1 }],
  ])('never throws: %s is a fault that is counted and logged', (_, request) => {
    const { monitor, series, log } = testMonitor();
    monitor.metrics.recordHttpRequest(request as HttpRequest);

    expect(series('sightline_errors_total')).toEqual({ metrics: 1 });
    expect(log).toEqual([expect.stringContaining('[sightline] metrics: a value could not be recorded: ')]);
  });
});

describe('the cap on series', () => {
  test('folds endpoints, keeps status codes, counts what was folded, and says so once', () => {
    const { monitor, series, log } = testMonitor({ metrics: { seriesLimit: 10 } });
    for (let i = 0; i < 15; i++) {
      monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: `/${i}`, statusCode: i < 12 ? 200 : 500, seconds: 0.1 });
    }
    const requests = series('http_requests_total');

    expect(Object.keys(requests)).toHaveLength(12);
    expect([requests['GET other 200'], requests['other other other']]).toEqual([2, 3]);
    expect(Object.values(requests).reduce((sum, count) => sum + count, 0)).toBe(15);
    expect(series('sightline_series_dropped_total')).toMatchObject({ http_requests_total: 5, http_request_duration_seconds: 5 });
    expect(log).toEqual([expect.stringMatching(/^\[sightline\] metrics: `http_\w+` reached its cap of 10 series; .*metrics\.seriesLimit/)]);
  });

  test('holds for every metric of the library, too', () => {
    const { monitor, series } = testMonitor({ metrics: { seriesLimit: 10 } });
    for (let i = 0; i < 30; i++) monitor.diagnostics.fault(`component ${i}`, 'x');

    expect(Object.keys(series('sightline_errors_total'))).toHaveLength(11);
    expect(series('sightline_errors_total')['other']).toBe(20);
  });
});

describe('metrics of the catalogue', () => {
  test('are made, and registered, when they are first used', () => {
    const { monitor } = testMonitor();
    const names = (): string[] => monitor.registry.getMetricsAsArray().map(metric => (metric as { name: string }).name);
    expect(names()).toEqual(['sightline_errors_total']);
    const counter = monitor.metrics.counter('learning_sessions_total');

    expect(names()).toEqual(['sightline_errors_total', 'learning_sessions_total']);
    expect(monitor.metrics.counter('learning_sessions_total')).toBe(counter);
  });

  test('have the buckets of the options', () => {
    const { monitor } = testMonitor({ metrics: { buckets: { db_query_duration_seconds: [1, 2] } } });
    monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 1.5 });

    expect(monitor.metrics.histogram('db_query_duration_seconds').bucketBounds).toEqual([1, 2]);
    expect(monitor.metrics.histogram('http_request_duration_seconds').bucketBounds).toHaveLength(11);
  });

  test('may have labels of the app behind their own', () => {
    const { monitor } = testMonitor();
    const counter = monitor.metrics.counter('http_labeled_requests_total', ['tenant']);
    counter.inc({ endpoint: '/', status_code: 200, tenant: 'a' });

    expect(values(counter)).toEqual({ '{endpoint="/",status_code="200",tenant="a"}': 1 });
  });

  test('of which the registry has one of somebody else are a fault of recording, not of the app', () => {
    const registry = new Registry();
    new ForeignCounter({ name: 'db_queries_total', help: 'x', registers: [registry] });
    const { monitor, series, log } = testMonitor({ registry });
    monitor.metrics.recordDbQuery({ operation: 'select', table: 'users', seconds: 1 });

    expect(series('sightline_errors_total')).toEqual({ metrics: 1 });
    expect(log[0]).toContain('registered by something else');
  });
});
