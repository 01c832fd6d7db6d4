import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/koa/index.js';
import { koaVersions, type App, type Context, type KoaVersion, type Next } from '../support/koa-versions.js';
import { comparable, oddErrors, oddRequests } from '../support/odd-requests.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

/** An app that answers in many ways. */
function setUp(version: KoaVersion, app: App): App {
  const router = version.router();
  const body = (value: unknown) => (ctx: Context) => {
    ctx.body = value;
  };
  router.get('/ok', body('ok'));
  router.get('/users/:id', (ctx: Context) => body({ params: ctx.params, url: ctx.url, path: ctx.path, route: ctx._matchedRoute, name: ctx.routerPath })(ctx));
  router.post('/echo', (ctx: Context) => body(ctx.req)(ctx));
  router.get('/etag', (ctx: Context) => {
    ctx.etag = 'v1';
    ctx.body = 'versioned';
    if (ctx.fresh) ctx.status = 304;
  });
  router.get('/none', body(null));
  router.get('/moved', (ctx: Context) => ctx.redirect('/ok'));
  router.get('/events', (ctx: Context) => {
    ctx.type = 'text/event-stream';
    ctx.body = Readable.from(['data: a\n\n', 'data: b\n\n'], { objectMode: false });
  });
  router.get('/stream', (ctx: Context) => body(Readable.from(['one', 'two', 'three'], { objectMode: false }))(ctx));
  router.get('/error', (ctx: Context) => ctx.throw(503, 'handled', { expose: true }));
  router.get('/late-error', async () => {
    await new Promise(resolve => setImmediate(resolve));
    throw new Error('broken');
  });
  router.get('/teapot', (ctx: Context) => ctx.throw(418, 'short', { headers: { 'x-tea': 'yes' } }));
  router.get('/half', (ctx: Context) => {
    ctx.res.write('half');
    ctx.res.destroy();
    throw new Error('broken');
  });
  router.get('/thrown/:what', (ctx: Context) => {
    throw oddErrors[ctx.params.what];
  });
  router.get('/twice', async (ctx: Context, next: Next) => {
    ctx.res.end('one');
    ctx.body = 'two';
    await next();
  });
  router.get('/headers', (ctx: Context) => {
    ctx.set({ 'X-List': ['a', 'b'], 'Set-Cookie': ['c=1', 'd=2'] });
    ctx.append('X-List', 'c');
    ctx.respond = false;
    ctx.res.writeHead(299, 'Odd but true', { 'X-More': 'yes' });
    ctx.res.end('x');
  });
  router.get('/cut', (ctx: Context) => ctx.res.destroy());
  // Koa itself leaves a request without an answer where the error is nothing, or can't be read.
  app.use(async (ctx: Context, next: Next) => {
    try {
      await next();
    } catch (error) {
      if (error !== oddErrors['hostile'] && error !== null && error !== undefined) throw error;
      ctx.status = 500;
      ctx.body = 'odd';
    }
  });
  return app.use(router.routes()).use(router.allowedMethods());
}

describe.each(koaVersions)('under monitorRequests, $name answers byte for byte as without', version => {
  async function startBoth(): Promise<[bare: TestServer, monitored: TestServer, idle: () => Promise<void>, log: readonly string[]]> {
    const { monitor, idle, log } = testMonitor();
    const monitored = version.app().use(monitorRequests({ monitor }));
    return [await serve(setUp(version, version.app()).callback()), await serve(setUp(version, monitored).callback()), idle, log];
  }

  test.each(oddRequests)('%s', async (_name, raw) => {
    const [bare, monitored, idle, log] = await startBoth();
    const answers: string[] = [];
    for (const server of [bare, monitored]) {
      // Twice: what is known of an app changes with its first request.
      for (let i = 0; i < 2; i++) {
        const client = await server.connect();
        client.send(raw);
        if (raw.toString('latin1').startsWith('\x16')) client.socket.end();
        answers.push(comparable(await client.closed()));
      }
    }
    const [bareFirst, bareSecond, first, second] = answers;
    expect([first, second]).toEqual([bareFirst, bareSecond]);
    await idle();
    expect(log).toEqual([]);
  });
});
