import mount from 'koa-mount';
import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/koa/index.js';
import { koaVersions, type App, type Context, type KoaVersion, type Next } from '../support/koa-versions.js';
import { serve, type TestServer } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

const ok = (ctx: Context): void => {
  ctx.body = 'ok';
};
const pass = (_ctx: Context, next: Next): Promise<unknown> => next();
const throwText = (): never => {
  const text: any = 'a string';
  throw text;
};
const fail = (): never => {
  throw new Error('broken');
};

interface Running extends TestMonitor, TestServer {
  readonly app: App;
}

/** An app under `monitorRequests`, with its middleware set up, that listens. */
async function start(version: KoaVersion, setUp: (app: App) => void): Promise<Running> {
  const test = testMonitor();
  const app = version.app();
  app.use(monitorRequests({ monitor: test.monitor }));
  setUp(app);
  return { ...test, ...(await serve(app.callback())), app };
}

describe.each(koaVersions)('$name', version => {
  const { router: newRouter } = version;

  /** What `http_requests_total` says after these requests, sent one after the other. */
  async function labelsOf(setUp: (app: App) => void, ...requests: readonly string[]): Promise<Record<string, number>> {
    const running = await start(version, setUp);
    for (const request of requests) await running.send(request);
    return running.requests();
  }

  describe('a route is labelled by its pattern', () => {
    test('with parameters, whatever their values', async () => {
      const router = newRouter().get('/users/:id/posts/:post', ok);
      const labels = await labelsOf(app => app.use(router.routes()), 'GET /users/7/posts/1', 'GET /users/ada/posts/%20?q=1');
      expect(labels).toEqual({ 'GET /users/:id/posts/:post 200': 2 });
    });

    test('at the root', async () => {
      expect(await labelsOf(app => app.use(newRouter().get('/', ok).routes()), 'GET /', 'GET /?a=b')).toEqual({ 'GET / 200': 2 });
    });

    test('whatever the method, with HEAD served by a GET route', async () => {
      const router = newRouter().get('/a/:x', ok).post('/a/:x', ok).all('/b/:x', ok);
      const requests = ['HEAD /a/1', 'POST /a/1', 'PATCH /b/1', 'GET /b/1'];
      expect(await labelsOf(app => app.use(router.routes()), ...requests)).toEqual({
        'HEAD /a/:x 200': 1,
        'POST /a/:x 200': 1,
        'PATCH /b/:x 200': 1,
        'GET /b/:x 200': 1,
      });
    });

    test('in another case and with a slash at the end', async () => {
      const router = newRouter().get('/Users/:id', ok);
      expect(await labelsOf(app => app.use(router.routes()), 'GET /users/7', 'GET /USERS/7/')).toEqual({ 'GET /Users/:id 200': 2 });
    });

    test('with the rest of a path, and with an optional parameter', async () => {
      const files = version.rest('/files');
      const posts = version.optional('/posts', 'id');
      const router = newRouter().get(files, ok).get(posts, ok);
      const requests = ['GET /files/a', 'GET /files/a/b.txt', 'GET /posts', 'GET /posts/7'];
      expect(await labelsOf(app => app.use(router.routes()), ...requests)).toEqual({ [`GET ${files} 200`]: 2, [`GET ${posts} 200`]: 2 });
    });

    test('of a list of paths, by the one that matched', async () => {
      const router = newRouter().get(['/users/:id', '/people/:name'], ok);
      expect(await labelsOf(app => app.use(router.routes()), 'GET /users/7', 'GET /people/ada')).toEqual({
        'GET /users/:id 200': 1,
        'GET /people/:name 200': 1,
      });
    });

    test('of a regular expression, by its source', async () => {
      const router = newRouter().get(/^\/v(\d+)$/, ok);
      expect(await labelsOf(app => app.use(router.routes()), 'GET /v1', 'GET /v22')).toEqual({ [`GET ${String.raw`/^\/v(\d+)$/`} 200`]: 2 });
    });

    test('of a router with a prefix, with parameters', async () => {
      const router = newRouter({ prefix: '/t/:tenant' }).get('/u/:id', ok).get('/', ok);
      expect(await labelsOf(app => app.use(router.routes()), 'GET /t/a/u/7', 'GET /t/b/u/8', 'GET /t/a', 'GET /t/a/')).toEqual({
        'GET /t/:tenant/u/:id 200': 2,
        'GET /t/:tenant 200': 2,
      });
    });

    test('of routers within routers, with their prefixes', async () => {
      const inner = newRouter({ prefix: '/in/:i' }).get('/u/:id', ok);
      const middle = newRouter().use('/mid/:m', inner.routes(), inner.allowedMethods());
      const outer = newRouter({ prefix: '/out' }).use(middle.routes());
      expect(await labelsOf(app => app.use(outer.routes()), 'GET /out/mid/1/in/1/u/1', 'GET /out/mid/2/in/2/u/2')).toEqual({
        'GET /out/mid/:m/in/:i/u/:id 200': 2,
      });
    });

    test('of one router under several', async () => {
      const inner = newRouter().get('/u/:id', ok);
      const outer = newRouter().use('/a', inner.routes()).use('/b/:b', inner.routes());
      expect(await labelsOf(app => app.use(outer.routes()), 'GET /a/u/1', 'GET /b/1/u/1', 'GET /b/2/u/2')).toEqual({
        'GET /a/u/:id 200': 1,
        'GET /b/:b/u/:id 200': 2,
      });
    });

    test('with the whole URL as the request target', async () => {
      const running = await start(version, app => app.use(newRouter().get('/u/:id', ok).routes()));
      const client = await running.connect();
      client.send('GET http://example.com/u/7 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n');
      expect(await client.closed()).toContain('HTTP/1.1 200 OK');
      expect(await running.requests()).toEqual({ 'GET /u/:id 200': 1 });
    });

    test('of the route that answers, where several match', async () => {
      const router = newRouter().get('/users/me', ok).get('/users/:id', ok).get(version.rest('/users'), ok);
      expect(await labelsOf(app => app.use(router.routes()), 'GET /users/me', 'GET /users/7', 'GET /users/a/b')).toEqual({
        'GET /users/me 200': 1,
        'GET /users/:id 200': 1,
        [`GET ${version.rest('/users')} 200`]: 1,
      });
    });

    test('of the route it is passed on to', async () => {
      const router = newRouter().get('/users/:id', pass).get('/users/:name', ok);
      const other = newRouter().get('/other/:x', pass);
      const last = newRouter().get('/other/:y', ok);
      const setUp = (app: App): void => app.use(router.routes()).use(other.routes()).use(last.routes());
      expect(await labelsOf(setUp, 'GET /users/7', 'GET /other/1')).toEqual({ 'GET /users/:name 200': 1, 'GET /other/:y 200': 1 });
    });

    test('where it does not answer by Koa', async () => {
      const router = newRouter().get('/raw/:id', (ctx: Context) => {
        ctx.respond = false;
        ctx.res.statusCode = 404;
        ctx.res.end('mine');
      });
      expect(await labelsOf(app => app.use(router.routes()), 'GET /raw/1')).toEqual({ 'GET /raw/:id 404': 1 });
    });

    test('where it answers 404, with a body or without', async () => {
      const router = newRouter()
        .get('/status/:id', (ctx: Context) => void (ctx.status = 404))
        .get('/body/:id', (ctx: Context) => {
          ctx.status = 404;
          ctx.body = 'no such thing';
        })
        .get('/thrown/:id', (ctx: Context) => ctx.throw(404, 'no such thing'));
      expect(await labelsOf(app => app.use(router.routes()), 'GET /status/1', 'GET /body/1', 'GET /thrown/1')).toEqual({
        'GET /status/:id 404': 1,
        'GET /body/:id 404': 1,
        'GET /thrown/:id 404': 1,
      });
    });

    test('where it answers without a body', async () => {
      const router = newRouter()
        .get('/null', (ctx: Context) => void (ctx.body = null))
        .delete('/gone', (ctx: Context) => void (ctx.status = 204));
      expect(await labelsOf(app => app.use(router.routes()), 'GET /null', 'DELETE /gone')).toEqual({ 'GET /null 204': 1, 'DELETE /gone 204': 1 });
    });
  });

  describe('an error keeps its route', () => {
    const ways: [string, (ctx: Context) => unknown, number][] = [
      ['thrown', fail, 500],
      ['rejected', async () => fail(), 500],
      ['thrown by ctx.throw', ctx => ctx.throw(403, 'no'), 403],
      ['thrown by ctx.assert', ctx => ctx.assert(false, 418), 418],
      ['that is no error', throwText, 500],
    ];

    test.each(ways)('%s', async (_way, handler, status) => {
      const router = newRouter({ prefix: '/t/:tenant' }).get('/err/:id', handler);
      expect(await labelsOf(app => app.use(router.routes()), 'GET /t/a/err/1', 'GET /t/b/err/2')).toEqual({
        [`GET /t/:tenant/err/:id ${status}`]: 2,
      });
    });

    test('that middleware before the router catches and answers', async () => {
      const setUp = (app: App): void => {
        app.use(async (ctx: Context, next: Next) => {
          try {
            await next();
          } catch {
            ctx.status = 503;
          }
        });
        app.use(newRouter().get('/err/:id', fail).routes());
      };
      expect(await labelsOf(setUp, 'GET /err/1')).toEqual({ 'GET /err/:id 503': 1 });
    });

    test('from the load of a parameter', async () => {
      const router = newRouter()
        .param('id', (_id: string, ctx: Context) => ctx.throw(404))
        .get('/u/:id', ok);
      expect(await labelsOf(app => app.use(router.routes()), 'GET /u/1')).toEqual({ 'GET /u/:id 404': 1 });
    });

    test('from middleware of its router', async () => {
      const router = newRouter({ prefix: '/t/:t' }).use(fail).get('/u/:id', ok);
      expect(await labelsOf(app => app.use(router.routes()), 'GET /t/1/u/1')).toEqual({ 'GET /t/:t/u/:id 500': 1 });
    });
  });

  test("a router's own middleware that refuses is labelled by the route it stands before", async () => {
    const refuse = (ctx: Context): void => {
      ctx.status = 401;
    };
    const setUp = (app: App): void => {
      app.use(newRouter({ prefix: '/a' }).use(refuse).get('/u/:id', ok).routes());
      app.use(newRouter().use('/b', refuse).get('/b/u/:id', ok).routes());
      app.use(newRouter().use('/c', newRouter().use(refuse).get('/u/:id', ok).routes()).routes());
    };
    expect(await labelsOf(setUp, 'GET /a/u/1', 'GET /b/u/1', 'GET /c/u/1')).toEqual({
      'GET /a/u/:id 401': 1,
      'GET /b/u/:id 401': 1,
      'GET /c/u/:id 401': 1,
    });
  });

  test('allowedMethods answers for the route: 405, OPTIONS, 501', async () => {
    const router = newRouter().get('/u/:id', ok).put('/u/:id', ok);
    const setUp = (app: App): void => app.use(router.routes()).use(router.allowedMethods());
    expect(await labelsOf(setUp, 'POST /u/1', 'OPTIONS /u/1', 'PROPFIND /u/1')).toEqual({
      'POST /u/:id 405': 1,
      'OPTIONS /u/:id 200': 1,
      '_OTHER /u/:id 501': 1,
    });
  });

  describe('a request that no route answers is `unmatched`', () => {
    test('where nothing matches', async () => {
      const router = newRouter({ prefix: '/api' }).get('/users/:id', ok);
      const setUp = (app: App): void => app.use(router.routes()).use(router.allowedMethods());
      expect(await labelsOf(setUp, 'GET /nothing', 'GET /api/nothing', 'GET /')).toEqual({ 'GET unmatched 404': 3 });
    });

    test('where there is no router', async () => {
      const setUp = (app: App): void => app.use((ctx: Context, next: Next) => (ctx.path === '/hi' ? ok(ctx) : next()));
      expect(await labelsOf(setUp, 'GET /hi', 'GET /other')).toEqual({ 'GET unmatched 200': 1, 'GET unmatched 404': 1 });
    });

    test('where its route passes it on and nothing else answers', async () => {
      const router = newRouter().get('/users/:id', pass).get('/silent/:id', () => {});
      expect(await labelsOf(app => app.use(router.routes()), 'GET /users/7', 'GET /silent/8')).toEqual({ 'GET unmatched 404': 2 });
    });

    test('where the route has another method, without allowedMethods', async () => {
      expect(await labelsOf(app => app.use(newRouter().get('/u/:id', ok).routes()), 'POST /u/1')).toEqual({ 'POST unmatched 404': 1 });
    });

    test('where middleware before the router fails or refuses', async () => {
      const setUp = (app: App): void => {
        app.use((ctx: Context, next: Next) => (ctx.path === '/bad' ? ctx.throw(401) : next()));
        app.use(newRouter().get('/bad', ok).routes());
      };
      expect(await labelsOf(setUp, 'GET /bad')).toEqual({ 'GET unmatched 401': 1 });
    });
  });

  describe('koa-mount is part of the label', () => {
    test('around a router', async () => {
      const router = newRouter().get('/u/:id', ok).get('/', ok);
      expect(await labelsOf(app => app.use(mount('/api', router.routes())), 'GET /api/u/1', 'GET /api', 'GET /api/', 'GET /u/1')).toEqual({
        'GET /api/u/:id 200': 1,
        'GET /api 200': 2,
        'GET unmatched 404': 1,
      });
    });

    test('around an app', async () => {
      const inner = version.app().use(newRouter().get('/u/:id', ok).routes());
      expect(await labelsOf(app => app.use(mount('/api', inner)), 'GET /api/u/1', 'GET /api/u/2')).toEqual({ 'GET /api/u/:id 200': 2 });
    });

    test('within one another', async () => {
      const innermost = version.app().use(mount('/c', newRouter().get('/u/:id', ok).routes()));
      const inner = version.app().use(mount('/b', innermost));
      expect(await labelsOf(app => app.use(mount('/a', inner)), 'GET /a/b/c/u/1')).toEqual({ 'GET /a/b/c/u/:id 200': 1 });
    });

    test('with the same prefix twice', async () => {
      const inner = mount('/a', newRouter().get('/a', ok).routes());
      expect(await labelsOf(app => app.use(mount('/a', inner)), 'GET /a/a/a')).toEqual({ 'GET /a/a/a 200': 1 });
    });

    test('beside one another, with a request passed from one to the next', async () => {
      const setUp = (app: App): void => {
        app.use(mount('/a', newRouter().get('/one', ok).routes()));
        app.use(mount('/a', newRouter().get('/two/:x', ok).routes()));
        app.use(mount('/a/three', newRouter().get('/:x', ok).routes()));
        app.use(newRouter().get('/a/four/:x', ok).routes());
      };
      expect(await labelsOf(setUp, 'GET /a/one', 'GET /a/two/1', 'GET /a/three/1', 'GET /a/four/1')).toEqual({
        'GET /a/one 200': 1,
        'GET /a/two/:x 200': 1,
        'GET /a/three/:x 200': 1,
        'GET /a/four/:x 200': 1,
      });
    });

    test('where the route fails or is refused', async () => {
      const router = newRouter()
        .get('/err/:id', fail)
        .use('/in', (ctx: Context) => void (ctx.status = 401))
        .get('/in/:x', ok);
      const setUp = (app: App): void => app.use(mount('/api', newRouter().use('/v1', router.routes()).routes()));
      expect(await labelsOf(setUp, 'GET /api/v1/err/1', 'GET /api/v1/in/1')).toEqual({
        'GET /api/v1/err/:id 500': 1,
        'GET /api/v1/in/:x 401': 1,
      });
    });

    test('where allowedMethods answers', async () => {
      const router = newRouter().get('/u/:id', ok);
      const inner = version.app().use(router.routes()).use(router.allowedMethods());
      expect(await labelsOf(app => app.use(mount('/api', inner)), 'POST /api/u/1')).toEqual({ 'POST /api/u/:id 405': 1 });
    });

    test('with a slash at the end of the prefix', async () => {
      const paths: string[] = [];
      const inner = (ctx: Context): void => {
        paths.push(ctx.path, ctx.mountPath);
        ok(ctx);
      };
      await labelsOf(app => app.use(mount('/api/', inner)), 'GET /api/u');
      const bare: string[] = [];
      const { send } = await serve(
        version
          .app()
          .use(mount('/api/', (ctx: Context) => void bare.push(ctx.path, ctx.mountPath)))
          .callback(),
      );
      await send('GET /api/u');
      expect(paths).toEqual(bare);
    });

    test('where the app rewrites the path inside of it', async () => {
      const inner = version.app();
      inner.use((ctx: Context, next: Next) => {
        ctx.path = `/v1${ctx.path}`;
        return next();
      });
      inner.use(newRouter().get('/v1/u/:id', ok).routes());
      expect(await labelsOf(app => app.use(mount('/api', inner)), 'GET /api/u/1')).toEqual({ 'GET /api/v1/u/:id 200': 1 });
    });
  });

  test('what the app reads of the context stays as it is', async () => {
    const read = (ctx: Context): void => {
      ctx.body = JSON.stringify([ctx._matchedRoute, ctx.mountPath, ctx.routerPath, ctx.params, ctx.path, ctx.matched.length, Object.keys(ctx.toJSON())]);
    };
    const setUp = (app: App): App =>
      app.use(mount('/m', newRouter().get('/u/:id', read).routes())).use(newRouter().use(pass).get('/x/:y', read).routes());
    const { send: bare } = await serve(setUp(version.app()).callback());
    const { send: monitored } = await start(version, setUp);
    for (const request of ['GET /m/u/1', 'GET /x/1', 'GET /m/u/2']) {
      expect((await monitored(request)).text).toBe((await bare(request)).text);
    }
  });

  test('requests under way at once keep their routes apart', async () => {
    const waiting: (() => void)[] = [];
    const later = (ctx: Context): Promise<void> => new Promise(resolve => waiting.push(() => (ok(ctx), resolve())));
    const running = await start(version, app => {
      app.use(newRouter().get('/a/:x', later).routes());
      app.use(mount('/b', newRouter().get('/:x', later).routes()));
    });
    const answers = Promise.all(['GET /a/1', 'GET /b/1', 'GET /a/2', 'GET /b/2'].map(request => running.send(request)));
    await until(() => waiting.length === 4);
    for (const answer of waiting.reverse()) answer();
    await answers;
    expect(await running.requests()).toEqual({ 'GET /a/:x 200': 2, 'GET /b/:x 200': 2 });
  });

  test('a route whose client leaves keeps its pattern', async () => {
    const running = await start(version, app => app.use(mount('/m', newRouter().get('/slow/:id', () => new Promise(() => {})).routes())));
    const client = await running.connect();
    client.send('GET /m/slow/1 HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => running.value('http_requests_in_flight') === 1);
    client.leave();
    expect(await running.requests()).toEqual({ 'GET /m/slow/:id 499': 1 });
  });

  test('two apps of one process keep their routes apart', async () => {
    const one = await start(version, app => app.use(mount('/a', newRouter().get('/:x', ok).routes())));
    const other = await start(version, app => app.use(newRouter().get('/a/b', ok).routes()));
    await one.send('GET /a/b');
    await other.send('GET /a/b');
    expect(await one.requests()).toEqual({ 'GET /a/:x 200': 1 });
    expect(await other.requests()).toEqual({ 'GET /a/b 200': 1 });
  });
});
