import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/koa/index.js';
import { koaVersions, type Context } from '../support/koa-versions.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

describe.each(koaVersions)('$name', version => {
  test('`skip` and `labels` are given the context', async () => {
    const { monitor, requests, series } = testMonitor();
    const app = version.app();
    app.use(
      monitorRequests({
        monitor,
        skip: (ctx: Context) => ctx.path === '/healthz',
        labels: { plan: (ctx: Context) => ctx.state.plan, type: (ctx: Context) => ctx.type },
      }),
    );
    app.use((ctx: Context) => {
      ctx.state.plan = 'free';
      ctx.body = { ok: true };
    });
    const { send } = await serve(app.callback());
    for (const path of ['/healthz', '/other']) await send(`GET ${path}`);
    expect(await requests()).toEqual({ 'GET unmatched 200': 1 });
    expect(series('http_labeled_requests_total')).toEqual({ 'unmatched 200 free application/json': 1 });
  });

  test('what other middleware gives back reaches the ones before', async () => {
    const { monitor } = testMonitor();
    const seen: unknown[] = [];
    const app = version.app();
    app.use(async (_ctx: Context, next: () => Promise<unknown>) => seen.push(await next()));
    app.use(monitorRequests({ monitor }));
    app.use(async (ctx: Context) => {
      ctx.body = 'ok';
      return Promise.resolve('given back');
    });
    const { send } = await serve(app.callback());
    expect((await send('GET /')).text).toBe('ok');
    expect(seen).toEqual(['given back']);
  });

  test('an error reaches the middleware before, the very same', async () => {
    const { monitor } = testMonitor();
    const error = new Error('broken');
    const seen: unknown[] = [];
    const app = version.app();
    app.use(async (ctx: Context, next: () => Promise<unknown>) => {
      await next().catch((caught: unknown) => seen.push(caught));
      ctx.status = 418;
    });
    app.use(monitorRequests({ monitor }));
    app.use(() => Promise.reject(error));
    const { send } = await serve(app.callback());
    expect((await send('GET /')).status).toBe(418);
    expect(seen[0]).toBe(error);
  });
});
