import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { MemoryWorkQueue } from '../../../src/alerting/queue/memory-work-queue.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { SteppingClock } from '../delivery/stepping-clock.js';
import { workQueueSuite, type QueueBench } from './work-queue-suite.js';

const queues: MemoryWorkQueue[] = [];
afterEach(async () => {
  await Promise.all(queues.splice(0).map(queue => queue.close()));
});

function bench(): Omit<QueueBench, 'open'> & { readonly clock: SteppingClock; readonly open: () => MemoryWorkQueue } {
  const clock = new SteppingClock();
  const diagnostics = new Diagnostics({ warn() {} }, clock);
  return {
    clock,
    now: () => clock.now(),
    open: () => {
      const queue = new MemoryWorkQueue({ clock, diagnostics, random: () => 1 });
      queues.push(queue);
      return queue;
    },
    async until(condition) {
      while (!condition()) {
        await clock.pass(10);
        await nextTurn();
      }
    },
  };
}

describe('in memory', () => {
  workQueueSuite(bench);

  test('nothing is left of what is done, and no timer', async () => {
    const { open, clock, now, until } = bench();
    const queue = open();
    let count = 0;
    queue.process('test', async () => Promise.resolve(void count++));
    for (let i = 0; i < 1_000; i++) await queue.schedule({ kind: 'test', key: `${i % 10}` }, new Date(now() + i));
    await until(() => count === 1_000);
    await nextTurn();
    expect(queue.size).toBe(0);
    expect(clock.waiting).toBe(0);
  });

  test('somebody sets the clock: what is due by then is done within a minute', async () => {
    const { open, clock, now, until } = bench();
    const queue = open();
    let doneAt: number | undefined;
    queue.process('test', async () => Promise.resolve(void (doneAt = clock.monotonic())));
    await queue.schedule({ kind: 'test', key: '' }, new Date(now() + 4 * 3_600_000));
    clock.setBy(5 * 3_600_000);
    await until(() => doneAt !== undefined);
    expect(doneAt).toBeLessThanOrEqual(60_000);
  });

  test('a handler that never ends does not keep it from closing', async () => {
    const { open, clock, now, until } = bench();
    const queue = open();
    let isBegun = false;
    queue.process('test', () => {
      isBegun = true;
      return new Promise(() => {});
    });
    await queue.schedule({ kind: 'test', key: '' }, new Date(now()));
    await until(() => isBegun);
    let isClosed = false;
    void queue.close().then(() => {
      isClosed = true;
    });
    await until(() => isClosed);
    expect(clock.monotonic()).toBeLessThan(10_000);
    expect(clock.waiting).toBe(0);
  });
});
