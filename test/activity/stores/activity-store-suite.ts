import { describe, expect, test } from 'vitest';
import type { ActivityStore, Sighting } from '../../../src/activity/stores/activity-store.js';

/** What a store is opened with. */
export interface StoreSettings {
  readonly timeZone?: string;
  readonly eventLimit?: number;
  readonly onlineLimit?: number;
}

/** A store to be tested. */
export interface StoreUnderTest {
  /** Opens an empty store; gives what accesses it from other processes, where there are any: at least one. */
  open(settings?: StoreSettings): readonly ActivityStore[];
}

/** A Friday, far from the ends of an hour and of what stores count by. */
export const NOON: number = Date.parse('2026-11-20T12:05:07Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const did = (userId: string, action: string, at: number, metadata = '{}'): Sighting => ({ userId, at, event: { action, metadata } });
export const was = (userId: string, at: number): Sighting => ({ userId, at, event: undefined });

/** What holds of every {@link ActivityStore}. */
export function testActivityStore({ open }: StoreUnderTest): void {
  /** A store as two processes have it; in memory there is one. */
  function two(settings?: StoreSettings): [ActivityStore, ActivityStore] {
    const stores = open(settings);
    return [stores[0] as ActivityStore, stores[1] ?? (stores[0] as ActivityStore)];
  }

  describe('events', () => {
    test('come back as they were given, the newest first', async () => {
      const [one, other] = two();
      await one.record([did('ann', 'read', NOON, '{"page":1}'), did('bob', 'write', NOON + 1, '{}')]);
      await other.record([did('ann', 'read', NOON + 2.5, '{"text":"… \\"quoted\\" 学习"}')]);

      const events = [
        { userId: 'ann', action: 'read', at: NOON + 2.5, metadata: '{"text":"… \\"quoted\\" 学习"}' },
        { userId: 'bob', action: 'write', at: NOON + 1, metadata: '{}' },
        { userId: 'ann', action: 'read', at: NOON, metadata: '{"page":1}' },
      ];
      expect(await one.recent(10)).toEqual(events);
      expect(await other.recent(2)).toEqual(events.slice(0, 2));
    });

    test('beyond a number of them, the oldest are forgotten: exactly as many are kept', async () => {
      const [store] = two({ eventLimit: 100 });
      for (let first = 0; first < 1_000; first += 25) {
        await store.record(Array.from({ length: 25 }, (_, i) => did('ann', `n${first + i}`, NOON)));
        expect((await store.recent(1_000)).length).toBe(Math.min(first + 25, 100));
      }
      expect((await store.recent(1_000)).map(({ action }) => action)).toEqual(Array.from({ length: 100 }, (_, i) => `n${999 - i}`));
    });

    test('a user who is only seen makes none', async () => {
      const [store] = two();
      await store.record([was('ann', NOON)]);

      expect(await store.recent(10)).toEqual([]);
      expect(await store.hours(NOON)).toEqual([]);
    });

    test('nothing is nothing', async () => {
      const [store] = two();
      await store.record([]);

      expect(await store.recent(10)).toEqual([]);
      expect(await store.online(NOON, 10)).toEqual({ count: 0, users: [] });
      expect(await store.countActive(['5m', '1h', '24h', '30d', 'today'], NOON)).toEqual([0, 0, 0, 0, 0]);
      await store.forget('nobody');
    });
  });

  describe('counters of an hour', () => {
    test('grow with each action, whoever does it', async () => {
      const [one, other] = two();
      await one.record([did('ann', 'read', NOON), did('bob', 'read', NOON + MINUTE), did('ann', 'write', NOON)]);
      await other.record([did('ann', 'read', NOON + 2 * MINUTE)]);

      expect(await one.hours(NOON)).toEqual([{ start: NOON - 5 * MINUTE - 7 * SECOND, actions: new Map([['read', 3], ['write', 1]]) }]);
    });

    test('are kept apart by hour, for 24 hours', async () => {
      const [store] = two();
      for (let hour = 0; hour < 30; hour++) await store.record([did('ann', `hour ${hour}`, NOON + hour * HOUR)]);
      const hours = await store.hours(NOON + 29 * HOUR);

      expect(hours.length).toBe(24);
      expect(hours.map(({ actions }) => [...actions][0])).toEqual(Array.from({ length: 24 }, (_, i) => [`hour ${29 - i}`, 1]));
      expect(hours[0]?.start).toBe(Date.parse('2026-11-21T17:00:00Z'));
    });

    test('begin with the hours of the zone', async () => {
      // Half an hour off
      const [store] = two({ timeZone: 'Asia/Kolkata' });
      const before = Date.parse('2026-11-20T12:29:59Z');
      await store.record([did('ann', 'read', before), did('ann', 'read', before + 2 * SECOND)]);

      expect((await store.hours(before + 2 * SECOND)).map(({ start }) => new Date(start).toISOString())).toEqual(['2026-11-20T12:30:00.000Z', '2026-11-20T11:30:00.000Z']);
    });

    test('beyond a thousand actions in an hour, the others count as other', async () => {
      const [store] = two();
      for (let first = 0; first < 1_200; first += 200) {
        await store.record(Array.from({ length: 200 }, (_, i) => did('ann', `action ${first + i}`, NOON)));
      }
      await store.record([did('ann', 'action 7', NOON), did('ann', 'action 1100', NOON)]);
      const [hour] = await store.hours(NOON);

      expect(hour?.actions.size).toBe(1_001);
      expect([hour?.actions.get('action 7'), hour?.actions.get('action 1100'), hour?.actions.get('other')]).toEqual([2, undefined, 201]);
    });

    test('an action may have any name', async () => {
      const [store] = two();
      const names = ['__proto__', 'constructor', 'two words', 'exercise.submit', '{tag}', '提交', ':', '0', 'other'];
      await store.record(names.map(name => did('ann', name, NOON)));
      const [hour] = await store.hours(NOON);

      expect([...(hour?.actions ?? [])].sort()).toEqual(names.map(name => [name, 1]).sort());
    });
  });

  describe('who is online', () => {
    test('is who was seen in the last five minutes, the last first', async () => {
      const [one, other] = two();
      await one.record([was('ann', NOON), was('bob', NOON + MINUTE), did('cid', 'read', NOON + 2 * MINUTE)]);

      expect(await other.online(NOON + 2 * MINUTE, 10)).toEqual({
        count: 3,
        users: [
          { userId: 'cid', at: NOON + 2 * MINUTE },
          { userId: 'bob', at: NOON + MINUTE },
          { userId: 'ann', at: NOON },
        ],
      });
      expect(await other.online(NOON + 5 * MINUTE, 1)).toEqual({ count: 3, users: [{ userId: 'cid', at: NOON + 2 * MINUTE }] });
      expect((await other.online(NOON + 5 * MINUTE + 1, 10)).users.map(({ userId }) => userId)).toEqual(['cid', 'bob']);
      expect(await other.online(NOON + 8 * MINUTE, 10)).toEqual({ count: 0, users: [] });
    });

    test('each stays as long as it is seen itself, not as long as others are', async () => {
      const [store] = two();
      await store.record([was('ann', NOON)]);
      for (let minute = 0; minute <= 10; minute++) await store.record([was('bob', NOON + minute * MINUTE)]);

      expect(await store.online(NOON + 10 * MINUTE, 10)).toEqual({ count: 1, users: [{ userId: 'bob', at: NOON + 10 * MINUTE }] });
    });

    test('a sighting that comes late takes nobody back', async () => {
      const [one, other] = two();
      await one.record([was('ann', NOON + MINUTE)]);
      await other.record([was('ann', NOON), was('bob', NOON - MINUTE)]);

      expect((await one.online(NOON + MINUTE, 10)).users).toEqual([
        { userId: 'ann', at: NOON + MINUTE },
        { userId: 'bob', at: NOON - MINUTE },
      ]);
    });

    test('beyond a number of users, the longest unseen leave early', async () => {
      const [store] = two({ onlineLimit: 10 });
      for (let i = 0; i < 25; i++) await store.record([was(`user ${i}`, NOON + i * SECOND)]);

      expect((await store.online(NOON + 25 * SECOND, 100)).users.map(({ userId }) => userId)).toEqual(Array.from({ length: 10 }, (_, i) => `user ${24 - i}`));
    });
  });

  describe('active users', () => {
    test('are counted once, however often they are seen', async () => {
      const [one, other] = two();
      for (let i = 0; i < 50; i++) {
        await one.record([was(`user ${i % 5}`, NOON), did(`user ${i % 5}`, 'read', NOON)]);
        await other.record([was(`user ${i % 7}`, NOON)]);
      }
      expect(await one.countActive(['5m', '1h', '24h', '30d', 'today'], NOON)).toEqual([7, 7, 7, 7, 7]);
    });

    test('are those of each window', async () => {
      const [store] = two();
      const ages = [0, 4 * MINUTE, 10 * MINUTE, 50 * MINUTE, 2 * HOUR, 11 * HOUR, 20 * HOUR, 2 * DAY, 28 * DAY, 35 * DAY];
      for (const age of [...ages].reverse()) await store.record([was(`seen ${age} ago`, NOON - age)]);

      // Midnight was twelve hours ago.
      expect(await store.countActive(['5m', '1h', '24h', '30d', 'today'], NOON)).toEqual([2, 4, 7, 9, 6]);
    });

    test('leave a window when they were last seen before it', async () => {
      const [store] = two();
      await store.record([was('ann', NOON), was('bob', NOON)]);
      await store.record([was('bob', NOON + 30 * MINUTE)]);
      await store.record([was('cid', NOON + 2 * HOUR)]);
      const counts = async (later: number): Promise<readonly number[]> => store.countActive(['5m', '1h', '24h'], NOON + later);

      expect(await counts(2 * HOUR)).toEqual([1, 1, 3]);
      expect(await counts(2 * HOUR + 4 * MINUTE)).toEqual([1, 1, 3]);
      expect(await counts(2 * HOUR + 6 * MINUTE)).toEqual([0, 1, 3]);
      expect(await counts(3 * HOUR + 3 * MINUTE)).toEqual([0, 0, 3]);
      expect(await counts(25 * HOUR + 5 * MINUTE)).toEqual([0, 0, 1]);
      expect(await counts(26 * HOUR + 31 * MINUTE)).toEqual([0, 0, 0]);
    });

    test.each([
      // 23 and 25 hours long; the clock is put forward and back at 02:00.
      ['America/New_York', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
      ['America/New_York', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
      // Its midnight was skipped.
      ['America/Sao_Paulo', '2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z'],
      ['Asia/Shanghai', '2026-11-19T16:00:00Z', '2026-11-20T16:00:00Z'],
      ['Australia/Lord_Howe', '2026-04-04T13:00:00Z', '2026-04-05T13:30:00Z'],
    ])('today is the day of %s that begins %s', async (timeZone, from, to) => {
      const [store] = two({ timeZone });
      const [start, end] = [Date.parse(from), Date.parse(to)];
      const today = async (now: number): Promise<unknown> => (await store.countActive(['today'], now))[0];
      await store.record([was('of yesterday', start - SECOND), was('early', start)]);
      await store.record([was('late', end - SECOND)]);
      await store.record([was('of tomorrow', end)]);

      expect(await today(end)).toBe(1);
      // In memory what was seen later than a question is answered, too: the question is always of now.
      expect(await today(end - SECOND)).toBeGreaterThanOrEqual(2);
    });

    test('30d is today and 29 days before, across a change of the clock', async () => {
      const [store] = two({ timeZone: 'Europe/Berlin' });
      // 14 November, winter time; the first of the 30 days is 16 October, summer time: it begins at 22:00 UTC.
      const now = Date.parse('2026-11-14T15:00:00Z');
      const first = Date.parse('2026-10-15T22:00:00Z');
      await store.record([was('too early', first - SECOND)]);
      await store.record([was('in time', first)]);
      await store.record([was('now', now)]);

      expect(await store.countActive(['30d'], now)).toEqual([2]);
    });

    test('are right within 1.5 % at 100,000 users, by each window', { timeout: 60_000 }, async () => {
      const [store] = two();
      for (let first = 0; first < 100_000; first += 1_000) {
        await store.record(Array.from({ length: 1_000 }, (_, i) => was(`user-${first + i}`, NOON - (first % 4) * MINUTE)));
      }
      for (const count of await store.countActive(['5m', '1h', '24h', '30d', 'today'], NOON)) expect(Math.abs(count / 100_000 - 1)).toBeLessThan(0.015);
    });
  });

  describe('a user that is forgotten', () => {
    test('is in no event, and not online', async () => {
      const [one, other] = two({ eventLimit: 5_000 });
      for (let first = 0; first < 3_000; first += 100) {
        await one.record(Array.from({ length: 100 }, (_, i) => did(i % 3 === 0 ? 'ann' : `user ${i % 3}`, `n${first + i}`, NOON)));
      }
      await other.forget('ann');

      const events = await one.recent(5_000);
      expect(events.length).toBe(1_980);
      expect(new Set(events.map(({ userId }) => userId))).toEqual(new Set(['user 1', 'user 2']));
      expect((await one.online(NOON, 10)).users.map(({ userId }) => userId).sort()).toEqual(['user 1', 'user 2']);
    });

    test('may come again, and the order of events is kept', async () => {
      const [store] = two({ eventLimit: 4 });
      await store.record([did('ann', 'a', NOON), did('bob', 'b', NOON), did('ann', 'c', NOON), did('bob', 'd', NOON), did('bob', 'e', NOON)]);
      await store.forget('ann');
      await store.record([did('ann', 'f', NOON)]);

      expect((await store.recent(10)).map(({ action }) => action)).toEqual(['f', 'e', 'd', 'b']);
      await store.record([did('bob', 'g', NOON)]);
      expect((await store.recent(10)).map(({ action }) => action)).toEqual(['g', 'f', 'e', 'd']);
      expect((await store.online(NOON, 10)).count).toBe(2);
    });
  });
}
