// A process of its own for work-queue.processes.test.ts: does work, writes into a list in Redis what it has begun and
// what it has done, and prints it. Its work may go on for ever, and it may end when it has nothing else to do.
import { Redis } from 'ioredis';
import { BullWorkQueue } from '../../../../src/alerting/queue/bull-work-queue.js';
import { systemClock } from '../../../../src/core/clock.js';
import { Diagnostics } from '../../../../src/core/diagnostics.js';
import { connectRedis } from '../../../../src/core/redis.js';

export interface Plan {
  readonly url: string;
  readonly name: string;
  /** What it schedules, and in how many milliseconds. */
  readonly schedule?: { readonly count: number; readonly at: number };
  /** Whether the work it begins never ends. */
  readonly hangs?: boolean;
  /** Whether it does nothing before it gets the signal SIGUSR2. */
  readonly waits?: boolean;
  /** Whether it stays, or ends when nothing keeps it. */
  readonly stays?: boolean;
}

const { url, name, schedule, hangs = false, waits = false, stays = false } = JSON.parse(process.argv[2] ?? '') as Plan;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const diagnostics = new Diagnostics({ warn: say }, systemClock);
const connection = connectRedis(url, { diagnostics, neededFor: '`redis`' });
const queue = new BullWorkQueue({ redis: connection, clock: systemClock, diagnostics, lockMs: 900, lookMs: 20 });
const results = stays ? new Redis(url) : undefined;
const begin = (): void => {
  queue.process('test', async key => {
    say(`${name} begins ${key}`);
    if (hangs) await new Promise(() => {});
    await results?.rpush('done', `${key} by ${name}`);
  });
};
if (waits) process.once('SIGUSR2', begin);
else begin();
if (schedule !== undefined) {
  const { count, at } = schedule;
  await Promise.all(Array.from({ length: count }, (_, i) => queue.schedule({ kind: 'test', key: `${i}` }, new Date(at))));
}
say(`${name} is ready`);
