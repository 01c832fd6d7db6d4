import type { AnyFunction } from '../core/instrument.js';

/**
 * The promise that the SDKs made by Fern return (cohere-ai). Read in cohere-ai 8: it holds a promise of the parsed
 * answer beside the raw response, and each way to read it goes there.
 */
interface DataPromise {
  innerPromise: Promise<{ readonly data?: unknown }>;
  readonly withRawResponse: AnyFunction;
}

/** Who is told what became of it. */
interface DataCall {
  succeed(answer: unknown): void;
  fail(error: unknown): void;
}

export function isDataPromise(value: object): value is DataPromise {
  const { innerPromise, withRawResponse } = value as Partial<Record<string, unknown>>;
  return innerPromise instanceof Promise && typeof withRawResponse === 'function';
}

/** Follows such a promise in place. A failure nobody handles stays one that nobody handles. */
export function followDataPromise(promise: DataPromise, call: DataCall): void {
  promise.innerPromise = promise.innerPromise.then(
    answer => {
      call.succeed(answer.data);
      return answer;
    },
    (error: unknown) => {
      call.fail(error);
      throw error;
    },
  );
}
