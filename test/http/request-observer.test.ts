import { once } from 'node:events';
import { createServer, ServerResponse, type IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { MonitorOptions } from '../../src/index.js';
import { ManualClock } from '../support/manual-clock.js';
import { monitored } from '../support/monitored.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A plain Node server under `monitorRequests`. */
async function start(handler: Handler, options?: MonitorOptions): Promise<TestMonitor & TestServer> {
  const test = testMonitor(options);
  return { ...test, ...(await serve(monitored({ monitor: test.monitor }, handler))) };
}

const untouched = Object.getOwnPropertyDescriptors(ServerResponse.prototype);
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a request that is answered', () => {
  test('is counted once, with its method and status', async () => {
    const { send, requests, series } = await start((_request, response) => response.writeHead(201).end('made'));
    await send('POST /');
    expect(await requests()).toEqual({ 'POST unmatched 201': 1 });
    expect(series('http_requests_aborted_total')).toEqual({});
  });

  test('is timed from its beginning to the end of its response', async () => {
    const clock = new ManualClock();
    const { send, idle, value } = await start(
      (_request, response) => {
        clock.advance(100);
        response.write('a');
        clock.advance(150);
        response.end('b');
      },
      { clock },
    );
    await send('GET /');
    await idle();
    const labels = { method: 'GET', endpoint: 'unmatched' };
    expect(value('http_request_duration_seconds', labels, '_count')).toBe(1);
    expect(value('http_request_duration_seconds', labels, '_sum')).toBeCloseTo(0.25);
    expect(value('http_request_duration_seconds', { ...labels, le: '0.1' }, '_bucket')).toBe(0);
    expect(value('http_request_duration_seconds', { ...labels, le: '0.25' }, '_bucket')).toBe(1);
  });

  test('counts in `http_requests_in_flight` until then', async () => {
    const waiting: ServerResponse[] = [];
    const { send, value, idle } = await start((_request, response) => waiting.push(response));
    const answers = [send('GET /'), send('GET /'), send('GET /')];
    await until(() => waiting.length === 3);
    expect(value('http_requests_in_flight')).toBe(3);
    waiting.pop()?.end();
    await until(() => value('http_requests_in_flight') === 2);
    for (const response of waiting) response.end();
    await Promise.all(answers);
    await idle();
    expect(value('http_requests_in_flight')).toBe(0);
  });

  test.each([
    ['by end() alone', (response: ServerResponse) => response.end()],
    ['by writeHead() with a message and headers', (response: ServerResponse) => response.writeHead(200, 'Fine', { 'x-a': 'b' }).end('ok')],
    ['by writeHead() with a list of headers', (response: ServerResponse) => response.writeHead(200, ['x-a', 'b']).end('ok')],
    ['piece by piece', (response: ServerResponse) => (response.write('a'), response.write('b', 'latin1'), response.end('c', () => {}))],
    ['after early hints', (response: ServerResponse) => (response.writeEarlyHints({ link: '</a.css>; rel=preload' }), response.end())],
    ['after 102 Processing', (response: ServerResponse) => (response.writeProcessing(), response.end())],
    ['with trailers', (response: ServerResponse) => (response.writeHead(200, { trailer: 'x-t' }), response.addTrailers({ 'x-t': '1' }), response.end('a'))],
    ['with end() twice', (response: ServerResponse) => (response.on('error', () => {}), response.end('one'), response.end('two'))],
    ['with write() after end()', (response: ServerResponse) => (response.on('error', () => {}), response.end('one'), response.write('two'))],
  ])('%s is counted once', async (_way, answer) => {
    const { send, requests, series, log } = await start((_request, response) => answer(response));
    await send('GET /');
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(series('http_requests_aborted_total')).toEqual({});
    expect(log).toEqual([]);
  });

  test('by two handlers keeps the first answer', async () => {
    let refused: unknown;
    const { send, requests } = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('first');
      try {
        response.writeHead(500, { 'content-type': 'text/event-stream' });
      } catch (error) {
        refused = error;
      }
      response.end();
    });
    expect((await send('GET /')).text).toBe('first');
    expect(refused).toMatchObject({ code: 'ERR_HTTP_HEADERS_SENT' });
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
  });

  test('in another way after headers that Node refused', async () => {
    const { send, requests, series } = await start((_request, response) => {
      try {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'x-bad': 'a\nb' });
      } catch {
        response.writeHead(500).end('sorry');
      }
    });
    expect((await send('GET /')).status).toBe(500);
    expect(await requests()).toEqual({ 'GET unmatched 500': 1 });
    expect(series('http_streams_open')).toEqual({});
  });

  test('with a status of its own keeps it; one that is none is refused by Node as ever', async () => {
    const { send, requests } = await start((request, response) => {
      try {
        response.writeHead(Number(request.url?.slice(1))).end();
      } catch (error) {
        response.writeHead(500).end((error as { code: string }).code);
      }
    });
    expect((await send('GET /599')).status).toBe(599);
    expect((await send('GET /999')).status).toBe(999);
    expect((await send('GET /1000')).text).toBe('ERR_HTTP_INVALID_STATUS_CODE');
    expect(await requests()).toEqual({ 'GET unmatched 599': 1, 'GET unmatched 999': 1, 'GET unmatched 500': 1 });
  });

  test('on one connection after another is counted each time', async () => {
    const { connect, requests } = await start((request, response) => response.writeHead(request.url === '/2' ? 404 : 200).end('ok'));
    const client = await connect();
    for (const path of ['/1', '/2', '/3']) client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n${path === '/3' ? 'Connection: close\r\n' : ''}\r\n`);
    await client.closed();
    expect(await requests()).toEqual({ 'GET unmatched 200': 2, 'GET unmatched 404': 1 });
  });

  test('in HTTP/1.0 is counted', async () => {
    const { connect, requests } = await start((_request, response) => response.end('ok'));
    const client = await connect();
    client.send('GET / HTTP/1.0\r\n\r\n');
    expect(await client.closed()).toContain('200 OK');
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
  });

  test('after `Expect: 100-continue` is counted with its final status', async () => {
    const { connect, requests } = await start((request, response) => request.resume().on('end', () => response.writeHead(202).end()));
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n');
    await client.receives('100 Continue');
    client.send('ab');
    await client.closed();
    expect(await requests()).toEqual({ 'POST unmatched 202': 1 });
  });
});

describe('a client that leaves', () => {
  test.each(['leave', 'reset'] as const)('before the headers (%s) makes it a 499', async way => {
    const { connect, requests, series, value } = await start(() => {});
    const client = await connect();
    client.send(GET);
    await until(() => value('http_requests_in_flight') === 1);
    client[way]();
    expect(await requests()).toEqual({ 'GET unmatched 499': 1 });
    expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched before_headers': 1 });
  });

  test('in the middle of the body keeps the status and is counted apart', async () => {
    const { connect, requests, series } = await start((_request, response) => response.writeHead(206).write('half'));
    const client = await connect();
    client.send(GET);
    await client.receives('half');
    client.leave();
    expect(await requests()).toEqual({ 'GET unmatched 206': 1 });
    expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched mid_stream': 1 });
  });

  test('while a large answer is still in the buffers is counted apart', async () => {
    const { connect, requests, series, value } = await start((_request, response) => response.end(Buffer.alloc(50_000_000)));
    const client = await connect();
    client.socket.pause();
    client.send(GET);
    await until(() => value('http_requests_in_flight') === 1);
    client.reset();
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched mid_stream': 1 });
  });

  test('after the whole answer is no abort', async () => {
    const { connect, requests, series } = await start((_request, response) => response.end('all'));
    const client = await connect();
    client.send(GET);
    await client.receives('all');
    client.leave();
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(series('http_requests_aborted_total')).toEqual({});
  });

  test('is timed until it left', async () => {
    const clock = new ManualClock();
    const { connect, idle, value } = await start(() => {}, { clock });
    const client = await connect();
    client.send(GET);
    await until(() => value('http_requests_in_flight') === 1);
    clock.advance(2_000);
    client.leave();
    await idle();
    expect(value('http_request_duration_seconds', {}, '_sum')).toBe(2);
  });

  test('before an answer comes, which then changes nothing', async () => {
    let late: ServerResponse | undefined;
    const { connect, requests } = await start((_request, response) => (late = response));
    const client = await connect();
    client.send(GET);
    await until(() => late !== undefined);
    client.leave();
    await requests();
    late?.writeHead(200).end('too late');
    await new Promise(resolve => setImmediate(resolve));
    expect(await requests()).toEqual({ 'GET unmatched 499': 1 });
  });
});

describe('a response that the server itself cuts', () => {
  test('before the headers is a 499: nobody got an answer', async () => {
    const { connect, requests, series } = await start((_request, response) => response.destroy());
    const client = await connect();
    client.send(GET);
    expect(await client.closed()).toBe('');
    expect(await requests()).toEqual({ 'GET unmatched 499': 1 });
    expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched before_headers': 1 });
  });

  test('in the middle keeps its status', async () => {
    const { connect, requests, series } = await start((_request, response) => {
      response.write('half', () => response.destroy(new Error('broken')));
    });
    const client = await connect();
    client.send(GET);
    expect(await client.closed()).toContain('half');
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched mid_stream': 1 });
  });

  test('by its time limit is counted when it is cut', async () => {
    const { connect, requests } = await start((_request, response) => response.setTimeout(5));
    const client = await connect();
    client.send(GET);
    await client.closed();
    expect(await requests()).toEqual({ 'GET unmatched 499': 1 });
  });

  test("by the server's limit on slow requests is counted with what Node answered", async () => {
    const test = testMonitor();
    const server = createServer(
      { requestTimeout: 20, headersTimeout: 20, connectionsCheckingInterval: 5 },
      monitored({ monitor: test.monitor }, request => request.resume()),
    );
    const { connect } = await serve(server);
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab');
    expect(await client.closed()).toMatch(/^(HTTP\/1.1 408 .*)?/);
    expect(Object.keys(await test.requests())).toEqual(['POST unmatched 499']);
  });
});

describe('pipelined requests', () => {
  const pipelined = (...paths: string[]): string => paths.map(path => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');

  test('are counted each by itself, also when answered in another order', async () => {
    const waiting = new Map<string, ServerResponse>();
    const { connect, requests, series } = await start((request, response) => waiting.set(request.url ?? '', response));
    const client = await connect();
    client.send(pipelined('/1', '/2', '/3'));
    await until(() => waiting.size === 3);
    waiting.get('/3')?.writeHead(203).end('three');
    waiting.get('/2')?.writeHead(202).end('two');
    waiting.get('/1')?.writeHead(201).end('one');
    await client.receives('three');
    expect(await requests()).toEqual({ 'GET unmatched 201': 1, 'GET unmatched 202': 1, 'GET unmatched 203': 1 });
    expect(series('http_requests_aborted_total')).toEqual({});
  });

  test('are all over when the client leaves, also those that never had their turn', async () => {
    const waiting = new Map<string, ServerResponse>();
    const { connect, requests, series } = await start((request, response) => {
      waiting.set(request.url ?? '', response);
      if (request.url === '/2') response.end('answered, and never sent');
    });
    const client = await connect();
    client.send(pipelined('/1', '/2', '/3'));
    await until(() => waiting.size === 3);
    client.leave();
    expect(await requests()).toEqual({ 'GET unmatched 499': 2, 'GET unmatched 200': 1 });
    expect(series('http_requests_aborted_total')).toEqual({ 'GET unmatched before_headers': 2, 'GET unmatched mid_stream': 1 });
  });

  test('leave no listeners on their connection', async () => {
    let socket: IncomingMessage['socket'] | undefined;
    const warnings: unknown[] = [];
    const warn = (warning: unknown): void => void warnings.push(warning);
    process.on('warning', warn);
    const { connect, requests } = await start((request, response) => {
      socket = request.socket;
      setImmediate(() => response.end('ok'));
    });
    const client = await connect();
    client.send(GET);
    await client.receives('ok');
    const before = socket?.listenerCount('close') ?? NaN;
    for (let round = 0; round < 5; round++) {
      client.send(pipelined(...Array.from({ length: 20 }, (_, i) => `/${i}`)));
      await until(() => client.text.split('HTTP/1.1 200').length - 1 === 1 + (round + 1) * 20);
    }
    expect(await requests()).toEqual({ 'GET unmatched 200': 101 });
    expect((socket?.listenerCount('close') ?? NaN) - before).toBeLessThanOrEqual(1);
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });
});

describe('what is observed', () => {
  test('is not what a server answers before any handler', async () => {
    const { connect, requests } = await start((_request, response) => response.end());
    const client = await connect();
    client.send('NONSENSE\r\n\r\n');
    expect(await client.closed()).toContain('400 Bad Request');
    expect(await requests()).toEqual({});
  });

  test('is the whole of it, although the app replaces writeHead, write and end', async () => {
    const { send, requests, value } = await start((_request, response) => {
      const { writeHead, write, end } = response;
      response.writeHead = function (this: ServerResponse, ...args: any[]) {
        return Reflect.apply(writeHead, this, [args[0] + 1, ...args.slice(1)]);
      } as ServerResponse['writeHead'];
      response.write = ((piece: string) => write.call(response, piece + piece, 'utf8')) as ServerResponse['write'];
      response.end = ((piece: string) => end.call(response, piece + piece, 'utf8')) as ServerResponse['end'];
      response.writeHead(200);
      response.write('ab');
      response.end('c');
    });
    expect(await send('GET /')).toMatchObject({ status: 201, text: 'ababcc' });
    expect(await requests()).toEqual({ 'GET unmatched 201': 1 });
    expect(value('http_response_bytes_total')).toBe(6);
  });

  test('looks to the app as it does without us', async () => {
    const seen: unknown[] = [];
    const look = (response: ServerResponse): unknown[] => [
      response.headersSent,
      response.writableEnded,
      response.writableFinished,
      response.statusCode,
      response.getHeaderNames(),
      Object.keys(response).filter(key => !['writeHead', 'write', 'end', '_events', '_eventsCount'].includes(key)),
    ];
    const handler: Handler = (_request, response) => {
      const steps = [look(response)];
      const chained = response.setHeader('a', 'b').writeHead(200, { c: 'd' }) === response;
      steps.push(look(response));
      const accepted = response.write('x');
      const ended = response.end('y') === response;
      steps.push(look(response), [chained, accepted, ended]);
      seen.push(steps);
    };
    const { send: bare } = await serve((request, response) => handler(request, response));
    const { send: observed, idle } = await start(handler);
    await bare('GET /');
    await observed('GET /');
    await idle();
    expect(seen[1]).toEqual(seen[0]);
  });

  test("leaves Node's own prototypes as they are", async () => {
    const { send, idle } = await start((_request, response) => response.end());
    await send('GET /');
    await idle();
    expect(Object.getOwnPropertyDescriptors(ServerResponse.prototype)).toEqual(untouched);
  });

  test('passes the callbacks of write and end on', async () => {
    const done: string[] = [];
    const { send, idle } = await start((_request, response) => {
      response.write('a', () => done.push('write'));
      response.write('b', 'utf8', () => done.push('write with encoding'));
      response.end('c', 'utf8', () => done.push('end'));
    });
    await send('GET /');
    await idle();
    expect(done).toEqual(['write', 'write with encoding', 'end']);
  });

  test('throws on what Node refuses, with the very same error', async () => {
    const codes: (string | undefined)[] = [];
    const { send } = await start((_request, response) => {
      for (const bad of [() => response.write(7), () => response.write(null), () => response.end({}), () => response.writeHead(99)]) {
        try {
          bad();
          codes.push(undefined);
        } catch (error) {
          codes.push((error as { code: string }).code);
        }
      }
      response.end();
    });
    await send('GET /');
    expect(codes).toEqual(['ERR_INVALID_ARG_TYPE', 'ERR_STREAM_NULL_VALUES', 'ERR_INVALID_ARG_TYPE', 'ERR_HTTP_INVALID_STATUS_CODE']);
  });
});

test('a clock that goes wrong is a fault of ours and no harm to the request', async () => {
  let calls = 0;
  const clock = {
    now: () => 0,
    schedule: () => () => {},
    monotonic: () => {
      if (++calls > 3) throw new Error('no time');
      return 0;
    },
  };
  const { send, log } = await start((_request, response) => response.end('ok'), { clock });
  expect((await send('GET /')).text).toBe('ok');
  expect((await send('GET /')).text).toBe('ok');
  expect(log.length).toBeLessThan(3);
});

test('an upgrade that the server takes over itself is not seen', async () => {
  const test = testMonitor();
  const server = createServer(monitored({ monitor: test.monitor }, (_request, response) => response.end()));
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  const { connect } = await serve(server);
  const client = await connect();
  client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await client.closed();
  expect(await test.requests()).toEqual({});
});

test('an upgrade that nobody takes over is a plain request', async () => {
  const { connect, requests, series } = await start((_request, response) => response.writeHead(426).end());
  const client = await connect();
  client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n');
  await client.closed();
  expect(await requests()).toEqual({ 'GET unmatched 426': 1 });
  expect(series('http_streams_open')).toEqual({});
});

test('a server that closes all its connections leaves nothing in flight', async () => {
  const { server, connect, requests, value } = await start(() => {});
  const clients = await Promise.all([connect(), connect(), connect()]);
  for (const client of clients) client.send(GET + GET);
  await until(() => value('http_requests_in_flight') === 6);
  const closed = Promise.all(clients.map(client => once(client.socket, 'close')));
  server.closeAllConnections();
  await closed;
  expect(await requests()).toEqual({ 'GET unmatched 499': 6 });
});
