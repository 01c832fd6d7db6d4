import { createServer, ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { ManualClock } from '../support/manual-clock.js';
import { monitored } from '../support/monitored.js';
import type { RawClient } from '../support/raw-client.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe('an event stream', () => {
  interface Running extends TestMonitor, TestServer {
    readonly clock: ManualClock;
  }

  async function start(handler: (response: ServerResponse, clock: ManualClock) => void): Promise<Running> {
    const clock = new ManualClock();
    const test = testMonitor({ clock });
    const server = await serve(monitored({ monitor: test.monitor }, (_request, response) => handler(response, clock)));
    return { ...test, ...server, clock };
  }

  const beginnings: [string, (response: ServerResponse) => void][] = [
    ['by writeHead()', response => response.writeHead(200, { 'Content-Type': 'text/event-stream' })],
    ['by writeHead() with a message', response => response.writeHead(200, 'OK', { 'content-type': 'text/event-stream' })],
    ['by writeHead() with a list', response => response.writeHead(200, ['Cache-Control', 'no-store', 'CONTENT-TYPE', 'text/event-stream'])],
    ['by writeHead() with pairs', response => response.writeHead(200, [['Content-Type', 'text/event-stream']] as any)],
    ['by setHeader() and a first event', response => response.setHeader('Content-Type', 'text/event-stream; charset=utf-8')],
    ['by setHeader() and flushHeaders()', response => response.setHeader('content-type', 'Text/Event-Stream').flushHeaders()],
    [
      'by writeHead() over setHeader()',
      response => response.setHeader('content-type', 'text/html').writeHead(200, { 'content-type': 'text/event-stream' }),
    ],
  ];

  test.each(beginnings)('%s is timed to its headers, and its life apart', async (_way, begin) => {
    const { connect, clock, idle, value, series } = await start((response, clock) => {
      clock.advance(250);
      begin(response);
      response.write('data: hello\n\n');
    });
    const client = await connect();
    client.send(GET);
    await client.receives('data: hello');
    expect(series('http_streams_open')).toEqual({ sse: 1 });
    // It is answered, so it is no longer in flight.
    expect(value('http_requests_in_flight')).toBe(0);
    clock.advance(60_000);
    client.leave();
    await idle();
    expect(value('http_requests_in_flight')).toBe(0);
    expect(series('http_requests_total')).toEqual({ 'GET unmatched 200': 1 });
    expect(value('http_request_duration_seconds', {}, '_sum')).toBe(0.25);
    expect(value('http_stream_duration_seconds', { endpoint: 'unmatched', kind: 'sse' }, '_sum')).toBe(60.25);
    expect(series('http_streams_open')).toEqual({ sse: 0 });
  });

  test('that the client leaves is no abort', async () => {
    const { connect, requests, series } = await start(response => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: x\n\n'));
    const client = await connect();
    client.send(GET);
    await client.receives('data: x');
    client.reset();
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(series('http_requests_aborted_total')).toEqual({});
  });

  test('that the server ends counts the same', async () => {
    const { send, requests, series, value } = await start(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: x\n\n');
      setImmediate(() => response.end('data: y\n\n'));
    });
    await send('GET /');
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(series('http_stream_duration_seconds')).toEqual({ 'unmatched sse': 1 });
    expect(value('http_response_bytes_total')).toBe(18);
  });

  test('that ends before its headers is a request that the client left', async () => {
    const { connect, requests, series, value } = await start(response => response.setHeader('content-type', 'text/event-stream'));
    const client = await connect();
    client.send(GET);
    await until(() => value('http_requests_in_flight') === 1);
    client.leave();
    expect(await requests()).toEqual({ 'GET unmatched 499': 1 });
    expect(series('http_streams_open')).toEqual({});
  });

  test('several at once are all counted open', async () => {
    const { connect, series, idle } = await start(response => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: x\n\n'));
    const clients: RawClient[] = [];
    for (let i = 0; i < 3; i++) {
      const client = await connect();
      client.send(GET);
      await client.receives('data: x');
      clients.push(client);
    }
    expect(series('http_streams_open')).toEqual({ sse: 3 });
    for (const client of clients) client.leave();
    await idle();
    expect(series('http_streams_open')).toEqual({ sse: 0 });
  });

  test.each(['text/html', 'application/json', 'text/event-streams-are-fun', undefined])('is not what has the type %s', async type => {
    const { send, idle, series } = await start(response => (type ? response.writeHead(200, { 'content-type': type }) : response.writeHead(200)).end('x'));
    await send('GET /');
    await idle();
    expect(series('http_streams_open')).toEqual({});
  });
});

describe.each(expressVersions)('an upgraded connection, handed to the app as express-ws does ($name)', version => {
  /** A server that hands upgrades to the app, with a response that closes the connection where the app refuses. */
  async function start(setUp: (app: App) => void): Promise<TestMonitor & TestServer & { clock: ManualClock }> {
    const clock = new ManualClock();
    const test = testMonitor({ clock });
    const app = version.app();
    app.use(monitorRequests({ monitor: test.monitor }));
    setUp(app);
    const server = createServer(app);
    server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      // What takes the connection over reads it.
      socket.resume().on('end', () => socket.end());
      const response = new ServerResponse(request);
      response.writeHead = ((statusCode: number) => {
        if (statusCode > 200) {
          (response as any)._header = '';
          socket.end(`HTTP/1.1 ${statusCode} Refused\r\n\r\n`);
        }
        return response;
      });
      app.handle(request, response, () => {
        if (!(request as any).accepted) response.writeHead(404);
      });
    });
    return { ...test, ...(await serve(server)), clock };
  }

  const upgrade = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  const accept = (request: any, _response: unknown): void => {
    request.accepted = true;
    request.socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  };

  test('counts as 101 when it ends, with its life apart and no duration', async () => {
    const { connect, clock, requests, series, value } = await start(app => app.use('/rooms', version.Router().get('/:room', accept)));
    const client = await connect();
    client.send(upgrade('/rooms/7'));
    await client.receives('101 Switching');
    expect(series('http_streams_open')).toEqual({ upgrade: 1 });
    expect(value('http_requests_in_flight')).toBe(0);
    expect(series('http_requests_total')).toEqual({});
    clock.advance(5_000);
    client.leave();
    expect(await requests()).toEqual({ 'GET /rooms/:room 101': 1 });
    expect(series('http_streams_open')).toEqual({ upgrade: 0 });
    expect(value('http_stream_duration_seconds', { endpoint: '/rooms/:room', kind: 'upgrade' }, '_sum')).toBe(5);
    expect(value('http_request_duration_seconds', {}, '_count')).toBe(0);
    expect(series('http_requests_aborted_total')).toEqual({});
  });

  test('that a route refuses is a plain request', async () => {
    const { connect, requests, series, value } = await start(app =>
      app.get('/rooms/:room', (_request: App, response: App) => response.sendStatus(403)),
    );
    const client = await connect();
    client.send(upgrade('/rooms/7'));
    expect(await client.closed()).toContain('403');
    expect(await requests()).toEqual({ 'GET /rooms/:room 403': 1 });
    expect(value('http_requests_in_flight')).toBe(0);
    expect(series('http_streams_open')).toEqual({ upgrade: 0 });
    expect(series('http_stream_duration_seconds')).toEqual({});
    expect(series('http_requests_aborted_total')).toEqual({});
  });

  test('that no route takes leaves nothing open', async () => {
    const { connect, idle, series } = await start(() => {});
    const client = await connect();
    client.send(upgrade('/nothing'));
    expect(await client.closed()).toContain('404');
    await idle();
    expect(series('http_streams_open')).toEqual({ upgrade: 0 });
  });

  test('whose client has already left leaves nothing open', async () => {
    const { connect, value, requests, series } = await start(app => {
      app.get('/slow', (request: App) => request.socket.destroy());
    });
    const client = await connect();
    client.send(upgrade('/slow'));
    await client.closed();
    await until(() => Object.keys(series('http_requests_total')).length > 0);
    expect(value('http_requests_in_flight')).toBe(0);
    expect(await requests()).toEqual({ 'GET /slow 101': 1 });
    expect(series('http_streams_open')).toEqual({ upgrade: 0 });
  });
});
