import type { AnyFunction } from '../core/instrument.js';

type Refusal = (error: Error, self: unknown, args: ArrayLike<unknown>) => unknown;

const AsyncFunction = (async () => {}).constructor;
const AsyncGeneratorFunction = (async function* () {}).constructor;

/** Functions that were seen to return a promise. */
const promising = new WeakSet<AnyFunction>();
/** Functions that fail in a way of their own. */
const refusals = new WeakMap<AnyFunction, Refusal>();

/** Remembers how a function answers, for {@link refuse}. */
export function noteAnswer(fn: AnyFunction, answer: object): void {
  if (typeof (answer as { then?: unknown }).then === 'function') promising.add(fn);
}

/** Says how a function fails before its call is made. */
export function refuseBy(fn: AnyFunction, refusal: Refusal): void {
  refusals.set(fn, refusal);
}

/**
 * Fails a call before it is made, in the way its function fails: an async function, and one that has returned
 * promises so far, gives a rejected promise, an async generator function fails at its first step, any other throws.
 */
export function refuse(fn: AnyFunction, error: Error, self: unknown, args: ArrayLike<unknown>): unknown {
  const own = refusals.get(fn);
  if (own !== undefined) return own(error, self, args);
  if (fn instanceof AsyncFunction || promising.has(fn)) return Promise.reject(error);
  if (fn instanceof AsyncGeneratorFunction) return failing(error);
  throw error;
}

// eslint-disable-next-line @typescript-eslint/require-await, require-yield
async function* failing(error: Error): AsyncGenerator<never> {
  throw error;
}
