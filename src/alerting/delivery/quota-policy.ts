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
/** What less than critical alerts leave of a quota … */
const KEPT = 0.2;
/** … and what their digests do. */
const KEPT_BY_DIGESTS = 0.1;
/** Least time between two digests. */
const DIGEST_EVERY_MS = 15_000;

/**
 * Makes the best of a channel's quotas: parcels go one by one, the critical ones down to the last attempt, as long as
 * that takes no longer than people have patience; else all that wait go as one, now and then.
 */
export class QuotaPolicy {
  readonly #window: QuotaWindow;
  readonly #digestEveryMs: number;
  #nextDigest = -Infinity;

  constructor(quotas: readonly Quota[]) {
    this.#window = new QuotaWindow(quotas);
    this.#digestEveryMs = Math.min(DIGEST_EVERY_MS, Math.max(0, ...quotas.map(({ windowMs }) => windowMs)) / 4);
  }

  /** Milliseconds until the next attempt may be made; 0: now. */
  waitMs(now: number, waiting: Ready): number {
    return this.#plan(now, waiting).waitMs;
  }

  /** The next attempt is being made. @returns whether all that may go are to go as one */
  takeTurn(now: number, waiting: Ready): boolean {
    const { isDigest } = this.#plan(now, waiting);
    if (isDigest) this.#nextDigest = now + this.#digestEveryMs;
    return isDigest;
  }

  begin(): void {
    this.#window.begin();
  }

  end(now: number): void {
    this.#window.end(now);
  }

  #plan(now: number, { ready, criticals }: Ready): { readonly isDigest: boolean; readonly waitMs: number } {
    const window = this.#window;
    if (criticals > 0) return { isDigest: window.waitMs(now, { count: criticals }) > PATIENCE_MS, waitMs: window.waitMs(now) };
    const last = window.waitMs(now, { count: ready, kept: KEPT });
    if (last <= PATIENCE_MS) return { isDigest: false, waitMs: window.waitMs(now, { kept: KEPT }) };
    return { isDigest: true, waitMs: Math.max(0, this.#nextDigest - now, window.waitMs(now, { kept: KEPT_BY_DIGESTS })) };
  }
}
