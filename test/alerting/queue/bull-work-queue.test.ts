import { setImmediate as nextTurn } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BullWorkQueue, type BullWorkQueueParts } from '../../../src/alerting/queue/bull-work-queue.js';
import { systemClock } from '../../../src/core/clock.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { SightlineError } from '../../../src/core/errors.js';
import { connectRedis, type RedisConnection, type RedisSetting } from '../../../src/core/redis.js';
import { deferred } from '../../support/deferred.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { until } from '../../support/until.js';
import { workQueueSuite, type QueueBench } from './work-queue-suite.js';

/** Packages that stand in for others; `undefined`: it is not installed. */
const peers = vi.hoisted(() => new Map<string, string | undefined>());
vi.mock(import('../../../src/core/optional-peer.js'), async original => {
  const { loadOptionalPeer } = await original();
  return {
    loadOptionalPeer: <T>(name: string, neededFor: string) => loadOptionalPeer<T>(peers.has(name) ? (peers.get(name) ?? `no-such-${name}`) : name, neededFor),
  };
});

const program = findServer('redis-server');
const log: string[] = [];
let diagnostics: Diagnostics;
const opened: { readonly connection: RedisConnection; readonly queue: BullWorkQueue }[] = [];
const clients: { disconnect(): void }[] = [];
let prefixes = 0;

beforeEach(() => {
  log.length = 0;
  // It tells of each part once a minute.
  diagnostics = new Diagnostics({ warn: line => log.push(line) }, systemClock);
});
afterEach(async () => {
  peers.clear();
  await Promise.all(
    opened.splice(0).map(async ({ queue, connection }) => {
      await queue.close();
      await connection.close();
    }),
  );
  for (const client of clients.splice(0)) client.disconnect();
});

function open(setting: RedisSetting, parts: Partial<BullWorkQueueParts> = {}): BullWorkQueue {
  const connection = connectRedis(setting, { diagnostics, neededFor: '`redis`' });
  const queue = new BullWorkQueue({ redis: connection, clock: systemClock, diagnostics, random: () => 1, lookMs: 50, ...parts });
  opened.push({ connection, queue });
  return queue;
}

/** Keys of its own for each test. */
function bench(setting: () => RedisSetting): QueueBench {
  const prefix = `test ${++prefixes}`;
  return { open: () => open(setting(), { prefix }), now: () => Date.now(), until };
}

function kept<T extends { disconnect(): void }>(client: T): T {
  clients.push(client);
  return client;
}

describe.skipIf(program === undefined)('on Redis', { timeout: 20_000 }, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start(program as string);
  });
  afterAll(() => server.stop());

  describe.each(['ioredis', 'ioredis5'])('with %s', packageName => {
    workQueueSuite(() => {
      peers.set('ioredis', packageName);
      return bench(() => server.url);
    });
  });

  test.each([
    ['ioredis', () => new Redis(server.url)],
    ['ioredis5', () => new Redis5(server.url)],
  ])("an app's own client of %s does it, too, and stays open", async (name, connect) => {
    const client = kept(connect());
    const queue = open(client, { prefix: `own client of ${name}` });
    let done = 0;
    queue.process('test', async () => Promise.resolve(void done++));
    await queue.schedule({ kind: 'test', key: 'a' }, new Date());
    await until(() => done === 1);
    await queue.close();
    expect(await client.ping()).toBe('PONG');
  });

  test('four processes share the work: each piece is done once, and all of them do some', async () => {
    const prefix = 'four';
    const done: string[][] = [[], [], [], []];
    const queues = done.map(() => open(server.url, { prefix }));
    for (const [i, queue] of queues.entries()) {
      queue.process(
        'test',
        async key => {
          done[i]?.push(key);
          await nextTurn();
        },
        { concurrency: 2 },
      );
    }
    const at = new Date(Date.now() + 300);
    await Promise.all(queues.flatMap(queue => Array.from({ length: 200 }, (_, i) => queue.schedule({ kind: 'test', key: `${i}` }, at))));
    await until(() => done.flat().length >= 200);
    await Promise.all(queues.map(queue => queue.close()));
    expect(done.flat().map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    for (const some of done) expect(some.length).toBeGreaterThan(0);
  });

  test('of one key one is under way at a time over all processes', async () => {
    const prefix = 'lanes';
    const queues = Array.from({ length: 3 }, () => open(server.url, { prefix }));
    let underWay = 0;
    let most = 0;
    let done = 0;
    for (const queue of queues) {
      queue.process('test', async () => {
        most = Math.max(most, ++underWay);
        for (let i = 0; i < 50; i++) await nextTurn();
        underWay--;
        done++;
      });
    }
    const now = Date.now();
    for (let i = 0; i < 6; i++) await queues[i % 3]?.schedule({ kind: 'test', key: 'same' }, new Date(now + i));
    await until(() => done === 6);
    expect(most).toBe(1);
  });

  test('what one process left by its close another one does', async () => {
    const prefix = 'left';
    const first = open(server.url, { prefix });
    first.process('test', async () => Promise.resolve());
    await first.schedule({ kind: 'test', key: 'a' }, new Date(Date.now() + 500));
    await first.close();
    const done: string[] = [];
    open(server.url, { prefix }).process('test', async key => Promise.resolve(void done.push(key)));
    await until(() => done.length > 0);
    expect(done).toEqual(['a']);
  });

  test('what one process broke off because it closed another one does, and that is no fault', async () => {
    const prefix = 'broken off';
    const first = open(server.url, { prefix });
    const gate = deferred();
    let isBegun = false;
    first.process('test', () => {
      isBegun = true;
      return gate.promise;
    });
    await first.schedule({ kind: 'test', key: 'a' }, new Date());
    await until(() => isBegun);
    const closed = first.close();
    gate.reject(new Error('the process ends'));
    await closed;
    const done: string[] = [];
    open(server.url, { prefix }).process('test', async key => Promise.resolve(void done.push(key)));
    await until(() => done.length > 0);
    expect(done).toEqual(['a']);
    expect(log).toEqual([]);
  });

  test('a process whose clock is behind leaves work until it is due by its own', async () => {
    const behind = 700;
    const clock = { ...systemClock, now: () => Date.now() - behind };
    const doneAt: number[] = [];
    const slow = open(server.url, { prefix: 'behind', clock });
    slow.process('test', async () => Promise.resolve(void doneAt.push(clock.now())));
    const at = Date.now() + 100;
    await open(server.url, { prefix: 'behind' }).schedule({ kind: 'test', key: 'a' }, new Date(at));
    await until(() => doneAt.length > 0);
    expect(doneAt).toHaveLength(1);
    expect(doneAt[0]).toBeGreaterThanOrEqual(at);
  });

  test('done, nothing of it is left in Redis', async () => {
    const queue = open(server.url, { prefix: 'clean' });
    let done = 0;
    queue.process('test', async () => Promise.resolve(void done++));
    for (let i = 0; i < 50; i++) await queue.schedule({ kind: 'test', key: `${i}` }, new Date());
    await until(() => done === 50);
    await queue.close();
    const client = kept(new Redis(server.url));
    const keys = await client.keys('*clean*');
    expect(keys.filter(key => !/:(events|id|marker|meta|stalled-check)$/.test(key))).toEqual([]);
    expect(await client.xlen('{clean}:queue:test:events')).toBeLessThan(1_000);
  });

  test('what somebody else puts into the queue is left out, and told', async () => {
    const queue = open(server.url, { prefix: 'strange' });
    const { Queue } = await import('bullmq');
    const strange = new Queue('test', { connection: kept(new Redis(server.url, { maxRetriesPerRequest: null })), prefix: '{strange}:queue' });
    await strange.add('anything', { key: 1 });
    const done: string[] = [];
    queue.process('test', async key => Promise.resolve(void done.push(key)));
    await queue.schedule({ kind: 'test', key: 'a' }, new Date());
    await until(() => done.length > 0 && log.length > 0);
    expect(log[0]).toContain('a job in Redis is no work "test"');
    await strange.close();
  });

  test('a client that BullMQ refuses is refused with what to do, where there is work for it', async () => {
    const prefixed = open({ port: server.port, keyPrefix: 'app:' });
    expect(() => {
      prefixed.process('test', async () => Promise.resolve());
    }).toThrow(/Invalid option `redis`: .*`keyPrefix`/);
    await expect(prefixed.schedule({ kind: 'test', key: 'a' }, new Date())).rejects.toThrow(/Invalid option `redis`: .*`keyPrefix`/);
    const stranger: RedisSetting = { eval: async () => Promise.resolve(), evalsha: async () => Promise.resolve(), hget: async () => Promise.resolve(null) };
    expect(() => {
      open(stranger).process('test', async () => Promise.resolve());
    }).toThrow(/Invalid option `redis`: for alerts/);
  });

  test('without the package `bullmq` there is an error that says what to install, where there is work for it', async () => {
    peers.set('bullmq', undefined);
    const queue = open(server.url);
    expect(() => {
      queue.process('test', async () => Promise.resolve());
    }).toThrow(/is needed for alerts that several processes share.*npm install/);
    await expect(queue.schedule({ kind: 'test', key: 'a' }, new Date())).rejects.toThrow(SightlineError);
  });
});

describe.skipIf(program === undefined)('on Redis that goes away', { timeout: 30_000 }, () => {
  test('what was scheduled is done when it is back, and what is scheduled meanwhile is refused', async () => {
    await using server = await RedisServer.start(program as string);
    const queue = open(server.url);
    const done: string[] = [];
    queue.process('test', async key => Promise.resolve(void done.push(key)));
    await queue.schedule({ kind: 'test', key: 'before' }, new Date());
    await until(() => done.length === 1);
    for (let i = 0; i < 20; i++) await queue.schedule({ kind: 'test', key: `${i}` }, new Date(Date.now() + 1_000));
    await server.kill();
    await expect(queue.schedule({ kind: 'test', key: 'meanwhile' }, new Date())).rejects.toThrow();
    await server.restart();
    await until(() => done.length === 21);
    await vi.waitFor(() => queue.schedule({ kind: 'test', key: 'after' }, new Date()), 10_000);
    await until(() => done.includes('after'));
    expect([...done].sort()).toEqual(['before', 'after', ...Array.from({ length: 20 }, (_, i) => `${i}`)].sort());
  });

  test('work that was under way is done again, as nobody could write down that it was done', async () => {
    await using server = await RedisServer.start(program as string);
    const queue = open(server.url, { lockMs: 600 });
    const done: string[] = [];
    queue.process('test', async key => {
      done.push(key);
      if (done.length === 1) await server.kill();
    });
    await queue.schedule({ kind: 'test', key: 'a' }, new Date());
    await until(() => done.length === 1);
    await until(() => log.some(line => line.includes('could not be')));
    await server.restart();
    await until(() => done.length === 2);
    expect(done).toEqual(['a', 'a']);
  });

  test('closed while there is no server it ends nevertheless', async () => {
    const server = await RedisServer.start(program as string);
    const queue = open(server.url);
    queue.process('test', async () => Promise.resolve());
    await queue.schedule({ kind: 'test', key: 'a' }, new Date(Date.now() + 60_000));
    await server.stop();
    await queue.close();
    await expect(queue.schedule({ kind: 'test', key: 'b' }, new Date())).rejects.toThrow('The queue is closed');
  });
});

describe.skipIf(program === undefined)('on a cluster', { timeout: 30_000 }, () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start(program as string);
  }, 30_000);
  afterAll(() => cluster.stop());

  describe('with ioredis', () => {
    workQueueSuite(() => bench(() => kept(new Cluster(cluster.addresses))));
  });

  test('with ioredis5, too', async () => {
    const queue = open(kept(new Cluster5(cluster.addresses)), { prefix: 'five' });
    let done = 0;
    queue.process('test', async () => Promise.resolve(void done++));
    for (let i = 0; i < 10; i++) await queue.schedule({ kind: 'test', key: `${i}` }, new Date());
    await until(() => done === 10);
  });
});
