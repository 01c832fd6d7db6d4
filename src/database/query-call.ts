import { errorMonitor } from 'node:events';
import { followResult } from '../core/follow-result.js';
import type { AnyFunction } from '../core/instrument.js';
import type { PoolQuery } from './pool-query.js';
import { isTemplateStrings } from './query-text.js';

/** The call of a driver's method, set up so that its end will be seen. */
export interface QueryCall {
  readonly args: readonly unknown[];
  /** Whether something other than the call's result tells its end. */
  readonly isReported: boolean;
  /** Takes back, after the call, what was put into an object of the caller's. */
  restore?(): void;
}

type Members = Record<string, unknown>;

/** Sets up a call: its callback, wherever the driver takes it, ends the query; so does a Submittable. */
export function prepareCall(args: readonly unknown[], query: PoolQuery): QueryCall {
  const [statement] = args;
  // What stands in a template are values, functions too.
  if (isTemplateStrings(statement)) return { args, isReported: false };
  const at = args.findLastIndex(arg => typeof arg === 'function');
  const isReported = at >= 0;
  const prepared = isReported ? args.with(at, query.callback(args[at] as AnyFunction)) : args;
  if (typeof statement !== 'object' || statement === null) return { args: prepared, isReported };
  const members = statement as Members;
  if (typeof members['submit'] === 'function') {
    followSubmittable(members, query);
    return { args: prepared, isReported: true };
  }
  if (typeof members['onResult'] === 'function') {
    // A command of mysql2's, which reads its callback at the end.
    members['onResult'] = query.callback(members['onResult'] as AnyFunction);
    return { args: prepared, isReported: true };
  }
  const { callback } = members;
  if (typeof callback !== 'function' || isReported) return { args: prepared, isReported };
  // pg's config object. pg copies the callback in the call; the caller may use the object again.
  members['callback'] = query.callback(callback as AnyFunction);
  const restore = (): void => {
    members['callback'] = callback;
  };
  return { args: prepared, isReported: true, restore };
}

/** Ends the query with the call's result, unless that is told otherwise; returns what the caller gets. */
export function followCall(result: unknown, { isReported }: QueryCall, query: PoolQuery): unknown {
  if (result === null || (typeof result !== 'object' && typeof result !== 'function')) {
    if (!isReported) query.succeed();
    return result;
  }
  const members = result as Members;
  const isEmitter = typeof members['once'] === 'function' && typeof members['pipe'] !== 'function';
  if (isReported) {
    // pg's pool promises a result whatever the config object says; a function may be no callback at all.
    query.ignoresCallback = typeof members['then'] === 'function' && !isEmitter;
    return query.ignoresCallback ? followResult(result, query) : result;
  }
  // Not followed by `then`: mysql2's queries have one, only to throw.
  if (!isEmitter) return followResult(result, query);
  query.isEmitter = true;
  const once = members['once'] as AnyFunction;
  Reflect.apply(once, result, [errorMonitor, (error: unknown) => { query.fail(error); }]);
  Reflect.apply(once, result, ['end', () => { query.succeed(); }]);
  return result;
}

/**
 * pg's Submittables (queries, cursors, streams, COPY) are told by the client how they fare. Seen there and
 * not by events, because a cursor without listeners emits no error.
 */
function followSubmittable(submittable: Members, query: PoolQuery): void {
  const { handleError, handleReadyForQuery, once } = submittable;
  shadow(submittable, 'handleError', handleError, (call, error) => {
    query.fail(error);
    return call();
  });
  if (typeof handleReadyForQuery === 'function') {
    shadow(submittable, 'handleReadyForQuery', handleReadyForQuery, call => {
      // Only afterwards: it is here that pg tells of a row it could not parse.
      try {
        return call();
      } finally {
        query.succeed();
      }
    });
  } else if (typeof once === 'function') {
    Reflect.apply(once, submittable, ['end', () => { query.succeed(); }]);
  }
}

function shadow(object: Members, name: string, original: unknown, around: (call: () => unknown, argument: unknown) => unknown): void {
  if (typeof original !== 'function') return;
  const value = function (this: unknown, ...args: unknown[]): unknown {
    return around(() => Reflect.apply(original, this, args) as unknown, args[0]);
  };
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}
