import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildScript, type BuiltScript } from '../../alerting/stores/processes/build.js';
import { startProgram, type Program } from '../../support/program.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { phaseOf } from '../../../src/business/collectors/redis-turns.js';
import type { MemberPlan } from './member.js';

const program = findServer('redis-server');
let script: BuiltScript;
beforeAll(async () => {
  script = await buildScript(new URL('./member.ts', import.meta.url));
}, 60_000);
afterAll(() => {
  script.remove();
});

const EVERY_MS = 1_000;
const SOON = { timeout: 30_000, interval: 20 };

interface Member extends AsyncDisposable {
  readonly process: Program;
  /** The scrape's lines that begin so. */
  lines(name: string): Promise<string[]>;
}

async function start(plan: MemberPlan): Promise<Member> {
  const process = startProgram(globalThis.process.execPath, script.path, JSON.stringify(plan));
  const port = (await process.line(/^port \d+$/)).slice('port '.length);
  return {
    process,
    lines: async name => (await (await fetch(`http://127.0.0.1:${port}`)).text()).split('\n').filter(line => line.startsWith(name)),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** What the members printed, by its first word. */
function printed(members: readonly Member[], word: string): number[][] {
  return members
    .flatMap(({ process }) => process.output.split('\n'))
    .filter(line => line.startsWith(`${word} `))
    .map(line => line.split(' ').slice(1).map(Number))
    .sort(([a = 0], [b = 0]) => a - b);
}

/** The numbers of the intervals, by Redis' clock, in which collections began, in order. */
function intervals(members: readonly Member[], everyMs: number): number[] {
  const phase = phaseOf('{sightline:business:shop}:metrics:orders_open', everyMs);
  return printed(members, 'collects').map(([time]) => Math.floor(((time as number) - phase) / everyMs));
}

describe.skipIf(program === undefined)('processes with one Redis', { timeout: 120_000 }, () => {
  test.each([2, 4])('%i of them collect once in each interval, minutes apart as their clocks may be, and all show the same', async count => {
    await using redis = await RedisServer.start(program as string);
    const members = await Promise.all(
      Array.from({ length: count }, (_, i) => start({ redis: redis.url, everyMs: EVERY_MS, skewMs: [0, 300_000, -420_000, 3_600_000][i] ?? 0 })),
    );
    try {
      await vi.waitFor(() => {
        expect(printed(members, 'collects').length).toBeGreaterThanOrEqual(8);
        expect(printed(members, 'counts').length).toBeGreaterThanOrEqual(8);
      }, SOON);

      const begun = intervals(members, EVERY_MS);
      expect(new Set(begun).size).toBe(begun.length);

      // The same value, wherever it was collected, at some moment.
      await vi.waitFor(async () => {
        const shown = await Promise.all(members.map(member => member.lines('orders_open{')));
        expect(shown[0]).toHaveLength(1);
        expect(new Set(shown.flat()).size).toBe(1);
        expect(shown.flat()).toHaveLength(count);
      }, SOON);

      // What the counters of all processes come to is the time that was counted, without gaps, and once.
      const spans = printed(members, 'counts');
      for (const [i, [since]] of spans.entries()) if (i > 0) expect(since).toBe(spans[i - 1]?.[1]);
    } finally {
      await Promise.all(members.map(member => member[Symbol.asyncDispose]()));
    }
  });

  test('count each span in one process only, and all of them in some', async () => {
    await using redis = await RedisServer.start(program as string);
    const members = await Promise.all([1, 2, 3].map(() => start({ redis: redis.url, everyMs: EVERY_MS })));
    try {
      await vi.waitFor(() => expect(printed(members, 'counts').length).toBeGreaterThanOrEqual(6), SOON);
      const total = async (): Promise<number> =>
        (await Promise.all(members.map(member => member.lines('orders_total')))).flat().reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
      await vi.waitFor(async () => {
        const sum = await total();
        const spans = printed(members, 'counts');
        expect(sum).toBe((spans.at(-1)?.[1] as number) - (spans[0]?.[0] as number));
      }, SOON);
    } finally {
      await Promise.all(members.map(member => member[Symbol.asyncDispose]()));
    }
  });

  test('go on within two intervals when the one that collects is killed, in the middle of it too', async () => {
    await using redis = await RedisServer.start(program as string);
    const leader = await start({ redis: redis.url, everyMs: 2_000, takesMs: 900 });
    await leader.process.line(/^collects \d+$/);
    leader.process.signal('SIGKILL');
    await leader.process.ended;
    const [begun] = printed([leader], 'collects').at(-1) as [number];
    await using a = await start({ redis: redis.url, everyMs: 2_000 });
    await using b = await start({ redis: redis.url, everyMs: 2_000 });
    await vi.waitFor(() => expect(printed([a, b], 'collects').length).toBeGreaterThanOrEqual(2), SOON);

    const [[first]] = printed([a, b], 'collects') as [[number]];
    expect(first - begun).toBeLessThanOrEqual(4_000);
    const all = intervals([leader, a, b], 2_000);
    expect(new Set(all).size).toBe(all.length);
    await vi.waitFor(async () => {
      expect((await a.lines('orders_open{')).length + (await b.lines('orders_open{')).length).toBe(2);
    }, SOON);
  });

  test('go on when all that ever collected are killed at once, with the counter where it was', async () => {
    await using redis = await RedisServer.start(program as string);
    const members = await Promise.all([1, 2].map(() => start({ redis: redis.url, everyMs: EVERY_MS })));
    await vi.waitFor(() => expect(printed(members, 'counts').length).toBeGreaterThanOrEqual(3), SOON);
    for (const { process } of members) process.signal('SIGKILL');
    await Promise.all(members.map(({ process }) => process.ended));
    const spans = printed(members, 'counts');
    await using heir = await start({ redis: redis.url, everyMs: EVERY_MS });
    await vi.waitFor(() => expect(printed([heir], 'counts').length).toBeGreaterThanOrEqual(1), SOON);

    const [since] = printed([heir], 'counts')[0] as [number];
    // Killed before it stored the last span, it is counted again by the heir, and was never shown.
    expect(spans.slice(-2).flat()).toContain(since);
  });

  test('show nothing too old while Redis is away, say so, answer all the same, and go on when it is back', async () => {
    await using redis = await RedisServer.start(program as string);
    await using a = await start({ redis: redis.url, everyMs: EVERY_MS, maxAgeMs: 2_000 });
    await using b = await start({ redis: redis.url, everyMs: EVERY_MS, maxAgeMs: 2_000 });
    await vi.waitFor(async () => {
      for (const member of [a, b]) expect(await member.lines('orders_open{')).toHaveLength(1);
      expect(printed([a, b], 'counts').length).toBeGreaterThanOrEqual(2);
    }, SOON);
    const before = printed([a, b], 'counts').at(-1)?.[1] as number;
    await redis.kill();
    await vi.waitFor(async () => {
      for (const member of [a, b]) {
        expect(await member.lines('orders_open{')).toEqual([]);
        expect((await member.lines('business_collections_total{collector="orders_open",outcome="unshared"}')).length).toBe(1);
      }
    }, SOON);
    await redis.restart();
    await vi.waitFor(async () => {
      for (const member of [a, b]) expect(await member.lines('orders_open{')).toHaveLength(1);
      expect(printed([a, b], 'counts').at(-1)?.[1]).toBeGreaterThan(before);
    }, SOON);
    const spans = printed([a, b], 'counts');
    const known = new Set(spans.map(span => span.join()));
    // A span may be asked for twice, where the answer could not be stored; never two that overlap in part.
    const distinct = [...known].map(span => span.split(',').map(Number)).sort(([x = 0], [y = 0]) => x - y);
    for (const [i, [since]] of distinct.entries()) if (i > 0) expect([distinct[i - 1]?.[0], distinct[i - 1]?.[1]]).toContain(since);
  });

  test('hold no more in Redis than one hash for each collector, which ends by itself', async () => {
    await using redis = await RedisServer.start(program as string);
    await using a = await start({ redis: redis.url, everyMs: EVERY_MS });
    await vi.waitFor(() => expect(printed([a], 'counts').length).toBeGreaterThanOrEqual(2), SOON);
    const client = new Redis(redis.url);
    try {
      const keys = (await client.keys('*')).sort();
      expect(keys).toEqual(['{sightline:business:shop}:metrics:orders_open', '{sightline:business:shop}:metrics:orders_total']);
      for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
      // The value, and its time.
      const { value, at } = await client.hgetall(keys[0] as string);
      expect(JSON.parse(value ?? '')).toEqual([[[String(a.process.pid)], Number(at)]]);
    } finally {
      client.disconnect();
    }
  });

  test('end at once when they are told to', async () => {
    await using redis = await RedisServer.start(program as string);
    await using a = await start({ redis: redis.url, everyMs: EVERY_MS, takesMs: 60_000 });
    await a.process.line(/^collects/);
    a.process.signal('SIGTERM');

    expect(await a.process.ended).toBe(0);
  });
});
