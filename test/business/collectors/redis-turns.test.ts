import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AiServices } from '../../../src/business/collectors/ai-services.js';
import { RedisTurns } from '../../../src/business/collectors/redis-turns.js';
import { SharedRedis } from '../../../src/business/collectors/shared-redis.js';
import type { Turn } from '../../../src/business/collectors/turns.js';
import { createBusiness } from '../../../src/business/create-business.js';
import { learningMetrics, type LearningSource } from '../../../src/business/index.js';
import { systemClock } from '../../../src/core/clock.js';
import type { RedisClient } from '../../../src/core/redis.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import type { Metrics } from '../../../src/metrics/metrics.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { testMonitor } from '../../support/test-monitor.js';

const program = findServer('redis-server');
let server: RedisServer;
beforeAll(async () => {
  if (program !== undefined) server = await RedisServer.start(program);
});
afterAll(async () => {
  await server?.stop();
});

const SOON = { timeout: 20_000, interval: 20 };
const ROWS = [[['eu'], 3]] as const;

function connect(url = server.url): Redis {
  const client = new Redis(url);
  client.on('error', () => {});
  onTestFinished(() => {
    client.disconnect();
  });
  return client;
}

let keys = 0;
/** Processes that share one collector, each with a client of its own. */
function members(count: number, { everyMs = 3_600_000, timeoutMs = 1_000, clients }: { everyMs?: number; timeoutMs?: number; clients?: RedisClient[] } = {}) {
  const key = `{test}:${++keys}`;
  const log: string[] = [];
  const make = (client: RedisClient): RedisTurns =>
    new RedisTurns({
      redis: new SharedRedis({ client, opened: Promise.resolve() }),
      key,
      everyMs,
      timeoutMs,
      keepMs: 60_000,
      labelNames: ['region'],
      diagnostics: new Diagnostics({ warn: line => void log.push(line) }, systemClock),
    });
  return { key, log, turns: Array.from({ length: count }, (_, i) => make(clients?.[i] ?? connect())) as [RedisTurns, RedisTurns] };
}

describe.skipIf(program === undefined)('turns on Redis', { timeout: 60_000 }, () => {
  test('are given to one of many that ask at once, and what it collects to all others, once', async () => {
    const { turns } = members(20);
    const looks = await Promise.all(turns.map(each => each.look(true)));
    const given = looks.flatMap(({ turn }, i) => (turn === undefined ? [] : [[turns[i] as RedisTurns, turn] as const]));
    expect(given).toHaveLength(1);
    const [[leader, turn]] = given as [[RedisTurns, Turn]];
    expect(turn.cursor).toBeUndefined();
    const now = looks[0]?.now ?? 0;
    expect(await leader.finish(turn, { at: now, rows: ROWS, cursor: 17 })).toBe(true);

    for (const each of turns) {
      const { latest, turn: another } = await each.look(true);
      expect(another).toBeUndefined();
      if (each === leader) expect(latest).toBeUndefined();
      else expect(latest).toMatchObject({ rows: ROWS, at: now });
      expect((await each.look(true)).latest).toBeUndefined();
    }
  });

  test('are not given to who can not collect, and are looked for again when one may be free', async () => {
    const { turns: [a, b] } = members(2);
    expect((await a.look(false)).turn).toBeUndefined();
    const { turn } = await a.look(true);
    expect(turn).toBeDefined();
    // A lease of a second and up to five more: it is asked again while it runs, for what may have been collected.
    expect((await b.look(true)).againInMs).toBeLessThanOrEqual(6_000);
    await a.giveUp(turn as Turn);
    const later = await b.look(true);
    expect(later.turn).toBeUndefined();
    expect(later.againInMs).toBeGreaterThan(0);
  });

  test('that are over are void: another one has taken over', async () => {
    const { turns: [a, b] } = members(2, { everyMs: 200, timeoutMs: 50 });
    const lost = await vi.waitFor(async () => {
      const { turn } = await a.look(true);
      expect(turn).toBeDefined();
      return turn as Turn;
    }, SOON);
    const next = await vi.waitFor(async () => {
      const { turn } = await b.look(true);
      expect(turn).toBeDefined();
      return turn as Turn;
    }, SOON);
    expect(await a.finish(lost, { at: 1, rows: ROWS, cursor: 5 })).toBe(false);
    await a.giveUp(lost);
    expect(await b.finish(next, { at: 2, rows: ROWS, cursor: 6 })).toBe(true);
    // Asked again, because the answer was lost.
    expect(await b.finish(next, { at: 2, rows: ROWS, cursor: 6 })).toBe(true);
    const third = await vi.waitFor(async () => {
      const { turn } = await a.look(true);
      expect(turn).toBeDefined();
      return turn as Turn;
    }, SOON);
    expect(third.cursor).toBe(6);
  });

  test('do not go back to what a replica that took over has not heard of', async () => {
    const { turns: [a], key } = members(1, { everyMs: 200, timeoutMs: 50 });
    const take = (): Promise<Turn> =>
      vi.waitFor(async () => {
        const { turn } = await a.look(true);
        expect(turn).toBeDefined();
        return turn as Turn;
      }, SOON);
    await a.finish(await take(), { at: 1, rows: [], cursor: 1_000 });
    await connect().hset(key, 'cursor', '400');

    expect((await take()).cursor).toBe(1_000);
  });

  test('are not withheld for ever by the clock of a server that was ahead', async () => {
    const { turns: [a], key } = members(1, { everyMs: 1_000 });
    const future = String(Date.now() + 7_200_000);
    await connect().hset(key, 'taken', future, 'lease', future, 'holder', 'x');

    expect((await a.look(true)).turn).toBeDefined();
  });

  test.each(['no JSON', '{}', '[[["eu","x"],1]]', '[[["eu"],"1"]]', '[[["eu"],null]]', '[[[1],1]]'])('show nothing of a record that can not be read: %s', async value => {
    const { turns: [a], key, log } = members(1);
    await connect().hset(key, 'at', '5', 'value', value);

    expect((await a.look(true)).latest).toBeUndefined();
    expect(log.join()).toContain("can't be read");
  });

  test('fail with a Redis that is full, and go on when it is not any more', async () => {
    const { turns: [a] } = members(1);
    const client = connect();
    await client.config('SET', 'maxmemory', '1');
    await expect(a.look(true)).rejects.toThrow(/OOM/);
    await client.config('SET', 'maxmemory', '0');

    expect((await a.look(true)).turn).toBeDefined();
  });

  test('fail with a replica that only reads', async () => {
    const { turns: [a] } = members(1);
    const client = connect();
    await client.replicaof('127.0.0.1', 1);
    await expect(a.look(true)).rejects.toThrow(/READONLY/);
    await client.call('REPLICAOF', 'NO', 'ONE');

    expect((await a.look(true)).turn).toBeDefined();
  });

  test('with a Redis that does not answer take some seconds, and gather no commands', async () => {
    await using silent = await RedisServer.start(program as string);
    const client = connect(silent.url);
    await client.ping();
    const { turns: [a] } = members(1, { clients: [client] });
    silent.pause();
    const first = a.look(true);
    const firstFails = expect(first).rejects.toThrow(/took longer than 5 s/);
    await new Promise(resolve => void setImmediate(resolve));
    await expect(a.look(true)).rejects.toThrow(/has not answered/);
    await firstFails;
    await expect(a.look(true)).rejects.toThrow(/has not answered/);
    silent.resume();
    await vi.waitFor(async () => {
      await a.look(true);
    }, SOON);
  });

  test("with a client of the app's that has lost its connection fail at once", async () => {
    await using gone = await RedisServer.start(program as string);
    const client = connect(gone.url);
    await client.ping();
    await gone.kill();
    await vi.waitFor(() => expect(client.status).toBe('reconnecting'), SOON);
    const { turns: [a] } = members(1, { clients: [client] });

    await expect(a.look(true)).rejects.toThrow(/no connection to Redis|closed/i);
  });

  test('work on a cluster', async () => {
    await using cluster = await RedisCluster.start(program as string);
    const clients = [0, 1].map(() => {
      const client = new Cluster(cluster.addresses);
      client.on('error', () => {});
      onTestFinished(() => {
        client.disconnect();
      });
      return client;
    });
    const { turns: [a, b] } = members(2, { clients });
    const { turn, now } = await a.look(true);
    await a.finish(turn as Turn, { at: now, rows: ROWS, cursor: undefined });

    expect((await b.look(true)).latest).toMatchObject({ rows: ROWS, at: now });
  });
});

describe.skipIf(program === undefined)('a shared counter', { timeout: 60_000 }, () => {
  test.each([
    ['carried out, and its answer lost', true],
    ['lost on its way', false],
  ])('grows once by what it collected, where the command that stores it is %s', async (_, isCarriedOut) => {
    const LOSSES = 6;
    const client = connect();
    let lost = 0;
    // Every other one of the first that store, told by the number of their arguments, meets its end.
    const lossy = new Proxy(client, {
      get: (target, name) => {
        if (name !== 'evalsha') return Reflect.get(target, name) as unknown;
        return async (sha: string, count: number, ...rest: (string | number)[]) => {
          const isStoring = rest.length === 6;
          if (isStoring && lost < LOSSES && lost++ % 2 === 0) {
            if (isCarriedOut) await target.evalsha(sha, count, ...rest);
            throw new Error('the connection is gone');
          }
          return target.evalsha(sha, count, ...rest);
        };
      },
    });
    const { monitor, log } = testMonitor();
    const { metrics, diagnostics } = monitor;
    const redis = { client: lossy as unknown as RedisClient, opened: Promise.resolve() };
    const business = createBusiness({ options: {}, service: `lossy ${isCarriedOut}`, metrics, clock: systemClock, diagnostics, redis });
    onTestFinished(() => business.close());
    const counter = { first: 0, last: 0 };
    business.collect({
      name: 'passed_ms_total',
      help: 'Time that passed.',
      type: 'counter',
      every: '1s',
      settle: 0,
      collect: ({ since, until }) => {
        counter.first ||= since;
        counter.last = until;
        return until - since;
      },
    });
    const total = (): number => (monitor.registry.getSingleMetric('passed_ms_total') as any).get().values[0]?.value ?? 0;
    await vi.waitFor(() => expect(lost).toBe(LOSSES), SOON);
    await vi.waitFor(() => {
      expect(total()).toBeGreaterThan(0);
      expect(total()).toBe(counter.last - counter.first);
    }, SOON);
    expect(log.join()).toContain('the connection is gone');
  });
});

describe.skipIf(program === undefined)('the cost of AI services, where processes share their collections', { timeout: 60_000 }, () => {
  test('is known to be counted elsewhere before it is collected', async () => {
    const [a, b] = [testMonitor(), testMonitor()].map(({ monitor: { metrics, diagnostics } }) => {
      const redis = new SharedRedis({ client: connect(), opened: Promise.resolve() });
      return { metrics, services: new AiServices(metrics, systemClock, diagnostics, { redis, key: '{told}:ai-services' }) };
    }) as [{ metrics: Metrics; services: AiServices }, { metrics: Metrics; services: AiServices }];
    await a.services.tell();
    expect(await b.services.all()).toEqual(new Set());
    a.metrics.recordAiRequest({ service: 'openai', model: 'gpt-4o', status: 'success', seconds: 1, cost: 0.5 });
    await a.services.tell();
    expect(await b.services.all()).toEqual(new Set(['openai']));
    a.metrics.recordAiRequest({ service: 'qwen', model: 'max', status: 'success', seconds: 1, cost: 0.5 });
    await a.services.tell();
    expect(await b.services.all()).toEqual(new Set(['openai', 'qwen']));
    expect(await connect().pttl('{told}:ai-services')).toBeGreaterThan(0);
  });

  test('leaves out what the instruments of another process count, and counts the rest once', async () => {
    const rows: { at: number; service: string; model: string; cost: number }[] = [];
    const nothing = (): Promise<never[]> => Promise.resolve([]);
    const source: LearningSource = {
      activeUsers: () => Promise.resolve(0),
      completions: nothing,
      durations: nothing,
      satisfaction: nothing,
      aiCosts: ({ since, until }) => Promise.resolve(rows.filter(({ at }) => at >= since && at < until)),
    };
    const processes = Array.from({ length: 3 }, () => {
      const each = testMonitor();
      const { metrics, diagnostics } = each.monitor;
      const redis = { client: connect() as unknown as RedisClient, opened: Promise.resolve() };
      const business = createBusiness({ options: {}, service: 'costs', metrics, clock: systemClock, diagnostics, redis });
      onTestFinished(() => business.close());
      const collectors = learningMetrics(source, { aiCostEvery: '1s', aiCostSettle: '2s' }).filter(({ name }) => name === 'ai_service_cost_total');
      business.collect(collectors);
      return each;
    });
    const sum = (service: string): number =>
      processes.flatMap(({ series }) => Object.entries(series('ai_service_cost_total'))).reduce((total, [key, cost]) => total + (key.startsWith(`${service} `) ? cost : 0), 0);
    await vi.waitFor(() => {
      expect(processes.some(({ series }) => (series('business_collections_total')['ai_service_cost_total succeeded'] ?? 0) > 0)).toBe(true);
    }, SOON);
    processes[0]?.monitor.metrics.recordAiRequest({ service: 'openai', model: 'gpt-4o', status: 'success', seconds: 1, cost: 0.5 });
    rows.push({ at: Date.now(), service: 'OpenAI', model: 'gpt-4o', cost: 0.5 }, { at: Date.now(), service: 'qwen', model: 'max', cost: 2 });
    await vi.waitFor(() => {
      expect(sum('qwen')).toBe(2);
    }, SOON);
    rows.push({ at: Date.now(), service: 'qwen', model: 'max', cost: 1 });
    await vi.waitFor(() => {
      expect(sum('qwen')).toBe(3);
    }, SOON);
    expect([sum('OpenAI'), sum('openai')]).toEqual([0, 0.5]);
  });
});
