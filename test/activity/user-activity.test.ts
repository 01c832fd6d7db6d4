import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NOON, testActivity } from './set-up.js';

const MINUTE = 60_000;

test('what users do is counted, kept, and makes them online and active', async () => {
  const { activity, clock, series } = testActivity();
  activity.track('ann', 'exercise.submit', { kind: 'cloze' });
  activity.track(7, 'exercise.submit');
  clock.advance(MINUTE);
  activity.touch('bob');

  expect(await activity.recent()).toEqual([
    { userId: '7', action: 'exercise.submit', at: new Date(NOON), metadata: {} },
    { userId: 'ann', action: 'exercise.submit', at: new Date(NOON), metadata: { kind: 'cloze' } },
  ]);
  expect(await activity.recent(1)).toHaveLength(1);
  expect(await activity.onlineUsers({ limit: 1 })).toEqual({ count: 3, users: [{ userId: 'bob', lastSeen: new Date(NOON + MINUTE) }] });
  expect(await activity.stats()).toEqual({
    onlineUsers: 3,
    activeUsers: { '5m': 3, '1h': 3, '24h': 3, '30d': 3, today: 3 },
    hours: [{ start: new Date('2026-11-20T12:00:00Z'), actions: { 'exercise.submit': 2 } }],
  });
  expect(await activity.activeUsers('30d')).toBe(3);
  expect(series('user_actions_total')).toEqual({ 'exercise.submit': 2 });
});

test('it says nothing back and throws nothing, whatever it is given', async () => {
  const { activity, series, log } = testActivity();
  const bad: any[] = [undefined, null, '', 'x'.repeat(257), NaN, {}, [], Symbol('id'), () => 1, { toString: () => 'ann' }, Promise.resolve('ann'), 10n ** 300n];
  for (const userId of bad) {
    expect(activity.track(userId, 'read')).toBeUndefined();
    expect(activity.touch(userId)).toBeUndefined();
  }
  for (const action of bad.filter(each => each !== 'x'.repeat(257))) expect(activity.track('ann', action)).toBeUndefined();

  expect(series('activity_dropped_total')).toEqual({ invalid: 2 * bad.length + bad.length - 1 });
  expect(await activity.recent()).toEqual([]);
  expect(log[0]).toContain('the id of a user must be a text of 1 to 256 characters or a number; it is undefined. It is not tracked');
});

test('an id that is refused is not shown', () => {
  const { activity, log } = testActivity();
  activity.touch(`token-${'s3cret'.repeat(100)}`);

  expect(log.join()).toContain('a text of 606 characters');
  expect(log.join()).not.toContain('s3cret');
});

test('metadata that can not be kept is cut, told and counted; the event is kept', async () => {
  const { activity, series, log } = testActivity({ metadataLimit: 50 });
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  activity.track('ann', 'save', cycle);
  activity.track('ann', 'save', { text: 'x'.repeat(10_000_000) });

  expect(series('activity_metadata_cut_total')).toEqual({ cycle: 1, too_large: 1 });
  expect((await activity.recent()).map(({ metadata }) => metadata)).toEqual([{ text: expect.stringMatching(/^x+…$/) }, {}]);
  expect(log).toEqual([expect.stringContaining('activity-metadata: the metadata of an event `save` is not kept as it is: an object that holds itself was left out at `self`')]);
});

test('metadata is kept as it is when it is tracked', async () => {
  const { activity } = testActivity();
  const metadata = { score: 1 };
  activity.track('ann', 'save', metadata);
  metadata.score = 2;

  expect((await activity.recent())[0]?.metadata).toEqual({ score: 1 });
});

describe('active_users_total', () => {
  test('has every window, as it is when it is scraped', () => {
    const { activity, clock, series } = testActivity({ timeZone: 'Asia/Shanghai' });
    activity.touch('ann');
    activity.touch('bob');
    expect(series('active_users_total')).toEqual({ '5m': 2, '1h': 2, '24h': 2, '30d': 2, today: 2 });

    // To 01:05 of the next day in Shanghai.
    clock.advance(5 * 60 * MINUTE);
    activity.touch('bob');
    expect(series('active_users_total')).toEqual({ '5m': 1, '1h': 1, '24h': 2, '30d': 2, today: 1 });
  });

  test('is counted anew after five seconds', () => {
    const { activity, clock, series } = testActivity();
    activity.touch('ann');
    expect(series('active_users_total')['5m']).toBe(1);
    activity.touch('bob');
    expect(series('active_users_total')['5m']).toBe(1);
    clock.advance(5_000);
    expect(series('active_users_total')['5m']).toBe(2);
  });

  test('is there from the first touch of `monitor.activity` until the monitor is closed', async () => {
    const { monitor, series } = testActivity();
    expect(series('active_users_total')['30d']).toBe(0);
    await monitor.close();

    expect(series('active_users_total')).toEqual({});
  });
});

describe('hashIds', () => {
  const key = 'a secret of the app';

  test('stores no id, only its keyed hash, by which a user is known everywhere', async () => {
    const { activity } = testActivity({ hashIds: key });
    activity.track('ann@example.com', 'read');
    activity.touch('ann@example.com');
    activity.touch(7);
    const hash = (id: string): string => createHmac('sha256', key).update(id).digest('base64url').slice(0, 22);

    const all = JSON.stringify([await activity.recent(), await activity.onlineUsers()]);
    expect(all).toContain(hash('ann@example.com'));
    expect(all).toContain(hash('7'));
    expect(all).not.toContain('example');
    expect(await activity.activeUsers('5m')).toBe(2);
  });

  test('a user is forgotten by its own id', async () => {
    const { activity } = testActivity({ hashIds: key });
    activity.track('ann', 'read');
    activity.track('bob', 'read');
    await activity.forget('ann');

    expect(await activity.recent()).toHaveLength(1);
    expect(await activity.onlineUsers()).toMatchObject({ count: 1 });
  });

  test('is the same for a user that comes back after 30,000 others', async () => {
    const { activity } = testActivity({ hashIds: key });
    for (let i = 0; i < 30_000; i++) activity.touch(i);
    activity.track(0, 'read');
    activity.track(29_999, 'read');

    expect((await activity.onlineUsers()).count).toBe(30_000);
  });
});

test('a user that is forgotten is in no event and not online, and may come back', async () => {
  const { activity } = testActivity();
  activity.track('ann', 'read');
  activity.track('bob', 'read');
  await activity.forget('ann');
  expect((await activity.recent()).map(({ userId }) => userId)).toEqual(['bob']);
  expect((await activity.onlineUsers()).users.map(({ userId }) => userId)).toEqual(['bob']);

  activity.touch('ann');
  expect((await activity.onlineUsers()).count).toBe(2);
  await expect(activity.forget({} as any)).rejects.toThrow('`userId`');
});

test('an action may be named as objects are made', async () => {
  const { activity } = testActivity();
  activity.track('ann', '__proto__');

  expect(Object.entries((await activity.stats()).hours[0]?.actions ?? {})).toEqual([['__proto__', 1]]);
});

test('after its monitor is closed nothing is kept, and that is counted', async () => {
  const { monitor, activity, series } = testActivity();
  await monitor.close();
  activity.track('ann', 'read');
  activity.touch('ann');

  expect(series('activity_dropped_total')).toEqual({ closed: 2 });
});

describe('what is asked for', () => {
  test.each<[string, (activity: ReturnType<typeof testActivity>['activity']) => Promise<unknown>, string]>([
    ['a window', activity => activity.activeUsers('7d' as any), '`window`: got "7d", expected one of 5m, 1h, 24h, 30d, today'],
    ['no events', activity => activity.recent(0), '`count`: got 0, expected a whole number from 1 to 10000'],
    ['more than are kept', activity => activity.recent(10_001), '`count`'],
    ['too many users', activity => activity.onlineUsers({ limit: 1e9 }), '`limit`: got 1000000000, expected a whole number from 0 to 10000'],
  ])('%s that there is not', async (_, ask, message) => {
    await expect(ask(testActivity().activity)).rejects.toThrow(message);
  });
});

describe('options', () => {
  test.each<[object, string]>([
    [{ timeZone: 'Mars/Olympus' }, '`activity.timeZone`: got "Mars/Olympus", expected the IANA name'],
    [{ timezone: 'UTC' }, '`activity.timezone`'],
    [{ eventLimit: 5 }, '`activity.eventLimit`: got 5'],
    [{ metadataLimit: 1 }, '`activity.metadataLimit`'],
    [{ bufferLimit: 0 }, '`activity.bufferLimit`'],
    [{ keyPrefix: 'mine' }, 'without the option `redis` there are no keys'],
  ])('%o', (activity, message) => {
    expect(() => testActivity(activity)).toThrow(message);
  });

  test('a key that is too short is refused, and not shown', () => {
    expect(() => testActivity({ hashIds: 'hunter2' })).toThrow(/`activity.hashIds`: expected a secret text of at least 16 characters/);
    expect(() => testActivity({ hashIds: 'hunter2' })).not.toThrow(/hunter2/);
  });
});
