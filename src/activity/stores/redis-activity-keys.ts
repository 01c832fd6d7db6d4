import { InvalidOptionError } from '../../core/errors.js';
import type { ActiveWindow } from '../activity-event.js';
import type { ActivityCalendar } from '../activity-calendar.js';
import { CALENDAR_DAYS, isRolling, ROLLING_MS } from '../active-windows.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Processes' clocks differ, and what was buffered comes late. */
const SLACK_MS = 900_000;

/** By how much a window that moves with the clock reaches further back than it says, at most: a share of 2 to 5 %. */
const SLICE_MS: Readonly<Record<keyof typeof ROLLING_MS, number>> = { '5m': 15 * SECOND_MS, '1h': 120 * SECOND_MS, '24h': HOUR_MS / 2 };
const ROLLING = Object.keys(SLICE_MS) as (keyof typeof SLICE_MS)[];

/** How long the keys of an instant live: of its hour's counters, and of the sketches in the order of their names. */
export const LIVES_MS: readonly number[] = [
  25 * HOUR_MS + SLACK_MS,
  ...ROLLING.map(window => ROLLING_MS[window] + SLICE_MS[window] + SLACK_MS),
  (CALENDAR_DAYS['30d'] + 2) * DAY_MS,
];

/**
 * The names of all keys. One hash tag stands in all of them, so that a cluster keeps them on one node: an event is written
 * in one step, and sketches are only counted together where they lie together.
 */
export class RedisActivityKeys {
  readonly #base: string;
  readonly #calendar: ActivityCalendar;
  /** The stream of events. */
  readonly events: string;
  /** Users by when they were last seen. */
  readonly online: string;

  /** @throws InvalidOptionError for a prefix that would be a hash tag of another kind */
  constructor(prefix: string, calendar: ActivityCalendar) {
    if (prefix === '' || /[{}]/.test(prefix)) {
      throw new InvalidOptionError('activity.keyPrefix', prefix, 'a text that is not empty, without { and }: it is put between them');
    }
    this.#base = `{${prefix}}:`;
    this.#calendar = calendar;
    this.events = `${this.#base}events`;
    this.online = `${this.#base}online`;
  }

  /** The counters of the actions of an hour, a hash. */
  hour(start: number): string {
    return `${this.#base}actions:${start}`;
  }

  /** What the sightings of an instant are written to: their hour, and one sketch of each kind. */
  at(instant: number): readonly string[] {
    return [
      this.hour(this.#calendar.hourAt(instant).start),
      ...ROLLING.map(window => this.#slice(window, Math.floor(instant / SLICE_MS[window]))),
      this.#day(this.#calendar.dayAt(instant).date),
    ];
  }

  /** Sightings whose numbers are equal are written to the same keys. */
  groupOf(instant: number): number {
    return Math.floor(instant / SLICE_MS['5m']);
  }

  /** The sketches of a window. */
  sketches(window: ActiveWindow, now: number): readonly string[] {
    if (!isRolling(window)) return this.#calendar.daysBefore(now, CALENDAR_DAYS[window]).map(({ date }) => this.#day(date));
    const first = Math.floor((now - ROLLING_MS[window]) / SLICE_MS[window]);
    const last = Math.floor(now / SLICE_MS[window]);
    return Array.from({ length: last - first + 1 }, (_, i) => this.#slice(window, first + i));
  }

  #slice(window: keyof typeof SLICE_MS, number: number): string {
    return `${this.#base}users:${window}:${number}`;
  }

  #day(date: string): string {
    return `${this.#base}users:day:${date}`;
  }
}
