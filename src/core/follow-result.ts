import { errorMonitor } from 'node:events';
import { followIterable, followIterator, isGenerator } from './follow-iterator.js';
import { followPromise } from './follow-promise.js';
import { follow, type Followers } from './followers.js';
import type { AnyFunction, Observation } from './instrument.js';
import type { Members } from './shadow.js';

/**
 * Ends `observation` when the work behind `result` ends, and returns what the caller would have got.
 * A plain promise gives its derived promise; everything else is the very same object.
 *
 * - Promise subclasses and lazy thenables (Prisma, Knex, OpenAI's APIPromise): `then` is shadowed on
 *   the instance and never called by us, so a lazy query runs when, and only if, the caller wants it.
 * - Generators: the clock starts at the first `next()`, each step runs in the observation's context,
 *   and `break` ends it.
 * - Other async iterables: followed from `[Symbol.asyncIterator]()`.
 * - Node streams: until they end or close. Web streams, which are read in many ways: until they are returned.
 */
export function followResult(result: object, observation: Observation): unknown {
  let prepare: ((followers: Followers) => void) | undefined;
  try {
    const promise = followPromise(result, observation);
    if (promise !== undefined) return promise;
    prepare = preparationOf(result as Members);
  } catch {
    // A getter or a proxy that throws; whoever uses it will see.
  }
  if (prepare === undefined) observation.succeed(result);
  else follow(result, observation, prepare);
  return result;
}

/** How an object whose work goes on is followed; `undefined` for any other. */
function preparationOf(object: Members): ((followers: Followers) => void) | undefined {
  if (isGenerator(object)) {
    return followers => {
      followIterator(object, followers);
    };
  }
  if (typeof object['pipe'] === 'function' && typeof object['read'] === 'function' && typeof object['once'] === 'function') {
    return followers => {
      followStream(object, followers);
    };
  }
  const iterate = object[Symbol.asyncIterator];
  if (typeof iterate !== 'function' || typeof object['getReader'] === 'function') return undefined;
  return followers => {
    followIterable(object, iterate, followers);
  };
}

interface Stream {
  readonly once: AnyFunction;
  readonly destroyed?: unknown;
  readonly errored?: unknown;
  readonly readableEnded?: unknown;
  readonly writable?: unknown;
}

function followStream(object: object, followers: Followers): void {
  const stream = object as Stream;
  const fail = (error: unknown): void => {
    if (isLeave(error)) followers.succeed(undefined);
    else followers.fail(error);
  };
  const end = (): void => {
    // A stream of another library's may know no `errorMonitor`.
    if (stream.errored) fail(stream.errored);
    followers.close(undefined);
  };
  if (stream.destroyed === true || stream.readableEnded === true) {
    end();
    return;
  }
  stream.once(errorMonitor, fail);
  stream.once('close', end);
  // Not every stream closes when it is done. Of a duplex, the other side may still be open.
  stream.once('end', () => {
    if (stream.writable !== true) end();
  });
}

/** Node destroys a stream whose `for await` is left by `break` with this error; one of an AbortSignal has a cause. */
function isLeave(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ABORT_ERR' && error.cause === undefined;
}
