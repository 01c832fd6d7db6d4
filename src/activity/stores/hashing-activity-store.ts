import type { ActiveWindow } from '../activity-event.js';
import type { StoredIds } from '../stored-ids.js';
import type { ActivityStore, Sighting } from './activity-store.js';

/** A store that is given ids as apps have them, and keeps their hashes. */
export function hashingActivityStore(store: ActivityStore, ids: StoredIds): ActivityStore {
  return {
    record: sightings => store.record(sightings.map(sighting => ({ ...sighting, userId: ids.hash(sighting.userId) }))),
    recent: count => store.recent(count),
    hours: now => store.hours(now),
    online: (now, limit) => store.online(now, limit),
    countActive: (windows, now) => store.countActive(windows, now),
    forget: userId => store.forget(ids.hash(userId)),
  };
}

/** More are not kept back in one turn. */
const MOST_KEPT_BACK = 1_000;

/**
 * A store that answers at once, but writes only when the turn of the event loop is over, or when it is asked: to hash ids
 * takes time, which is not the request's.
 */
export class LateActivityStore implements ActivityStore {
  readonly #store: ActivityStore;
  readonly #later: (work: () => void) => void;
  #keptBack: Sighting[] = [];

  /** @param later runs work when the turn is over */
  constructor(store: ActivityStore, later: (work: () => void) => void) {
    this.#store = store;
    this.#later = later;
  }

  record(sightings: readonly Sighting[]): void {
    if (this.#keptBack.length === 0) {
      this.#later(() => {
        this.#write();
      });
    }
    this.#keptBack.push(...sightings);
    if (this.#keptBack.length >= MOST_KEPT_BACK) this.#write();
  }

  recent(count: number): ReturnType<ActivityStore['recent']> {
    return this.#written().recent(count);
  }

  hours(now: number): ReturnType<ActivityStore['hours']> {
    return this.#written().hours(now);
  }

  online(now: number, limit: number): ReturnType<ActivityStore['online']> {
    return this.#written().online(now, limit);
  }

  countActive(windows: readonly ActiveWindow[], now: number): ReturnType<ActivityStore['countActive']> {
    return this.#written().countActive(windows, now);
  }

  forget(userId: string): ReturnType<ActivityStore['forget']> {
    return this.#written().forget(userId);
  }

  #written(): ActivityStore {
    this.#write();
    return this.#store;
  }

  #write(): void {
    const sightings = this.#keptBack;
    this.#keptBack = [];
    if (sightings.length > 0) void this.#store.record(sightings);
  }
}
