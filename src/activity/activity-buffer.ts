import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { nextTurn } from '../core/next-turn.js';
import { settleWithin } from '../core/settle-within.js';
import type { Counter } from '../metrics/counter.js';
import type { ActivityStore, Sighting } from './stores/activity-store.js';
import { wasRefused } from './stores/was-refused.js';

/** Ready values for {@link ActivityBuffer}. */
export interface ActivityBufferParts {
  readonly store: Pick<ActivityStore, 'record'>;
  /** Whether it makes sense to send now: there is a connection. */
  readonly isReachable: () => boolean;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Sightings that wait or are under way; more are dropped. */
  readonly limit: number;
  /** Counts what is lost, by `reason`. */
  readonly dropped: Counter;
}

/** Written in one go: Redis does nothing else for about two milliseconds. */
const BATCH = 500;
/** So that Redis has the next ones while answers are on their way. */
const MOST_UNDER_WAY = 4;
const RETRY_MS = 250;
const LONGEST_RETRY_MS = 2_000;
const CLOSE_WITHIN_MS = 2_000;

/**
 * Stands between who tracks and a store that is far away: takes sightings at once, writes them behind the caller's back,
 * one by one while there are few and together under load, and counts what it can't keep. What the store has refused is
 * sent again, for as long as it takes; what it has not answered is lost or not, and not sent again, because it would
 * count twice.
 */
export class ActivityBuffer {
  readonly #parts: ActivityBufferParts;
  #waiting: Sighting[] = [];
  readonly #underWay = new Map<Promise<void>, number>();
  #isScheduled = false;
  #cancelRetry: (() => void) | undefined;
  #retryMs = RETRY_MS;
  #isClosed = false;
  /** Ends waits of {@link settled}. */
  readonly #onSettled: (() => void)[] = [];

  constructor(parts: ActivityBufferParts) {
    this.#parts = parts;
  }

  /** How many sightings wait or are under way. */
  get size(): number {
    let size = this.#waiting.length;
    for (const count of this.#underWay.values()) size += count;
    return size;
  }

  add(sighting: Sighting): void {
    if (this.size >= this.#parts.limit) {
      this.#drop(1, 'buffer_full');
      return;
    }
    this.#waiting.push(sighting);
    if (this.#isScheduled || this.#cancelRetry !== undefined || this.#underWay.size >= MOST_UNDER_WAY) return;
    this.#isScheduled = true;
    // Not now, in the app's request; and those that come in this turn go together.
    void nextTurn().then(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  /** Takes back what waits of a user, and resolves when what is under way has ended. */
  async withdraw(userId: string): Promise<void> {
    this.#waiting = this.#waiting.filter(sighting => sighting.userId !== userId);
    await Promise.allSettled(this.#underWay.keys());
    this.#waiting = this.#waiting.filter(sighting => sighting.userId !== userId);
  }

  /** Resolves when nothing waits and nothing is under way. */
  async settled(): Promise<void> {
    if (this.size === 0) return;
    await new Promise<void>(resolve => {
      this.#onSettled.push(resolve);
    });
  }

  /** Writes the rest, for two seconds at most; what is left then is lost, and counted. */
  async close(): Promise<void> {
    this.#retryAtOnce();
    await settleWithin(this.settled(), CLOSE_WITHIN_MS, this.#parts.clock);
    this.#isClosed = true;
    this.#cancelRetry?.();
    const { size } = this;
    this.#waiting = [];
    if (size === 0) return;
    this.#drop(size, 'closed');
    this.#parts.diagnostics.fault('activity-store', `${size} sightings of users could not be written before the end`);
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#underWay.size < MOST_UNDER_WAY && this.#cancelRetry === undefined) {
      if (!this.#parts.isReachable()) {
        this.#retryLater();
        return;
      }
      const batch = this.#waiting.splice(0, BATCH);
      const writing: Promise<void> = this.#write(batch).then(() => {
        this.#underWay.delete(writing);
        this.#goOn();
      });
      this.#underWay.set(writing, batch.length);
    }
  }

  async #write(batch: readonly Sighting[]): Promise<void> {
    try {
      await this.#parts.store.record(batch);
      this.#retryMs = RETRY_MS;
    } catch (error) {
      if (this.#isClosed) return;
      if (wasRefused(error)) {
        this.#parts.diagnostics.fault('activity-store', 'Redis takes no sightings of users now; they are kept and sent again', error);
        this.#waiting = [...batch, ...this.#waiting];
        this.#retryLater();
      } else {
        this.#parts.diagnostics.fault('activity-store', `${batch.length} sightings of users were sent to Redis and may be lost`, error);
        this.#drop(batch.length, 'unanswered');
      }
    }
  }

  #goOn(): void {
    if (this.size === 0) for (const resolve of this.#onSettled.splice(0)) resolve();
    else if (!this.#isClosed) this.#send();
  }

  #retryLater(): void {
    if (this.#cancelRetry !== undefined || this.#isClosed) return;
    this.#cancelRetry = this.#parts.clock.schedule(() => {
      this.#cancelRetry = undefined;
      this.#send();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  #retryAtOnce(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#send();
  }

  #drop(count: number, reason: 'buffer_full' | 'unanswered' | 'closed'): void {
    const { dropped, diagnostics } = this.#parts;
    dropped.add(dropped.slot(reason), count);
    if (reason === 'buffer_full') {
      diagnostics.notice('activity-buffer', `${this.#parts.limit} sightings of users wait for Redis already: others are dropped and counted in activity_dropped_total`);
    }
  }
}
