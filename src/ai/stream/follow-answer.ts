import { followIterable, followIterator, isGenerator } from '../../core/follow-iterator.js';
import { follow } from '../../core/followers.js';
import type { Observation } from '../../core/instrument.js';
import { isObject, type Members } from '../../core/shadow.js';
import { followHelper, isHelperStream } from './helper-stream.js';
import { followReadable, isReadableStream } from './readable-stream.js';
import { followTextResult, isTextResult } from './text-result.js';

/** Who is told of an answer that comes in parts. */
export interface StreamedCall {
  /**
   * @param isAborted whether the stream was ended from outside, which some hide from who reads it
   * @param isLazy whether nothing has run before it is read
   */
  beginStream(isAborted: () => boolean, isLazy?: boolean): Observation;
  /** Nobody can read the stream any more. */
  abandon(): void;
}

/** A stream that is neither read to its end nor left, only dropped, ends when nothing refers to it. */
const dropped = new FinalizationRegistry<StreamedCall>(call => {
  call.abandon();
});

/**
 * Follows an answer that goes on after it was handed over, in place: nothing is buffered, copied or read ahead.
 *
 * - generators, and async iterables such as the SDKs' `Stream`, by the iterators they give
 * - web streams, however they are read
 * - `.stream()` helpers (`ChatCompletionStream`, `MessageStream`), by the events they emit
 * - results of `ai`'s `streamText()`, by the promise of their usage, which reading does not start
 * - objects that hold one of these as `stream` (Bedrock, `ai`'s `doStream`) or `body`
 *
 * @returns whether it is one of these; a promise is none
 */
export function followAnswer(value: object, call: StreamedCall): boolean {
  try {
    if (isTextResult(value)) {
      followTextResult(value, call);
      return true;
    }
    if (isHelperStream(value)) {
      followHelper(value, call);
      return true;
    }
    const stream = streamOf(value);
    if (stream === undefined) return false;
    followStream(stream, call);
    return true;
  } catch {
    // A getter or a proxy that throws, or an object that can't be changed: it counts as a whole answer.
    return false;
  }
}

/** A fetch `Response`, whose body the caller reads. */
export function isRawResponse(value: object): value is { readonly status: number } {
  const { status, headers, arrayBuffer } = value as Record<string, unknown>;
  return typeof status === 'number' && isObject(headers) && typeof arrayBuffer === 'function';
}

/** The stream that a value is or holds. */
function streamOf(value: object): Members | undefined {
  const members = value as Members;
  if (isStream(members)) return members;
  // Not of a promise or a response: to look is to begin, for some.
  if (typeof members['then'] === 'function' || isRawResponse(value)) return undefined;
  for (const key of ['stream', 'body'] as const) {
    const held: unknown = members[key];
    if (isObject(held) && isStream(held as Members)) return held as Members;
  }
  return undefined;
}

function isStream(members: Members): boolean {
  if (isReadableStream(members) || isGenerator(members)) return true;
  // Node's own streams carry bytes; the generic follower knows their end.
  return typeof members[Symbol.asyncIterator] === 'function' && typeof members['pipe'] !== 'function';
}

function followStream(stream: Members, call: StreamedCall): void {
  // The observation holds the stream, and whoever reads the stream the observation: so one that is read is not dropped.
  const observation = call.beginStream(() => isAborted(stream), isGenerator(stream));
  dropped.register(stream, call);
  follow(stream, observation, followers => {
    if (isReadableStream(stream)) {
      followReadable(stream, followers);
      return;
    }
    if (isGenerator(stream)) {
      followIterator(stream, followers);
      return;
    }
    // The SDKs' `Stream` has this method behind all ways of reading it: `for await`, `tee()`, `toReadableStream()`.
    const key = typeof stream['iterator'] === 'function' ? 'iterator' : Symbol.asyncIterator;
    const iterate = stream[key];
    if (iterate !== undefined) followIterable(stream, iterate, followers, key);
  });
}

/** The SDKs' `Stream` ends as if it were done when its controller was told to abort. */
function isAborted(stream: Members): boolean {
  const { controller } = stream as { controller?: { signal?: { aborted?: unknown } } };
  return controller?.signal?.aborted === true;
}
