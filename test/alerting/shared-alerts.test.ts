import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Alert } from '../../src/alerting/index.js';
import { RedisServer } from '../support/redis-server.js';
import { findServer } from '../support/servers.mjs';
import type { MemberPlan } from './processes/member.js';
import { startMember, startTarget, told } from './processes/members.js';
import { buildScript, type BuiltScript } from './stores/processes/build.js';

const program = findServer('redis-server');
let script: BuiltScript;
beforeAll(async () => {
  script = await buildScript(new URL('./processes/member.ts', import.meta.url));
}, 60_000);
afterAll(() => {
  script.remove();
});

const SOON = { timeout: 20_000, interval: 50 };
/** Each alert in a group of its own, told at once. */
const ALONE = { route: { receiver: 'team', groupBy: ['...'], groupWait: '0s', groupInterval: '1s', repeatInterval: '4h' } };

describe.skipIf(program === undefined)('processes with one Redis', { timeout: 90_000 }, () => {
  test('tell of each group once, whoever fired it and however often, and once that it is over', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const route = { receiver: 'team', groupBy: ['service'], groupWait: '500ms', groupInterval: '1s', repeatInterval: '4h' };
    const plan: MemberPlan = { redis: redis.url, target: target.url, alerts: { route } };
    await using a = await startMember(script.path, plan);
    await using b = await startMember(script.path, plan);
    await using c = await startMember(script.path, plan);
    await using d = await startMember(script.path, plan);
    const members = [a, b, c, d];
    const faults = Array.from({ length: 12 }, (_, i) => ({ title: `fault ${i}`, severity: 'critical', labels: { service: `s${i % 3}` } }));
    for (let time = 0; time < 3; time++) await Promise.all(members.map(member => member.tell('fire', faults)));

    const groups = [0, 1, 2].map(service => faults.filter((_, i) => i % 3 === service).map(({ title }) => title).sort().join());
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(groups.map(group => `first: ${group}`).sort());
    }, SOON);
    await Promise.all(members.map(member => member.tell('resolve', faults)));
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual([...groups.map(group => `first: ${group}`), ...groups.map(group => `resolved: ${group}`)].sort());
    }, SOON);
    const listed = await d.tell<readonly Alert[]>('list', {});
    expect(listed.map(({ status, count }) => `${status} ${count}`)).toEqual(Array.from({ length: 12 }, () => 'resolved 12'));
  });

  test('tell what a process fired that was killed at once', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const plan: MemberPlan = { redis: redis.url, target: target.url, alerts: { route: { ...ALONE.route, groupWait: '1s' } } };
    await using a = await startMember(script.path, plan);
    await using b = await startMember(script.path, plan);
    await a.tell('fire', [{ title: 'fault', severity: 'critical' }]);
    a.process.signal('SIGKILL');
    await a.process.ended;
    expect(target.posted).toEqual([]);

    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: fault']);
    }, SOON);
    expect(target.posted[0]?.by).toBe(b.process.pid);
  });

  test('tell what a process was telling when it was killed', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const plan: MemberPlan = { redis: redis.url, target: target.url, alerts: { ...ALONE, sendTimeout: '100ms' } };
    await using a = await startMember(script.path, { ...plan, alerts: { ...plan.alerts, sendTimeout: '1s' } });
    const asked = new Promise<void>(resolve => {
      target.answer = async ({ by }) => {
        if (by !== a.process.pid) return 200;
        resolve();
        return new Promise<number>(() => {});
      };
    });
    await a.tell('fire', [{ title: 'fault', severity: 'critical' }]);
    await asked;
    // Not before: it might have been the first to tell it.
    await using b = await startMember(script.path, plan);
    a.process.signal('SIGKILL');

    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: fault']);
    }, { ...SOON, timeout: 40_000 });
    expect(target.posted[0]?.by).toBe(b.process.pid);
  });

  test('tell what is fired while Redis is away, and nothing twice once it is back', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const plan: MemberPlan = { redis: redis.url, target: target.url, alerts: { ...ALONE, sendTimeout: '2s' } };
    await using a = await startMember(script.path, plan);
    await using b = await startMember(script.path, plan);
    await a.tell('fire', [{ title: 'before', severity: 'critical' }]);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: before']);
    }, SOON);
    // Perhaps before it is written down that this was told.
    await redis.kill();
    await a.tell('fire', [{ title: 'meanwhile', severity: 'critical' }]);
    await b.tell('fire', [{ title: 'elsewhere', severity: 'critical' }]);
    expect(await b.tell('resolve', [{ title: 'before' }])).toEqual([null]);
    const all = ['first: before', 'first: elsewhere', 'first: meanwhile'];
    expect(told(target.posted)).toEqual(all);

    await redis.restart();
    // Its end was kept, and so were the alerts: who is asked to resolve them finds them.
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual([...all, 'resolved: before']);
    }, SOON);
    await vi.waitFor(async () => {
      expect((await a.tell<readonly Alert[]>('list', {})).map(({ title, status }) => `${title} ${status}`).sort()).toEqual(['before resolved', 'elsewhere firing', 'meanwhile firing']);
    }, SOON);
    await a.tell('resolve', [{ title: 'elsewhere' }, { title: 'meanwhile' }]);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual([...all, 'resolved: before', 'resolved: elsewhere', 'resolved: meanwhile']);
    }, SOON);
  });

  test('keep a channel’s quota together, and tell the rest in digests', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const plan: MemberPlan = { redis: redis.url, target: target.url, quotas: [{ limit: 8, windowMs: 600_000 }], alerts: ALONE };
    await using a = await startMember(script.path, plan);
    await using b = await startMember(script.path, plan);
    await using c = await startMember(script.path, plan);
    const members = [a, b, c];
    await Promise.all(members.map((member, m) => member.tell('fire', Array.from({ length: 20 }, (_, i) => ({ title: `fault ${m} ${i}`, severity: 'critical' })))));

    // What is left of the quota is kept for what may come.
    await vi.waitFor(() => {
      expect(target.posted.length).toBeGreaterThan(2);
    }, SOON);
    await Promise.all(members.map(member => member.tell('list', {})));
    expect(target.posted.length).toBeLessThanOrEqual(8);
  });

  test('run a response once, and share windows of maintenance', async () => {
    await using redis = await RedisServer.start(program as string);
    const target = await startTarget();
    const plan: MemberPlan = { redis: redis.url, target: target.url, alerts: ALONE };
    await using a = await startMember(script.path, plan);
    await using b = await startMember(script.path, plan);
    await a.tell('addWindow', { name: 'release', forMs: 600_000 });
    const fault = { title: 'fault', severity: 'critical', labels: { remedy: 'restart' } };
    await Promise.all([a, b].map(member => member.tell('fire', [fault])));
    await vi.waitFor(async () => {
      const [alert] = await b.tell<readonly Alert[]>('list', {});
      expect(alert).toMatchObject({ status: 'suppressed', count: 2 });
      expect(alert?.history.filter(({ event }) => event === 'remediated')).toMatchObject([{ reason: expect.stringMatching(/^restart: run 1 of/) as unknown }]);
    }, SOON);
    expect(target.posted).toEqual([]);

    expect(await b.tell('removeWindow', { name: 'release' })).toBe(true);
    await vi.waitFor(() => {
      expect(told(target.posted)).toEqual(['first: fault']);
    }, SOON);
  });
});
