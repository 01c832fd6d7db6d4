import { EventEmitter, on } from 'node:events';
import { describe, expect, test } from 'vitest';
import { callContext, recorder } from './recorder.js';

describe('a generator', () => {
  test('counts from its first step to its end, with what it returns', () => {
    const { instrument, events } = recorder();
    const numbers = instrument(function* () {
      yield 1;
      yield 2;
      return 'end';
    })();
    expect(events).toEqual(['begin']);

    expect(numbers.next()).toEqual({ value: 1, done: false });
    expect(events).toEqual(['begin', 'restart']);
    expect([...numbers]).toEqual([2]);
    expect(events).toEqual(['begin', 'restart', 'succeed end']);
    expect(numbers.next()).toEqual({ value: undefined, done: true });
    expect(events).toHaveLength(3);
  });

  test('that is never asked never counts', () => {
    const { instrument, events } = recorder();
    instrument(function* () {
      yield 1;
    })();

    expect(events).toEqual(['begin']);
  });

  test('ends by break, once, after its own clean-up', () => {
    const { instrument, events } = recorder();
    const cleaned: string[] = [];
    const numbers = instrument(function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        cleaned.push('cleaned');
      }
    });
    for (const number of numbers()) {
      expect(number).toBe(1);
      break;
    }

    expect(cleaned).toEqual(['cleaned']);
    expect(events).toEqual(['begin', 'restart', 'succeed undefined']);
  });

  test('ends by return, also before its first step', () => {
    const { instrument, events } = recorder();
    const generator = instrument(function* (): Generator<number, string> {
      yield 1;
      return 'late';
    })();

    expect(generator.return('early')).toEqual({ value: 'early', done: true });
    expect(events).toEqual(['begin', 'restart', 'succeed early']);
  });

  test('that throws fails with the very same error', () => {
    const { instrument, ends } = recorder();
    const error = new Error('no');
    const generator = instrument(function* () {
      yield 1;
      throw error;
    })();
    generator.next();

    expect(() => generator.next()).toThrow(error);
    expect(ends).toEqual([{ how: 'fail', value: error }]);
  });

  test('that is thrown into fails where it does not catch it, and goes on where it does', () => {
    const { instrument, ends } = recorder();
    const deaf = instrument(function* () {
      yield 1;
    })();
    deaf.next();
    const error = new Error('stop');
    expect(() => deaf.throw(error)).toThrow(error);
    expect(ends).toEqual([{ how: 'fail', value: error }]);

    const listening = instrument(function* () {
      try {
        yield 1;
      } catch {
        yield 'caught';
      }
    })();
    listening.next();
    expect(listening.throw(error)).toEqual({ value: 'caught', done: false });
    expect(ends).toHaveLength(1);
    listening.next();
    expect(ends).toHaveLength(2);
  });

  test('receives what is sent to it, and delegates', () => {
    const { instrument, events } = recorder();
    const echo = instrument(function* (): Generator<string, string, string> {
      return yield `got ${yield 'ready'}`;
    });
    const outer = (function* (): Generator<string, string, string> {
      return yield* echo();
    })();

    expect([outer.next('').value, outer.next('a').value, outer.next('b')]).toEqual(['ready', 'got a', { value: 'b', done: true }]);
    expect(events.at(-1)).toBe('succeed b');
  });

  test('runs each step in the context of its call, and its caller in its own', () => {
    const { instrument } = recorder('inside');
    const contexts = instrument(function* () {
      yield callContext.getStore();
      yield callContext.getStore();
    });
    const seen: unknown[] = [];
    callContext.run('outside', () => {
      for (const context of contexts()) seen.push(context, callContext.getStore());
    });

    expect(seen).toEqual(['inside', 'outside', 'inside', 'outside']);
  });

  test('is still one', () => {
    const { instrument } = recorder();
    const generator = instrument(function* () {
      yield 1;
    })();

    expect(Object.prototype.toString.call(generator)).toBe('[object Generator]');
    expect(generator[Symbol.iterator]()).toBe(generator);
    expect(Object.keys(generator)).toEqual([]);
  });

  test('that is frozen counts when it is returned', () => {
    const { instrument, events } = recorder();
    const generator = instrument(() =>
      Object.freeze(
        (function* () {
          yield 1;
        })(),
      ),
    )();

    expect([...generator]).toEqual([1]);
    expect(events).toEqual(['begin', 'succeed object']);
  });
});

describe('an async generator', () => {
  test('counts from its first step to its end', async () => {
    const { instrument, events } = recorder();
    const numbers = instrument(async function* () {
      yield 1;
      yield 2;
    })();
    expect(events).toEqual(['begin']);
    const seen = [];
    for await (const number of numbers) seen.push(number);

    expect(seen).toEqual([1, 2]);
    expect(events).toEqual(['begin', 'restart', 'succeed undefined']);
  });

  test('ends by break, once, after its own clean-up', async () => {
    const { instrument, events } = recorder();
    const cleaned: string[] = [];
    const numbers = instrument(async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        await Promise.resolve();
        cleaned.push('cleaned');
      }
    });
    for await (const number of numbers()) {
      expect(number).toBe(1);
      break;
    }

    expect(cleaned).toEqual(['cleaned']);
    expect(events).toEqual(['begin', 'restart', 'succeed undefined']);
  });

  test('that rejects fails with the very same error', async () => {
    const { instrument, ends } = recorder();
    const error = new Error('no');
    const generator = instrument(async function* () {
      yield 1;
      throw error;
    })();
    await generator.next();

    await expect(generator.next()).rejects.toBe(error);
    expect(ends).toEqual([{ how: 'fail', value: error }]);
    expect(await generator.next()).toEqual({ value: undefined, done: true });
  });

  test('is still one: what is asked ahead comes in order', async () => {
    const { instrument, events } = recorder();
    const numbers = instrument(async function* () {
      yield 1;
      yield 2;
    })();
    const steps = [numbers.next(), numbers.next(), numbers.next()];

    expect(await Promise.all(steps)).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
      { value: undefined, done: true },
    ]);
    expect(events).toEqual(['begin', 'restart', 'succeed undefined']);
    expect(Object.prototype.toString.call(numbers)).toBe('[object AsyncGenerator]');
  });

  test('runs each step in the context of its call, also after it awaited', async () => {
    const { instrument } = recorder('inside');
    const contexts = instrument(async function* () {
      yield callContext.getStore();
      await Promise.resolve();
      yield callContext.getStore();
    });
    const seen: unknown[] = [];
    await callContext.run('outside', async () => {
      for await (const context of contexts()) seen.push(context, callContext.getStore());
    });

    expect(seen).toEqual(['inside', 'outside', 'inside', 'outside']);
  });
});

describe('another async iterable', () => {
  /** As drivers' cursors are: an object whose iterator is another one. */
  class Cursor {
    closed = false;
    readonly #rows: readonly number[];
    constructor(rows: readonly number[]) {
      this.#rows = rows;
    }
    [Symbol.asyncIterator](): AsyncIterator<number, string> {
      const rows = this.#rows.values();
      return {
        next: async () => {
          const row = rows.next();
          return row.done ? { done: true, value: 'end' } : row;
        },
        return: async () => {
          this.closed = true;
          return { done: true, value: 'closed' };
        },
      };
    }
  }

  test('is the very same object, and counts while it is iterated', async () => {
    const { instrument, events } = recorder();
    const cursor = new Cursor([1, 2]);
    const result = instrument(() => cursor)();
    expect(result).toBe(cursor);
    expect(events).toEqual(['begin']);
    const rows = [];
    for await (const row of result) rows.push(row);

    expect(rows).toEqual([1, 2]);
    expect(events).toEqual(['begin', 'restart', 'succeed end']);
    expect(Object.keys(cursor)).toEqual(['closed']);
  });

  test('ends by break, and is closed as without us', async () => {
    const { instrument, events } = recorder();
    const cursor = instrument(() => new Cursor([1, 2]))();
    for await (const row of cursor) if (row === 1) break;

    expect(cursor.closed).toBe(true);
    expect(events).toEqual(['begin', 'restart', 'succeed closed']);
  });

  test('iterated twice counts once', async () => {
    const { instrument, events } = recorder();
    const cursor = instrument(() => new Cursor([1]))();
    for (let i = 0; i < 2; i++) for await (const row of cursor) expect(row).toBe(1);

    expect(events).toEqual(['begin', 'restart', 'succeed end']);
  });

  test('that throws as its iterator is made does so still', async () => {
    const { instrument, events } = recorder();
    const error = new Error('connection lost');
    const broken = { [Symbol.asyncIterator](): AsyncIterator<number> { throw error; } };

    await expect(async () => {
      for await (const item of instrument(() => broken)()) throw new Error(`unreachable: ${item}`);
    }).rejects.toBe(error);
    expect(events).toEqual(['begin', 'restart', 'fail connection lost']);
  });

  test('whose iterator is no object fails as without us', async () => {
    const { instrument } = recorder();
    const broken = { [Symbol.asyncIterator]: () => 7 } as unknown as AsyncIterable<number>;

    await expect(async () => {
      for await (const item of instrument(() => broken)()) throw new Error(`unreachable: ${item}`);
    }).rejects.toThrow(/not an object/);
  });

  test('that is its own iterator: the events of an emitter', async () => {
    const { instrument, events } = recorder();
    const emitter = new EventEmitter();
    const messages = instrument(() => on(emitter, 'message'))();
    emitter.emit('message', 1);
    emitter.emit('message', 2);
    const seen: unknown[] = [];
    for await (const [message] of messages as AsyncIterable<unknown[]>) {
      seen.push(message);
      if (message === 2) break;
    }

    expect(seen).toEqual([1, 2]);
    expect(events).toEqual(['begin', 'restart', 'succeed undefined']);
    expect(emitter.listenerCount('message')).toBe(0);
  });
});

test('an iterator that is no generator counts when it is returned', () => {
  const { instrument, events } = recorder();
  const values = instrument(() => [1, 2].values())();

  expect(events).toEqual(['begin', 'succeed object']);
  expect([...values]).toEqual([1, 2]);
});
