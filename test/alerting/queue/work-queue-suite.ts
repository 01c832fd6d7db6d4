import { expect, test } from 'vitest';
import type { WorkQueue } from '../../../src/alerting/queue/work-queue.js';
import { deferred } from '../../support/deferred.js';

/** Queues of one kind of store, and the time that passes for them. */
export interface QueueBench {
  /** A process of its own. It is closed when the test has ended. */
  open(): WorkQueue;
  now(): number;
  /** Lets time pass until something holds. */
  until(condition: () => boolean): Promise<void>;
}

const LAST = 'the last';

/** What each {@link WorkQueue} does. @param bench made anew for each test */
export function workQueueSuite(bench: () => QueueBench | Promise<QueueBench>): void {
  /** A process that keeps what it has done, and when. */
  async function worker(handle: (key: string) => Promise<void> = async () => Promise.resolve(), concurrency?: number) {
    const made = await bench();
    const queue = made.open();
    const done: { readonly key: string; readonly at: number }[] = [];
    queue.process(
      'test',
      async key => {
        done.push({ key, at: made.now() });
        await handle(key);
      },
      concurrency === undefined ? {} : { concurrency },
    );
    return {
      ...made,
      queue,
      done,
      keys: () => done.map(({ key }) => key),
      inMs: (ms: number) => new Date(made.now() + ms),
      schedule: (key: string, at: Date) => queue.schedule({ kind: 'test', key }, at),
    };
  }

  test('work is done at its time, not before, the earliest first', async () => {
    const { schedule, inMs, done, keys, until } = await worker();
    const times: Readonly<Record<string, Date>> = { third: inMs(900), first: inMs(300), second: inMs(600) };
    for (const [key, at] of Object.entries(times)) await schedule(key, at);
    await until(() => done.length === 3);
    expect(keys()).toEqual(['first', 'second', 'third']);
    for (const { key, at } of done) expect(at).toBeGreaterThanOrEqual(times[key]?.getTime() ?? Infinity);
  });

  test('what was due long ago is done at once', async () => {
    const { schedule, inMs, keys, until, now } = await worker();
    const began = now();
    await schedule('late', inMs(-3_600_000));
    await until(() => keys().length === 1);
    expect(now() - began).toBeLessThan(3_000);
  });

  test('the same work is done once, and at another time once more', async () => {
    const { schedule, inMs, keys, until } = await worker();
    const at = inMs(300);
    for (let i = 0; i < 3; i++) await schedule('a', at);
    await schedule('a', new Date(at.getTime() + 1));
    await until(() => keys().length === 2);
    await schedule(LAST, inMs(600));
    await until(() => keys().includes(LAST));
    expect(keys()).toEqual(['a', 'a', LAST]);
  });

  test('work that is done can be scheduled anew, for the same time, too', async () => {
    const { schedule, inMs, keys, until } = await worker();
    const at = inMs(0);
    await schedule('a', at);
    await until(() => keys().length === 1);
    // For as long as it is under way it is one.
    for (let i = 0; keys().filter(key => key === 'a').length < 2; i++) {
      await schedule('a', at);
      await schedule(`other ${i}`, inMs(0));
      await until(() => keys().includes(`other ${i}`));
    }
  });

  test('work of a kind waits for somebody who does it', async () => {
    const { schedule, queue, inMs, until, keys } = await worker();
    const late: string[] = [];
    await queue.schedule({ kind: 'other', key: 'a' }, inMs(0));
    await schedule(LAST, inMs(300));
    await until(() => keys().includes(LAST));
    queue.process('other', async key => {
      late.push(key);
      return Promise.resolve();
    });
    await until(() => late.length > 0);
    expect(late).toEqual(['a']);
    expect(keys()).toEqual([LAST]);
  });

  test('what fails is tried again after a while, longer each time, and keeps nothing else waiting', async () => {
    let failures = 0;
    const { schedule, inMs, done, keys, until } = await worker(async key => {
      if (key === 'bad' && failures++ < 2) throw new Error('not yet');
      return Promise.resolve();
    });
    await schedule('bad', inMs(0));
    await schedule('good', inMs(100));
    await until(() => keys().filter(key => key === 'bad').length === 3);
    expect(keys().slice(0, 2)).toEqual(['bad', 'good']);
    const [first = 0, second = 0, third = 0] = done.filter(({ key }) => key === 'bad').map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(third - second).toBeGreaterThanOrEqual(1_000);
  });

  test('of one key one is under way at a time, of different keys several', async () => {
    const gate = deferred<void>();
    let most = 0;
    const underWay = new Map<string, number>();
    const { schedule, inMs, keys, until } = await worker(async key => {
      underWay.set(key, (underWay.get(key) ?? 0) + 1);
      most = Math.max(most, ...underWay.values());
      if (key === 'slow') await gate.promise;
      underWay.set(key, (underWay.get(key) ?? 0) - 1);
    });
    for (let i = 0; i < 5; i++) await schedule('slow', inMs(i));
    await schedule('quick', inMs(50));
    await until(() => keys().includes('quick'));
    expect(keys()).toEqual(['slow', 'quick']);
    gate.resolve();
    await until(() => keys().length === 6);
    expect(most).toBe(1);
  });

  test('no more than allowed is under way at once', async () => {
    const gate = deferred<void>();
    const { schedule, inMs, keys, until, queue } = await worker(() => gate.promise, 3);
    for (let i = 0; i < 20; i++) await schedule(`${i}`, inMs(0));
    let isOther = false;
    queue.process('other', async () => {
      isOther = true;
      return Promise.resolve();
    });
    await queue.schedule({ kind: 'other', key: '' }, inMs(100));
    await until(() => isOther && keys().length >= 3);
    expect(keys()).toHaveLength(3);
    gate.resolve();
    await until(() => keys().length === 20);
    expect(new Set(keys()).size).toBe(20);
  });

  test('work may schedule what follows it', async () => {
    const { schedule, inMs, keys, until } = await worker(async key => {
      if (key.length < 4) await schedule(`${key}x`, inMs(20));
    });
    await schedule('x', inMs(0));
    await until(() => keys().length === 4);
    expect(keys()).toEqual(['x', 'xx', 'xxx', 'xxxx']);
  });

  test('any text is a key', async () => {
    const { schedule, inMs, keys, until } = await worker();
    const odd = ['', 'a:b:c', '{tag}', '0', '12345', 'line\nbreak', 'ärger 🔥 \u0000', '["json",1]', 'x'.repeat(20_000)];
    for (const [i, key] of odd.entries()) await schedule(key, inMs(300 + i));
    await until(() => keys().length === odd.length);
    expect(keys().sort()).toEqual([...odd].sort());
  });

  test('closed, it waits for what is under way, begins nothing more and takes nothing more', async () => {
    const gate = deferred<void>();
    const follows: string[] = [];
    const { schedule, inMs, keys, until, queue } = await worker(async key => {
      if (key !== 'a') return;
      await gate.promise;
      await schedule('what follows', inMs(3_600_000));
      follows.push('kept');
    });
    await schedule('a', inMs(0));
    await schedule('b', inMs(3_600_000));
    await until(() => keys().length === 1);
    let isClosed = false;
    const closing = queue.close().then(() => {
      isClosed = true;
    });
    gate.resolve();
    await closing;
    expect(isClosed).toBe(true);
    expect(follows).toEqual(['kept']);
    await expect(schedule('c', inMs(0))).rejects.toThrow('The queue is closed');
    await queue.close();
    expect(keys()).toEqual(['a']);
  });

  test('what is asked for wrongly is refused', async () => {
    const { queue, schedule } = await worker();
    await expect(schedule('a', new Date(Number.NaN))).rejects.toThrow('a time that is none');
    expect(() => {
      queue.process('test', async () => Promise.resolve());
    }).toThrow('has a handler for test already');
  });
}
