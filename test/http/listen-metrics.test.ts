import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InvalidOptionError, isSightlineError } from '../../src/index.js';
import { RawClient } from '../support/raw-client.js';
import { send } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

describe('listenMetrics', () => {
  test('serves the metrics on a free port of this machine, and nothing else', async () => {
    const { monitor } = testMonitor();
    monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/a', statusCode: 200, seconds: 0.1 });
    const { port, url } = await monitor.listenMetrics({ port: 0 });
    expect(url).toBe(`http://127.0.0.1:${port}/metrics`);
    expect((await send(port, 'GET /metrics')).text).toContain('http_requests_total{method="GET",endpoint="/a",status_code="200"} 1');
    expect((await send(port, 'GET /metrics?name[]=http_requests_total')).text).toMatch(/^# HELP http_requests_total/);
    for (const path of ['/', '/metrics/', '/metricsx', '/Metrics', '//metrics', '/healthz']) {
      expect(await send(port, `GET ${path}`), path).toMatchObject({ status: 404, text: 'Metrics are at /metrics\n' });
    }
    expect((await send(port, 'POST /metrics')).status).toBe(405);
  });

  test('is not observed itself', async () => {
    const { monitor, requests } = testMonitor();
    const { port } = await monitor.listenMetrics({ port: 0 });
    await send(port, 'GET /metrics');
    await send(port, 'GET /nothing');
    expect(await requests()).toEqual({});
  });

  test('listens where it is told to', async () => {
    const { monitor } = testMonitor();
    const { port, url } = await monitor.listenMetrics({ port: 0, host: 'localhost', path: '/internal/metrics' });
    expect(url).toBe(`http://localhost:${port}/internal/metrics`);
    expect((await fetch(url)).status).toBe(200);
  });

  test('wants its token, and asks `authorize`', async () => {
    const { monitor } = testMonitor();
    const { port } = await monitor.listenMetrics({ port: 0, bearerToken: 'a', authorize: request => request.headers['x-team'] === 'ops' });
    const status = async (headers: Record<string, string>): Promise<number> => (await send(port, 'GET /metrics', { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer a' })).toBe(403);
    expect(await status({ authorization: 'Bearer a', 'x-team': 'ops' })).toBe(200);
  });

  test('says so where the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const { monitor } = testMonitor();
    const error: unknown = await monitor.listenMetrics({ port }).catch((reason: unknown) => reason);
    expect(isSightlineError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'SIGHTLINE_LISTEN_FAILED', cause: { code: 'EADDRINUSE' } });
    expect((error as Error).message).toContain(`127.0.0.1:${port}`);
  });

  test.each([
    ['port', {}],
    ['port', { port: undefined }],
    ['port', { port: '9464' }],
    ['port', { port: -1 }],
    ['port', { port: 65_536 }],
    ['port', { port: 1.5 }],
    ['port', { port: NaN }],
    ['host', { port: 0, host: '' }],
    ['host', { port: 0, host: 7 }],
    ['path', { port: 0, path: 'metrics' }],
    ['path', { port: 0, path: '' }],
    ['path', { port: 0, path: '/metrics?all' }],
    ['bearerToken', { port: 0, bearerToken: '' }],
    ['authorize', { port: 0, authorize: true }],
    ['hostname', { port: 0, hostname: 'localhost' }],
  ])('refuses a bad `%s` (%#)', async (option, options) => {
    const { monitor } = testMonitor();
    const error: unknown = await monitor.listenMetrics(options as any).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option });
  });

  test('stops when it is closed, with the connections it has, and may be closed twice', async () => {
    const { monitor } = testMonitor();
    const server = await monitor.listenMetrics({ port: 0 });
    const client = await RawClient.to(server.port);
    client.send('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.receives('200 OK');
    await server.close();
    await client.closed();
    await expect(RawClient.to(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.close();
  });

  test('stops with its monitor', async () => {
    const { monitor } = testMonitor();
    const { port } = await monitor.listenMetrics({ port: 0 });
    await monitor.close();
    await expect(RawClient.to(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
