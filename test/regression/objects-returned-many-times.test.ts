import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { callContext, recorder } from '../core/recorder.js';
import { createPrismaPromise } from '../core/promise-models.js';

// Each call used to wrap the methods of the object once more, or add listeners to it.

class Kept<T> extends Promise<T> {}

describe('an object that is returned many times', () => {
  test('is not wrapped ever deeper', async () => {
    const { instrument, ends } = recorder();
    const promise = new Kept<string>(resolve => {
      resolve('kept');
    });
    const load = instrument(() => promise);
    for (let i = 0; i < 100_000; i++) void load();

    expect(await load()).toBe('kept');
    expect(ends).toHaveLength(100_001);
  });

  test('is not wrapped ever deeper where it is its own iterator', async () => {
    const { instrument, events } = recorder();
    const source = (async function* () {
      yield 1;
    })();
    const shared = instrument(() => ({ [Symbol.asyncIterator]: () => source }))();
    for (let i = 0; i < 100_000; i++) shared[Symbol.asyncIterator]();

    expect(await shared[Symbol.asyncIterator]().next()).toEqual({ value: 1, done: false });
    await source.return(undefined);
    expect(events).toEqual(['begin', 'restart', 'succeed undefined']);
  });

  test('does not gather observations without end where nobody ever uses it', () => {
    const { instrument, ends } = recorder();
    const query = createPrismaPromise(async () => 'rows');
    const find = instrument(() => query);
    for (let i = 0; i < 1_000; i++) void find();

    expect(ends.length).toBeGreaterThanOrEqual(900);
  });

  test('gets no more listeners where it is a stream', () => {
    const { instrument } = recorder();
    const stream = new Readable({ read() {} });
    const open = instrument(() => stream);
    for (let i = 0; i < 50; i++) open();

    expect(stream.listenerCount('close')).toBeLessThanOrEqual(1);
    expect(stream.listenerCount('end')).toBeLessThanOrEqual(1);
  });

  test('ends every call that returned it', async () => {
    const { instrument, events } = recorder();
    const query = createPrismaPromise(async () => 'rows');
    const find = instrument(() => query);
    const [one, other] = [find(), find()];
    await Promise.all([one, other]);

    expect(events).toEqual(['begin', 'begin', 'restart', 'restart', 'succeed rows', 'succeed rows']);
  });

  test('ends each of several instruments, and runs within the contexts of all', async () => {
    const outer = recorder('outer');
    const inner = recorder('inner');
    const find = outer.instrument(inner.instrument(() => createPrismaPromise(async () => callContext.getStore())));

    expect(await find()).toBe('inner');
    expect([outer.ends, inner.ends]).toEqual([[{ how: 'succeed', value: 'inner' }], [{ how: 'succeed', value: 'inner' }]]);
  });

  test('ends at once those who get it when it is over', async () => {
    const { instrument, ends } = recorder();
    const stream = Readable.from(['a']);
    const open = instrument(() => stream);
    for await (const chunk of open()) expect(chunk).toBe('a');
    open();

    expect(ends).toHaveLength(2);
  });
});
