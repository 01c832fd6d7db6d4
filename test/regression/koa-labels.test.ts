import mount from 'koa-mount';
import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/koa/index.js';
import { koaVersions, type App, type Context, type Next } from '../support/koa-versions.js';
import { serve } from '../support/serve.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

const ok = (ctx: Context): void => {
  ctx.body = 'ok';
};
const pass = (_ctx: Context, next: Next): Promise<unknown> => next();

describe.each(koaVersions)('$name', version => {
  async function labelsOf(setUp: (app: App, test: TestMonitor) => void, ...requests: readonly string[]): Promise<Record<string, number>> {
    const test = testMonitor();
    const app = version.app().use(monitorRequests({ monitor: test.monitor }));
    setUp(app, test);
    const { send } = await serve(app.callback());
    for (const request of requests) await send(request);
    expect(test.log).toEqual([]);
    return test.requests();
  }

  test('a 404 that Koa answers after the routes passed the request on is unmatched', async () => {
    const router = version.router().get('/users/:id', pass);
    expect(await labelsOf(app => app.use(router.routes()), 'GET /users/1')).toEqual({ 'GET unmatched 404': 1 });
  });

  test('a 405 under koa-mount has the prefix of the mount', async () => {
    const router = version.router().get('/u/:id', ok);
    const inner = version.app().use(router.routes()).use(router.allowedMethods());
    expect(await labelsOf(app => app.use(mount('/api', inner)), 'POST /api/u/1')).toEqual({ 'POST /api/u/:id 405': 1 });
  });

  test('a path rewritten inside of koa-mount keeps the prefix of the mount', async () => {
    const inner = version.app().use((ctx: Context, next: Next) => {
      ctx.path = `/v1${ctx.path}`;
      return next();
    });
    inner.use(version.router().get('/v1/u/:id', ok).routes());
    expect(await labelsOf(app => app.use(mount('/api', inner)), 'GET /api/u/1')).toEqual({ 'GET /api/v1/u/:id 200': 1 });
  });

  test('ctx.mountPath is what koa-mount wrote, a slash at its end included', async () => {
    let seen: unknown;
    await labelsOf(app => app.use(mount('/api/', (ctx: Context) => void (seen = ctx.mountPath))), 'GET /api/x');
    expect(seen).toBe('/api/');
  });

  test('a name that monitorApi gave goes with the route that passes the request on', async () => {
    const setUp = (app: App, { monitor }: TestMonitor): void => {
      const router = version.router().get('/x/:a', monitor.monitorApi('first'), pass).get('/x/:b', ok).get('/y', monitor.monitorApi('only'), pass);
      app.use(router.routes());
    };
    expect(await labelsOf(setUp, 'GET /x/1', 'GET /y')).toEqual({ 'GET /x/:b 200': 1, 'GET unmatched 404': 1 });
  });
});
