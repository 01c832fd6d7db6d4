import type { Clock } from './clock.js';

/**
 * Waits until `work` settles, whichever way, but no longer than `limitMs`. Never rejects.
 * For `flush()` and `close()`: what they wait for may be a target that never answers.
 *
 * @returns whether it settled in time
 */
export function settleWithin(work: PromiseLike<unknown>, limitMs: number, clock: Clock): Promise<boolean> {
  return new Promise(resolve => {
    // Not unref'd, the only such timer: who awaits `close()` must see it end, whatever else is left to do.
    const hold = setInterval(() => {}, 60_000);
    const settle = (inTime: boolean) => (): void => {
      cancel();
      clearInterval(hold);
      resolve(inTime);
    };
    const cancel = clock.schedule(settle(false), limitMs);
    work.then(settle(true), settle(true));
  });
}
