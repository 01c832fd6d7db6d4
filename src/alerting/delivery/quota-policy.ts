import type { Quota } from '../channels/channel.js';
import { QuotaWindow } from './quota-window.js';

/** How many parcels may go. */
export interface Ready {
  readonly ready: number;
  /** Of them. */
  readonly criticals: number;
}

/** Parcels go one by one where the last of them need not wait longer than this. */
const PATIENCE_MS = 10_000;
/** The part of a quota that parcels leave when they go one by one, and digests of what is not critical … */
const KEPT = 0.4;
const KEPT_BY_DIGESTS = 0.2;
/** … and critical ones when they go one by one: what is left is for their digests, and enough for all the time. */
const KEPT_BY_CRITICALS = 0.2;
/** Least time between two digests, for people who read them … */
const DIGEST_EVERY_MS = 15_000;
/** … and what critical ones wait for at most, even where a day's quota is nearly used up. */
const LONGEST_BETWEEN_MS = 15 * 60_000;

/**
 * Makes the best of a channel's quotas: parcels go one by one as long as that takes no longer than people have patience;
 * else all that wait go as one, now and then. The critical ones go first, and a part of the quota is theirs.
 */
export class QuotaPolicy {
  readonly #window: QuotaWindow;
  readonly #joins: boolean;
  readonly #criticalEveryMs: number;
  #nextDigest = -Infinity;
  #nextCritical = -Infinity;

  /** @param joins whether parcels may go as one. Default: true */
  constructor(quotas: readonly Quota[], joins = true) {
    this.#joins = joins;
    this.#window = new QuotaWindow(quotas);
    const apart = quotas.map(({ limit, windowMs }) => windowMs / Math.max(1, Math.floor(limit * KEPT_BY_CRITICALS)));
    this.#criticalEveryMs = Math.min(LONGEST_BETWEEN_MS, Math.max(0, ...apart));
  }

  /** Milliseconds until the next attempt may be made; 0: now. */
  waitMs(now: number, waiting: Ready): number {
    return this.#plan(now, waiting).waitMs;
  }

  /** The next attempt is being made. @returns whether all that may go are to go as one */
  takeTurn(now: number, waiting: Ready): boolean {
    const { isDigest } = this.#plan(now, waiting);
    if (isDigest && waiting.criticals > 0) this.#nextCritical = now + this.#criticalEveryMs;
    if (isDigest) this.#nextDigest = now + Math.max(DIGEST_EVERY_MS, this.#criticalEveryMs);
    return isDigest;
  }

  begin(): void {
    this.#window.begin();
  }

  end(now: number): void {
    this.#window.end(now);
  }

  /** The attempts of all processes, in place of those it knows: of each its age. */
  learn(now: number, agesMs: readonly number[]): void {
    this.#window.learn(agesMs.map(age => now - age));
  }

  #plan(now: number, { ready, criticals }: Ready): { readonly isDigest: boolean; readonly waitMs: number } {
    const isCritical = criticals > 0;
    // Without digests all of it may be used up, but for what is kept for critical ones.
    if (!this.#joins) return { isDigest: false, waitMs: this.#window.waitMs(now, { kept: isCritical ? 0 : KEPT_BY_DIGESTS }) };
    const [count, kept] = isCritical ? [criticals, KEPT_BY_CRITICALS] : [ready, KEPT];
    if (this.#window.waitMs(now, { count, kept }) <= PATIENCE_MS) return { isDigest: false, waitMs: this.#window.waitMs(now, { kept }) };
    const next = isCritical ? this.#nextCritical : this.#nextDigest;
    const free = this.#window.waitMs(now, { kept: isCritical ? 0 : KEPT_BY_DIGESTS });
    return { isDigest: true, waitMs: Math.max(0, next - now, free) };
  }
}
