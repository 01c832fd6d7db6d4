import mount from 'koa-mount';
import { describe, expect, test } from 'vitest';
import { serveAlerts } from '../../src/koa/index.js';
import { testAlerts } from '../alerting/set-up.js';
import { koaVersions, type Context, type Next } from '../support/koa-versions.js';
import { serve, type SendOptions } from '../support/serve.js';

const json = (body: unknown): SendOptions => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const authorize = (): string => 'ada';

describe.each(koaVersions)('serveAlerts in $name', ({ app: makeApp, router: makeRouter }) => {
  test('serves alerts under its path, and leaves the rest to the app', async () => {
    const { monitor, alerts } = testAlerts({ channels: {} });
    const app = makeApp();
    app.use(serveAlerts({ monitor, authorize, basePath: '/ops/alerting' }));
    app.use((context: Context) => {
      context.body = `the app's own ${context.path}`;
    });
    const { send } = await serve(app.callback());
    expect(await send('POST /ops/alerting/alerts', json({ title: 'Slow' }))).toMatchObject({ status: 200 });
    expect((await alerts.list()).items).toMatchObject([{ title: 'Slow' }]);
    expect(JSON.parse((await send('GET /ops/alerting/alerts?severity=medium')).text).items).toHaveLength(1);
    expect(await send('GET /ops/alerting')).toMatchObject({ status: 404, text: '{"error":"There is nothing under this path."}' });
    for (const path of ['/alerts', '/ops', '/ops/alertingx/alerts', '/x/ops/alerting/alerts']) expect((await send(`GET ${path}`)).text).toBe(`the app's own ${path}`);
  });

  test('serves alerts under koa-mount, and on a router', async () => {
    const { monitor, alerts } = testAlerts({ channels: {} });
    const { id } = await alerts.fire({ title: 'Slow' });
    const mounted = await serve(makeApp().use(mount('/alerting', serveAlerts({ monitor, authorize }))).callback());
    expect((await mounted.send(`GET /alerting/alerts/${id}`)).status).toBe(200);

    const router = makeRouter();
    router.use(serveAlerts({ monitor, authorize, basePath: '/alerting' }));
    router.all(/^\/alerting\/.*/, (_: Context, next: Next) => next());
    const routed = await serve(makeApp().use(router.routes()).callback());
    expect((await routed.send(`GET /alerting/alerts/${id}`)).status).toBe(200);
  });

  test('takes a body that a parser has read', async () => {
    const { monitor, alerts } = testAlerts({ channels: {} });
    const app = makeApp();
    app.use(async (context: Context, next: Next) => {
      const chunks: Buffer[] = [];
      for await (const chunk of context.req) chunks.push(chunk);
      context.request.body = JSON.parse(Buffer.concat(chunks).toString());
      await next();
    });
    const { send } = await serve(app.use(serveAlerts({ monitor, authorize, basePath: '/alerting' })).callback());
    expect(await send('POST /alerting/alerts', json({ title: 'Slow' }))).toMatchObject({ status: 200 });
    expect((await alerts.list()).items).toMatchObject([{ title: 'Slow' }]);
  });

  test('lets nobody in whom authorize does not, which sees the context', async () => {
    const { monitor } = testAlerts({ channels: {} });
    const signIn = (context: Context, next: Next): Promise<unknown> => {
      context.state.user = context.get('x-user');
      return next();
    };
    const { send } = await serve(makeApp().use(signIn).use(serveAlerts({ monitor, authorize: ({ state }) => state.user, basePath: '/a' })).callback());
    expect((await send('GET /a/alerts')).status).toBe(403);
    expect((await send('GET /a/alerts', { headers: { 'x-user': 'ada' } })).status).toBe(200);
  });
});

test.each([[{}], [{ authorize: 'ada' }], [{ authorize, basePath: 'alerting' }], [{ authorize, basePath: '/alerting/' }], [{ authorize, basePath: '/' }], [{ authorize, basePath: '/a?b' }]])(
  'options of %j are refused when the app starts',
  options => {
    expect(() => serveAlerts(options as never)).toThrow(/Invalid option `(?:authorize|basePath)`/);
  },
);
