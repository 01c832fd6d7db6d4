import type { ActiveWindow } from '../activity-event.js';
import type { ActivityCalendar } from '../activity-calendar.js';
import { CALENDAR_DAYS, HOURS_KEPT, isRolling, MOST_ACTIONS, ONLINE_MS, OTHER_ACTIONS, ROLLING_MS } from '../active-windows.js';
import { SlidingHyperLogLog } from '../sliding-hyper-log-log.js';
import type { ActivityStore, Sighting, StoredEvent, StoredHour } from './activity-store.js';
import { RecentUsers } from './recent-users.js';

/** Ready values for {@link MemoryActivityStore}. */
export interface MemoryActivityStoreParts {
  readonly calendar: ActivityCalendar;
  /** Events that are kept. */
  readonly eventLimit: number;
  /** Users that are kept as online; beyond, the longest unseen leave early. Default: 200,000. */
  readonly onlineLimit?: number;
}

/** About 20 MB. */
const MOST_ONLINE = 200_000;

/** The activity of users in the memory of one process. */
export class MemoryActivityStore implements ActivityStore {
  readonly #calendar: ActivityCalendar;
  readonly #eventLimit: number;
  /** A ring: the next event takes the place of the oldest. */
  #events: StoredEvent[] = [];
  #next = 0;
  readonly #hours = new Map<number, Map<string, number>>();
  readonly #recent: RecentUsers;
  readonly #active = new SlidingHyperLogLog();

  constructor({ calendar, eventLimit, onlineLimit = MOST_ONLINE }: MemoryActivityStoreParts) {
    this.#calendar = calendar;
    this.#eventLimit = eventLimit;
    this.#recent = new RecentUsers(onlineLimit);
  }

  record(sightings: readonly Sighting[]): void {
    for (const { userId, at, event } of sightings) {
      this.#recent.see(userId, at);
      this.#active.add(userId, Math.floor(at / 1_000));
      if (event === undefined) continue;
      this.#events[this.#next] = { userId, at, action: event.action, metadata: event.metadata };
      this.#next = (this.#next + 1) % this.#eventLimit;
      this.#count(event.action, at);
    }
  }

  recent(count: number): readonly StoredEvent[] {
    return this.#inOrder().slice(-count).reverse();
  }

  hours(now: number): readonly StoredHour[] {
    return this.#calendar.hoursBefore(now, HOURS_KEPT).flatMap(({ start }) => {
      const actions = this.#hours.get(start);
      return actions === undefined ? [] : [{ start, actions }];
    });
  }

  online(now: number, limit: number): { readonly count: number; readonly users: readonly { readonly userId: string; readonly at: number }[] } {
    return this.#recent.since(now - ONLINE_MS, limit);
  }

  countActive(windows: readonly ActiveWindow[], now: number): readonly number[] {
    return windows.map(window => this.#active.countSince(Math.floor(this.#startOf(window, now) / 1_000)));
  }

  forget(userId: string): void {
    this.#events = this.#inOrder().filter(event => event.userId !== userId);
    this.#next = this.#events.length % this.#eventLimit;
    this.#recent.forget(userId);
  }

  /** The oldest first. */
  #inOrder(): StoredEvent[] {
    return this.#events.length < this.#eventLimit ? this.#events.slice() : [...this.#events.slice(this.#next), ...this.#events.slice(0, this.#next)];
  }

  #count(action: string, at: number): void {
    const { start } = this.#calendar.hourAt(at);
    const actions = this.#hours.get(start) ?? this.#beginHour(start);
    const count = actions.get(action);
    if (count !== undefined || actions.size < MOST_ACTIONS) actions.set(action, (count ?? 0) + 1);
    else actions.set(OTHER_ACTIONS, (actions.get(OTHER_ACTIONS) ?? 0) + 1);
  }

  #beginHour(start: number): Map<string, number> {
    const actions = new Map<string, number>();
    this.#hours.set(start, actions);
    // One more than is asked for: hours are begun by events, which may be late.
    const kept = [...this.#hours.keys()].sort((a, b) => b - a);
    for (const old of kept.slice(HOURS_KEPT + 1)) this.#hours.delete(old);
    return actions;
  }

  #startOf(window: ActiveWindow, now: number): number {
    if (isRolling(window)) return now - ROLLING_MS[window];
    return (this.#calendar.daysBefore(now, CALENDAR_DAYS[window]).at(-1) as { start: number }).start;
  }
}
