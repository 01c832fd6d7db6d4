import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { recorder } from '../core/recorder.js';
import { Bluebird, createPrismaPromise } from '../core/promise-models.js';

describe('the caller of an instrumented function', () => {
  test('finds what the function put on its promise', async () => {
    const { instrument } = recorder();
    const load = instrument(() => Object.assign(Promise.resolve(1), { cancel: () => 'cancelled' }));
    const promise = load();

    expect(promise.cancel()).toBe('cancelled');
    expect(await promise).toBe(1);
  });

  test('may catch by class of error', async () => {
    const { instrument, ends } = recorder();
    const error = new RangeError('too far');
    const load = instrument(() => new Bluebird(Promise.reject(error)));

    expect(await load().catch(RangeError, () => 'caught')).toBe('caught');
    await expect(load().catch(TypeError, () => 'caught')).rejects.toBe(error);
    expect(ends).toEqual([{ how: 'fail', value: error }, { how: 'fail', value: error }]);
  });

  test("goes on with a promise of its library's class after finally", async () => {
    const { instrument } = recorder();
    const result = instrument(() => new Bluebird(Promise.resolve(1)))().finally(() => {});

    expect(result).toBeInstanceOf(Bluebird);
    expect(await result.tap(() => {})).toBe(1);
  });

  test('has its own catch and finally called', async () => {
    const { instrument, events } = recorder();
    const seen: string[] = [];
    class Logged<T> extends Promise<T> {
      override catch<R>(onRejected?: ((error: unknown) => R | PromiseLike<R>) | null): Promise<T | R> {
        seen.push('catch');
        return super.catch(onRejected);
      }
    }
    const load = instrument(() => Logged.reject<number>(new Error('no')));

    expect(await load().catch(() => 0)).toBe(0);
    expect(seen).toEqual(['catch']);
    expect(events).toEqual(['begin', 'fail no']);
  });

  test('goes on in its own context after a lazy promise', async () => {
    const { instrument } = recorder('inside');
    const request = new AsyncLocalStorage<string>();
    const find = instrument(() => createPrismaPromise(async () => 'rows'));
    const seen = await request.run('request 7', () => find().then(() => request.getStore()));

    expect(seen).toBe('request 7');
  });

  test('is not stopped by an iterator that is frozen', async () => {
    const { instrument, events } = recorder();
    const steps = [{ done: false, value: 1 }, { done: true, value: undefined }];
    const hardened = instrument(() => ({
      [Symbol.asyncIterator]: () =>
        Object.freeze({ next: async () => steps.shift() as IteratorResult<number> }),
    }));
    const seen: number[] = [];
    for await (const value of hardened()) seen.push(value);

    expect(seen).toEqual([1]);
    expect(events).toEqual(['begin', 'restart', 'succeed object']);
  });
});
