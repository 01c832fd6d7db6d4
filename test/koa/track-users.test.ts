import '../../src/activity/register.js';
import { describe, expect, test } from 'vitest';
import { trackUsers } from '../../src/koa/index.js';
import { koaVersions } from '../support/koa-versions.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

describe.each(koaVersions)('trackUsers on $name', version => {
  test('who sends requests is online, also who is signed in only later', async () => {
    const { monitor } = testMonitor();
    const app = version.app();
    app.use(trackUsers({ monitor, userId: context => context.state.user?.id }));
    app.use(async (context: any, next: () => Promise<unknown>) => {
      context.state.user = { id: context.get('x-user') || undefined };
      await next();
    });
    app.use(trackUsers({ monitor, userId: context => context.get('x-early') || undefined }));
    app.use(async (context: any) => {
      context.body = 'fine';
    });
    const { send } = await serve(app.callback());
    expect((await send('GET /', { headers: { 'x-user': 'ann' } })).text).toBe('fine');
    expect((await send('GET /', { headers: { 'x-early': 'bob' } })).text).toBe('fine');
    expect((await send('GET /')).text).toBe('fine');
    let online: readonly string[] = [];
    await until(() => {
      void monitor.activity.onlineUsers().then(({ users }) => (online = users.map(({ userId }) => userId)));
      return online.length > 1;
    });

    expect([...online].sort()).toEqual(['ann', 'bob']);
  });

  test('a `userId` that fails is told in the log, and the request is answered', async () => {
    const { monitor, log } = testMonitor();
    const app = version.app();
    const userId = (): never => {
      throw new Error('no session');
    };
    app.use(trackUsers({ monitor, userId }));
    app.use(async (context: any) => {
      context.body = 'fine';
    });
    const { send } = await serve(app.callback());

    expect((await send('GET /')).text).toBe('fine');
    await until(() => log.length > 0);
    expect(log).toEqual([expect.stringContaining('`userId` of trackUsers failed')]);
  });

  test('what comes after it may fail, as without it', async () => {
    const { monitor } = testMonitor();
    const app = version.app();
    app.silent = true;
    app.use(trackUsers({ monitor, userId: () => 'ann' }));
    app.use(async (context: any) => context.throw(418));
    const { send } = await serve(app.callback());

    expect((await send('GET /')).status).toBe(418);
  });
});
