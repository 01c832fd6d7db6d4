import { randomBytes } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RedisAlertStore } from '../../../src/alerting/stores/redis-alert-store.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import type { RedisClient } from '../../../src/core/redis.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { testAlertStore } from './alert-store-suite.js';
import { at, DAY, silence, START, told } from './told.js';

const program = findServer('redis-server');

type TestClient = RedisClient & { disconnect(): void };

const newPrefix = (): string => `test:${randomBytes(6).toString('hex')}`;

describe.skipIf(program === undefined)('alerts in Redis', { timeout: 30_000 }, () => {
  let server: RedisServer;
  let cluster: RedisCluster;
  const clients: TestClient[] = [];
  /** Faults by component, each counted. */
  let faults: string[];
  const clock = new ManualClock(START);
  const diagnostics = new Diagnostics({ warn() {} }, clock);
  diagnostics.countWith(component => faults.push(component));
  beforeAll(async () => {
    [server, cluster] = await Promise.all([
      RedisServer.start(program as string, { settings: { appendonly: 'no' } }),
      RedisCluster.start(program as string),
    ]);
  }, 60_000);
  beforeEach(() => {
    faults = [];
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await Promise.all([server.stop(), cluster.stop()]);
  });

  function kept<T extends TestClient>(client: T): T {
    clients.push(client);
    return client;
  }

  describe.each<[string, () => TestClient]>([
    ['a server, by ioredis 6', () => new Redis(server.url)],
    ['a server, by ioredis 5', () => new Redis5(server.url)],
    ['a cluster, by ioredis 6', () => new Cluster(cluster.addresses)],
    ['a cluster, by ioredis 5', () => new Cluster5(cluster.addresses)],
    ['a server, with other replies and a prefix', () => new Redis(server.url, { replyMapping: 'resp3', stringNumbers: true, keyPrefix: 'app:' })],
  ])('on %s', (_, connect) => {
    let four: TestClient[];
    beforeAll(() => {
      four = Array.from({ length: 4 }, () => kept(connect()));
    });
    testAlertStore({
      open: async limit => {
        const options = { diagnostics, prefix: newPrefix(), ...(limit === undefined ? {} : { limit }) };
        return four.map(client => new RedisAlertStore({ client, opened: Promise.resolve() }, options));
      },
    });
  });

  describe('its keys', () => {
    let client: Redis;
    let prefix: string;
    let store: RedisAlertStore;
    beforeEach(() => {
      client = kept(new Redis(server.url));
      prefix = newPrefix();
      store = new RedisAlertStore({ client, opened: Promise.resolve() }, { diagnostics, prefix });
    });

    test('of an alert, a group and the log each live thirty days, anew with each event', async () => {
      await store.fire(told('a1'), at(0), at(1));
      await store.fire(told('a2'), at(0), at(1));
      await store.joinGroup('g', 'a1', at(0));
      await store.recordNotification('g', 'team', 'email', { at: at(0), firing: {}, resolved: [] });
      const living = ['alert:a1', 'group:g', 'groups-of:a1', 'log:["g","team","email"]'].map(name => `{${prefix}}:${name}`);

      for (const key of living) {
        expect([key, await client.pttl(key)]).toEqual([key, expect.toSatisfy((ms: number) => ms > 30 * DAY - 60_000 && ms <= 30 * DAY)]);
        await client.pexpire(key, 5_000);
      }
      await store.note('a1', { at: at(1), event: 'notified', reason: '' });
      await store.settleGroup('g', { dueAt: at(9), drop: [] });
      expect(await client.pttl(living[0] as string)).toBeGreaterThan(29 * DAY);
      expect(await client.pttl(living[1] as string)).toBeGreaterThan(29 * DAY);
      expect(await client.pttl(`{${prefix}}:alert:a2`)).toBeGreaterThan(29 * DAY);
    });

    test('all have one hash tag, and nothing is left of alerts that are forgotten and groups that are over', async () => {
      const all = async (): Promise<string[]> => client.keys(`*${prefix}*`);
      await store.fire(told('a1', { endsAt: at(1) }), at(0), at(1));
      await store.fire(told('a2'), at(0), at(1));
      await store.resolve('a2', at(1), { at: at(1), event: 'resolved', reason: '' });
      await store.putSilence(silence('s1'));
      await store.joinGroup('g', 'a1', at(0));
      await store.takeDueGroups(at(0), at(9), 9);
      await store.hastenGroup('g', at(1));
      expect((await all()).length).toBeGreaterThan(10);
      for (const key of await all()) expect(key.startsWith(`{${prefix}}:`)).toBe(true);
      await store.expire(at(60 * DAY));
      await store.settleGroup('g', { dueAt: at(9), drop: [] });

      expect(await all()).toEqual([]);
    });

    test('whose life has ended while nobody looked are passed over, and leave the indexes with the next look', async () => {
      await store.fire(told('a1', { endsAt: at(5) }), at(0), at(1));
      await store.fire(told('a2', { endsAt: at(5) }), at(0), at(1));
      await store.resolve('a2', at(1), { at: at(1), event: 'resolved', reason: '' });
      await client.del(`{${prefix}}:alert:a1`, `{${prefix}}:alert:a2`);

      expect(await store.active()).toEqual([]);
      expect(await store.list({}, { limit: 9 })).toEqual({ items: [] });
      expect(await store.takeUnrouted(at(1), at(2), 9)).toEqual([]);
      expect(await store.nextEnd()).toEqual(at(5));
      expect(await store.resolveEnded(at(9), 9)).toEqual([]);
      expect(await store.nextEnd()).toBeUndefined();
      expect(await client.exists(`{${prefix}}:unrouted`)).toBe(0);
      expect((await store.fire(told('a1'), at(9))).change).toBe('new');
      expect(faults).toEqual([]);
    });

    test('of an alert that is told while others like it are forgotten stay', async () => {
      await store.fire(told('a1'), at(0));
      let calls = 0;
      const interrupted: RedisClient = {
        evalsha: async (...call) => {
          // Between finding it and forgetting it.
          if (++calls === 2) await store.fire(told('a1'), at(31 * DAY));
          return client.evalsha(...call);
        },
        eval: (...call) => client.eval(...call),
        hget: (...call) => client.hget(...call),
      };
      await new RedisAlertStore({ client: interrupted, opened: Promise.resolve() }, { diagnostics, prefix }).expire(at(31 * DAY));

      expect(calls).toBeGreaterThan(1);
      expect(await store.get('a1')).toMatchObject({ count: 2 });
    });

    test('begin as the user says', () => {
      for (const wrong of ['', '{tag}:alerts', 'a}b']) {
        expect(() => new RedisAlertStore({ client, opened: Promise.resolve() }, { diagnostics, prefix: wrong })).toThrow('Invalid option `prefix`');
      }
    });
  });

  describe('what something else has written', () => {
    let client: Redis;
    let name: (rest: string) => string;
    let store: RedisAlertStore;
    beforeEach(async () => {
      client = kept(new Redis(server.url));
      const prefix = newPrefix();
      name = rest => `{${prefix}}:${rest}`;
      store = new RedisAlertStore({ client, opened: Promise.resolve() }, { diagnostics, prefix });
      for (const id of ['good', 'bad']) await store.fire(told(id), at(0), at(0));
    });

    test.each<[string, () => Promise<unknown>]>([
      ['a severity of another kind', () => client.hset(name('alert:bad'), 'severity', 'worst')],
      ['a time that is none', () => client.hset(name('alert:bad'), 'lastSeen', 'yesterday')],
      ['an empty time', () => client.hset(name('alert:bad'), 'resolvedAt', '')],
      ['a time beyond all dates', () => client.hset(name('alert:bad'), 'firstSeen', '1e300')],
      ['labels cut short', () => client.hset(name('alert:bad'), 'labels', '{"region":')],
      ['labels that are no texts', () => client.hset(name('alert:bad'), 'labels', '{"region":{}}')],
      ['a field missing', () => client.hdel(name('alert:bad'), 'title')],
      ['a text instead', () => client.set(name('alert:bad'), 'of the app')],
      ['a list instead', async () => [await client.del(name('alert:bad')), await client.lpush(name('alert:bad'), 'of the app')]],
    ])('is left out and counted: %s', async (_, spoil) => {
      await spoil();

      expect((await store.list({}, { limit: 9 })).items.map(({ id }) => id)).toEqual(['good']);
      expect(faults).toEqual(['alerts']);
      expect((await store.active()).map(({ id }) => id)).toEqual(['good']);
      expect(await store.get('bad')).toBeUndefined();
      expect((await store.getAll(['bad', 'good'])).map(({ id }) => id)).toEqual(['good']);
      expect((await store.takeUnrouted(at(0), at(1), 9)).map(({ id }) => id)).toEqual(['good']);
      expect(faults).toHaveLength(5);
    });

    test('into the history is left out of it', async () => {
      await store.note('bad', { at: at(1), event: 'notified', reason: 'first' });
      await client.hset(name('alert:bad'), 'h0', '{"at":1,"event":"exploded","reason":""}');

      expect((await store.get('bad'))?.history.map(({ event }) => event)).toEqual(['notified']);
      expect(faults).toEqual(['alerts']);
    });

    test('instead of an alert is replaced when that is told', async () => {
      await client.hset(name('alert:bad'), 'severity', 'worst');

      expect(await store.fire(told('bad'), at(5))).toMatchObject({ change: 'new', alert: { count: 1, firstSeen: at(5) } });
      expect(await store.get('bad')).toMatchObject({ history: [{ event: 'fired' }] });
    });

    test('instead of silences and the log is left out and counted', async () => {
      await store.putSilence(silence('s1'));
      await client.hset(name('silences'), 's2', '{"id":"s2"}', 's3', 'nothing', 's4', JSON.stringify({ ...silence('other'), startsAt: 0, endsAt: 0, updatedAt: 0 }));
      await store.recordNotification('g', 'team', 'email', { at: at(0), firing: { a1: 'high' }, resolved: [] });
      await client.hset(name('log:["g","team","email"]'), 'entry', '{"at":1,"firing":{"a1":"worst"},"resolved":[]}');

      expect(await store.silences()).toEqual([silence('s1')]);
      expect(faults).toHaveLength(3);
      expect(await store.notificationLog('g', 'team', 'email')).toBeUndefined();
      expect(faults).toHaveLength(4);
    });
  });
});
