import { errorMonitor } from 'node:events';
import { context } from '@opentelemetry/api';
import { followResult } from '../core/follow-result.js';
import { disguise, type AnyFunction } from '../core/instrument.js';
import type { PoolReader } from './driver.js';
import { PoolQuery } from './pool-query.js';
import { followCall, prepareCall, type QueryCall } from './query-call.js';
import { reportFault, type DatabaseMonitorParts, type QueryDescription } from './query-observation.js';

/** What a {@link PoolObserver} needs. */
export interface PoolObserverSettings {
  /** The monitor's parts, asked for at each call. */
  readonly partsOf: () => DatabaseMonitorParts;
  /** Called before a pool is used. */
  readonly onUse: (parts: DatabaseMonitorParts) => void;
  readonly describe: (args: readonly unknown[], parts: DatabaseMonitorParts) => QueryDescription;
}

/** What is known of a pool or connection while queries run. */
interface State {
  /** The query whose call is under way: what the driver calls meanwhile is part of it. */
  calling?: PoolQuery | undefined;
  /** The pool's query that a connection was taken for: the connection's next query is that one. */
  expected?: PoolQuery | undefined;
  /** Queries that a lost connection would leave without an end. */
  emitters?: Set<PoolQuery>;
}

type Members = Record<PropertyKey, unknown>;

/**
 * Kept on the object, a state a monitor, so that the ESM and the CommonJS build know of each other:
 * a query seen by both is counted once.
 */
const STATES = Symbol.for('sightline.v1.pool-states');

/** Wraps the methods of a pool and of its connections, so that each query is observed once. */
export class PoolObserver {
  readonly #settings: PoolObserverSettings;
  readonly #adopted = new WeakSet();

  constructor(settings: PoolObserverSettings) {
    this.#settings = settings;
  }

  /** Observes the queries of a pool, connection or transaction. Anything else is left alone. */
  adopt(target: unknown): void {
    if (!hasQuery(target) || this.#adopted.has(target)) return;
    this.#adopted.add(target);
    for (const name of queryMethods(target)) {
      replace(target, name, (original, self, args) => this.#query(target, original, self, args));
    }
  }

  /** Adopts what a method of the pool gives to run queries on, by promise or by callback. */
  adoptFrom(pool: object, method: string): void {
    replace(pool, method, (original, self, args) => this.#checkOut(pool, original, self, args));
  }

  /** Adopts the connections that a pool has, and each new one before the app gets to see it. */
  adoptConnections(pool: object, reader: PoolReader): void {
    for (const connection of reader.connections(pool)) this.adopt(connection);
    const adopt = (connection: unknown): void => void this.attempt(() => { this.adopt(connection); });
    const { prependListener, options } = pool as Members;
    if (typeof prependListener === 'function') Reflect.apply(prependListener, pool, [reader.newConnection, adopt]);
    if (typeof options !== 'object' || options === null) return;
    // pg runs this before it announces the connection.
    replace(options, 'onConnect', (original, self, args) => {
      adopt(args[0]);
      return Reflect.apply(original, self, args) as unknown;
    });
  }

  /** Runs a part of ours that may fail; the host goes on without it. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      reportFault(this.#settings.partsOf, error);
      return undefined;
    }
  }

  #query(target: object, original: AnyFunction, self: unknown, args: readonly unknown[]): unknown {
    const begun = this.attempt(() => this.#begin(target, args));
    if (begun === undefined) return Reflect.apply(original, self, args) as unknown;
    const { state, query, call } = begun;
    const outer = state.calling;
    state.calling = query;
    let result: unknown;
    try {
      result = Reflect.apply(original, self, call?.args ?? args);
    } catch (error) {
      if (call) query.fail(error);
      throw error;
    } finally {
      state.calling = outer;
      call?.restore?.();
    }
    const followed = this.attempt(() => {
      const returned = call ? followCall(result, call, query) : result;
      if (query.isEmitter) failWithConnection(target, state, query);
      return returned;
    });
    return followed ?? result;
  }

  /** The query a call stands for, and where it is a new one, the call. */
  #begin(target: object, args: readonly unknown[]): { state: State; query: PoolQuery; call?: QueryCall } {
    const parts = this.#use();
    const state = stateOf(target, parts);
    const { expected } = state;
    state.expected = undefined;
    const part = unlessEnded(state.calling) ?? unlessEnded(expected);
    if (part) return { state, query: part };
    const query = new PoolQuery(parts, this.#settings.describe(args, parts));
    return { state, query, call: prepareCall(args, query) };
  }

  #checkOut(pool: object, original: AnyFunction, self: unknown, args: unknown[]): unknown {
    const query = this.attempt(() => unlessEnded(stateOf(pool, this.#use()).calling));
    const receive = (connection: unknown): void => {
      this.attempt(() => {
        this.adopt(connection);
        if (query && hasQuery(connection)) stateOf(connection, this.#settings.partsOf()).expected = query;
      });
    };
    const at = args.findLastIndex(arg => typeof arg === 'function');
    if (at >= 0) {
      const callback = args[at] as AnyFunction;
      const receiving = function (this: unknown, ...results: unknown[]): unknown {
        receive(results.find(hasQuery));
        return Reflect.apply(callback, this, results) as unknown;
      };
      args[at] = disguise(this.#inCallersContext(receiving), callback);
    }
    const result: unknown = Reflect.apply(original, self, args);
    // With a callback, the result is that of what it does: a transaction's.
    if (at >= 0 || typeof (result as Members | undefined)?.['then'] !== 'function') return result;
    return followResult(result as object, { restart() {}, succeed: receive, fail() {} });
  }

  #use(): DatabaseMonitorParts {
    const parts = this.#settings.partsOf();
    this.#settings.onUse(parts);
    return parts;
  }

  /** A waiting caller is served when another gives its connection back, and so in that one's trace. */
  #inCallersContext(callback: AnyFunction): AnyFunction {
    return this.attempt(() => this.#settings.partsOf().tracing.active) ? context.bind(context.active(), callback) : callback;
  }
}

function hasQuery(value: unknown): value is object {
  return typeof value === 'object' && value !== null && typeof (value as Members)['query'] === 'function';
}

function queryMethods(target: object): readonly string[] {
  const { exec, sql } = target as Members;
  // Only PGlite and its transactions have all of these; elsewhere the names stand for other things.
  const isPGlite = typeof exec === 'function' && typeof sql === 'function';
  return isPGlite ? ['query', 'exec', 'sql'] : ['query', 'execute'];
}

function replace(object: object, name: string, call: (original: AnyFunction, self: unknown, args: unknown[]) => unknown): void {
  const original = (object as Members)[name] as AnyFunction | undefined;
  if (typeof original !== 'function') return;
  const replacement = function (this: unknown, ...args: unknown[]): unknown {
    return call(original, this, args);
  };
  Object.defineProperty(object, name, {
    value: disguise(replacement, original),
    configurable: true,
    writable: true,
    enumerable: Object.prototype.propertyIsEnumerable.call(object, name),
  });
}

function stateOf(object: object, { metrics }: DatabaseMonitorParts): State {
  const holder = object as { [STATES]?: WeakMap<object, State> };
  let states = Object.hasOwn(holder, STATES) ? holder[STATES] : undefined;
  if (states === undefined) Object.defineProperty(holder, STATES, { value: (states = new WeakMap()) });
  let state = states.get(metrics);
  if (state === undefined) states.set(metrics, (state = {}));
  return state;
}

function unlessEnded(query: PoolQuery | undefined): PoolQuery | undefined {
  return query?.hasEnded ? undefined : query;
}

/** mysql2 tells the loss of a connection to callbacks; emitters hear nothing, only the connection itself does. */
function failWithConnection(target: object, state: State, query: PoolQuery): void {
  const { addCommand, on } = target as Members;
  if (typeof addCommand !== 'function' || typeof on !== 'function' || query.hasEnded) return;
  let { emitters } = state;
  if (emitters === undefined) {
    const waiting = (emitters = state.emitters = new Set());
    Reflect.apply(on, target, [errorMonitor, (error: unknown) => { for (const each of waiting) each.fail(error); }]);
  }
  emitters.add(query);
  query.onEnd(() => emitters.delete(query));
}
