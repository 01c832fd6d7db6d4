import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import { follow, type Followers } from './followers.js';
import type { AnyFunction, Observation } from './instrument.js';
import { isObject, shadow, type Members } from './shadow.js';

/** The language's own, whatever an app has put in place of the global. */
const NativePromise = (async () => {})().constructor as PromiseConstructor;
const native = NativePromise.prototype as unknown as Members;

/**
 * Ends `observation` when a promise settles: one of the language's, a subclass's, or anything with `then`.
 * Throws what reading `then` throws.
 *
 * @returns what the caller gets; `undefined` where `value` is no promise
 */
export function followPromise(value: object, observation: Observation): object | undefined {
  if (isPlainPromise(value)) return derive(value, observation);
  // Read once: a getter may do things.
  const { then } = value as Members;
  if (typeof then !== 'function') return undefined;
  follow(value, observation, followers => {
    followThenable(value as Members, then, followers);
  });
  return value;
}

/** A promise as `async` functions give it, of any realm: `await` never asks it for its `then`. */
function isPlainPromise(value: object): value is Promise<unknown> {
  if (value instanceof NativePromise && value.constructor === NativePromise) return true;
  if (!types.isPromise(value)) return false;
  // Another realm's has the same ancestry: its class and Object. A subclass has more.
  const prototype = Object.getPrototypeOf(value) as object | null;
  const parent = prototype && (Object.getPrototypeOf(prototype) as object | null);
  return parent !== null && Object.getPrototypeOf(parent) === null;
}

function derive(promise: Promise<unknown>, observation: Observation): object {
  // Not `promise.then`, which may be the promise's own.
  const derived = Reflect.apply(native['then'] as AnyFunction, promise, [
    (value: unknown) => {
      observation.succeed(value);
      return value;
    },
    (error: unknown) => {
      observation.fail(error);
      throw error;
    },
  ]) as object;
  // What was put on it goes along: `promise.cancel`.
  for (const key of Object.keys(promise)) {
    Object.defineProperty(derived, key, Object.getOwnPropertyDescriptor(promise, key) as PropertyDescriptor);
  }
  return derived;
}

function followThenable(thenable: Members, then: AnyFunction, followers: Followers): void {
  const isLazy = !types.isPromise(thenable) && !(thenable instanceof NativePromise);

  /** Calls a method of a lazy one: that starts the work, which belongs to the observed call. */
  const start = (method: AnyFunction, self: unknown, args: readonly unknown[]): unknown => {
    followers.restart();
    try {
      if (!followers.haveContext) return Reflect.apply(method, self, args) as unknown;
      // The work runs in the call's context, the caller's handlers in the caller's.
      const bound = args.map(arg => (typeof arg === 'function' ? AsyncResource.bind(arg as AnyFunction) : arg));
      return followers.run(method, self, bound);
    } catch (error) {
      followers.fail(error);
      throw error;
    }
  };
  const call = isLazy ? start : (Reflect.apply as typeof start);

  shadow(thenable, 'then', function (this: unknown, onFulfilled?: unknown, onRejected?: unknown): unknown {
    return call(then, this, [
      (value: unknown): unknown => {
        followers.succeed(value);
        return typeof onFulfilled === 'function' ? ((onFulfilled as AnyFunction)(value) as unknown) : value;
      },
      (error: unknown): unknown => {
        followers.fail(error);
        if (typeof onRejected === 'function') return (onRejected as AnyFunction)(error) as unknown;
        throw error;
      },
    ]);
  });
  // Promise.prototype's catch and finally go through `then`; an object's own may not (Prisma's don't).
  for (const name of ['catch', 'finally'] as const) {
    const method = thenable[name];
    if (typeof method !== 'function' || method === native[name]) continue;
    shadow(thenable, name, function (this: unknown, ...args: unknown[]): unknown {
      const handler = args.at(-1);
      if (name === 'catch' && typeof handler === 'function') {
        args[args.length - 1] = (error: unknown): unknown => {
          followers.fail(error);
          return (handler as AnyFunction)(error) as unknown;
        };
      }
      const result = call(method, this, args);
      return (isObject(result) && followPromise(result, followers)) || result;
    });
  }
}
