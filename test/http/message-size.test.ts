import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { monitored } from '../support/monitored.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

async function start(handler: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<TestMonitor & TestServer> {
  const test = testMonitor();
  return { ...test, ...(await serve(monitored({ monitor: test.monitor }, handler))) };
}

describe('bytes of requests', () => {
  const drain = (request: IncomingMessage, response: ServerResponse): unknown => request.resume().on('end', () => response.end());

  /** Bytes counted after one raw request. */
  async function bytesOf(raw: string | Buffer, handler = drain): Promise<number | undefined> {
    const { connect, idle, value } = await start(handler);
    const client = await connect();
    client.send(raw);
    await client.receives('HTTP/1.1 200');
    await idle();
    // An endpoint that never had a body has no series.
    return value('http_request_bytes_total') ?? 0;
  }

  test('with a Content-Length', async () => {
    expect(await bytesOf('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello')).toBe(5);
  });

  test('in chunks, without their framing', async () => {
    const chunks = '5\r\nhello\r\n6;extension=1\r\n world\r\n0\r\nTrailer: t\r\n\r\n';
    expect(await bytesOf(`POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`)).toBe(11);
  });

  test('compressed, as they came', async () => {
    const body = gzipSync('a'.repeat(10_000));
    const head = `PUT / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
    expect(await bytesOf(Buffer.concat([Buffer.from(head), body]))).toBe(body.length);
  });

  test('that the app never reads', async () => {
    const raw = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello';
    expect(await bytesOf(raw, (_request, response) => setImmediate(() => response.end()))).toBe(5);
  });

  test('read by iterating, by `data` and by `read()`', async () => {
    const raw = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';
    let text = '';
    const readers: (typeof drain)[] = [
      async (request, response) => {
        for await (const chunk of request) text += String(chunk);
        response.end();
      },
      (request, response) => request.setEncoding('utf8').on('data', chunk => (text += chunk)).on('end', () => response.end()),
      (request, response) => {
        request.on('readable', () => {
          for (let chunk; (chunk = request.read() as Buffer | null) !== null; ) text += chunk.toString();
        });
        request.on('end', () => response.end());
      },
    ];
    for (const reader of readers) expect(await bytesOf(raw, reader)).toBe(5);
    expect(text).toBe('hellohellohello');
  });

  test('without a body: none', async () => {
    expect(await bytesOf('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n')).toBe(0);
    expect(await bytesOf('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe(0);
  });

  test('of GET: not counted, whatever they carry', async () => {
    expect(await bytesOf('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello')).toBe(0);
  });

  test('that stopped on the way: what came', async () => {
    let arrived = 0;
    const { connect, requests, value } = await start(request => request.on('data', (chunk: Buffer) => (arrived += chunk.length)).on('error', () => {}));
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhello');
    await until(() => arrived === 5);
    client.leave();
    expect(await requests()).toEqual({ 'POST unmatched 499': 1 });
    expect(value('http_request_bytes_total')).toBe(5);
  });

  test('refused early: what came', async () => {
    const { connect, requests, value } = await start((_request, response) => response.writeHead(413, { connection: 'close' }).end());
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhello');
    await client.closed();
    expect(await requests()).toEqual({ 'POST unmatched 413': 1 });
    expect(value('http_request_bytes_total')).toBe(5);
  });

  test('are added up', async () => {
    const { send, idle, value } = await start(drain);
    for (const body of ['a', 'bc', 'def']) await send('POST /', { body });
    await idle();
    expect(value('http_request_bytes_total', { method: 'POST' })).toBe(6);
  });
});

describe('bytes of responses', () => {
  type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;
  const text = 'grüße 你好 😀';
  const length = Buffer.byteLength(text);

  const answers: [string, Answer, number][] = [
    ['given whole to end()', response => response.end(text), length],
    ['given whole as bytes', response => response.end(Buffer.from(text)), length],
    ['given whole as a Uint8Array', response => response.end(new Uint8Array(7)), 7],
    ['in another encoding', response => response.end('grüße', 'latin1'), 5],
    ['in hexadecimal', response => response.end('0a0b0c', 'hex'), 3],
    ['with a Content-Length', response => response.writeHead(200, { 'content-length': length }).end(text), length],
    ['with a Content-Length, in pieces', response => (response.writeHead(200, { 'content-length': 4 }), response.write('ab'), response.end('cd')), 4],
    ['in chunks, without their framing', response => (response.write('ab'), response.write(Buffer.from('cd')), response.end('ef')), 6],
    ['in chunks, the last by itself', response => (response.write(text), response.end()), length],
    ['in chunks, in another encoding', response => (response.write('ü', 'latin1'), response.end('üü', 'latin1')), 3],
    ['after flushHeaders()', response => (response.flushHeaders(), response.end(text)), length],
    ['with callbacks', response => (response.write('ab', () => {}), response.end('c', () => {})), 3],
    ['with only a callback to end()', response => (response.write('ab'), response.end(() => {})), 2],
    ['piped', response => Readable.from(['ab', 'cd', Buffer.from('e')], { objectMode: false }).pipe(response), 5],
    ['piped by pipeline()', response => pipeline(Readable.from([Buffer.alloc(100_000), Buffer.alloc(100_000)]), response), 200_000],
    ['with trailers', response => (response.writeHead(200, { trailer: 'x-t' }), response.write('abc'), response.addTrailers({ 'x-t': 'long'.repeat(100) }), response.end()), 3],
    ['corked', response => (response.cork(), response.write('ab'), response.write('cd'), response.uncork(), response.end('e')), 5],
    ['without a body', response => response.end(), 0],
    ['with an empty body', response => response.end(''), 0],
    ['204', response => response.writeHead(204).end('none'), 0],
    ['304', response => response.writeHead(304, { 'content-length': 1000, etag: 'x' }).end(), 0],
    ['redirected', response => response.writeHead(302, { location: '/' }).end('moved'), 5],
    ['with huge headers', response => response.writeHead(200, { 'x-big': 'h'.repeat(5_000) }).end('abc'), 3],
    ['twice', response => (response.on('error', () => {}), response.end('one'), response.end('second')), 3],
  ];

  test.each(answers)('%s', async (_name, answer, bytes) => {
    const { send, idle, value } = await start((request, response) => void answer(response, request));
    const { body } = await send('GET /');
    await idle();
    expect(body.length).toBe(bytes);
    expect(value('http_response_bytes_total') ?? 0).toBe(bytes);
  });

  test('to HEAD: none', async () => {
    const { send, idle, value } = await start((request, response) => {
      if (request.url === '/whole') response.writeHead(200, { 'content-length': 3 }).end('abc');
      else {
        response.write('ab');
        response.end('c');
      }
    });
    await send('HEAD /whole');
    await send('HEAD /chunks');
    await idle();
    expect(value('http_response_bytes_total', { method: 'HEAD' })).toBeUndefined();
  });

  describe.each(expressVersions)('in $name', version => {
    const answer = (_req: App, res: App): void => {
      res.write('ab');
      res.end('cde');
    };

    test.each<[string, (app: App, observe: App) => void]>([
      ['of a route', (app, observe) => app.use(observe).get('/x', answer)],
      ['of an app within the app', (app, observe) => app.use(observe).use('/x', version.app().use(answer))],
      ['of an app in a router', (app, observe) => app.use(observe).use('/x', version.Router().use(version.app().use(answer)))],
      ['of an app within an app in a router', (app, observe) => app.use(observe).use(version.Router().use(version.app().use('/x', version.app().use(answer))))],
      ['where only the app within the app is observed, and the outer one answers', (app, observe) => app.use('/x', version.app().use(observe)).use(answer)],
      [
        'where an app within the app is observed, and the outer one answers its error',
        (app, observe) => {
          const inner = version.app().use(observe);
          inner.get('/', (_req: App, _res: App, next: (error: Error) => void) => next(new Error('broken')));
          app.use('/x', inner).use((_error: Error, req: App, res: App, _next: unknown) => answer(req, res));
        },
      ],
    ])('%s', async (_name, setUp) => {
      const { monitor, idle, value } = testMonitor();
      const app = version.app();
      setUp(app, monitorRequests({ monitor }));
      const { send } = await serve(app);
      for (const total of [5, 10, 15]) {
        await send('GET /x');
        await idle();
        expect(value('http_response_bytes_total')).toBe(total);
      }
    });

    test('compressed by middleware that stands before monitorRequests: as sent', async () => {
      const { monitor, idle, value } = testMonitor();
      const app = version.app();
      app.use((_req: App, res: App, next: () => void) => {
        compress(res);
        next();
      });
      app.use(monitorRequests({ monitor }));
      app.get('/x', (_req: App, res: App) => {
        res.write('a'.repeat(50_000));
        res.end('b'.repeat(50_000));
      });
      const { send } = await serve(app);
      // An app's prototype is hooked at its first request, which has gone through the middleware by then.
      await send('GET /x');
      await idle();
      const before = value('http_response_bytes_total') ?? 0;
      const { body } = await send('GET /x');
      await idle();
      expect(gunzipSync(body)).toHaveLength(100_000);
      expect((value('http_response_bytes_total') ?? 0) - before).toBe(body.length);
    });
  });

  test('compressed by middleware: as sent', async () => {
    const { send, idle, value } = await start(async (_request, response) => {
      compress(response);
      response.write('a'.repeat(50_000));
      response.end('b'.repeat(50_000));
    });
    const { body } = await send('GET /');
    await idle();
    expect(gunzipSync(body)).toHaveLength(100_000);
    expect(value('http_response_bytes_total')).toBe(body.length);
  });

  test('on one connection, one after the other and pipelined: each its own', async () => {
    const { connect, idle, value } = await start((request, response) => {
      const size = Number(request.url?.slice(1));
      response.write('a'.repeat(size - 1));
      setImmediate(() => response.end('!'));
    });
    const client = await connect();
    const get = (size: number, more = ''): string => `GET /${size} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
    client.send(get(10));
    await client.receives('!');
    client.send(get(1_000) + get(20_000) + get(3) + get(5, 'Connection: close\r\n'));
    await client.closed();
    await idle();
    expect(value('http_response_bytes_total')).toBe(10 + 1_000 + 20_000 + 3 + 5);
  });

  test('that stopped on the way: what was handed over', async () => {
    const { connect, requests, value } = await start((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('hello');
    });
    const client = await connect();
    client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.receives('hello');
    client.leave();
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(value('http_response_bytes_total')).toBe(5);
  });
});

/** As `compression` does: what the app writes goes through gzip, whose output goes to the response's own methods. */
function compress(response: ServerResponse): void {
  const write = response.write.bind(response) as (chunk: Buffer) => boolean;
  const end = response.end.bind(response) as () => ServerResponse;
  const gzip = createGzip();
  gzip.on('data', (chunk: Buffer) => write(chunk)).on('end', () => end());
  response.write = ((chunk: string) => gzip.write(chunk)) as ServerResponse['write'];
  response.end = ((chunk: string) => (gzip.end(chunk), response)) as ServerResponse['end'];
  response.setHeader('content-encoding', 'gzip');
}
