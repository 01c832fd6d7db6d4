import type { Metric } from './metric.js';
import { seriesExpiry } from './series-expiry.js';

/**
 * Finds series that nobody wrote to for a while. Instead of a time, a series keeps the number of the
 * pass in which it was last written: the hot path reads no clock, and there is no timer.
 */
export class IdleSeries {
  readonly #ttlMs: number;
  /** Start of the passes that are not yet old, oldest first. */
  #passes: { pass: number; start: number }[] = [];

  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  /** Forgets what is idle for longer than the TTL and begins a new pass. */
  sweep(now: number, metrics: Iterable<Metric>): void {
    const last = this.#passes.at(-1);
    // A pass shorter than a twentieth of the TTL would only lengthen the list.
    if (last && now - last.start < this.#ttlMs / 20) return;
    this.#passes.push({ pass: ++seriesExpiry.pass, start: now });
    const firstYoung = this.#passes.findIndex(({ start }) => now - start < this.#ttlMs);
    if (firstYoung <= 0) return;
    // What was written in a pass before `old.pass` was last written before `old.start`.
    const old = this.#passes[firstYoung - 1] as { pass: number };
    this.#passes = this.#passes.slice(firstYoung - 1);
    for (const metric of metrics) metric.expireBefore(old.pass);
  }
}
