import type { MissingUsage } from './missing-usage.js';
import { outcomeOfResponse, type AiOutcome } from './outcome.js';
import type { Reading } from './reading.js';

/** How a call ended. */
export interface CallEnd {
  readonly outcome: AiOutcome;
  readonly isFailed: boolean;
  readonly error?: unknown;
  readonly reading?: Reading | undefined;
  readonly missing?: MissingUsage | undefined;
  /** A whole answer. */
  readonly answer?: unknown;
  /** When it ended, by the monotonic clock. Left out: now. */
  readonly endedAt?: number | undefined;
}

/** A response may come back as an error, instead of being thrown. */
export function endOf(reading: Reading, missing: MissingUsage | undefined, answer?: unknown): CallEnd {
  const { facts } = reading;
  const error = facts?.error;
  const isFailed = error !== undefined && error !== null;
  return { outcome: facts === undefined ? 'ok' : outcomeOfResponse(facts), isFailed, error, reading, missing, answer };
}
