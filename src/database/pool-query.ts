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
    this.#end(() => {
      this.#observation.succeed();
    });
  }

  fail(error: unknown): void {
    this.#end(() => {
      this.#observation.fail(error);
    });
  }

  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }

  /**
   * The driver's view of a callback. Drivers call it from their socket's events, outside the caller's
   * trace; it runs in the context in which the query was called, so that what it does is traced there.
   */
  callback(callback: AnyFunction): AnyFunction {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the callback has a `this` of its own
    const query = this;
    return function (this: unknown, ...results: unknown[]): unknown {
      if (!query.ignoresCallback) query.#settle(results[0]);
      return query.inCallersContext(callback, this, results);
    };
  }

  inCallersContext(fn: AnyFunction, self: unknown, args: unknown[]): unknown {
    if (this.#caller === undefined) return Reflect.apply(fn, self, args) as unknown;
    return context.with(this.#caller, () => Reflect.apply(fn, self, args) as unknown);
  }

  #settle(error: unknown): void {
    if (error) this.fail(error);
    else this.succeed();
  }

  #end(report: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    report();
    this.#onEnd?.();
  }
}
