import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import type { Gauge } from '../metrics/gauge.js';
import type { ActiveWindow } from './activity-event.js';
import { ACTIVE_WINDOWS } from './active-windows.js';
import type { ActivityStore } from './stores/activity-store.js';

/** Ready values for {@link ActiveUsersGauge}. */
export interface ActiveUsersGaugeParts {
  readonly gauge: Gauge;
  readonly store: Pick<ActivityStore, 'countActive'>;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** Scrapes that follow closely show the same figures. */
const FRESH_MS = 5_000;
/** How often a store that is far away is asked: a scrape can't wait for its answer. */
const REFRESH_MS = 15_000;
/** Older figures are not shown: a gauge that keeps a value of long ago states what is not true. */
const STALE_MS = 60_000;

/** Shows `active_users_total{time_window}`, until it is closed. */
export class ActiveUsersGauge {
  readonly #parts: ActiveUsersGaugeParts;
  #counts: readonly number[] = [];
  #countedAt = -Infinity;
  #isAsking = false;
  #cancelRefresh: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: ActiveUsersGaugeParts) {
    this.#parts = parts;
    for (const [i, window] of ACTIVE_WINDOWS.entries()) parts.gauge.observe({ time_window: window }, () => this.#read(window, i));
  }

  /** Asks the store now, and then every 15 seconds: for one that answers by promises. */
  keepFresh(): void {
    if (this.#isClosed) return;
    this.#refresh();
    this.#cancelRefresh = this.#parts.clock.schedule(() => {
      this.keepFresh();
    }, REFRESH_MS);
  }

  /** Ends the series, at the next scrape. */
  close(): void {
    this.#isClosed = true;
    this.#cancelRefresh?.();
  }

  #read(window: ActiveWindow, index: number): number | undefined {
    if (this.#isClosed) return undefined;
    const { clock } = this.#parts;
    if (clock.monotonic() - this.#countedAt >= FRESH_MS) this.#refresh();
    const count = this.#counts[index];
    if (count === undefined || clock.monotonic() - this.#countedAt >= STALE_MS) throw new Error(`the users active in ${window} are not known`);
    return count;
  }

  #refresh(): void {
    if (this.#isAsking) return;
    const { store, clock, diagnostics } = this.#parts;
    const askedAt = clock.monotonic();
    const note = (counts: readonly number[]): void => {
      this.#counts = counts;
      this.#countedAt = askedAt;
    };
    const answer = store.countActive(ACTIVE_WINDOWS, clock.now());
    if (!(answer instanceof Promise)) {
      note(answer);
      return;
    }
    this.#isAsking = true;
    answer
      .then(note, (error: unknown) => {
        diagnostics.fault('activity-store', 'the active users could not be counted', error);
      })
      .finally(() => {
        this.#isAsking = false;
      });
  }
}
