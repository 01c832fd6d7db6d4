import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AiBudget } from '../../../src/ai/budget/budget.js';
import { RedisBudgetStore } from '../../../src/ai/budget/redis-budget-store.js';
import { systemClock } from '../../../src/core/clock.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { connectRedis, type RedisConnection } from '../../../src/core/redis.js';
import { ManualClock } from '../../support/manual-clock.js';
import { SeededRandom } from '../../support/random.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import type { Plan } from './processes/spender.js';
import { NOON, testBudgets, type TestBudgets } from './set-up.js';

/** The package that stands in for `ioredis`. */
const peer = vi.hoisted(() => ({ name: 'ioredis' }));
vi.mock(import('../../../src/core/optional-peer.js'), async original => {
  const { loadOptionalPeer } = await original();
  return { loadOptionalPeer: <T>(_: string, neededFor: string) => loadOptionalPeer<T>(peer.name, neededFor) };
});

const program = findServer('redis-server');

describe.skipIf(program === undefined).each(['ioredis', 'ioredis5'])('budgets in Redis, with %s', { timeout: 30_000 }, packageName => {
  let server: RedisServer;
  let connections: RedisConnection[];
  let clock: ManualClock;
  let budget: AiBudget;
  let tests = 0;
  beforeAll(async () => {
    server = await RedisServer.start(program as string, { password: 'correct horse' });
  });
  beforeEach(() => {
    peer.name = packageName;
    connections = [];
    clock = new ManualClock(NOON);
    budget = { name: `budget ${++tests}`, limit: 10, window: 'day', onExceeded: 'reject' };
  });
  afterEach(async () => {
    await Promise.all(connections.map(connection => connection.close()));
  });
  afterAll(() => server.stop());

  /** A process with a connection of its own. */
  function startProcess(budgets: readonly AiBudget[] = [budget], options: object = {}): TestBudgets & { readonly connection: RedisConnection } {
    const setting = { host: '127.0.0.1', port: server.port, password: 'correct horse', ...options };
    const connection = connectRedis(setting, { diagnostics: new Diagnostics({ warn() {} }, systemClock), neededFor: '`redis`' });
    connections.push(connection);
    return { ...testBudgets(budgets, { clock, store: new RedisBudgetStore(connection) }), connection };
  }

  /** Waits until Redis knows all that these processes have spent. */
  async function settled(...processes: readonly Pick<TestBudgets, 'budgets'>[]): Promise<void> {
    for (;;) {
      await Promise.all(processes.map(({ budgets }) => budgets.settled()));
      if (clock.waiting === 0) return;
      clock.advance(1_000);
      await nextTurn();
    }
  }

  /** What Redis holds, by a connection of its own. */
  async function stored(): Promise<number[]> {
    const client = new Redis(server.url);
    try {
      const keys = await client.keys(`sightline:ai-budget:{${encodeURIComponent(budget.name)}:*`);
      return await Promise.all(keys.map(async key => Number(await client.hget(key, 'spent'))));
    } finally {
      client.disconnect();
    }
  }

  test('four processes that spend at once: the total is exact, each threshold is told once', async () => {
    const random = new SeededRandom(7);
    const thresholds = Array.from({ length: 50 }, (_, i) => (i + 1) / 10);
    const processes = Array.from({ length: 4 }, () => startProcess([{ ...budget, thresholds }]));
    let spent = 0;
    for (let i = 0; i < 1_000; i++) {
      const units = random.below(40_000);
      random.pick(processes).spend(units / 1_000_000);
      spent += units;
      if (i % 10 === 0) await nextTurn();
    }
    await settled(...processes);

    expect(await stored()).toEqual([spent]);
    const told = processes.flatMap(one => one.thresholds()).sort((a, b) => a - b);
    expect(told).toEqual(thresholds.filter(share => Math.round(share * 10_000_000) <= spent));
    expect(told.length).toBeGreaterThan(10);
    expect(processes.filter(one => one.thresholds().length > 0).length).toBeGreaterThan(1);
  });

  test('a server that is killed and started again while four processes spend: nothing is lost or added twice', async () => {
    const random = new SeededRandom(8);
    const thresholds = Array.from({ length: 50 }, (_, i) => (i + 1) / 10);
    const processes = Array.from({ length: 4 }, () => startProcess([{ ...budget, thresholds }]));
    await Promise.all(connections.map(({ opened }) => opened));
    let spent = 0;
    const spendMuch = async (): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        const units = random.below(40_000);
        random.pick(processes).spend(units / 1_000_000);
        spent += units;
        if (i % 20 === 0) await nextTurn();
      }
    };
    for (let crash = 0; crash < 3; crash++) {
      await spendMuch();
      // In the midst of what was just sent.
      const killed = server.kill();
      await spendMuch();
      await killed;
      await spendMuch();
      await server.restart();
      await settled(...processes);
    }

    expect(await stored()).toEqual([spent]);
    const told = processes.flatMap(one => one.thresholds()).sort((a, b) => a - b);
    expect(told).toEqual(thresholds.filter(share => Math.round(share * 10_000_000) <= spent));
  });

  test('an addition that was given up and carried out all the same is not added again', async () => {
    const { spend, budgets, log, thresholds } = startProcess([budget], { commandTimeout: 200 });
    spend(1);
    await settled({ budgets });
    server.pause();
    spend(5);
    try {
      await vi.waitFor(() => {
        expect(log).toEqual([expect.stringContaining('Command timed out')]);
      });
    } finally {
      server.resume();
    }
    await vi.waitFor(async () => {
      expect(await stored()).toEqual([6_000_000]);
    });
    spend(2);
    await settled({ budgets });

    expect(await stored()).toEqual([8_000_000]);
    expect(thresholds()).toEqual([0.5, 0.8]);
  });

  test('a process that is started again goes on where it was, also when Redis was', async () => {
    const before = startProcess();
    before.spend(9.5);
    await before.budgets.close();
    await before.connection.close();
    await server.kill();
    await server.restart();

    const after = startProcess();
    await after.budgets.settled();
    expect(after.series('ai_budget_spent')).toEqual({ [budget.name]: 9.5 });
    expect(after.refused()).toBeUndefined();
    after.spend(0.5);
    await after.budgets.settled();
    expect(after.refused()).toBe(budget.name);
    expect([before.thresholds(), after.thresholds()]).toEqual([[0.5, 0.8], [1]]);
  });

  test('what one process spends stops the calls of another, until the next window', async () => {
    const [one, other] = [startProcess(), startProcess()];
    await Promise.all([one, other].map(({ budgets }) => budgets.settled()));
    one.spend(10);
    await one.budgets.settled();
    clock.advance(1_000);
    other.refused();
    await other.budgets.settled();
    expect(other.refused()).toBe(budget.name);

    clock.advance(12 * 3_600_000);
    expect(other.refused()).toBeUndefined();
    await other.budgets.settled();
    expect(other.refused()).toBeUndefined();
    other.spend(1);
    await other.budgets.settled();
    expect((await stored()).sort((a, b) => a - b)).toEqual([1_000_000, 10_000_000]);
  });

  test('spending while there is no server is added when there is one', async () => {
    await server.kill();
    const { spend, budgets, refused, log } = startProcess();
    try {
      spend(4);
      spend(7);
      await budgets.settled();
      expect(refused()).toBe(budget.name);
      expect(log).toEqual([expect.stringContaining('ai-budget-store')]);
    } finally {
      await server.restart();
    }
    await settled({ budgets });

    expect(await stored()).toEqual([11_000_000]);
  });

  test('totals leave Redis some time after their window', async () => {
    const { spend, budgets } = startProcess();
    spend(1);
    await budgets.settled();
    const client = new Redis(server.url);
    const [key] = await client.keys(`sightline:ai-budget:{${encodeURIComponent(budget.name)}:*`);
    const ttl = await client.pttl(key as string);
    client.disconnect();

    expect(ttl / 3_600_000).toBeCloseTo(13, 1);
  });
});

describe.skipIf(program === undefined)('processes of their own', { timeout: 60_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    const cache = join(import.meta.dirname, '../../../.cache');
    mkdirSync(cache, { recursive: true });
    // In the repository, where it finds the packages.
    folder = mkdtempSync(join(cache, 'spender-'));
    const output = { entryFileNames: 'spender.mjs' };
    const entry = join(import.meta.dirname, 'processes/spender.ts');
    await build({ configFile: false, logLevel: 'error', build: { ssr: entry, outDir: folder, rollupOptions: { output } } });
  }, 30_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('share one budget, and end by themselves', async () => {
    await using server = await RedisServer.start(program as string);
    const thresholds = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);
    const plan: Plan = { url: server.url, budget: { name: 'shared', limit: 10, window: 'month', thresholds }, cost: 0.01, times: 250 };
    const runs = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, [join(folder, 'spender.mjs'), JSON.stringify(plan)], { timeout: 30_000 }),
    );
    const told = (await Promise.all(runs)).flatMap(({ stdout }) => JSON.parse(stdout) as number[]);

    expect(told.sort((a, b) => a - b)).toEqual(thresholds);
  });
});
