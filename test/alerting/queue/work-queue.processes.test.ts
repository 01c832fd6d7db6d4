import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startProgram, type Program } from '../../support/program.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { buildScript, type BuiltScript } from '../stores/processes/build.js';
import type { Plan } from './processes/worker.js';

const server = findServer('redis-server');

describe.skipIf(server === undefined)('processes of their own', { timeout: 60_000 }, () => {
  let script: BuiltScript;
  let redis: RedisServer;
  let client: Redis;
  const processes: Program[] = [];

  beforeAll(async () => {
    script = await buildScript(new URL('./processes/worker.ts', import.meta.url));
  }, 30_000);
  afterAll(() => {
    script.remove();
  });
  beforeEach(async () => {
    redis = await RedisServer.start(server as string);
    client = new Redis(redis.url).on('error', () => {});
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map(each => each[Symbol.asyncDispose]()));
    client.disconnect();
    await redis.stop();
  });

  function start(plan: Omit<Plan, 'url'>): Program {
    const each = startProgram(process.execPath, script.path, JSON.stringify({ url: redis.url, ...plan } satisfies Plan));
    processes.push(each);
    return each;
  }

  const done = async (): Promise<string[]> => client.lrange('done', 0, -1);
  const doneAll = (count: number): Promise<void> =>
    vi.waitFor(async () => {
      expect(new Set((await done()).map(line => line.split(' ')[0])).size).toBe(count);
    }, 30_000);

  test('four that schedule the same work: each piece is done once', async () => {
    const at = Date.now();
    const all = ['a', 'b', 'c', 'd'].map(name => start({ name, stays: true, waits: true, schedule: { count: 200, at } }));
    await Promise.all(all.map(each => each.line(/is ready/)));
    for (const each of all) each.signal('SIGUSR2');
    await doneAll(200);
    expect(await done()).toHaveLength(200);
  });

  test('one that is killed in the middle of its work: another one does it', async () => {
    const first = start({ name: 'first', hangs: true, stays: true, schedule: { count: 3, at: Date.now() } });
    await Promise.all([/begins 0/, /begins 1/, /begins 2/].map(line => first.line(line)));
    const second = start({ name: 'second', stays: true });
    await second.line(/is ready/);
    expect(await done()).toEqual([]);
    first.signal('SIGKILL');
    // Not by itself: it was in the middle of its work.
    expect(await first.ended).toBeNull();
    await doneAll(3);
    expect((await done()).sort()).toEqual(['0 by second', '1 by second', '2 by second']);
  });

  test('one that is busy for longer than its lock holds keeps its work while it lives', async () => {
    const first = start({ name: 'first', hangs: true, stays: true, schedule: { count: 1, at: Date.now() } });
    await first.line(/begins 0/);
    const second = start({ name: 'second', stays: true });
    await second.line(/is ready/);
    // Locks hold for 0.9 seconds, and are looked at three times in that time.
    const until = Date.now() + 3_000;
    await vi.waitFor(() => {
      expect(Date.now()).toBeGreaterThan(until);
    }, 10_000);
    expect(await done()).toEqual([]);
    expect(second.output).not.toContain('begins');
  });

  test('one that has nothing else to do ends, though its queue is open and work waits in it', async () => {
    const only = start({ name: 'only', schedule: { count: 1, at: Date.now() + 3_600_000 } });
    expect(await only.ended).toBe(0);
    expect(only.output).toContain('only is ready');
  });

  test('one that has nothing else to do ends, though there is no Redis any more', async () => {
    await redis.kill();
    const only = start({ name: 'only' });
    expect(await only.ended).toBe(0);
  });

  test('Redis is killed and started again under them: all is done', async () => {
    const at = Date.now() + 1_500;
    const all = ['a', 'b'].map(name => start({ name, stays: true, schedule: { count: 100, at } }));
    await Promise.all(all.map(each => each.line(/is ready/)));
    await redis.kill();
    await redis.restart();
    // Some perhaps twice: where it was lost that they were done.
    await doneAll(100);
  });
});
