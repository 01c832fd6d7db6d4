import { follow } from '../../core/followers.js';
import type { Observation } from '../../core/instrument.js';
import { isObject, type Members } from '../../core/shadow.js';
import type { StreamedCall } from './follow-answer.js';
import { followReadable, isReadableStream } from './readable-stream.js';

/**
 * Whether an object is what `streamText()` and `streamObject()` of the package `ai` return. Its getters (`usage`, `text`, …) begin
 * to read the stream, so none of them may be touched: it is known by the stream behind them.
 */
export function isTextResult(value: object): boolean {
  const { baseStream, consumeStream, pipeTextStreamToResponse } = value as { baseStream?: unknown } & Members;
  const isResult = typeof consumeStream === 'function' || typeof pipeTextStreamToResponse === 'function';
  return isResult && isObject(baseStream) && isReadableStream(baseStream as Members);
}

/** Follows the stream that all of the result's own are made of. */
export function followTextResult(result: object, call: StreamedCall): void {
  const stream = (result as { baseStream: Members }).baseStream;
  const observation = call.beginStream(() => false);
  const unwrapping: Observation = {
    ...observation,
    step: event => {
      const part = isObject(event) ? ((event as { part?: unknown }).part ?? event) : event;
      const { type, error } = (isObject(part) ? part : {}) as { type?: unknown; error?: unknown };
      if (type === 'error') observation.fail(error);
      else if (type === 'abort') observation.leave?.(undefined);
      else observation.step?.(part);
    },
  };
  follow(stream, unwrapping, followers => {
    followReadable(stream, followers);
  });
}
