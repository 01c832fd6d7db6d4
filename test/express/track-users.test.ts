import '../../src/activity/register.js';
import { describe, expect, test } from 'vitest';
import { trackUsers } from '../../src/express/index.js';
import { expressVersions } from '../support/express-versions.js';
import { serve } from '../support/serve.js';
import { testMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

describe.each(expressVersions)('trackUsers on $name', version => {
  test('who sends requests is online', async () => {
    const { monitor } = testMonitor();
    const app = version.app();
    app.use(trackUsers({ monitor, userId: request => request.headers['x-user'] }));
    app.get('/', (_request: unknown, response: any) => void response.send('fine'));
    const { send } = await serve(app);
    for (const user of ['ann', 'bob', 'ann']) expect((await send('GET /', { headers: { 'x-user': user } })).text).toBe('fine');
    expect((await send('GET /')).text).toBe('fine');

    expect((await monitor.activity.onlineUsers()).users.map(({ userId }) => userId).sort()).toEqual(['ann', 'bob']);
    expect(await monitor.activity.recent()).toEqual([]);
  });

  test('who is signed in only later is, too; a request without a user is no fault', async () => {
    const { monitor, value } = testMonitor();
    const app = version.app();
    app.use(trackUsers({ monitor, userId: request => request.user.id }));
    app.use((request: any, _response: unknown, next: () => void) => {
      request.user = { id: request.headers['x-user'] };
      next();
    });
    app.get('/', (_request: unknown, response: any) => void response.send('fine'));
    const { send } = await serve(app);
    await send('GET /', { headers: { 'x-user': 'ann' } });
    await send('GET /');
    let online: readonly string[] = [];
    await until(() => {
      void monitor.activity.onlineUsers().then(({ users }) => (online = users.map(({ userId }) => userId)));
      return online.length > 0;
    });

    expect(online).toEqual(['ann']);
    expect(value('sightline_errors_total', { component: 'activity' })).toBeUndefined();
  });

  test('a `userId` that fails is told in the log, and the request is answered', async () => {
    const { monitor, log, value } = testMonitor();
    const app = version.app();
    const userId = (): never => {
      throw new Error('no session');
    };
    app.use(trackUsers({ monitor, userId }));
    app.get('/', (_request: unknown, response: any) => void response.send('fine'));
    const { send } = await serve(app);

    expect((await send('GET /')).text).toBe('fine');
    await until(() => log.length > 0);
    expect(log).toEqual([expect.stringContaining('`userId` of trackUsers failed')]);
    expect(value('sightline_errors_total', { component: 'activity' })).toBe(1);
  });

  test('a user that is no id, a promise above all, is refused', async () => {
    const { monitor, series, log } = testMonitor();
    const app = version.app();
    app.use(trackUsers({ monitor, userId: (async () => Promise.reject(new Error('no session'))) as never }));
    app.get('/', (_request: unknown, response: any) => void response.send('fine'));
    const { send } = await serve(app);

    expect((await send('GET /')).text).toBe('fine');
    expect(series('activity_dropped_total')).toEqual({ invalid: 1 });
    expect(log[0]).toContain('it is an object');
  });
});

test.each<[unknown, string]>([
  [undefined, 'options'],
  [{}, '`userId`'],
  [{ userId: 'ann' }, '`userId`: got "ann", expected a function'],
  [{ userId: () => 1, monitor: {} }, '`monitor`'],
  [{ userId: () => 1, user: 1 }, '`user`'],
])('options %o are refused at once', (options, message) => {
  expect(() => trackUsers(options as never)).toThrow(message);
});
