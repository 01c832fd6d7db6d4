/**
 * The two times a part of Sightline may read, and the one way it may wait.
 * Parts receive a clock, so a test replays any timeline without sleeping.
 */
export interface Clock {
  /** Wall-clock time: milliseconds since the epoch. For timestamps only. */
  now(): number;
  /** Monotonic time in milliseconds, with a fraction. For durations only. */
  monotonic(): number;
  /** Runs `callback` after `delayMs`; returns what cancels it. Never keeps the process alive. */
  schedule(callback: () => void, delayMs: number): () => void;
}

/** Node's timers take no more (24.8 days); one that is given more fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock. Its timers are unref'd, so a process that finished its work exits. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(callback, delayMs) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const isLast = !(leftMs > LONGEST_TIMER_MS);
      timer = isLast ? setTimeout(callback, leftMs) : setTimeout(wait, LONGEST_TIMER_MS, leftMs - LONGEST_TIMER_MS);
      timer.unref();
    };
    wait(delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
