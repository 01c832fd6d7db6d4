const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/**
 * How long to wait before the next attempt: 1, 2, 4 … seconds up to five minutes, each shortened by up to a half so that
 * what failed together does not come again together; never sooner than the service asked for.
 *
 * @param failures attempts that failed so far, at least 1
 * @param random from 0 to 1
 */
export function backoffMs(failures: number, retryAfterMs: number | undefined, random: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.max(retryAfterMs ?? 0, longest * (1 - random / 2));
}
