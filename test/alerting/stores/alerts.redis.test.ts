import { execFile } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AlertStore, Fired } from '../../../src/alerting/stores/alert-store.js';
import { RedisAlertStore } from '../../../src/alerting/stores/redis-alert-store.js';
import { systemClock } from '../../../src/core/clock.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { connectRedis, type RedisClient, type RedisConnection } from '../../../src/core/redis.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { buildScript, type BuiltScript } from './processes/build.js';
import type { Done, Plan } from './processes/firer.js';
import { at, told } from './told.js';

/** The package that stands in for `ioredis`. */
const peer = vi.hoisted(() => ({ name: 'ioredis' }));
vi.mock(import('../../../src/core/optional-peer.js'), async original => {
  const { loadOptionalPeer } = await original();
  return { loadOptionalPeer: <T>(_: string, neededFor: string) => loadOptionalPeer<T>(peer.name, neededFor) };
});

const program = findServer('redis-server');
const diagnostics = new Diagnostics({ warn() {} }, systemClock);

describe.skipIf(program === undefined).each(['ioredis', 'ioredis5'])('alerts in Redis, with %s', { timeout: 30_000 }, packageName => {
  const connections: RedisConnection[] = [];
  afterEach(async () => {
    await Promise.all(connections.splice(0).map(connection => connection.close()));
  });

  function startProcess(server: RedisServer): AlertStore {
    peer.name = packageName;
    const connection = connectRedis(server.url, { diagnostics, neededFor: '`redis`' });
    connections.push(connection);
    return new RedisAlertStore(connection, { diagnostics });
  }

  test('outlast a server that is killed and started again under four processes: nothing is lost, nothing is new twice', async () => {
    await using server = await RedisServer.start(program as string);
    const stores = Array.from({ length: 4 }, () => startProcess(server));
    const ids = Array.from({ length: 60 }, (_, i) => `a${i}`);
    const fired: Fired[] = [];
    let refused = 0;
    // Tells it until Redis has answered, as nobody knows what became of a call that was lost.
    const fire = async (store: AlertStore, id: string): Promise<void> => {
      for (;;) {
        try {
          fired.push(await store.fire(told(id), at(0), at(1_000)));
          return;
        } catch {
          refused++;
          await nextTurn();
        }
      }
    };
    const some = (from: number): Promise<void>[] => stores.flatMap(store => ids.slice(from, from + 20).map(id => fire(store, id)));
    const first = some(0);
    const killed = server.kill();
    const second = some(20);
    await killed;
    await server.restart();
    await Promise.all([...first, ...second, ...some(40)]);

    expect(refused).toBeGreaterThan(0);
    expect((await stores[0]?.active())?.map(({ id }) => id).sort()).toEqual([...ids].sort());
    const fresh = fired.filter(({ change }) => change === 'new').map(({ alert }) => alert.id);
    expect(new Set(fresh).size).toBe(fresh.length);
    // Where the answer was lost that said so, the alert is owed.
    for (const id of fresh) await stores[0]?.routed(id, at(1_000));
    const owed = (await Promise.all(stores.map(store => store.takeUnrouted(at(1_000), at(2_000), 100)))).flat().map(({ id }) => id);
    expect([...fresh, ...owed].sort()).toEqual([...ids].sort());
  });

  test('are refused while there is no server, and groups and silences are there when there is one again', async () => {
    await using server = await RedisServer.start(program as string);
    const store = startProcess(server);
    await store.fire(told('a1'), at(0));
    await store.joinGroup('g', 'a1', at(0));
    await store.takeDueGroups(at(0), at(60_000), 9);
    await server.kill();
    await expect(store.fire(told('a1'), at(1))).rejects.toThrow();
    await expect(store.active()).rejects.toThrow();
    await server.restart();

    await vi.waitFor(async () => {
      expect(await store.group('g')).toEqual({ key: 'g', alertIds: ['a1'], dueAt: at(60_000), isFlushed: false });
    }, 10_000);
    const other = startProcess(server);
    expect(await other.takeDueGroups(at(59_999), at(99_000), 9)).toEqual([]);
    expect(await other.takeDueGroups(at(60_000), at(99_000), 9)).toMatchObject([{ key: 'g' }]);
  });
});

describe.skipIf(program === undefined)('an alert whose answer is lost', () => {
  test('is merged when it is told again, and owed to somebody', async () => {
    await using server = await RedisServer.start(program as string);
    const client = new Redis(server.url);
    let isLost = true;
    const losing: RedisClient = {
      evalsha: (...call) => client.evalsha(...call),
      eval: async (...call) => {
        const reply = await client.eval(...call);
        if (isLost) throw new Error('the connection was lost');
        return reply;
      },
      hget: (...call) => client.hget(...call),
    };
    const store = new RedisAlertStore({ client: losing, opened: Promise.resolve() }, { diagnostics });
    await expect(store.fire(told('a1'), at(0), at(1_000))).rejects.toThrow('the connection was lost');
    isLost = false;

    expect((await store.fire(told('a1'), at(1), at(1_001))).change).toBe('merged');
    expect(await store.takeUnrouted(at(1_000), at(2_000), 9)).toMatchObject([{ id: 'a1', count: 2 }]);
    client.disconnect();
  });
});

describe.skipIf(program === undefined)('four processes of their own', { timeout: 60_000 }, () => {
  let script: BuiltScript;
  beforeAll(async () => {
    script = await buildScript(new URL('./processes/firer.ts', import.meta.url));
  }, 30_000);
  afterAll(() => {
    script.remove();
  });

  test('that tell the same alerts: each is new to one of them, and each group is claimed by one', async () => {
    await using server = await RedisServer.start(program as string);
    const plan: Plan = { url: server.url, alerts: 50, times: 20 };
    const runs = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [script.path, JSON.stringify(plan)], { timeout: 30_000 }));
    const done = (await Promise.all(runs)).map(({ stdout }) => JSON.parse(stdout) as Done);

    const ids = Array.from({ length: 50 }, (_, i) => `a${i}`);
    expect(done.flatMap(({ fresh }) => fresh).sort()).toEqual([...ids].sort());
    expect(done.flatMap(({ claimed }) => claimed).sort()).toEqual(ids.map(id => `group of ${id}`).sort());
    const client = new Redis(server.url);
    expect(await client.hget('{sightline:alerts}:alert:a7', 'count')).toBe('80');
    client.disconnect();
  });
});
