import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createVirtualClock } from '../../../src/alerting/testing/index.js';

const DAY_MS = 86_400_000;

afterEach(() => void vi.useRealTimers());

test('it stands still until it is moved on, at the same time in each run', async () => {
  const clock = createVirtualClock();
  expect([new Date(clock.now()).toISOString(), clock.monotonic()]).toEqual(['2026-01-05T09:00:00.000Z', 0]);
  await clock.advance('1h30m');
  expect([new Date(clock.now()).toISOString(), clock.monotonic()]).toEqual(['2026-01-05T10:30:00.000Z', 5_400_000]);
});

test.each([[new Date('2026-11-22T12:00:00Z')], ['2026-11-22T12:00:00Z'], [Date.UTC(2026, 10, 22, 12)]])('it starts at %j', start => {
  expect(createVirtualClock(start).now()).toBe(Date.UTC(2026, 10, 22, 12));
});

test('timers run in the order of their times, and those of one time as they were set', async () => {
  const clock = createVirtualClock(0);
  const ran: string[] = [];
  for (const [name, delay] of [['c', 300], ['a1', 100], ['b', 200], ['a2', 100], ['a3', 100], ['never', Infinity]] as const) clock.schedule(() => ran.push(`${name} at ${clock.now()}`), delay);
  await clock.advance(250);
  expect(ran).toEqual(['a1 at 100', 'a2 at 100', 'a3 at 100', 'b at 200']);
  expect([clock.now(), clock.waiting]).toEqual([250, 2]);
  await clock.advance('365d');
  expect(ran.at(-1)).toBe('c at 300');
  expect(clock.waiting).toBe(1);
});

test('a timer that is cancelled does not run, not even by another one of its time, and is cancelled once', async () => {
  const clock = createVirtualClock();
  const ran: string[] = [];
  const cancels = ['a', 'b', 'c'].map(name => clock.schedule(() => {
    ran.push(name);
    cancels[1]?.();
  }, 100));
  await clock.advance(100);
  cancels.forEach(cancel => {
    cancel();
  });
  expect([ran, clock.waiting]).toEqual([['a', 'c'], 0]);
});

test('a timer set by a timer runs in its turn, without a delay still at the same time', async () => {
  const clock = createVirtualClock(0);
  const ran: string[] = [];
  const run = (name: string) => (): void => void ran.push(`${name} at ${clock.now()}`);
  clock.schedule(() => {
    clock.schedule(run('later'), 50);
    clock.schedule(run('at once'), 0);
    clock.schedule(run('in the past'), -5);
    clock.schedule(run('no number'), NaN);
  }, 100);
  clock.schedule(run('other'), 120);
  await clock.advance(150);
  expect(ran).toEqual(['at once at 100', 'in the past at 100', 'no number at 100', 'other at 120', 'later at 150']);
});

describe('between two timers everything that needs no time comes to its end', () => {
  test.each([1, 10, 10_000])('a chain of %i promises', async depth => {
    const clock = createVirtualClock(0);
    const ran: string[] = [];
    const chain = async (): Promise<void> => {
      for (let i = 0; i < depth; i++) await Promise.resolve();
      ran.push(`chain at ${clock.now()}`);
      clock.schedule(() => ran.push(`set by the chain at ${clock.now()}`), 1);
    };
    clock.schedule(() => void chain(), 10);
    clock.schedule(() => ran.push('next'), 12);
    await clock.advance(20);
    expect(ran).toEqual(['chain at 10', 'set by the chain at 11', 'next']);
  });

  test('what was begun before, and ticks and immediates in turn with promises', async () => {
    const clock = createVirtualClock(0);
    const ran: string[] = [];
    const work = async (name: string): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        await new Promise<void>(resolve => process.nextTick(resolve));
        await nextTurn();
      }
      ran.push(`${name} at ${clock.now()}`);
    };
    void work('before');
    clock.schedule(() => void work('begun'), 10);
    clock.schedule(() => ran.push('next'), 10);
    await clock.advance(10);
    expect(ran).toEqual(['before at 0', 'begun at 10', 'next']);
  });

  test('files that are written and read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-clock-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const clock = createVirtualClock(0);
    let read: string | undefined;
    const work = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await writeFile(join(folder, String(i)), 'x'.repeat(100_000));
      read = `${(await readFile(join(folder, '4'))).length} bytes at ${clock.now()}`;
    };
    clock.schedule(() => void work(), 10);
    await clock.advance(20);
    expect(read).toBe('100000 bytes at 10');
  });

  test('unless it never ends: then the clock moves on nevertheless', async () => {
    const clock = createVirtualClock(0);
    let isOver = false;
    const poll = async (): Promise<void> => {
      while (!isOver) await nextTurn();
    };
    const polling = poll();
    const ran: number[] = [];
    for (let i = 1; i <= 100; i++) clock.schedule(() => ran.push(clock.now()), i);
    await clock.advance(100);
    expect(ran).toHaveLength(100);
    isOver = true;
    await polling;
  });
});

test('of two calls the second begins when the first has ended, and a timer may call too', async () => {
  const clock = createVirtualClock(0);
  const ran: string[] = [];
  let inner: Promise<void> | undefined;
  clock.schedule(() => {
    inner = clock.advance(5).then(() => void ran.push(`by a timer: ${clock.now()}`));
  }, 10);
  await Promise.all([clock.advance(100).then(() => ran.push(`first: ${clock.now()}`)), clock.advance(100).then(() => ran.push(`second: ${clock.now()}`))]);
  await inner;
  expect(ran).toEqual(['first: 100', 'second: 200', 'by a timer: 205']);
});

test('what a timer throws reaches the test; the clock stands where that was, and can go on', async () => {
  const clock = createVirtualClock(0);
  clock.schedule(() => {
    throw new Error('broken');
  }, 10);
  const later = vi.fn();
  clock.schedule(later, 20);
  await expect(clock.advance(30)).rejects.toThrow('broken');
  expect([clock.now(), later.mock.calls.length, clock.waiting]).toEqual([10, 0, 1]);
  await clock.advance(30);
  expect([clock.now(), later.mock.calls.length]).toEqual([40, 1]);
});

test('a timer that sets itself without a delay for ever is named as such', async () => {
  const clock = createVirtualClock(0);
  const again = (): void => void clock.schedule(again, 0);
  // Many at once: one alone would take a turn of the event loop for each.
  clock.schedule(() => {
    for (let i = 0; i < 100_001; i++) clock.schedule(() => {}, 0);
    again();
  }, 10);
  await expect(clock.advance(20)).rejects.toThrow(expect.objectContaining({ code: 'SIGHTLINE_ENDLESS_TIMERS' }));
  expect(clock.now()).toBe(10);
});

test('ten thousand timers of one time, and ten thousand over a day, run all in order', async () => {
  const clock = createVirtualClock(0);
  const ran: number[] = [];
  const cancels = Array.from({ length: 20_000 }, (_, i) => clock.schedule(() => ran.push(i), DAY_MS));
  cancels.forEach((cancel, i) => {
    if (i % 2 === 1) cancel();
  });
  for (let i = 0; i < 10_000; i++) clock.schedule(() => ran.push(-clock.now()), (i * 7_919) % DAY_MS);
  await clock.advance('1d');
  expect([ran.length, clock.waiting]).toEqual([20_000, 0]);
  const spread = ran.slice(0, 10_000);
  expect(spread).toEqual([...spread].sort((a, b) => b - a));
  expect(ran.slice(10_000)).toEqual(Array.from({ length: 10_000 }, (_, i) => 2 * i));
});

test.each(['vi.useFakeTimers()', 'of all that it can fake'])('fake timers of the test runner change nothing: %s', async how => {
  const everything = ['queueMicrotask', 'setImmediate', 'setTimeout', 'setInterval', 'Date', 'performance', 'hrtime'] as const;
  vi.useFakeTimers(how === 'vi.useFakeTimers()' ? undefined : { toFake: [...everything] });
  const clock = createVirtualClock(0);
  const ran: string[] = [];
  clock.schedule(() => void Promise.resolve().then(() => ran.push(`at ${clock.now()}`)), 10);
  await clock.advance('1h');
  expect([ran, clock.now()]).toEqual([['at 10'], 3_600_000]);
});

test.each([['5 minutes'], [-1], [NaN], [Infinity], ['']])('%j is refused as a time to move on by', async duration => {
  const clock = createVirtualClock(0);
  await expect(clock.advance(duration)).rejects.toThrow(expect.objectContaining({ option: 'advance' }));
  expect(clock.now()).toBe(0);
});

test.each([['yesterday'], [NaN], [new Date('x')]])('%j is refused as a start', start => {
  expect(() => createVirtualClock(start)).toThrow(expect.objectContaining({ option: 'start' }));
});
