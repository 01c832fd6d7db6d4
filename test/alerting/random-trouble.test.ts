import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Alert } from '../../src/alerting/index.js';
import { SeededRandom } from '../support/random.js';
import { RedisServer } from '../support/redis-server.js';
import { findServer } from '../support/servers.mjs';
import type { MemberPlan, MemberState, Posted } from './processes/member.js';
import { startMember, startTarget, type Member, type Target } from './processes/members.js';
import { buildScript, type BuiltScript } from './stores/processes/build.js';

// A run that is drawn at random: processes fire, resolve and acknowledge the same alerts, while they are killed and Redis
// fails in all ways it can. To run longer, or another one:
// SIGHTLINE_TROUBLE_ROUNDS=40 SIGHTLINE_TROUBLE_SEED=7 npx vitest run --project unit test/alerting/random-trouble.test.ts

const program = findServer('redis-server');
const ROUNDS = Number(process.env['SIGHTLINE_TROUBLE_ROUNDS'] ?? 2);
const SEED = Number(process.env['SIGHTLINE_TROUBLE_SEED'] ?? 5);
const MEMBERS = 3;
const TITLES = Array.from({ length: 16 }, (_, i) => `fault ${i}`);
/** Half of the runs have each alert in a group of its own, the other half a few groups and a quota. */
const IS_GROUPED = SEED % 2 === 0;
const QUOTA = { limit: 40, windowMs: 2_000 };
/** An app waits so long for `fire`, whatever Redis does: 5 seconds for the store, and the first attempt to tell. */
const FIRE_MS = 6_500;
/** Once all is well: the lease of a group whose process died, and the longest pause between attempts to write. */
const BOUND_MS = 30_000;
/** From the moment that something was delivered until that was to be written. */
const DELIVERED_MS = 1_000;

let script: BuiltScript;
beforeAll(async () => {
  script = await buildScript(new URL('./processes/member.ts', import.meta.url));
}, 60_000);
afterAll(() => {
  script.remove();
});

/** What happens to Redis, and then its end. */
type Trouble = readonly [name: string, begin: (run: Run) => Promise<unknown>, end: (run: Run) => Promise<unknown>];
const TROUBLES: readonly Trouble[] = [
  ['is killed', run => run.redis.kill(), run => run.redis.restart()],
  ['hangs', run => Promise.resolve(run.redis.pause()), run => Promise.resolve(run.redis.resume())],
  ['pauses its clients', run => run.admin.call('CLIENT', 'PAUSE', 3_000, 'ALL'), () => Promise.resolve()],
  ['is slow', run => Promise.resolve(void run.admin.call('DEBUG', 'SLEEP', 3).catch(() => {})), () => Promise.resolve()],
  ['is full', run => run.admin.call('CONFIG', 'SET', 'maxmemory', '1kb'), run => run.admin.call('CONFIG', 'SET', 'maxmemory', '0')],
  ['is a replica', run => run.admin.call('REPLICAOF', '127.0.0.1', run.redis.port === 1 ? 2 : 1), run => run.admin.call('REPLICAOF', 'NO', 'ONE')],
];

function labelsOf(title: string): Record<string, string> {
  return { service: `s${Number(title.slice('fault '.length)) % 4}` };
}

interface Told {
  readonly at: number;
  readonly isOver: boolean;
}

class Run implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly admin: Redis;
  readonly target: Target;
  readonly members: Member[] = [];
  readonly random = new SeededRandom(SEED);
  /** What each alert is by what the processes were told. */
  readonly wanted = new Map<string, 'firing' | 'over'>();
  /** Alerts of which something may have died with a process that could not write it, until they are fired again. */
  readonly loose = new Set<string>();
  /** Those that may be told twice because of that. */
  readonly #forgotten = new Set<string>();
  readonly told = new Map<string, Told[]>();
  readonly #plan: MemberPlan;
  /** Which process has something of an alert that it could not write yet. */
  readonly #keeper = new Map<string, number>();
  readonly disturbances: { readonly what: string; readonly from: number; until: number }[] = [];
  readonly doubled: string[] = [];
  readonly posted: number[] = [];
  slowestFireMs = 0;
  slowestResolveMs = 0;
  restarts = 0;

  private constructor(redis: RedisServer, target: Target, plan: MemberPlan) {
    this.redis = redis;
    this.target = target;
    this.#plan = plan;
    this.admin = new Redis(redis.url, { retryStrategy: () => 50, commandTimeout: 10_000 });
    this.admin.on('error', () => {});
    target.answer = posted => {
      this.#note(posted);
      return Promise.resolve(200);
    };
  }

  static async start(): Promise<Run> {
    const redis = await RedisServer.start(program as string, { settings: { 'enable-debug-command': 'yes', appendfsync: 'everysec' } });
    const target = await startTarget();
    const route = { receiver: 'team', groupBy: IS_GROUPED ? ['service'] : ['...'], groupWait: '0s', groupInterval: '1s', repeatInterval: '4h' };
    const plan: MemberPlan = { redis: redis.url, target: target.url, ...(IS_GROUPED && { quotas: [QUOTA] }), alerts: { route, flapping: false, sendTimeout: '1s' } };
    const run = new Run(redis, target, plan);
    run.members.push(...(await Promise.all(Array.from({ length: MEMBERS }, () => startMember(script.path, plan)))));
    return run;
  }

  #note({ alerts, over }: Posted): void {
    const at = Date.now();
    this.posted.push(at);
    for (const title of alerts) {
      const list = this.told.get(title) ?? [];
      this.told.set(title, list);
      const isOver = over.includes(title);
      const last = list.at(-1);
      // In a group each is told again with what is new of the others.
      if (last?.isOver === isOver && !IS_GROUPED && !this.#forgotten.delete(title)) {
        const during = this.disturbances.filter(({ from, until }) => from <= at && until >= last.at - DELIVERED_MS).map(({ what }) => what);
        this.doubled.push(`${title} ${isOver ? 'over' : 'firing'}: ${during.join(', ') || 'NO REASON'}`);
      }
      list.push({ at, isOver });
    }
  }

  /** One thing that an app does. */
  async act(): Promise<void> {
    const title = this.random.pick(TITLES);
    const drawn = this.random.below(MEMBERS);
    const by = this.#keeper.get(title) ?? drawn;
    const member = this.members[by] as Member;
    const began = performance.now();
    const what = this.random.below(10);
    if (what < 5) {
      await member.tell('fire', [{ title, severity: 'critical', labels: labelsOf(title) }]);
      this.wanted.set(title, 'firing');
      this.loose.delete(title);
      this.slowestFireMs = Math.max(this.slowestFireMs, performance.now() - began);
    } else if (what < 9) {
      await member.tell('resolve', [{ title, labels: labelsOf(title) }]);
      if (this.wanted.has(title)) this.wanted.set(title, 'over');
      this.slowestResolveMs = Math.max(this.slowestResolveMs, performance.now() - began);
    } else {
      // Without Redis it says that it could not be done.
      await member.tell('acknowledge', { title }).catch(() => {});
      return;
    }
    this.#keeper.set(title, by);
  }

  async actFor(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (Date.now() < until) {
      await this.act();
      await pause(20);
    }
  }

  async trouble([name, begin, end]: Trouble, forMs: number): Promise<void> {
    const disturbance = { what: `Redis ${name}`, from: Date.now(), until: Infinity };
    this.disturbances.push(disturbance);
    await begin(this);
    await this.actFor(forMs);
    await end(this);
    disturbance.until = Date.now();
  }

  async killOne(): Promise<void> {
    const i = this.random.below(MEMBERS);
    const old = this.members[i] as Member;
    this.disturbances.push({ what: 'a process is killed', from: Date.now(), until: Date.now() });
    old.process.signal('SIGKILL');
    await old.process.ended;
    for (const [title, by] of this.#keeper) {
      if (by !== i) continue;
      this.loose.add(title);
      this.#forgotten.add(title);
    }
    this.members[i] = await startMember(script.path, this.#plan);
    this.restarts++;
  }

  /** Times when more was told than the quota allows, while nothing was wrong. */
  overQuota(): number[] {
    const { limit, windowMs } = QUOTA;
    const isHealthy = (from: number, to: number): boolean => !this.disturbances.some(disturbance => disturbance.from <= to && disturbance.until + BOUND_MS >= from);
    return this.posted.filter((at, i) => at - (this.posted[i - limit] ?? -Infinity) < windowMs && isHealthy(at - windowMs, at));
  }

  async states(): Promise<MemberState[]> {
    return Promise.all(this.members.map(member => member.tell<MemberState>('state')));
  }

  /** All that is wrong now. */
  async faults(): Promise<string[]> {
    const states = await this.states();
    const listed = await (this.members[0] as Member).tell<readonly Alert[]>('list', {});
    const wrong = states.flatMap(({ waiting }, i) => (waiting > 0 ? [`${waiting} writes of process ${i} wait`] : []));
    for (const [title, wanted] of this.wanted) {
      if (this.loose.has(title)) continue;
      const status = listed.find(alert => alert.title === title)?.status;
      const isOver = this.told.get(title)?.at(-1)?.isOver;
      if (wanted === 'firing' && status !== 'firing' && status !== 'acknowledged') wrong.push(`${title} fires, and is listed as ${status}`);
      if (wanted === 'over' && status !== 'resolved') wrong.push(`${title} is over, and is listed as ${status}`);
      if (wanted === 'firing' && isOver !== false) wrong.push(`${title} fires, and ${isOver === undefined ? 'nobody was told' : 'was last told to be over'}`);
      if (wanted === 'over' && isOver === false) wrong.push(`${title} is over, and was last told to fire`);
    }
    return wrong;
  }

  async settle(): Promise<number> {
    const began = performance.now();
    await vi.waitFor(async () => {
      expect(await this.faults()).toEqual([]);
    }, { timeout: BOUND_MS, interval: 100 });
    this.#keeper.clear();
    return performance.now() - began;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.admin.disconnect();
    await Promise.all(this.members.map(member => member[Symbol.asyncDispose]()));
    await this.redis.stop();
  }
}

describe.skipIf(program === undefined)('whatever happens to Redis and the processes', () => {
  test(`each alert is told, and its end to those who were told (seed ${SEED})`, { timeout: 60_000 + ROUNDS * 60_000 }, async () => {
    await using run = await Run.start();
    let most = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const trouble = run.random.pick(TROUBLES);
      const forMs = run.random.pick([500, 2_000, ROUNDS > 2 ? 7_000 : 3_000, ROUNDS > 2 ? 13_000 : 1_000]);
      await run.actFor(500);
      await run.trouble(trouble, forMs);
      if (run.random.below(2) === 0) await run.killOne();
      const ms = await run.settle();
      most = Math.max(most, ms);
      if (ROUNDS > 2) {
        const states = await run.states();
        console.log(`${round} Redis ${trouble[0]} for ${forMs}: settled in ${ms.toFixed()} ms; doubled ${run.doubled.length}; heap ${states.map(({ heapBytes }) => (heapBytes / 1e6).toFixed()).join('/')} MB; stall ${Math.max(...states.map(({ longestStallMs }) => longestStallMs)).toFixed()} ms; fire ${run.slowestFireMs.toFixed()} ms; resolve ${run.slowestResolveMs.toFixed()} ms`);
        for (const each of run.doubled.splice(0)) console.log(`   twice: ${each}`);
      }
    }
    const states = await run.states();
    expect(states.flatMap(({ uncaught }) => uncaught)).toEqual([]);
    expect(run.slowestFireMs).toBeLessThan(FIRE_MS);
    if (IS_GROUPED) expect(run.overQuota()).toEqual([]);
    expect(run.doubled.filter(each => each.endsWith('NO REASON'))).toEqual([]);
  });
});
