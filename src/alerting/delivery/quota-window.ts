import type { Quota } from '../channels/channel.js';

/** Which attempt is asked for. */
export interface QuotaQuestion {
  /** The how manieth from now, if each is made as soon as it may be. Default: 1, the next. */
  readonly count?: number;
  /** The part of each quota that is to be left over, from 0 to 1. Default: 0. */
  readonly kept?: number;
}

/**
 * Keeps to quotas: of each, no more than `limit` attempts in any `windowMs`. By a clock that is given, which the
 * limiters on npm are not: they read the system's. An attempt counts from its begin until `windowMs` after its end,
 * because nobody knows when between the two the service counted it.
 */
export class QuotaWindow {
  readonly #quotas: readonly Quota[];
  /** When the latest attempts ended, oldest first. As many as the largest limit. */
  #ended: number[] = [];
  readonly #largest: number;
  #underWay = 0;

  constructor(quotas: readonly Quota[]) {
    this.#quotas = quotas.map(({ limit, windowMs }) => ({ limit: Math.max(1, Math.floor(limit)), windowMs }));
    this.#largest = Math.max(0, ...this.#quotas.map(({ limit }) => limit));
  }

  /** Milliseconds until the attempt may be made; 0: now. At least so many, where that depends on attempts under way. */
  waitMs(now: number, { count = 1, kept = 0 }: QuotaQuestion = {}): number {
    let wait = 0;
    for (const { limit, windowMs } of this.#quotas) {
      const most = limit - Math.floor(limit * kept);
      if (most <= 0) return Infinity;
      const fullWindows = Math.floor((count - 1) / most);
      // The one that must no longer count.
      const index = this.#ended.length + this.#underWay - most + ((count - 1) % most);
      wait = Math.max(wait, fullWindows * windowMs + this.#leavesIn(index, windowMs, now));
    }
    return wait;
  }

  begin(): void {
    this.#underWay++;
  }

  end(now: number): void {
    this.#underWay--;
    if (this.#largest === 0) return;
    this.#ended.push(now);
    if (this.#ended.length > this.#largest) this.#ended.shift();
  }

  /** Attempts that others have made too, in place of those it knows. @param ended when they ended, or began */
  learn(ended: readonly number[]): void {
    this.#ended = ended.toSorted((a, b) => a - b).slice(-this.#largest);
  }

  #leavesIn(index: number, windowMs: number, now: number): number {
    if (index < 0) return 0;
    const ended = this.#ended[index];
    return ended === undefined ? windowMs : Math.max(0, ended + windowMs - now);
  }
}
