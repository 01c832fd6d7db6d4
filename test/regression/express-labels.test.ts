import { describe, expect, test } from 'vitest';
import { monitorRequests } from '../../src/express/index.js';
import { expressVersions, type App, type Router } from '../support/express-versions.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';

const ok = (_req: App, res: App): void => {
  res.send('ok');
};
const fail = (_req: App, _res: App, next: (error: Error) => void): void => {
  next(new Error('broken'));
};

describe.each(expressVersions)('$name', version => {
  async function labelsOf(setUp: (app: App) => void, ...requests: readonly string[]): Promise<Record<string, number>> {
    const test = testMonitor();
    const app = version.app().use(monitorRequests({ monitor: test.monitor }));
    setUp(app);
    const { send } = await serve(app);
    for (const request of requests) await send(request);
    expect(test.log).toEqual([]);
    return test.requests();
  }

  test('a route of an app within the app that only ever fails is known', async () => {
    const inner = version.app().get('/err/:id', fail);
    expect(await labelsOf(app => app.use('/t/:t', inner), 'GET /t/a/err/1', 'GET /t/b/err/2')).toEqual({ 'GET /t/:t/err/:id 500': 2 });
  });

  test('a route whose parameter could not be loaded is known', async () => {
    const router: Router = version.Router().get('/u/:id', ok);
    router.param('id', fail);
    expect(await labelsOf(app => app.use('/t/:t', router), 'GET /t/a/u/1')).toEqual({ 'GET /t/:t/u/:id 500': 1 });
  });

  test('a router behind a function of the app is not summed up in the mount', async () => {
    const hidden = version.Router().get('/users/:id', ok);
    expect(await labelsOf(app => app.use('/api', (req: App, res: App, next: App) => hidden(req, res, next)), 'GET /api/users/1')).toEqual({
      'GET /api/users/:id 200': 1,
    });
  });

  test("a mount is not labelled by another app's mount of the same path", async () => {
    const { monitor, requests } = testMonitor();
    const [one, other] = await Promise.all(
      ['/shop', '/:any'].map(path => serve(version.app().use(monitorRequests({ monitor })).use(path, ok))),
    );
    for (const server of [one, other, one]) await server?.send('GET /shop/1');
    expect(await requests()).toEqual({ 'GET /shop 200': 2, 'GET /:any 200': 1 });
  });

  test('an app without routes, in a router, does not stop all observing', async () => {
    const setUp = (app: App): void => app.use(version.Router().use('/empty', version.app())).get('/u/:id', ok);
    expect(await labelsOf(setUp, 'GET /u/1')).toEqual({ 'GET /u/:id 200': 1 });
  });

  test('a mount is the same for values however they are encoded', async () => {
    const router = version.Router().get('/u/:id', ok);
    const requests = ['GET /t/a%2Fb/u/1', 'GET /t/%e4%bd%a0/u/1', 'GET /t/%61cme/u/1'];
    expect(await labelsOf(app => app.use('/t/:tenant', router), ...requests)).toEqual({ 'GET /t/:tenant/u/:id 200': 3 });
  });

  test('a mount does not get its label from the first one who asked in capitals', async () => {
    const router = version.Router().get('/u/:id', ok);
    expect(await labelsOf(app => app.use('/api', router), 'GET /API/u/1', 'GET /api/u/1')).toEqual({ 'GET /api/u/:id 200': 2 });
  });

  test('monitorApi() without a name, alone, gives the pattern from the second request on too', async () => {
    const test = testMonitor();
    const { send } = await serve(version.app().get('/u/:id', test.monitor.monitorApi(), ok));
    for (let i = 0; i < 3; i++) await send(`GET /u/${i}`);
    expect(await test.requests()).toEqual({ 'GET /u/:id 200': 3 });
  });

  test("the bytes of an app in a router are counted, and of an outer app that answers in the inner one's place", async () => {
    const { monitor, idle } = testMonitor();
    const inner = version.app().use('/x', monitorRequests({ monitor }));
    const { send } = await serve(
      version
        .app()
        .use(inner)
        .use(version.Router().use('/x/app', version.app().use(ok)))
        .use(ok),
    );
    for (const path of ['/x/app', '/x/app', '/x/other', '/x/other']) await send(`GET ${path}`);
    await idle();
    const { values } = monitor.metrics.counter('http_response_bytes_total').get();
    expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(8);
  });
});

test.each(expressVersions.filter(({ showsMounts }) => showsMounts))('a mount by a regular expression has one label ($name)', async version => {
  const { monitor, requests } = testMonitor();
  const app = version.app().use(monitorRequests({ monitor }));
  const { send } = await serve(app.use(/^\/v\d+/, version.Router().get('/u/:id', ok)));
  for (const request of ['GET /v1/u/1', 'GET /v2/u/1']) await send(request);
  expect(await requests()).toEqual({ [`GET ${String.raw`/^\/v\d+/`}/u/:id 200`]: 2 });
});
