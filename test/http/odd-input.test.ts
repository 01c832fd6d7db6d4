import { createServer, type RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import * as forExpress from '../../src/express/index.js';
import * as forKoa from '../../src/koa/index.js';
import type { Monitor } from '../../src/monitor.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { InjectedConnection } from '../support/injected-connection.js';
import { koaVersions, type Context } from '../support/koa-versions.js';
import { monitored } from '../support/monitored.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

/** Apps with a few routes, under every framework. */
const apps: [string, (monitor: Monitor) => RequestListener][] = [
  ...expressVersions.map((version): (typeof apps)[number] => [
    version.name,
    monitor =>
      version
        .app()
        .use(forExpress.monitorRequests({ monitor }))
        .get('/users/:id', (_req: App, res: App) => res.end('ok'))
        .use('/t/:tenant', version.Router().get('/x', (_req: App, res: App) => res.end('ok'))),
  ]),
  ...koaVersions.slice(0, 2).map((version): (typeof apps)[number] => [
    version.name,
    monitor => {
      const router = version.router().get('/users/:id', (ctx: Context) => void (ctx.body = 'ok'));
      return version.app().use(forKoa.monitorRequests({ monitor })).use(router.routes()).use(router.allowedMethods()).callback();
    },
  ]),
];

describe.each(apps)('%s', (name, makeApp) => {
  const paths = name === expressVersions[0]?.name || name === koaVersions[0]?.name ? 10_000 : 1_000;

  test(`${paths.toLocaleString('en')} paths of a scanner make one series of each metric`, { timeout: 30_000 }, async () => {
    const { monitor, requests, series } = testMonitor();
    const connection = new InjectedConnection(createServer(makeApp(monitor)));
    for (let i = 0; i < paths; i++) await connection.answer(`GET /${i.toString(36)}/.env?${i} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await requests()).toEqual({ 'GET unmatched 404': paths });
    expect(series('http_request_duration_seconds')).toEqual({ 'GET unmatched': paths });
    expect(Object.keys(series('http_response_bytes_total'))).toEqual(['GET unmatched']);
    connection.destroy();
  });

  test('1,000 values of a parameter, well-formed or not, make no series of their own', { timeout: 30_000 }, async () => {
    const { monitor, requests } = testMonitor();
    const connection = new InjectedConnection(createServer(makeApp(monitor)));
    for (let i = 0; i < 1_000; i++) await connection.answer(`GET /users/${i % 2 ? i : `%E4%BD%A0${i}`} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await requests()).toEqual({ 'GET /users/:id 200': 1_000 });
    for (let i = 0; i < 100; i++) await connection.answer(`GET /users/%zz${i} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(Object.keys(await requests()).length).toBeLessThanOrEqual(2);
    connection.destroy();
  });
});

describe('methods', () => {
  test('that are not well known count as `_OTHER`', async () => {
    const { monitor, requests } = testMonitor();
    const { connect } = await serve(monitored({ monitor }, (_request, response) => response.end()));
    for (const method of ['GET', 'PATCH', 'TRACE', 'PROPFIND', 'M-SEARCH', 'PURGE', 'LINK', 'UNSUBSCRIBE']) {
      const client = await connect();
      client.send(`${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(await client.closed()).toContain('200 OK');
    }
    expect(await requests()).toEqual({ 'GET unmatched 200': 1, 'PATCH unmatched 200': 1, 'TRACE unmatched 200': 1, '_OTHER unmatched 200': 5 });
  });

  test('that an app makes up, as method-override may, count as `_OTHER`', async () => {
    const { monitor, requests } = testMonitor();
    const { send } = await serve(
      monitored({ monitor }, (request, response) => {
        request.method = String(request.headers['x-method']);
        response.end();
      }),
    );
    for (const method of ['PUT', 'BREW', 'put', '__proto__', 'constructor', 'x'.repeat(1_000)]) await send('POST /', { headers: { 'x-method': method } });
    expect(await requests()).toEqual({ 'PUT unmatched 200': 1, '_OTHER unmatched 200': 5 });
  });
});

test('what Node refuses before any handler is not seen', async () => {
  const { monitor, requests } = testMonitor();
  const { connect } = await serve(monitored({ monitor }, (_request, response) => response.end()));
  const refused = ['BREW / HTTP/1.1\r\nHost: x\r\n\r\n', `GET / HTTP/1.1\r\nX: ${'h'.repeat(20_000)}\r\n\r\n`, 'GET / HTTP/1.1\r\n\r\n', '\0\0\0\0\r\n\r\n'];
  for (const raw of refused) {
    const client = await connect();
    client.send(raw);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
  expect(await requests()).toEqual({});
});

test('headers with any bytes, and as large as Node takes, do no harm', async () => {
  const { monitor, requests } = testMonitor();
  const { connect } = await serve(monitored({ monitor }, (_request, response) => response.end()));
  const headers = [Buffer.from('X: \xff\xfe\x80', 'latin1'), `X: ${'h'.repeat(15_000)}`, `Cookie: ${'a=b;'.repeat(3_000)}`, 'Traceparent: \x01', 'Accept: ,;=q'];
  for (const header of headers) {
    const client = await connect();
    client.send(Buffer.concat([Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'), Buffer.from(header as string), Buffer.from('\r\n\r\n')]));
    await client.closed();
  }
  const counts = await requests();
  expect(counts['GET unmatched 200']).toBeGreaterThanOrEqual(4);
  expect(Object.keys(counts)).toEqual(['GET unmatched 200']);
});

test('a request that a test injects without a connection is counted', async () => {
  const { monitor, requests } = testMonitor();
  const { IncomingMessage, ServerResponse } = await import('node:http');
  const request = new IncomingMessage(undefined as any);
  Object.assign(request, { method: 'GET', url: '/x', headers: {} });
  const response = new ServerResponse(request);
  monitored({ monitor }, (_request, res) => res.writeHead(204).end())(request, response);
  response.emit('close');
  expect(Object.keys(await requests())).toEqual(['GET unmatched 204']);
});
