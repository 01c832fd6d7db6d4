import { context, type Context } from '@opentelemetry/api';
import type { AnyFunction, Observation } from '../core/instrument.js';
import { QueryObservation, type DatabaseMonitorParts, type QueryDescription } from './query-observation.js';

/** One query of an instrumented pool: it ends once, whichever of its call's endings is seen first. */
export class PoolQuery implements Observation {
  readonly #observation: QueryObservation;
  readonly #caller: Context | undefined;
  #ended = false;
  #onEnd: (() => void) | undefined;
  /** Whether the call gave an emitter, which a lost connection leaves without any event. */
  isEmitter = false;
  /** Whether the call's end is seen by other means than its callback. */
  ignoresCallback = false;

  constructor(parts: DatabaseMonitorParts, description: QueryDescription) {
    this.#caller = parts.tracing.active ? context.active() : undefined;
    this.#observation = new QueryObservation(parts, description);
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  restart(): void {
    this.#observation.restart();
  }

  succeed(): void {
    if (!this.#end()) return;
    this.#observation.succeed();
    this.#onEnd?.();
  }

  fail(error: unknown): void {
    if (!this.#end()) return;
    this.#observation.fail(error);
    this.#onEnd?.();
  }

  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }

  /**
   * The driver's view of a callback. Drivers call it from their socket's events, outside the caller's
   * trace; it runs in the context in which the query was called, so that what it does is traced there.
   */
  callback(callback: AnyFunction): AnyFunction {
    const answer = (self: unknown, results: unknown[]): unknown => {
      const [error] = results;
      if (error && !this.ignoresCallback) this.fail(error);
      else if (!this.ignoresCallback) this.succeed();
      if (this.#caller === undefined) return Reflect.apply(callback, self, results) as unknown;
      return context.with(this.#caller, () => Reflect.apply(callback, self, results) as unknown);
    };
    return function (this: unknown, ...results: unknown[]): unknown {
      return answer(this, results);
    };
  }

  /** Whether this is the first end. */
  #end(): boolean {
    if (this.#ended) return false;
    return (this.#ended = true);
  }
}
