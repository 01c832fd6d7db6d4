import { isObject, shadow } from '../core/shadow.js';
import type { AnyFunction } from '../core/instrument.js';

/**
 * The promise that the SDKs made by Stainless return (openai, Anthropic, Groq, …). Read in openai 6 and 7 and
 * @anthropic-ai/sdk 1: it holds the HTTP response, and parses its body when, and each way, it is asked for.
 */
interface ApiPromise {
  responsePromise: Promise<{ readonly response?: { readonly status?: unknown; readonly headers?: unknown } }>;
  readonly parse: AnyFunction;
  readonly asResponse?: AnyFunction;
  readonly _thenUnwrap: AnyFunction;
}

/** Who is told what became of it. */
interface ApiCall {
  succeed(answer: unknown): void;
  fail(error: unknown): void;
  /** A response came, and nobody has asked for it so far. */
  awaitReader(httpStatus: number): void;
  /** Somebody asks for what the response holds. */
  beRead(): void;
  /** Somebody took the response as it is. */
  finishUnread(httpStatus: number): void;
  noteHeaders(from: unknown, isRefusal: boolean): void;
}

export function isApiPromise(value: object): value is ApiPromise {
  const { responsePromise, parse, _thenUnwrap } = value as Partial<Record<string, unknown>>;
  return typeof parse === 'function' && typeof _thenUnwrap === 'function' && responsePromise instanceof Promise;
}

/**
 * Follows an SDK's promise in place, so that `withResponse()`, `asResponse()` and the `parse()` helpers stay what
 * they are. To call `then` would be to parse, after which the response can't be had raw; so the methods that
 * read are watched, which the SDK itself calls, and the HTTP response is passed on with a look at its status.
 */
export function followApiPromise(promise: ApiPromise, call: ApiCall): void {
  let status: unknown;
  let isAsked = false;
  let isTaken = false;
  const finishTaken = (): void => {
    if (isAsked || !isTaken || typeof status !== 'number') return;
    call.beRead();
    call.finishUnread(status);
  };
  watchReading(promise, call, {
    onAsked() {
      isAsked = true;
      call.beRead();
    },
    onTaken() {
      isTaken = true;
      finishTaken();
    },
  });
  // In place of the SDK's own, so that a failure nobody handles stays one that nobody handles.
  promise.responsePromise = promise.responsePromise.then(
    props => {
      const { response } = props;
      status = response?.status;
      call.noteHeaders(response, false);
      finishTaken();
      if (!isAsked && !isTaken && typeof status === 'number') call.awaitReader(status);
      return props;
    },
    (error: unknown) => {
      call.noteHeaders(error, true);
      call.fail(error);
      throw error;
    },
  );
}

interface Readers {
  /** Called when somebody asks for the parsed answer: by `await`, say. */
  readonly onAsked: () => void;
  /** Called when somebody asks for the response: alone, or beside the answer, which is then asked for first. */
  readonly onTaken: () => void;
}

function watchReading(promise: ApiPromise, call: ApiCall, readers: Readers): void {
  const { parse, asResponse, _thenUnwrap: thenUnwrap } = promise;
  let parsed: unknown;
  shadow(promise, 'parse', function (this: unknown, ...args: unknown[]): unknown {
    readers.onAsked();
    parsed ??= observed(Reflect.apply(parse, this, args), call);
    return parsed;
  });
  if (asResponse !== undefined) {
    shadow(promise, 'asResponse', function (this: unknown, ...args: unknown[]): unknown {
      readers.onTaken();
      return Reflect.apply(asResponse, this, args) as unknown;
    });
  }
  // `_thenUnwrap(transform)` gives another promise of the same response, which parses by itself.
  shadow(promise, '_thenUnwrap', function (this: unknown, transform: AnyFunction, ...rest: unknown[]): unknown {
    const watching = (data: unknown, ...more: unknown[]): unknown => {
      call.succeed(data);
      return transform(data, ...more) as unknown;
    };
    const unwrapped = Reflect.apply(thenUnwrap, this, [watching, ...rest]) as unknown;
    if (isObject(unwrapped) && isApiPromise(unwrapped)) {
      // Or it would leave the one that stands in for it without anybody to handle its failure.
      unwrapped.responsePromise = promise.responsePromise;
      watchReading(unwrapped, call, readers);
    }
    return unwrapped;
  });
}

function observed(parsing: unknown, call: ApiCall): unknown {
  if (!(parsing instanceof Promise)) return parsing;
  return (parsing as Promise<unknown>).then(
    value => {
      call.succeed(value);
      return value;
    },
    (error: unknown) => {
      call.fail(error);
      throw error;
    },
  );
}

