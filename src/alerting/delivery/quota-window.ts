import type { Quota } from '../channels/channel.js';

/**
 * Keeps to quotas: of each, no more than `limit` in any `windowMs` before now. By a clock that is given, which the
 * limiters on npm are not: they read the system's.
 */
export class QuotaWindow {
  readonly #quotas: readonly Quota[];
  /** When the latest ones were taken, oldest first. As many as the largest limit. */
  readonly #taken: number[] = [];
  readonly #largest: number;

  constructor(quotas: readonly Quota[]) {
    this.#quotas = quotas;
    this.#largest = Math.max(0, ...quotas.map(({ limit }) => limit));
  }

  /** Milliseconds until another one may be taken; 0: now. */
  waitMs(now: number): number {
    let wait = 0;
    for (const { limit, windowMs } of this.#quotas) {
      const oldest = this.#taken[this.#taken.length - limit];
      if (oldest !== undefined) wait = Math.max(wait, oldest + windowMs - now);
    }
    return wait;
  }

  /** How many more may be taken now. */
  left(now: number): number {
    let left = Infinity;
    for (const { limit, windowMs } of this.#quotas) {
      const used = this.#taken.filter(at => at > now - windowMs).length;
      left = Math.min(left, limit - used);
    }
    return Math.max(0, left);
  }

  take(now: number): void {
    if (this.#largest === 0) return;
    this.#taken.push(now);
    if (this.#taken.length > this.#largest) this.#taken.shift();
  }
}
