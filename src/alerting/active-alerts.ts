import type { Clock } from '../core/clock.js';
import type { Alert } from './alert.js';
import type { AlertStore } from './stores/alert-store.js';

/** To read what is active may take so long each time it is needed. */
const CHEAP_MS = 5;

/** The alerts that are not resolved, read from the store when they are needed, and no more often than it can bear. */
export class ActiveAlerts {
  readonly #store: Pick<AlertStore, 'active'>;
  readonly #clock: Clock;
  #read: { readonly active: readonly Alert[]; readonly goodUntil: number } | undefined;

  constructor(store: Pick<AlertStore, 'active'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async get(): Promise<readonly Alert[]> {
    const clock = this.#clock;
    const began = clock.monotonic();
    if (this.#read !== undefined && began < this.#read.goodUntil) return this.#read.active;
    const active = await this.#store.active();
    const tookMs = clock.monotonic() - began;
    // In a storm of ten thousands the process would do nothing else.
    this.#read = { active, goodUntil: tookMs < CHEAP_MS ? -Infinity : clock.monotonic() + 20 * tookMs };
    return active;
  }
}
