import { backoffMs } from '../delivery/backoff.js';

const LONGEST_MS = 60_000;

/**
 * How long work that failed waits: 1, 2, 4 … seconds up to a minute, each shortened by up to a half.
 *
 * @param failures so far, at least 1
 * @param random from 0 to 1
 */
export function retryAfterMs(failures: number, random: number): number {
  return Math.min(LONGEST_MS, backoffMs(failures, undefined, random));
}
