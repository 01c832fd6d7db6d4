import { errorMonitor } from 'node:events';
import type { AnyFunction, Observation } from './instrument.js';

type Methods = Record<PropertyKey, AnyFunction | undefined>;

/**
 * Ends `observation` when the work behind `result` ends, and returns what the caller would have got.
 * A plain promise gives its derived promise; everything else is the very same object.
 *
 * - Promise subclasses and lazy thenables (Prisma, Knex, OpenAI's APIPromise): `then` is shadowed on
 *   the instance and never called by us, so a lazy query runs when, and only if, the caller wants it.
 * - Generators: the clock starts at the first `next()`, each step runs in the observation's context,
 *   and `break` ends it.
 * - Other async iterables: followed from `[Symbol.asyncIterator]()`. Node streams: until they close.
 */
export function followResult(result: object, observation: Observation): unknown {
  if (result instanceof Promise && result.constructor === Promise && !Object.hasOwn(result, 'then')) {
    return result.then(
      value => {
        observation.succeed(value);
        return value as unknown;
      },
      (error: unknown) => {
        observation.fail(error);
        throw error;
      },
    );
  }
  try {
    follow(result, once(observation));
  } catch {
    // Frozen, or a proxy that refuses: the call is counted, the object stays untouched.
    observation.succeed(result);
  }
  return result;
}

function follow(result: object, observation: Observation): void {
  const object = result as unknown as Methods;
  if (typeof object['then'] === 'function') {
    followThenable(object, observation, !(result instanceof Promise));
  } else if (isGenerator(object)) {
    followIterator(object, observation);
  } else if (typeof object['pipe'] === 'function' && typeof object['read'] === 'function' && typeof object['once'] === 'function') {
    object['once'](errorMonitor, (error: unknown) => {
      observation.fail(error);
    });
    object['once']('close', () => {
      observation.succeed(undefined);
    });
  } else if (typeof object[Symbol.asyncIterator] === 'function' && typeof object['getReader'] !== 'function') {
    // A web ReadableStream may be read without its iterator, so it counts when it is handed over.
    followIterable(object, observation);
  } else {
    observation.succeed(result);
  }
}

function followThenable(object: Methods, observation: Observation, isLazy: boolean): void {
  const then = object['then'] as AnyFunction;
  const observedThen = function (this: unknown, onFulfilled?: unknown, onRejected?: unknown): unknown {
    if (isLazy) observation.restart();
    const call: AnyFunction = () =>
      Reflect.apply(then, this, [
        (value: unknown) => {
          observation.succeed(value);
          return typeof onFulfilled === 'function' ? ((onFulfilled as AnyFunction)(value) as unknown) : value;
        },
        (error: unknown) => {
          observation.fail(error);
          if (typeof onRejected === 'function') return (onRejected as AnyFunction)(error) as unknown;
          throw error;
        },
      ]) as unknown;
    return isLazy && observation.run ? observation.run(call, undefined, []) : (call() as unknown);
  };
  shadow(object, 'then', observedThen);
  // Promise.prototype's catch and finally go through `then`; a thenable's own may not (Prisma's don't).
  if (typeof object['catch'] === 'function' && object['catch'] !== Promise.prototype.catch) {
    shadow(object, 'catch', function (this: Methods, onRejected?: unknown) {
      return Reflect.apply(observedThen, this, [undefined, onRejected]);
    });
  }
  if (typeof object['finally'] === 'function' && object['finally'] !== Promise.prototype.finally) {
    shadow(object, 'finally', function (this: Methods, onFinally?: () => void) {
      return Promise.resolve(this as unknown as PromiseLike<unknown>).finally(onFinally);
    });
  }
}

function isGenerator(object: Methods): boolean {
  if (typeof object['next'] !== 'function') return false;
  const tag = Object.prototype.toString.call(object);
  return tag === '[object Generator]' || tag === '[object AsyncGenerator]';
}

function followIterable(object: Methods, observation: Observation): void {
  const iterate = object[Symbol.asyncIterator] as AnyFunction;
  shadow(object, Symbol.asyncIterator, function (this: unknown) {
    const iterator = Reflect.apply(iterate, this, []) as Methods;
    followIterator(iterator, observation);
    return iterator;
  });
}

function followIterator(iterator: Methods, observation: Observation): void {
  let started = false;
  for (const step of ['next', 'return', 'throw'] as const) {
    const original = iterator[step];
    if (typeof original !== 'function') continue;
    shadow(iterator, step, function (this: unknown, ...args: unknown[]): unknown {
      if (!started) {
        started = true;
        observation.restart();
      }
      const settle = (item: unknown): unknown => {
        if ((item as IteratorResult<unknown> | undefined)?.done) observation.succeed((item as IteratorResult<unknown>).value);
        return item;
      };
      let item: unknown;
      try {
        item = observation.run ? observation.run(original, this, args) : Reflect.apply(original, this, args);
      } catch (error) {
        observation.fail(error);
        throw error;
      }
      if (!(item instanceof Promise)) return settle(item);
      return item.then(settle, (error: unknown) => {
        observation.fail(error);
        throw error;
      });
    });
  }
}

function shadow(object: object, key: PropertyKey, value: AnyFunction): void {
  Object.defineProperty(object, key, { value, configurable: true, writable: true, enumerable: false });
}

/** An observation that ends once, however often its `then` is called or its stream reports. */
function once(observation: Observation): Observation {
  let state: 'idle' | 'running' | 'ended' = 'idle';
  const end = (report: () => void): void => {
    if (state === 'ended') return;
    state = 'ended';
    report();
  };
  const run = observation.run?.bind(observation);
  return {
    ...(run && { run }),
    restart() {
      if (state !== 'idle') return;
      state = 'running';
      observation.restart();
    },
    succeed: value => {
      end(() => {
        observation.succeed(value);
      });
    },
    fail: error => {
      end(() => {
        observation.fail(error);
      });
    },
  };
}
