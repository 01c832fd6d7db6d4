import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { APIPromise, Bluebird, createPrismaPromise, QueryBuilder } from './promise-models.js';
import { callContext, recorder } from './recorder.js';

/** What the process tells of rejections that nobody handled, while a test runs; vitest's own listeners rest. */
let unhandled: unknown[];
let listeners: NodeJS.UnhandledRejectionListener[];
const note = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled = [];
  listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
});
afterEach(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

describe('a promise', () => {
  test('ends the observation when it fulfils', async () => {
    const { instrument, events } = recorder();
    const { promise, resolve } = deferred<string>();
    const result = instrument(() => promise)();
    await nextTurn();
    expect(events).toEqual(['begin']);

    resolve('done');
    expect(await result).toBe('done');
    expect(events).toEqual(['begin', 'succeed done']);
  });

  test('ends it when it rejects, and the caller gets the very same error', async () => {
    const { instrument, ends } = recorder();
    const error = new Error('no');
    const result = instrument(async () => Promise.reject(error))();

    expect(await result.catch((caught: unknown) => caught)).toBe(error);
    expect(ends).toEqual([{ how: 'fail', value: error }]);
    expect(unhandled).toEqual([]);
  });

  test('that rejects with undefined does so still', async () => {
    const { instrument, ends } = recorder();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const rejected = instrument(() => Promise.reject(undefined))();

    expect(await rejected.then(() => 'fulfilled', (error: unknown) => [error])).toEqual([undefined]);
    expect(ends).toEqual([{ how: 'fail', value: undefined }]);
  });

  test('whose rejection nobody handles is reported once, with its own error', async () => {
    const { instrument } = recorder();
    const error = new Error('nobody cares');
    void instrument(async () => Promise.reject(error))();
    await nextTurn();
    await nextTurn();

    expect(unhandled).toEqual([error]);
  });

  test('is one, so that await, all and race take it', async () => {
    const { instrument } = recorder();
    const load = instrument(async (n: number) => n);
    const result = load(1);

    expect(Object.getPrototypeOf(result)).toBe(Promise.prototype);
    expect(await Promise.all([result, load(2)])).toEqual([1, 2]);
    expect(await Promise.race([load(3)])).toBe(3);
    expect(await Promise.allSettled([load(4)])).toEqual([{ status: 'fulfilled', value: 4 }]);
  });

  test('runs in the context of its observation to its end, and the caller goes on in its own', async () => {
    const { instrument } = recorder('inside');
    const seen: unknown[] = [];
    await callContext.run('outside', async () => {
      await instrument(async () => {
        await nextTurn();
        seen.push(callContext.getStore());
      })();
      seen.push(callContext.getStore());
    });

    expect(seen).toEqual(['inside', 'outside']);
  });

  test('of another realm counts when it settles', async () => {
    const { instrument, events } = recorder();
    const foreign = runInNewContext('(async () => "far")') as () => Promise<string>;

    expect(await instrument(foreign)()).toBe('far');
    expect(events).toEqual(['begin', 'succeed far']);
  });

  test('counts each time it is returned', async () => {
    const { instrument, events } = recorder();
    const kept = Promise.resolve(1);
    const load = instrument(() => kept);
    await Promise.all([load(), load()]);

    expect(events).toEqual(['begin', 'begin', 'succeed 1', 'succeed 1']);
  });
});

describe('a promise of a subclass', () => {
  class Cancellable<T> extends Promise<T> {
    cancelled = false;
    cancel(): void {
      this.cancelled = true;
    }
  }

  test('is the very same object, with its own methods', async () => {
    const { instrument, events } = recorder();
    const promise = new Cancellable<number>(resolve => {
      resolve(1);
    });
    const result = instrument(() => promise)();
    result.cancel();

    expect(result).toBe(promise);
    expect(result.cancelled).toBe(true);
    expect(await result).toBe(1);
    expect(events).toEqual(['begin', 'succeed 1']);
  });

  test('still gives promises of its class', async () => {
    const { instrument } = recorder();
    const result = instrument(() => Cancellable.resolve(1) as Cancellable<number>)();

    expect(result.then(n => n + 1)).toBeInstanceOf(Cancellable);
    expect(result.catch(() => 0)).toBeInstanceOf(Cancellable);
    expect(result.finally(() => {})).toBeInstanceOf(Cancellable);
    expect(await result.then(n => n + 1)).toBe(2);
    expect(await Promise.all([result])).toEqual([1]);
  });

  test('shows nothing new to who enumerates it', () => {
    const { instrument } = recorder();
    const result = instrument(() => Cancellable.resolve(1) as Cancellable<number>)();

    expect(Object.keys(result)).toEqual(['cancelled']);
    expect(JSON.stringify(result)).toBe('{"cancelled":false}');
  });

  test.each<[string, (promise: Promise<number>) => Promise<unknown>]>([
    ['then', promise => promise.then(() => {}, () => {})],
    ['catch', promise => promise.catch(() => {})],
    ['finally', promise => promise.finally(() => {}).catch(() => {})],
    ['await', async promise => { try { await promise; } catch { /* as expected */ } }],
  ])('counts a rejection that is met by %s, once', async (_, meet) => {
    const { instrument, ends } = recorder();
    const error = new Error('no');
    const result = instrument(() => Cancellable.reject<number>(error) as Cancellable<number>)();
    await meet(result);
    await meet(result);

    expect(ends).toEqual([{ how: 'fail', value: error }]);
    expect(unhandled).toEqual([]);
  });

  test('whose rejection nobody handles is reported as without us', async () => {
    const { instrument } = recorder();
    const error = new Error('nobody cares');
    void instrument(() => Cancellable.reject(error) as Cancellable<number>)();
    await nextTurn();
    await nextTurn();

    expect(unhandled).toEqual([error]);
  });

  test('awaited twice counts once', async () => {
    const { instrument, events } = recorder();
    const result = instrument(() => Cancellable.resolve('a') as Cancellable<string>)();

    expect([await result, await result]).toEqual(['a', 'a']);
    expect(events).toEqual(['begin', 'succeed a']);
  });
});

describe("a promise like Prisma's", () => {
  const setUp = (context?: string) => {
    const record = recorder(context);
    let runs = 0;
    const find = record.instrument((result: string | Error) =>
      createPrismaPromise(async () => {
        runs++;
        await nextTurn();
        if (result instanceof Error) throw result;
        return [result, callContext.getStore()].filter(Boolean).join(' ');
      }),
    );
    return { ...record, find, runs: () => runs };
  };

  test('that nobody awaits never runs, and so never counts', async () => {
    const { find, events, runs } = setUp();
    void find('ada');
    await nextTurn();

    expect(runs()).toBe(0);
    expect(events).toEqual(['begin']);
  });

  test('runs when it is awaited; the clock starts there', async () => {
    const { find, events, runs } = setUp();
    const query = find('ada');
    expect(events).toEqual(['begin']);

    expect(await query).toBe('ada');
    expect(events).toEqual(['begin', 'restart', 'succeed ada']);
    expect(runs()).toBe(1);
  });

  test('awaited twice runs and counts once', async () => {
    const { find, events, runs } = setUp();
    const query = find('ada');
    expect([await query, await query]).toEqual(['ada', 'ada']);

    expect(runs()).toBe(1);
    expect(events).toEqual(['begin', 'restart', 'succeed ada']);
  });

  test('runs in the context of the call, and its handlers in the context of the caller', async () => {
    const { find } = setUp('inside');
    const caller = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    await caller.run('caller', () =>
      find('ada').then(value => {
        seen.push(value, caller.getStore(), callContext.getStore());
      }),
    );

    expect(seen).toEqual(['ada inside', 'caller', undefined]);
  });

  test.each<[string, (query: Promise<string>) => Promise<unknown>, unknown]>([
    ['then', query => query.then(value => `${value}!`), 'ada!'],
    ['then without handlers', query => query.then(), 'ada'],
    ['catch', query => query.catch(() => 'caught'), 'ada'],
    ['finally', query => query.finally(() => 'ignored'), 'ada'],
    ['Promise.all', query => Promise.all([query]), ['ada']],
  ])('counts by %s', async (_, use, value) => {
    const { find, events, runs } = setUp();

    expect(await use(find('ada'))).toEqual(value);
    expect(events).toEqual(['begin', 'restart', 'succeed ada']);
    expect(runs()).toBe(1);
  });

  test.each<[string, (query: Promise<string>) => Promise<unknown>]>([
    ['then', query => query.then(() => {}, (error: unknown) => error)],
    ['catch', query => query.catch((error: unknown) => error)],
    ['finally', query => query.finally(() => {}).catch((error: unknown) => error)],
    ['await', async query => { try { return await query; } catch (error) { return error; } }],
  ])('gives the very same error by %s', async (_, use) => {
    const { find, ends } = setUp();
    const error = new Error('no');

    expect(await use(find(error))).toBe(error);
    expect(ends).toEqual([{ how: 'fail', value: error }]);
    expect(unhandled).toEqual([]);
  });

  test('keeps what else it can do', async () => {
    const { find } = setUp();
    const query = find('ada');

    expect(Object.prototype.toString.call(query)).toBe('[object PrismaPromise]');
    expect(await query.requestTransaction()).toBe('ada');
  });

  test('whose query throws at once counts as failed', async () => {
    const { instrument, ends } = recorder();
    const error = new Error('bad arguments');
    const find = instrument(() =>
      createPrismaPromise(() => {
        throw error;
      }),
    );

    await expect(find()).rejects.toBe(error);
    expect(ends).toEqual([{ how: 'fail', value: error }]);
  });
});

describe("a promise like OpenAI's", () => {
  const setUp = (response: Promise<{ body: string }>) => {
    const record = recorder('inside');
    let parses = 0;
    const parse = ({ body }: { body: string }): unknown => {
      parses++;
      return JSON.parse(body);
    };
    return { ...record, create: record.instrument(() => new APIPromise(response, parse)), parses: () => parses };
  };

  test('keeps its class and methods, and is parsed only when it is wanted', async () => {
    const { create, events, parses } = setUp(Promise.resolve({ body: '{"id":1}' }));
    const result = create();
    expect(result).toBeInstanceOf(APIPromise);
    expect(await result.asResponse()).toEqual({ body: '{"id":1}' });
    expect(parses()).toBe(0);
    expect(events).toEqual(['begin']);

    expect(await result).toEqual({ id: 1 });
    expect([await result, parses()]).toEqual([{ id: 1 }, 1]);
    // The request began with the call, so its time does too.
    expect(events).toEqual(['begin', 'succeed object']);
  });

  test.each<[string, (result: Promise<unknown>) => Promise<unknown>]>([
    ['then', result => result.then(value => value)],
    ['catch', result => result.catch(() => {})],
    ['finally', result => result.finally(() => {})],
  ])('counts by %s', async (_, use) => {
    const { create, events } = setUp(Promise.resolve({ body: '2' }));

    expect(await use(create())).toBe(2);
    expect(events).toEqual(['begin', 'succeed 2']);
  });

  test.each<[string, () => Promise<{ body: string }>, string]>([
    ['the request fails', () => Promise.reject(new Error('429')), '429'],
    ['the answer can not be parsed', () => Promise.resolve({ body: 'oops' }), 'JSON'],
  ])('fails where %s', async (_, request, message) => {
    const { create, ends } = setUp(request());
    const error = await create().catch((caught: unknown) => caught);

    expect(error).toMatchObject({ message: expect.stringContaining(message) });
    expect(ends).toEqual([{ how: 'fail', value: error }]);
  });
});

describe("a builder like Knex's", () => {
  test('can be built on, and runs when it is awaited', async () => {
    const { instrument, events } = recorder('inside');
    const users = instrument(() => new QueryBuilder(async clauses => [clauses.join(' and '), callContext.getStore()]));
    const query = users().where('a = 1').where('b = 2');

    expect(query).toBeInstanceOf(QueryBuilder);
    expect(events).toEqual(['begin']);
    expect(await query).toEqual(['a = 1 and b = 2', 'inside']);
    expect(events).toEqual(['begin', 'restart', 'succeed object']);
  });

  test('runs again at each await, and counts once', async () => {
    let runs = 0;
    const { instrument, events } = recorder();
    const query = instrument(() => new QueryBuilder(async () => ++runs))();

    expect([await query, await query]).toEqual([1, 2]);
    expect(events).toEqual(['begin', 'restart', 'succeed 1']);
  });

  test('counts by catch and finally', async () => {
    const { instrument, events } = recorder();
    const run = instrument(() => new QueryBuilder(async () => 'rows'));

    expect(await run().catch(() => 'caught')).toBe('rows');
    expect(await run().finally(() => {})).toBe('rows');
    expect(events).toEqual(['begin', 'restart', 'succeed rows', 'begin', 'restart', 'succeed rows']);
  });
});

describe("a promise like Bluebird's", () => {
  test('keeps its class through catch and finally', async () => {
    const { instrument, events } = recorder();
    const load = instrument(() => new Bluebird(Promise.resolve(1)));

    expect(await load().catch(() => 0).tap(() => {})).toBe(1);
    expect(await load().finally(() => {}).tap(() => {})).toBe(1);
    expect(events.filter(event => event === 'succeed 1')).toHaveLength(2);
  });
});

describe('any other object with then', () => {
  test('is passed on as it is, and its handlers get its values', async () => {
    const { instrument, events } = recorder();
    const thenable = { then: (onFulfilled: (value: string) => void) => void onFulfilled('now') };
    const result = instrument(() => thenable)();

    expect(result).toBe(thenable);
    expect(await (result as unknown as Promise<string>)).toBe('now');
    expect(events).toEqual(['begin', 'restart', 'succeed now']);
  });

  test('that is frozen stays untouched, and counts when it is returned', async () => {
    const { instrument, events } = recorder();
    const thenable = Object.freeze({ then: (onFulfilled: (value: string) => void) => void onFulfilled('now') });
    const result = instrument(() => thenable)();

    expect(result).toBe(thenable);
    expect(events).toEqual(['begin', 'succeed object']);
    expect(await (result as unknown as Promise<string>)).toBe('now');
    expect(events).toHaveLength(2);
  });

  test('behind a proxy that allows nothing to be defined counts when it is returned', async () => {
    const { instrument, events } = recorder();
    const proxy = new Proxy(createPrismaPromise(async () => 'rows'), {
      defineProperty: () => false,
    });

    expect(instrument(() => proxy)()).toBe(proxy);
    expect(await proxy).toBe('rows');
    expect(events).toEqual(['begin', 'succeed object']);
  });

  test('behind a proxy that hands out bound methods counts when it settles', async () => {
    const { instrument, events } = recorder();
    const proxy = new Proxy(Promise.resolve('rows'), {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });

    expect(instrument(() => proxy)()).toBe(proxy);
    expect(await proxy).toBe('rows');
    expect(events.at(-1)).toBe('succeed rows');
  });

  test('whose then can not be read counts when it is returned', () => {
    const { instrument, events } = recorder();
    let reads = 0;
    const trap = {
      get then(): never {
        reads++;
        throw new Error('hands off');
      },
    };

    expect(instrument(() => trap)()).toBe(trap);
    expect(reads).toBe(1);
    expect(events).toEqual(['begin', 'succeed object']);
  });
});

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}
