import { once } from 'node:events';
import { connect, constants, createServer, Http2ServerResponse, type ClientHttp2Session, type ClientHttp2Stream, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { monitorRequests } from '../../src/koa/index.js';
import { koaVersions, type App, type Context } from '../support/koa-versions.js';
import { monitored } from '../support/monitored.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

const untouched = Object.getOwnPropertyDescriptors(Http2ServerResponse.prototype);

/** Starts an HTTP/2 server and connects to it. */
async function open(handler: any): Promise<ClientHttp2Session> {
  const server: Http2Server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  session.on('error', () => {});
  onTestFinished(async () => {
    session.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  return session;
}

/** Sends a request and reads the answer to its end. */
async function send(session: ClientHttp2Session, method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  const stream = session.request({ ':method': method, ':path': path }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [headers] = (await once(stream, 'response')) as [Record<string, number>];
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return { status: headers[':status'] ?? 0, text };
}

function request(session: ClientHttp2Session, path: string): ClientHttp2Stream {
  const stream = session.request({ ':path': path });
  stream.on('error', () => {});
  return stream;
}

describe('over HTTP/2, in a plain server', () => {
  async function start(handler: (request: any, response: any) => unknown): Promise<TestMonitor & { session: ClientHttp2Session }> {
    const test = testMonitor();
    return { ...test, session: await open(monitored({ monitor: test.monitor }, handler)) };
  }

  test('requests are counted, with their bytes', async () => {
    const { session, requests, value } = await start((req, res) => {
      if (req.url === '/pieces') {
        res.write('ab');
        res.write('cd');
        res.end('e');
      } else if (req.url === '/head') res.writeHead(200, { 'x-a': 'b' }).end('written');
      else if (req.url === '/none') res.writeHead(204).end();
      else req.on('data', () => {}).on('end', () => res.writeHead(201).end('made'));
    });
    expect(await send(session, 'POST', '/', 'hello')).toEqual({ status: 201, text: 'made' });
    expect(await send(session, 'GET', '/pieces')).toEqual({ status: 200, text: 'abcde' });
    expect(await send(session, 'HEAD', '/head')).toEqual({ status: 200, text: '' });
    expect(await send(session, 'GET', '/none')).toEqual({ status: 204, text: '' });
    expect(await requests()).toEqual({ 'POST unmatched 201': 1, 'GET unmatched 200': 1, 'HEAD unmatched 200': 1, 'GET unmatched 204': 1 });
    expect(value('http_request_bytes_total', { method: 'POST' })).toBe(5);
    expect(value('http_response_bytes_total', { method: 'POST' })).toBe(4);
    expect(value('http_response_bytes_total', { method: 'GET' })).toBe(5);
    expect(value('http_response_bytes_total', { method: 'HEAD' })).toBeUndefined();
  });

  test('many at once are counted each by itself', async () => {
    const { session, requests } = await start((req, res) => setImmediate(() => res.writeHead(Number(req.url.slice(1))).end()));
    await Promise.all([200, 201, 404, 200].map(status => send(session, 'GET', `/${status}`)));
    expect(await requests()).toEqual({ 'GET unmatched 200': 2, 'GET unmatched 201': 1, 'GET unmatched 404': 1 });
  });

  test('a client that leaves before the headers makes it a 499', async () => {
    const { session, requests, series, value } = await start(() => {});
    const stream = request(session, '/');
    await until(() => value('http_requests_in_flight') === 1);
    stream.close(constants.NGHTTP2_CANCEL);
    expect(await requests()).toEqual({ 'GET unmatched 499': 1 });
    expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched before_headers': 1 });
  });

  test('a client that leaves in the middle is counted apart', async () => {
    const { session, requests, series } = await start((_req, res) => res.write('half'));
    const stream = request(session, '/');
    await once(stream, 'data');
    stream.close(constants.NGHTTP2_CANCEL);
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched mid_stream': 1 });
  });

  test('a session that is lost ends all its requests', async () => {
    const { session, requests, value } = await start(() => {});
    for (let i = 0; i < 5; i++) request(session, `/${i}`);
    await until(() => value('http_requests_in_flight') === 5);
    session.destroy();
    expect(await requests()).toEqual({ 'GET unmatched 499': 5 });
  });

  test("Node's own response prototype stays as it is", async () => {
    const { session, idle } = await start((_req, res) => res.end());
    await send(session, 'GET', '/');
    await idle();
    expect(Object.getOwnPropertyDescriptors(Http2ServerResponse.prototype)).toEqual(untouched);
  });

  test('event streams are known', async () => {
    const { session, idle, series } = await start((_req, res) => (res.writeHead(200, { 'content-type': 'text/event-stream' }), res.write('data: x\n\n')));
    const stream = request(session, '/');
    await once(stream, 'data');
    expect(series('http_streams_open')).toEqual({ sse: 1 });
    stream.close();
    await idle();
    expect(series('http_streams_open')).toEqual({ sse: 0 });
    expect(series('http_requests_aborted_total')).toEqual({});
  });
});

describe.each(koaVersions)('over HTTP/2, in $name', version => {
  test('routes are known, and the answers are as without us', async () => {
    const test = testMonitor();
    const setUp = (app: App): App => {
      const router = version
        .router({ prefix: '/t/:t' })
        .get('/u/:id', (ctx: Context) => (ctx.body = { id: ctx.params.id }))
        .get('/fail', (ctx: Context) => ctx.throw(503, 'sorry', { expose: true }));
      return app.use(router.routes()).use(router.allowedMethods());
    };
    const observed = await open(setUp(version.app().use(monitorRequests({ monitor: test.monitor }))).callback());
    const bare = await open(setUp(version.app()).callback());
    // No HEAD: Koa 2 itself leaves that without an answer over HTTP/2.
    for (const [method, path] of [['GET', '/t/1/u/7'], ['GET', '/t/2/fail'], ['POST', '/t/1/u/7'], ['GET', '/nothing']] as const) {
      expect(await send(observed, method, path)).toEqual(await send(bare, method, path));
    }
    expect(await test.requests()).toEqual({
      'GET /t/:t/u/:id 200': 1,
      'GET /t/:t/fail 503': 1,
      'POST /t/:t/u/:id 405': 1,
      'GET unmatched 404': 1,
    });
    expect(test.log).toEqual([]);
  });
});
