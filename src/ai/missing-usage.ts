import type { Reading } from './reading.js';

/** Why the tokens of an answered call are not known: `reason` of `ai_usage_missing_total`. */
export type MissingUsage =
  /** The response has no usage. */
  | 'no_usage'
  /** The stream ended without usage. OpenAI's chat streams have it only with `stream_options: { include_usage: true }`. */
  | 'stream_without_usage'
  /** No shape knows the response: give `extractUsage`. */
  | 'unknown_shape'
  /** Reading it threw. */
  | 'unreadable'
  /** The stream broke or was left before it said all; what had come is counted. */
  | 'interrupted'
  /** The caller took the raw response, or never read it. */
  | 'unread';

/** Of a whole answer; `undefined` where nothing is missing. */
export function missingIn({ facts, failed }: Reading): MissingUsage | undefined {
  if (facts?.usage !== undefined) return facts.isPartial ? 'interrupted' : undefined;
  if (failed) return 'unreadable';
  return facts === undefined ? 'unknown_shape' : 'no_usage';
}

/** Of a stream that came to its end. */
export function missingInStream(reading: Reading): MissingUsage | undefined {
  const missing = missingIn(reading);
  return missing === 'no_usage' ? 'stream_without_usage' : missing;
}

/** Of a stream that did not: the usage comes last, so without the reason why the model stopped it is a part. */
export function missingAfterBreak({ facts }: Reading): MissingUsage | undefined {
  return facts?.usage !== undefined && facts.finishReason !== undefined ? undefined : 'interrupted';
}
