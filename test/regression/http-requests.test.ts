import type { IncomingMessage} from 'node:http';
import { createServer, ServerResponse, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { monitored } from '../support/monitored.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

async function start(handler: Handler): Promise<TestMonitor & TestServer> {
  const test = testMonitor();
  return { ...test, ...(await serve(monitored({ monitor: test.monitor }, handler))) };
}

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;

test('requests in flight are counted before the first scrape too, and never below none', async () => {
  const waiting: ServerResponse[] = [];
  const { monitor, send, idle } = await start((_request, response) => waiting.push(response));
  const gauge = monitor.metrics.gauge('http_requests_in_flight');
  const answer = send('GET /');
  await until(() => waiting.length === 1);
  expect(gauge.get().values[0]?.value).toBe(1);
  waiting[0]?.end();
  await answer;
  await idle();
  expect(gauge.get().values[0]?.value).toBe(0);
});

test('pipelined requests that never had their turn are counted when their client leaves', async () => {
  let begun = 0;
  const { connect, requests, value } = await start(() => begun++);
  const client = await connect();
  client.send(get('/1') + get('/2') + get('/3'));
  await until(() => begun === 3);
  client.leave();
  expect(await requests()).toEqual({ 'GET unmatched 499': 3 });
  expect(value('http_requests_in_flight')).toBe(0);
});

test("a pipelined response's bytes are its own, not the next one's too", async () => {
  const { connect, idle, value } = await start((request, response) => {
    response.write(request.url?.slice(1));
    setImmediate(() => response.end());
  });
  const client = await connect();
  client.send(get('/a') + get(`/${'b'.repeat(1_000)}`) + get('/c', 'Connection: close\r\n'));
  await client.closed();
  await idle();
  expect(value('http_response_bytes_total')).toBe(1_002);
});

test('the framing of chunks is not counted as bytes of the body', async () => {
  const { send, idle, value } = await start((_request, response) => {
    for (let i = 0; i < 100; i++) response.write('x');
    response.end();
  });
  await send('GET /');
  await idle();
  expect(value('http_response_bytes_total')).toBe(100);
});

test('a client that leaves before a large answer was sent counts as an abort', async () => {
  const { connect, idle, series, value } = await start((_request, response) => response.end(Buffer.alloc(50_000_000)));
  const client = await connect();
  client.socket.pause();
  client.send(get('/'));
  await until(() => value('http_requests_in_flight') === 1);
  client.reset();
  await idle();
  expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched mid_stream': 1 });
});

test('headers that Node refused make no event stream of the answer that follows', async () => {
  const { send, requests, series } = await start((_request, response) => {
    try {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-bad': 'a\nb' });
    } catch {
      response.writeHead(500).end();
    }
  });
  await send('GET /');
  expect(await requests()).toEqual({ 'GET unmatched 500': 1 });
  expect(series('http_stream_duration_seconds')).toEqual({});
});

test('an event stream is one however its type is given', async () => {
  const { send, idle, series } = await start((_request, response) => response.writeHead(200, ['CONTENT-TYPE', 'Text/Event-Stream']).end());
  await send('GET /');
  await idle();
  expect(series('http_stream_duration_seconds')).toEqual({ 'unmatched sse': 1 });
});

test('a type that only begins like that of event streams is none', async () => {
  const { send, idle, series } = await start((_request, response) => response.writeHead(200, { 'content-type': 'text/event-streaming' }).end());
  await send('GET /');
  await idle();
  expect(series('http_stream_duration_seconds')).toEqual({});
});

/** A server that hands upgrades to a listener, with a response of its own. */
async function startUpgrades(listener: RequestListener): Promise<TestServer> {
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    socket.resume().on('end', () => socket.end());
    const response = new ServerResponse(request);
    response.writeHead = ((status: number) => (socket.end(`HTTP/1.1 ${status} No\r\n\r\n`), response));
    listener(request, response);
  });
  return serve(server);
}
const UPGRADE = get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n');

test('an upgrade that the app refuses counts with the status it was refused with', async () => {
  const { monitor, requests, series } = testMonitor();
  const { connect } = await startUpgrades(
    monitored({ monitor }, (_request, response) => {
      response.statusCode = 403;
      response.end();
    }),
  );
  const client = await connect();
  client.send(UPGRADE);
  await client.closed();
  expect(await requests()).toEqual({ 'GET unmatched 403': 1 });
  expect(series('http_stream_duration_seconds')).toEqual({});
});

test('an upgraded connection adds no zero to the durations of requests', async () => {
  const { monitor, series, requests } = testMonitor();
  const { connect } = await startUpgrades(monitored({ monitor }, request => request.socket.write('HTTP/1.1 101 Switching\r\n\r\n')));
  const client = await connect();
  client.send(UPGRADE);
  await client.receives('101');
  client.leave();
  expect(await requests()).toEqual({ 'GET unmatched 101': 1 });
  expect(series('http_request_duration_seconds')).toEqual({ 'GET unmatched': 0 });
});

test('a request that `skip` fails on is observed', async () => {
  const { monitor, requests } = testMonitor();
  const skip = (): boolean => {
    throw new Error('no idea');
  };
  const { send } = await serve(monitored({ monitor, skip }, (_request, response) => response.end()));
  await send('GET /');
  expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
});
