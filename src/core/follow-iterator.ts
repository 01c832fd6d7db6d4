import { followPromise } from './follow-promise.js';
import type { Followers } from './followers.js';
import type { AnyFunction, Observation } from './instrument.js';
import { isObject, shadow, type Members } from './shadow.js';

/** Whether an object is what a generator function returns, native or transpiled. */
export function isGenerator(object: Members): boolean {
  if (typeof object['next'] !== 'function') return false;
  const tag = Object.prototype.toString.call(object);
  return tag === '[object Generator]' || tag === '[object AsyncGenerator]';
}

/**
 * Follows each iterator that an iterable gives.
 *
 * @param key where it has `iterate`, the method that gives them
 */
export function followIterable(
  iterable: Members,
  iterate: AnyFunction,
  followers: Followers,
  key: PropertyKey = Symbol.asyncIterator,
): void {
  // An iterable may give one iterator many times, itself for one.
  const seen = new WeakSet<object>();
  shadow(iterable, key, function (this: unknown): unknown {
    followers.restart();
    let iterator: unknown;
    try {
      iterator = followers.run(iterate, this, []);
    } catch (error) {
      followers.fail(error);
      throw error;
    }
    if (!isObject(iterator) || seen.has(iterator)) return iterator;
    seen.add(iterator);
    try {
      followIterator(iterator as Members, followers);
    } catch {
      // Frozen, or a proxy that refuses: counted as it is handed over.
      followers.succeed(iterable);
    }
    return iterator;
  });
}

/** Follows an iterator's steps: from the first one, each in the context of the call, to the last. */
export function followIterator(iterator: Members, followers: Followers): void {
  const settle = (item: unknown): void => {
    if (!isObject(item)) return;
    const { done, value } = item as { readonly done?: unknown; readonly value?: unknown };
    if (done) followers.succeed(value);
    else followers.step(value);
  };
  const settleLeft = (item: unknown): void => {
    if (isObject(item) && (item as IteratorResult<unknown>).done) followers.leave((item as IteratorResult<unknown>).value);
    else settle(item);
  };
  const fail = (error: unknown): void => {
    followers.fail(error);
  };
  const followStep = (item: unknown, step: Observation): unknown => {
    try {
      const promise = isObject(item) && followPromise(item, step);
      if (promise) return promise;
    } catch {
      // A getter that throws; whoever awaits the step will see.
    }
    step.succeed(item);
    return item;
  };
  for (const name of ['next', 'return', 'throw'] as const) {
    const original = iterator[name];
    if (typeof original !== 'function') continue;
    const step: Observation = { restart() {}, succeed: name === 'return' ? settleLeft : settle, fail };
    shadow(iterator, name, function (this: unknown, ...args: unknown[]): unknown {
      followers.restart();
      let item: unknown;
      try {
        item = followers.run(original, this, args);
      } catch (error) {
        fail(error);
        throw error;
      }
      return followStep(item, step);
    });
  }
  if (typeof iterator['return'] !== 'function') {
    // Only an iterable's iterator may lack it. `break` would go unseen.
    shadow(iterator, 'return', (value: unknown) => {
      followers.leave(value);
      return Promise.resolve({ done: true, value });
    });
  }
}
