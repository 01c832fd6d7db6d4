import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisBudgetStore } from '../../../src/ai/budget/redis-budget-store.js';
import type { RedisClient } from '../../../src/core/redis.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { testBudgetStore } from './budget-store-suite.js';

const program = findServer('redis-server');

type TestClient = RedisClient & { disconnect(): void; pttl(key: string): Promise<number> };

describe.skipIf(program === undefined)('totals in Redis', { timeout: 30_000 }, () => {
  let server: RedisServer;
  let cluster: RedisCluster;
  const clients: TestClient[] = [];
  beforeAll(async () => {
    [server, cluster] = await Promise.all([RedisServer.start(program as string), RedisCluster.start(program as string)]);
  }, 60_000);
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await Promise.all([server.stop(), cluster.stop()]);
  });

  describe.each<[string, () => TestClient]>([
    ['a server, by ioredis 6', () => new Redis(server.url)],
    ['a server, by ioredis 5', () => new Redis5(server.url)],
    ['a cluster, by ioredis 6', () => new Cluster(cluster.addresses)],
    ['a cluster, by ioredis 5', () => new Cluster5(cluster.addresses)],
    ['a server, with other replies and a prefix', () => new Redis(server.url, { replyMapping: 'resp3', stringNumbers: true, keyPrefix: 'app:' })],
  ])('on %s', (_, connect) => {
    let stores: RedisBudgetStore[];
    beforeAll(() => {
      stores = Array.from({ length: 4 }, () => {
        const client = connect();
        clients.push(client);
        return new RedisBudgetStore({ client, opened: Promise.resolve() });
      });
    });
    testBudgetStore(() => ({ stores, pass: () => nextTurn() }));
  });

  test('a total outlasts its last addition by as long as it says', async () => {
    const client = new Redis(server.url);
    clients.push(client);
    const store = new RedisBudgetStore({ client, opened: Promise.resolve() });
    await store.add({ key: 'lasting', units: 1, keepMs: 90_000.5, writer: 'one', sequence: 1 });

    expect(await client.pttl('lasting')).toBeGreaterThan(60_000);
    expect(await client.pttl('lasting')).toBeLessThanOrEqual(90_001);
  });

  test('a key that something else has written is an error, not a total', async () => {
    const client = new Redis(server.url);
    clients.push(client);
    const store = new RedisBudgetStore({ client, opened: Promise.resolve() });
    await client.set('text', 'of the app');
    await client.hset('hash', 'spent', 'of the app');

    await expect(store.read('text')).rejects.toThrow('WRONGTYPE');
    await expect(store.read('hash')).rejects.toThrow('holds no total');
    await expect(store.add({ key: 'text', units: 1, keepMs: 1_000, writer: 'one', sequence: 1 })).rejects.toThrow('WRONGTYPE');
  });
});
