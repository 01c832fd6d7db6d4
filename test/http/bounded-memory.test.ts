import { createServer, type RequestListener } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import * as forExpress from '../../src/express/index.js';
import * as forKoa from '../../src/koa/index.js';
import { expressVersions, type App } from '../support/express-versions.js';
import { InjectedConnection } from '../support/injected-connection.js';
import { koaVersions, type Context, type Next } from '../support/koa-versions.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** An app with all that has a memory of its own: parameterised mounts, static handlers, learned mounts, names, labels. */
function expressApp({ monitor }: TestMonitor): RequestListener {
  // Its mounts show no pattern, so that they have to be learned.
  const version = expressVersions.find(({ showsMounts }) => !showsMounts) as (typeof expressVersions)[number];
  const ok = (_req: App, res: App): void => res.end('ok');
  const hidden = version.Router().get('/hidden/:x', ok);
  return version
    .app()
    .use(forExpress.monitorRequests({ monitor, labels: { user: req => req.url } }))
    .get('/users/:id', ok)
    .use('/t/:tenant/assets', ok)
    .use(/^\/v[a-z0-9]+/, version.Router().get('/x', ok))
    .use('/fn/:f', (req: App, res: App, next: App) => hidden(req, res, next))
    .use('/made', (req: App, res: App, next: App) => version.Router().get('/:y', monitor.monitorApi('made'), ok)(req, res, next))
    .post('/upload', (_req: App, _res: App) => {})
    .get('/slow', (_req: App, _res: App) => {})
    .use((_error: unknown, _req: App, res: App, _next: unknown) => res.writeHead(500).end());
}

function koaApp({ monitor }: TestMonitor): RequestListener {
  const [version] = koaVersions as [(typeof koaVersions)[number]];
  const router = version
    .router()
    .get('/users/:id', (ctx: Context) => (ctx.body = 'ok'))
    .get('/slow', () => new Promise(() => {}))
    .post('/upload', () => new Promise(() => {}))
    .get('/pass/:x', monitor.monitorApi('pass'), (_ctx: Context, next: Next) => next());
  return version
    .app()
    .use(forKoa.monitorRequests({ monitor, labels: { user: ctx => ctx.url } }))
    .use(router.routes())
    .use(router.allowedMethods())
    .callback();
}

const plain = [
  (i: number) => `GET /scan/${i}/wp-login.php?x=${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET /users/${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET /users/%zz${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET /t/tenant${i}/assets/a HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET /t/%E4%BD%A0${i}/assets/a HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET /v${i}/x HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET /fn/${i}/hidden/${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET /made/${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET /pass/${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `PROPFIND /dav/${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `GET http://h${i}.example/${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `OPTIONS /users/${i} HTTP/1.1\r\nHost: x${i}\r\nX-${i}: ${i}\r\n\r\n`,
];
/** After these the connection is no more. */
const broken = [
  (i: number) => `BREW /${i} HTTP/1.1\r\nHost: x\r\n\r\n`,
  (i: number) => `${i}\r\n\r\n`,
  () => `GET /ok HTTP/1.1\r\nX: ${'h'.repeat(20_000)}\r\n\r\n`,
];
const left = [
  (i: number) => `POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n${i}`,
  () => 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n',
  () => 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /users/1 HTTP/1.1\r\nHost: x\r\n\r\n',
  (i: number) => `GET /${i} HTTP/1.1\r\nHo`,
];

describe.each([
  ['Express', expressApp, 70_000],
  ['Koa', koaApp, 130_000],
])('%s', (_framework, makeApp, total) => {
  test(`${total.toLocaleString('en')} bad requests leave memory and series as they were`, { timeout: 60_000 }, async () => {
    const monitored = testMonitor();
    const server = createServer(makeApp(monitored));
    let connection = new InjectedConnection(server);
    const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
    const sendOne = async (i: number): Promise<void> => {
      if (i % 20 === 0) {
        const other = new InjectedConnection(server);
        await other.answer(at(broken, i / 20)(i));
        other.destroy();
      } else if (i % 20 === 10) {
        const other = new InjectedConnection(server);
        other.begin(at(left, (i - 10) / 20)(i));
        await new Promise(resolve => setImmediate(resolve));
        other.destroy();
      } else {
        if (connection.destroyed) connection = new InjectedConnection(server);
        await connection.answer(at(plain, i)(i));
      }
    };
    const heap = async (): Promise<number> => {
      await monitored.idle();
      gc();
      await new Promise(resolve => setImmediate(resolve));
      gc();
      return process.memoryUsage().heapUsed;
    };
    const warmUp = total / 4;
    for (let i = 0; i < warmUp; i++) await sendOne(i);
    const before = await heap();
    const seriesBefore = Object.keys(monitored.series('http_requests_total'));
    for (let i = warmUp; i < total; i++) await sendOne(i);
    const grown = (await heap()) - before;
    expect(Object.keys(monitored.series('http_requests_total'))).toEqual(seriesBefore);
    expect(seriesBefore.length).toBeLessThan(80);
    expect(monitored.value('http_requests_in_flight')).toBe(0);
    // A hundred bytes kept of each request would be several times that.
    expect(grown).toBeLessThan(800_000);
    connection.destroy();
  });
});
