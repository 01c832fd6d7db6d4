import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/core/clock.js';

/** A clock that a test moves from timer to timer, letting what each sets off come to its end; somebody may set it. */
export class SteppingClock implements Clock {
  #elapsed = 0;
  #wall: number;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  constructor(startMs = Date.UTC(2026, 10, 22, 12)) {
    this.#wall = startMs;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const timer = { at: this.#elapsed + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are waiting. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Somebody sets the time of day; no time passes. */
  setBy(ms: number): void {
    this.#wall += ms;
  }

  async pass(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await nextTurn();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.callback();
      await nextTurn();
    }
    this.#elapsed = end;
  }

  #next(end: number): { readonly at: number; readonly callback: () => void } | undefined {
    let first: { readonly at: number; readonly callback: () => void } | undefined;
    for (const timer of this.#timers) if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }
}
