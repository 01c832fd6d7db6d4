import type { Clock } from './clock.js';

/**
 * What `work` comes to, or a rejection where that takes longer than `limitMs`. The work itself goes on.
 * @param what completes "… took longer than 5 s"
 */
export function rejectAfter<T>(work: Promise<T>, limitMs: number, what: string, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(() => {
      reject(new Error(`${what} took longer than ${limitMs / 1_000} s`));
    }, limitMs);
    work.then(resolve, reject).finally(cancel);
  });
}
