import { randomBytes } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ActivityCalendar } from '../../../src/activity/activity-calendar.js';
import { RedisActivityStore } from '../../../src/activity/stores/redis-activity-store.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import type { RedisClient } from '../../../src/core/redis.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { did, NOON, testActivityStore, was, type StoreSettings } from './activity-store-suite.js';

const program = findServer('redis-server');

type TestClient = RedisClient & { disconnect(): void };

const newPrefix = (): string => `test:${randomBytes(6).toString('hex')}`;

describe.skipIf(program === undefined)('activity in Redis', { timeout: 30_000 }, () => {
  let server: RedisServer;
  let cluster: RedisCluster;
  let log: string[];
  const clients: TestClient[] = [];
  const diagnostics = new Diagnostics({ warn: line => log.push(line) }, new ManualClock());
  beforeAll(async () => {
    [server, cluster] = await Promise.all([
      RedisServer.start(program as string, { settings: { appendonly: 'no' } }),
      RedisCluster.start(program as string),
    ]);
  }, 60_000);
  beforeEach(() => {
    log = [];
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await Promise.all([server.stop(), cluster.stop()]);
  });

  function kept<T extends TestClient>(client: T): T {
    clients.push(client);
    return client;
  }

  function store(client: TestClient, prefix: string, { timeZone = 'UTC', eventLimit = 10_000, onlineLimit }: StoreSettings = {}): RedisActivityStore {
    const redis = { client, opened: Promise.resolve() };
    return new RedisActivityStore({ redis, calendar: new ActivityCalendar(timeZone), diagnostics, prefix, eventLimit, ...(onlineLimit !== undefined && { onlineLimit }) });
  }

  describe.each<[string, () => TestClient]>([
    ['a server, by ioredis 6', () => new Redis(server.url)],
    ['a server, by ioredis 5', () => new Redis5(server.url)],
    ['a cluster, by ioredis 6', () => new Cluster(cluster.addresses)],
    ['a cluster, by ioredis 5', () => new Cluster5(cluster.addresses)],
    ['a server, with other replies and a prefix', () => new Redis(server.url, { replyMapping: 'resp3', stringNumbers: true, keyPrefix: 'app:' })],
  ])('on %s', (_, connect) => {
    let two: TestClient[];
    beforeAll(() => {
      two = [kept(connect()), kept(connect())];
    });
    testActivityStore({
      open: settings => {
        const prefix = newPrefix();
        return two.map(client => store(client, prefix, settings));
      },
    });
  });

  describe('its keys', () => {
    let client: Redis;
    let prefix: string;
    beforeEach(() => {
      client = kept(new Redis(server.url));
      prefix = newPrefix();
    });

    test('have one hash tag, and all but the stream, which is bounded, end by themselves', async () => {
      await store(client, prefix).record([did('ann', 'read', NOON), did('bob', 'read', NOON - 20_000)]);
      const keys = (await client.keys(`*${prefix}*`)).sort();
      const hours = async (key: string): Promise<number> => Math.ceil((await client.pttl(key)) / 360_000) / 10;

      expect(keys.map(key => key.slice(prefix.length + 3))).toEqual([
        `actions:${Date.parse('2026-11-20T12:00:00Z')}`,
        'events',
        'online',
        ...['1h', '24h', '5m', '5m', 'day'].map(kind => expect.stringMatching(`^users:${kind}:`)),
      ]);
      for (const key of keys) expect(key.startsWith(`{${prefix}}:`)).toBe(true);
      expect(await Promise.all(keys.map(hours))).toEqual([25.3, -0, 0.2, 1.3, 24.8, 0.4, 0.4, 768]);
    });

    test('a prefix that would be a hash tag of another kind is refused', () => {
      expect(() => store(client, 'a{b}')).toThrow('activity.keyPrefix');
    });

    test('one round trip writes everything of many sightings', async () => {
      const one = store(client, prefix);
      await one.record([did('ann', 'read', NOON)]);
      const commands = async (): Promise<number> => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0);
      const before = await commands();
      await one.record(Array.from({ length: 500 }, (_, i) => did(`user ${i}`, `action ${i % 9}`, NOON - i * 1_000)));

      expect((await commands()) - before).toBe(1);
      expect((await one.recent(1_000)).length).toBe(501);
    });
  });

  test('a process whose clock is two minutes ahead does not turn out who others have seen', async () => {
    const client = kept(new Redis(server.url));
    const prefix = newPrefix();
    const [one, ahead] = [store(client, prefix), store(client, prefix)];
    await one.record([was('ann', NOON - 240_000)]);
    await ahead.record([was('bob', NOON + 120_000)]);

    expect((await one.online(NOON, 10)).users.map(({ userId }) => userId)).toEqual(['bob', 'ann']);
  });

  test('a key that something else has written is an error, and an event that it has written is left out', async () => {
    const client = kept(new Redis(server.url));
    const prefix = newPrefix();
    const one = store(client, prefix);
    await client.xadd(`{${prefix}}:events`, '*', 'of', 'the app');
    await client.xadd(`{${prefix}}:events`, '*', 'user', 'ann', 'action', 'read', 'at', 'noon', 'metadata', '{}');
    await one.record([did('ann', 'read', NOON)]);

    expect(await one.recent(10)).toEqual([{ userId: 'ann', action: 'read', at: NOON, metadata: '{}' }]);
    expect(log).toEqual([expect.stringContaining("can't be read")]);

    await client.set(`{${prefix}}:online`, 'of the app');
    await expect(one.record([was('ann', NOON)])).rejects.toThrow('WRONGTYPE');
    await expect(one.online(NOON, 1)).rejects.toThrow('WRONGTYPE');
  });
});
