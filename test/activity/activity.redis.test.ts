import '../../src/activity/register.js';
import express from 'express';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ActivityOptions } from '../../src/activity/options.js';
import { trackUsers } from '../../src/express/index.js';
import { RedisServer } from '../support/redis-server.js';
import { serve } from '../support/serve.js';
import { findServer } from '../support/servers.mjs';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

/** The package that stands in for `ioredis`. */
const peer = vi.hoisted(() => ({ name: 'ioredis' }));
vi.mock(import('../../src/core/optional-peer.js'), async original => {
  const { loadOptionalPeer } = await original();
  return { loadOptionalPeer: <T>(_: string, neededFor: string) => loadOptionalPeer<T>(peer.name, neededFor) };
});

const program = findServer('redis-server');

describe.skipIf(program === undefined).each(['ioredis', 'ioredis5'])('activity in Redis, with %s', { timeout: 30_000 }, packageName => {
  let server: RedisServer;
  let admin: Redis;
  let services = 0;
  beforeAll(async () => {
    server = await RedisServer.start(program as string);
  });
  beforeEach(() => {
    peer.name = packageName;
    services++;
    admin = new Redis(server.url);
    admin.on('error', () => {});
  });
  afterEach(() => {
    admin.disconnect();
  });
  afterAll(() => server.stop());

  /** A process with a connection of its own; all of one test share their users. */
  function startProcess(activity: ActivityOptions = {}, redis: object = { port: server.port }): TestMonitor {
    return testMonitor({ service: `service ${services}`, redis, activity });
  }

  /** Waits until it is connected, and until what it has read for its gauge is there. */
  async function ready({ monitor }: TestMonitor): Promise<void> {
    monitor.activity.touch('nobody');
    await monitor.activity.flush();
  }

  const dropped = ({ series }: TestMonitor): number => Object.values(series('activity_dropped_total')).reduce((sum, count) => sum + count, 0);

  /** How many of an action are counted in Redis. */
  async function counted({ monitor }: TestMonitor, action: string): Promise<number> {
    return (await monitor.activity.stats()).hours.reduce((sum, { actions }) => sum + (actions[action] ?? 0), 0);
  }

  test('processes share their users, and a scrape shows them', async () => {
    const [one, other] = [startProcess(), startProcess()];
    one.monitor.activity.track('ann', 'read', { page: 1 });
    other.monitor.activity.track('bob', 'read');
    other.monitor.activity.touch('ann');
    await Promise.all([one.monitor.activity.flush(), other.monitor.activity.flush()]);

    expect(await counted(one, 'read')).toBe(2);
    expect((await one.monitor.activity.onlineUsers()).count).toBe(2);
    expect(await other.monitor.activity.activeUsers('30d')).toBe(2);
    expect((await other.monitor.activity.recent()).map(({ userId, metadata }) => ({ userId, metadata }))).toContainEqual({ userId: 'ann', metadata: { page: 1 } });
    const later = startProcess();
    await until(() => later.series('active_users_total')['24h'] === 2);
    expect(later.series('active_users_total')).toEqual({ '5m': 2, '1h': 2, '24h': 2, '30d': 2, today: 2 });
  });

  test('what one process forgets is forgotten for all, also what still waits', async () => {
    const [one, other] = [startProcess(), startProcess()];
    other.monitor.activity.track('ann', 'read');
    await other.monitor.activity.flush();
    one.monitor.activity.track('ann', 'waits');
    one.monitor.activity.track('bob', 'waits');
    await one.monitor.activity.forget('ann');
    await one.monitor.activity.flush();

    expect((await other.monitor.activity.recent()).map(({ userId }) => userId)).toEqual(['bob']);
    expect((await other.monitor.activity.onlineUsers()).users.map(({ userId }) => userId)).toEqual(['bob']);
  });

  test('with `hashIds` Redis holds no id, processes of one secret know the same users, and one is forgotten by its own id', async () => {
    const [one, other] = [startProcess({ hashIds: 'a secret of the app' }), startProcess({ hashIds: 'a secret of the app' })];
    for (const { monitor } of [one, other]) {
      monitor.activity.track('ann@example.com', 'read');
      monitor.activity.touch('bob@example.com');
      await monitor.activity.flush();
    }
    const prefix = `{sightline:activity:service ${services}}:`;
    expect(await one.monitor.activity.activeUsers('5m')).toBe(2);
    expect(JSON.stringify([await admin.xrange(`${prefix}events`, '-', '+'), await admin.zrange(`${prefix}online`, '0', '-1')])).not.toContain('example');

    one.monitor.activity.track('ann@example.com', 'read');
    await one.monitor.activity.forget('ann@example.com');
    await one.monitor.activity.flush();
    expect(await admin.xlen(`${prefix}events`)).toBe(0);
    expect(await admin.zcard(`${prefix}online`)).toBe(1);
  });

  test('events that come while Redis is killed and started again are kept, except those that were on their way', async () => {
    const process = startProcess();
    await ready(process);
    const { activity } = process.monitor;
    let tracked = 0;
    const trackMany = async (): Promise<void> => {
      for (let i = 0; i < 600; i++, tracked++) {
        activity.track(`user ${i % 50}`, 'read', { i });
        if (i % 50 === 0) await new Promise(setImmediate);
      }
    };
    for (let crash = 0; crash < 3; crash++) {
      await trackMany();
      const killed = server.kill();
      await trackMany();
      await killed;
      await trackMany();
      await server.restart();
      await activity.flush();
    }
    const stored = await counted(process, 'read');
    const lost = dropped(process);

    expect(process.series('activity_dropped_total')['buffer_full']).toBeUndefined();
    // Four batches may be under way at each crash.
    expect(lost).toBeLessThan(3 * 1_000);
    expect(stored).toBeLessThanOrEqual(tracked);
    expect(stored).toBeGreaterThanOrEqual(tracked - lost);
    expect(process.series('activity_backlog')).toEqual({ '': 0 });
    expect(process.series('user_actions_total')).toEqual({ read: tracked });
  });

  test('a Redis that is silent: the buffer is bounded, what it has no room for is counted, requests are answered', async () => {
    const process = startProcess({ bufferLimit: 1_000 });
    await ready(process);
    const { activity } = process.monitor;
    const app = express();
    app.use(trackUsers({ monitor: process.monitor, userId: () => 'ann' }));
    app.get('/', (_, response) => {
      activity.track('ann', 'request');
      response.send('fine');
    });
    const { url } = await serve(app);
    server.pause();
    try {
      for (let i = 0; i < 20; i++) expect(await (await fetch(url)).text()).toBe('fine');
      for (let i = 0; i < 5_000; i++) activity.track('bob', 'read');
      expect(process.series('activity_backlog')).toEqual({ '': 1_000 });
      expect(process.series('activity_dropped_total')).toEqual({ buffer_full: 5_000 + 2 * 20 - 1_000 });
      expect(process.log.filter(line => line.includes('activity_dropped_total'))).toHaveLength(1);
    } finally {
      server.resume();
    }
    await activity.flush();

    expect((await counted(process, 'read')) + (await counted(process, 'request'))).toBe(1_000 - 20);
  });

  test.each<[string, () => Promise<unknown>, () => Promise<unknown>, RegExp]>([
    ['is full', () => admin.config('SET', 'maxmemory', '1'), () => admin.config('SET', 'maxmemory', '0'), /OOM/],
    ['has become a replica', () => admin.call('REPLICAOF', '127.0.0.1', '1'), () => admin.call('REPLICAOF', 'NO', 'ONE'), /READONLY|MASTERDOWN/],
    ['can not write to its disk', () => admin.config('SET', 'min-replicas-to-write', '1'), () => admin.config('SET', 'min-replicas-to-write', '0'), /NOREPLICAS/],
  ])('a Redis that %s: events wait until it takes them, and each is counted once', async (_, begin, end, complaint) => {
    const process = startProcess();
    await ready(process);
    const { activity } = process.monitor;
    await begin();
    try {
      for (let i = 0; i < 2_700; i++) activity.track(`user ${i % 50}`, 'read');
      await until(() => process.log.some(line => line.includes('Redis takes no sightings')));
      for (let i = 0; i < 300; i++) activity.track(`user ${i % 50}`, 'read');
      expect(process.log.join('\n')).toMatch(complaint);
    } finally {
      await end();
    }
    await activity.flush();

    expect(await counted(process, 'read')).toBe(3_000);
    expect(process.series('activity_dropped_total')).toEqual({});
    expect((await activity.onlineUsers()).count).toBe(51);
  });

  test('without a Redis from the start: nothing fails, and once there is one all is written', async () => {
    await server.kill();
    const process = startProcess();
    const { activity } = process.monitor;
    for (let i = 0; i < 500; i++) activity.track(`user ${i % 50}`, 'read');
    await expect(activity.stats()).rejects.toThrow();
    await expect(activity.forget('nobody')).rejects.toThrow();
    expect(process.series('active_users_total')).toEqual({});
    await server.restart();
    await activity.flush();

    expect(await counted(process, 'read')).toBe(500);
    expect(dropped(process)).toBe(0);
  });

  test('a monitor that is closed writes what waits; without a Redis it ends all the same, and counts what is lost', async () => {
    const [one, other] = [startProcess(), startProcess()];
    await ready(one);
    await ready(other);
    for (let i = 0; i < 1_000; i++) one.monitor.activity.track('ann', 'read');
    await one.monitor.close();
    expect(await counted(other, 'read')).toBe(1_000);
    expect(dropped(one)).toBe(0);

    server.pause();
    for (let i = 0; i < 1_000; i++) other.monitor.activity.track('ann', 'read');
    const closing = other.monitor.close();
    await until(() => dropped(other) > 0);
    server.resume();
    await closing;
    expect(other.series('activity_dropped_total')).toEqual({ closed: 1_000 });
  });

  test("a client of the app's, which keeps what it can't send: events wait here, not there", async () => {
    const client = new Redis(server.url, { maxRetriesPerRequest: null });
    client.on('error', () => {});
    try {
      const process = startProcess({}, client);
      await ready(process);
      const { activity } = process.monitor;
      await server.kill();
      await until(() => client.status !== 'ready');
      for (let i = 0; i < 500; i++) activity.track(`user ${i % 50}`, 'read');
      await new Promise(setImmediate);
      expect((client as unknown as { offlineQueue: { length: number } }).offlineQueue.length).toBe(0);
      expect(process.series('activity_backlog')).toEqual({ '': 500 });
      await server.restart();
      await activity.flush();

      expect(await counted(process, 'read')).toBe(500);
    } finally {
      client.disconnect();
    }
  });

  test('a Redis that is loading its data: events wait until it has', async () => {
    // It answers LOADING all the while, which only a client shows that does not look whether it is ready.
    const loading = await RedisServer.start(program as string, { settings: { 'loading-process-events-interval-bytes': '1024', 'key-load-delay': '150' } });
    const client = new Redis(loading.url, { enableReadyCheck: false });
    client.on('error', () => {});
    try {
      const fill = new Redis(loading.url);
      for (let i = 0; i < 4_000; i += 500) await fill.mset(Array.from({ length: 500 }, (_, n) => [`key ${i + n}`, 'x'.repeat(100)]).flat());
      await fill.call('BGREWRITEAOF');
      while (/aof_rewrite_in_progress:1|aof_rewrite_scheduled:1/.test(await fill.info('persistence')));
      fill.disconnect();
      const process = startProcess({}, client);
      await ready(process);
      const { activity } = process.monitor;
      await loading.kill();
      const restarted = loading.restart();
      await until(() => client.status === 'ready');
      for (let i = 0; i < 500; i++) activity.track(`user ${i % 50}`, 'read');
      await until(() => process.log.some(line => line.includes('LOADING')) || process.series('activity_backlog')[''] === 0);
      await restarted;
      await activity.flush();

      expect(process.log.join('\n')).toContain('LOADING');
      expect(await counted(process, 'read')).toBe(500 - dropped(process));
    } finally {
      client.disconnect();
      await loading.stop();
    }
  });
});
