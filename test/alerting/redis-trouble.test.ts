import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Alert } from '../../src/alerting/index.js';
import { freePort } from '../support/free-port.js';
import { startProgram } from '../support/program.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { RedisServer } from '../support/redis-server.js';
import { findServer } from '../support/servers.mjs';
import type { MemberPlan, MemberState } from './processes/member.js';
import { startMember, startTarget, told, type Member } from './processes/members.js';
import { buildScript, type BuiltScript } from './stores/processes/build.js';

const program = findServer('redis-server');
let script: BuiltScript;
beforeAll(async () => {
  script = await buildScript(new URL('./processes/member.ts', import.meta.url));
}, 60_000);
afterAll(() => {
  script.remove();
});

const SOON = { timeout: 25_000, interval: 50 };
/** 5 seconds for the store, and 1 for the channels. */
const FIRE_MS = 6_500;
const ALONE = { route: { receiver: 'team', groupBy: ['...'], groupWait: '0s', groupInterval: '1s', repeatInterval: '4h' }, sendTimeout: '1s' };
const critical = (title: string) => ({ title, severity: 'critical' });

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Takes connections, and answers nothing. */
async function startSilence(): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function endsWithin(member: Member, ms: number): Promise<void> {
  const took = await msOf(async () => {
    member.process.signal('SIGTERM');
    expect(await member.process.ended).toBe(0);
  });
  expect(took).toBeLessThan(ms);
}

describe.skipIf(program === undefined)('alerts whose Redis is in trouble', { timeout: 90_000 }, () => {
  /** A process with the library's connection, and one of another service with a client of its app's. */
  async function startBoth(redis: string, more: Partial<MemberPlan> = {}) {
    return Promise.all(
      [false, true].map(async isAppsClient => {
        const target = await startTarget();
        const member = await startMember(script.path, { redis, isAppsClient, service: `service ${isAppsClient}`, target: target.url, alerts: ALONE, ...more });
        onTestFinished(() => member[Symbol.asyncDispose]());
        return { member, target };
      }),
    );
  }

  test('are told where it hangs, by the library’s connection or the app’s, and kept once it answers', async () => {
    await using redis = await RedisServer.start(program as string);
    const both = await startBoth(redis.url, {
      quotas: [{ limit: 100, windowMs: 60_000 }],
      alerts: { ...ALONE, escalations: [{ name: 'on call', levels: [{ after: '1h', channels: ['team'] }] }] },
    });
    const each = async (work: (one: (typeof both)[number]) => Promise<void>): Promise<void> => void (await Promise.all(both.map(work)));
    await each(async ({ member, target }) => {
      await member.tell('fire', [critical('before')]);
      await vi.waitFor(() => {
        expect(told(target.posted)).toEqual(['first: before']);
      }, SOON);
    });
    redis.pause();
    onTestFinished(() => {
      redis.resume();
    });
    await each(async ({ member, target }) => {
      expect(await msOf(() => member.tell('fire', [critical('one')]))).toBeLessThan(FIRE_MS);
      expect(told(target.posted)).toEqual(['first: before', 'first: one']);
      expect(await msOf(() => member.tell('fire', Array.from({ length: 50 }, (_, i) => critical(`more ${i}`))))).toBeLessThan(FIRE_MS);
      expect(await msOf(() => member.tell('resolve', [{ title: 'before' }]))).toBeLessThan(FIRE_MS);
    });
    redis.resume();
    await each(async ({ member, target }) => {
      await vi.waitFor(async () => {
        expect(await member.tell<MemberState>('state')).toMatchObject({ waiting: 0, uncaught: [] });
        expect(await member.tell<readonly Alert[]>('list')).toHaveLength(52);
        expect(told(target.posted).filter(post => post.endsWith(': before'))).toEqual(['first: before', 'resolved: before']);
      }, SOON);
      // Redis took it when it went on, and so did who had told it.
      expect(told(target.posted).filter(post => post.endsWith(': one'))).toEqual(['first: one']);
    });
    redis.pause();
    await each(async ({ member, target }) => {
      await member.tell('fire', [critical('last')]);
      expect(told(target.posted)).toContain('first: last');
      await endsWithin(member, 15_000);
    });
  });

  test('are told where it never answered', async () => {
    const both = await startBoth(await startSilence());
    await Promise.all(
      both.map(async ({ member, target }) => {
        expect(await msOf(() => member.tell('fire', [critical('fault')]))).toBeLessThan(FIRE_MS);
        expect(told(target.posted)).toEqual(['first: fault']);
        await endsWithin(member, 15_000);
      }),
    );
  });

  test('are told anew after an outage, where they were told in the one before and were over since', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const plan: MemberPlan = { redis: redis.url, target: target.url, alerts: ALONE };
    await using a = await startMember(script.path, plan);
    await using b = await startMember(script.path, plan);
    await redis.kill();
    await a.tell('fire', [critical('fault')]);
    await redis.restart();
    await vi.waitFor(async () => {
      expect(await b.tell<readonly Alert[]>('list')).toHaveLength(1);
      expect(await a.tell<MemberState>('state')).toMatchObject({ waiting: 0 });
    }, SOON);
    await b.tell('resolve', [{ title: 'fault' }]);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: fault', 'resolved: fault']);
    }, SOON);
    await redis.kill();
    await a.tell('fire', [critical('fault')]);
    expect(told(target.posted)).toEqual(['first: fault', 'first: fault', 'resolved: fault']);
  });

  test('are told, with their quotas and escalations, on a cluster', async () => {
    await using cluster = await RedisCluster.start(program as string);
    const target = await startTarget();
    const plan: MemberPlan = {
      redis: '',
      cluster: cluster.addresses,
      target: target.url,
      channels: ['team', 'boss'],
      quotas: [{ limit: 50, windowMs: 60_000 }],
      alerts: { ...ALONE, route: { ...ALONE.route, receiver: 'team' }, escalations: [{ name: 'on call', levels: [{ after: '1s', channels: ['boss'] }] }] },
    };
    await using a = await startMember(script.path, plan);
    await using b = await startMember(script.path, plan);
    const faults = Array.from({ length: 5 }, (_, i) => critical(`fault ${i}`));
    await Promise.all([a, b].map(member => member.tell('fire', faults)));
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual([...faults.map(({ title }) => `escalation: ${title}`), ...faults.map(({ title }) => `first: ${title}`)]);
    }, SOON);
    await b.tell('resolve', faults);
    await vi.waitFor(() => {
      expect(told(target.posted).filter(each => each.startsWith('resolved'))).toEqual(faults.map(({ title }) => `resolved: ${title}`));
    }, SOON);
    await endsWithin(a, 10_000);
  });

  test('are told on the new master, when Sentinel has made one', async () => {
    await using master = await RedisServer.start(program as string);
    await using replica = await RedisServer.start(program as string, { settings: { replicaof: `127.0.0.1 ${master.port}` } });
    const port = await freePort();
    await using sentinel = startProgram(
      '/bin/sh', '-c',
      `d=$(mktemp -d) && printf 'port ${port}\\nbind 127.0.0.1\\nsentinel monitor shop 127.0.0.1 ${master.port} 1\\nsentinel down-after-milliseconds shop 1000\\nsentinel failover-timeout shop 3000\\n' > $d/s.conf && exec ${program as string} $d/s.conf --sentinel`,
    );
    await sentinel.line(/\+slave/);
    const target = await startTarget();
    const plan: MemberPlan = { redis: { sentinels: [{ host: '127.0.0.1', port }], name: 'shop' }, target: target.url, alerts: ALONE };
    await using a = await startMember(script.path, plan);
    await using b = await startMember(script.path, plan);
    await a.tell('fire', [critical('before')]);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: before']);
    }, SOON);
    const asked = new Redis(replica.url);
    await vi.waitFor(async () => {
      expect(await asked.zcard('{sightline:alerts:shop}:all')).toBe(1);
    }, SOON);
    asked.disconnect();
    await master.kill();
    await b.tell('fire', [critical('meanwhile')]);
    await vi.waitFor(async () => {
      expect((await a.tell<readonly Alert[]>('list')).map(({ title }) => title).sort()).toEqual(['before', 'meanwhile']);
    }, SOON);
    await a.tell('resolve', [{ title: 'before' }, { title: 'meanwhile' }]);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: before', 'first: meanwhile', 'resolved: before', 'resolved: meanwhile']);
    }, SOON);
  });

  test('are told once by processes whose clocks are two minutes off', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const route = { receiver: 'team', groupBy: ['service'], groupWait: '0s', groupInterval: '1s', repeatInterval: '4h' };
    const members = await Promise.all(
      [-120_000, 0, 120_000].map(skewMs => startMember(script.path, { redis: redis.url, target: target.url, skewMs, alerts: { ...ALONE, route } })),
    );
    onTestFinished(async () => {
      await Promise.all(members.map(member => member[Symbol.asyncDispose]()));
    });
    for (let i = 0; i < 6; i++) await members[i % 3]?.tell('fire', [{ ...critical(`fault ${i}`), labels: { service: `s${i}` } }]);
    const first = Array.from({ length: 6 }, (_, i) => `first: fault ${i}`);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(first);
    }, SOON);
    for (let i = 0; i < 6; i++) await members[(i + 1) % 3]?.tell('resolve', [{ title: `fault ${i}`, labels: { service: `s${i}` } }]);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual([...first, ...first.map(each => each.replace('first', 'resolved'))]);
    }, { ...SOON, timeout: 60_000 });
  });

  test('are each service’s own', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    await using shop = await startMember(script.path, { redis: redis.url, target: target.url, alerts: ALONE });
    await using bank = await startMember(script.path, { redis: redis.url, service: 'bank', target: target.url, alerts: ALONE });
    await shop.tell('fire', [critical('fault')]);
    await bank.tell('fire', [critical('fault')]);
    await vi.waitFor(() => {
      expect(target.posted.map(({ by }) => by).sort()).toEqual([shop.process.pid, bank.process.pid].sort());
    }, SOON);
    await shop.tell('resolve', [{ title: 'fault' }]);
    expect((await bank.tell<readonly Alert[]>('list')).map(({ status }) => status)).toEqual(['firing']);
  });

  test('don’t go to and fro between versions of the app with other routes', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const plan: MemberPlan = { redis: redis.url, target: target.url, alerts: ALONE };
    await using old = await startMember(script.path, plan);
    await using young = await startMember(script.path, { ...plan, alerts: { ...ALONE, route: { ...ALONE.route, groupBy: ['service'] } } });
    await old.tell('fire', [critical('one')]);
    await young.tell('fire', [critical('two')]);
    const client = new Redis(redis.url);
    onTestFinished(() => {
      client.disconnect();
    });
    const lastTold = (title: string): string | undefined => {
      const last = target.posted.findLast(({ alerts }) => alerts.includes(title));
      return last && (last.over.includes(title) ? 'over' : 'firing');
    };
    await vi.waitFor(() => {
      expect(['one', 'two'].map(lastTold)).toEqual(['firing', 'firing']);
    }, SOON);
    const commands = async (): Promise<number> => Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
    const before = await commands();
    await pause(6_000);
    expect((await commands()) - before).toBeLessThan(3_000);
    expect(target.posted.length).toBeLessThan(8);
    await young.tell('resolve', [{ title: 'one' }, { title: 'two' }]);
    await vi.waitFor(() => {
      expect(['one', 'two'].map(lastTold)).toEqual(['over', 'over']);
    }, SOON);
  });

  test('are told anew when all of Redis was deleted', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    await using a = await startMember(script.path, { redis: redis.url, target: target.url, alerts: ALONE });
    await a.tell('fire', [critical('fault')]);
    // And that it was told is written down.
    await vi.waitFor(async () => {
      const [alert] = await a.tell<readonly Alert[]>('list');
      expect(alert?.history.at(-1)?.event).toBe('notified');
    }, SOON);
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    await a.tell('fire', [critical('fault')]);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: fault', 'first: fault']);
    }, SOON);
    await a.tell('resolve', [{ title: 'fault' }]);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: fault', 'first: fault', 'resolved: fault']);
    }, SOON);
  });
});
