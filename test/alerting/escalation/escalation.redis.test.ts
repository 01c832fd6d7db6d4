import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RedisAlertStore } from '../../../src/alerting/stores/redis-alert-store.js';
import { systemClock } from '../../../src/core/clock.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { startProgram, type Program } from '../../support/program.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import type { Plan } from '../processes/escalating.js';
import { buildScript, type BuiltScript } from '../stores/processes/build.js';
import { told } from '../stores/told.js';

const server = findServer('redis-server');
const IDS = Array.from({ length: 20 }, (_, i) => `a${i}`);

describe.skipIf(server === undefined)('alerts that several processes escalate', { timeout: 60_000 }, () => {
  let script: BuiltScript;
  let redis: RedisServer;
  let client: Redis;
  let store: RedisAlertStore;
  const processes: Program[] = [];

  beforeAll(async () => {
    script = await buildScript(new URL('../processes/escalating.ts', import.meta.url));
  }, 30_000);
  afterAll(() => {
    script.remove();
  });
  beforeEach(async () => {
    redis = await RedisServer.start(server as string);
    client = new Redis(redis.url);
    store = new RedisAlertStore({ client, opened: Promise.resolve() }, { diagnostics: new Diagnostics({ warn() {} }, systemClock) });
    // Nobody has scheduled anything: whoever starts finds them.
    for (const id of IDS) await store.fire({ ...told(id), startsAt: new Date() }, new Date());
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

  const notices = async (): Promise<string[]> => (await client.lrange('told', 0, -1)).map(line => line.replace(/ by \w+$/, '')).sort();
  const expected = (...steps: readonly [step: number, channel: string][]): string[] =>
    steps.flatMap(([step, channel]) => IDS.map(id => `on call ${step}: ${id} to ${channel}`)).sort();
  const toldAll = (all: readonly string[]): Promise<void> =>
    vi.waitFor(async () => {
      expect([...new Set(await notices())]).toEqual(all);
    }, 30_000);
  /** All steps are written down: there is nothing left to do. */
  const ended = (steps: number): Promise<void> =>
    vi.waitFor(async () => {
      const histories = (await store.getAll(IDS)).map(({ history }) => history.filter(({ event }) => event === 'escalated'));
      expect(histories.map(entries => entries.length)).toEqual(IDS.map(() => steps));
    }, 30_000);

  test('four on one Redis: each step tells each channel once', async () => {
    const levels = [
      { afterMs: 200, channels: ['team'] },
      { afterMs: 1_200, channels: ['boss', 'sms'] },
    ];
    const all = ['a', 'b', 'c', 'd'].map(name => start({ name, levels }));
    await Promise.all(all.map(each => each.line(/is ready/)));
    const wanted = expected([1, 'team'], [2, 'boss'], [2, 'sms']);
    await toldAll(wanted);
    await ended(2);
    expect(await notices()).toEqual(wanted);
  });

  test('one is killed while it tells: others tell, once', async () => {
    const levels = [{ afterMs: 0, channels: ['team'] }];
    const first = start({ name: 'first', levels, hangs: true });
    await Promise.all(IDS.map(id => first.line(new RegExp(`tells team of ${id}$`))));
    const second = start({ name: 'second', levels });
    const third = start({ name: 'third', levels });
    await Promise.all([second.line(/is ready/), third.line(/is ready/)]);
    expect(await notices()).toEqual([]);
    first.signal('SIGKILL');
    expect(await first.ended).toBeNull();
    await toldAll(expected([1, 'team']));
    await ended(1);
    expect(await notices()).toEqual(expected([1, 'team']));
  });

  test('one is killed in the middle of a step, before that is written down: others make it', async () => {
    const levels = [{ afterMs: 0, channels: ['team'] }];
    const first = start({ name: 'first', levels, diesInStep: true });
    await first.line(/makes step 1/);
    expect(await first.ended).toBeNull();
    start({ name: 'second', levels });
    start({ name: 'third', levels });
    await toldAll(expected([1, 'team']));
    await ended(1);
    expect(await notices()).toEqual(expected([1, 'team']));
  });

  test('what is acknowledged meanwhile, by whichever process, is not escalated', async () => {
    const levels = [{ afterMs: 2_500, channels: ['team'] }];
    const all = ['a', 'b'].map(name => start({ name, levels }));
    await Promise.all(all.map(each => each.line(/is ready/)));
    const [first = '', ...others] = IDS;
    await Promise.all(others.map(id => store.acknowledge(id, new Date(), 'ada')));
    await vi.waitFor(async () => {
      expect((await store.get(first))?.history.at(-1)?.event).toBe('escalated');
    }, 30_000);
    await vi.waitFor(async () => {
      expect(await notices()).toEqual([`on call 1: ${first} to team`]);
    }, 30_000);
  });
});
