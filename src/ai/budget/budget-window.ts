import { parseDuration } from '../../core/duration.js';
import type { AiBudget } from './budget.js';
import { ZonedTime } from '../../core/zoned-time.js';

/** A stretch of time, in milliseconds since the epoch: `start` belongs to it, `end` does not. */
export interface WindowSpan {
  readonly start: number;
  readonly end: number;
}

const HOUR_MS = 3_600_000;

/** The windows of a budget, one after the other without a gap. */
export class BudgetWindow {
  /** Tells windows of other kinds apart in stored keys: `day`, `5400000ms`. */
  readonly name: string;
  readonly #spanAt: (now: number) => WindowSpan;
  #current: WindowSpan = { start: 0, end: 0 };

  /** @throws InvalidOptionError for a window that is none of the calendar's and no duration; RangeError for an unknown zone */
  constructor(window: AiBudget['window'], timeZone: string, option: string) {
    const calendar = CALENDAR.get(window);
    if (calendar) {
      const zone = new ZonedTime(timeZone);
      this.name = String(window);
      this.#spanAt = now => calendar(zone, now);
    } else {
      const length = parseDuration(window, option);
      this.name = `${length}ms`;
      this.#spanAt = now => {
        const start = Math.floor(now / length) * length;
        return { start, end: start + length };
      };
    }
  }

  /** The window that an instant lies in. The same object while it is the same window. */
  at(now: number): WindowSpan {
    const { start, end } = this.#current;
    // Every call of an AI service asks; the calendar is asked once a window.
    if (now < start || now >= end) this.#current = this.#spanAt(now);
    return this.#current;
  }
}

/** Whether a window follows the calendar, so that a time zone says when it begins. */
export function isCalendarWindow(window: unknown): boolean {
  return CALENDAR.has(window);
}

const CALENDAR = new Map<unknown, (zone: ZonedTime, now: number) => WindowSpan>([
  ['hour', hourAt],
  ['day', (zone, now) => datesAt(zone, now, (year, month, day) => [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)])],
  [
    'week',
    (zone, now) =>
      datesAt(zone, now, (year, month, day, weekday) => {
        const monday = day - ((weekday + 6) % 7);
        return [Date.UTC(year, month, monday), Date.UTC(year, month, monday + 7)];
      }),
  ],
  ['month', (zone, now) => datesAt(zone, now, (year, month) => [Date.UTC(year, month), Date.UTC(year, month + 1)])],
]);

/** A window between two midnights of a zone; on a day whose midnight is skipped, the day's first instant. */
function datesAt(
  zone: ZonedTime,
  now: number,
  dates: (year: number, month: number, day: number, weekday: number) => [from: number, to: number],
): WindowSpan {
  const wall = new Date(zone.wallAt(now));
  const [from, to] = dates(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), wall.getUTCDay());
  return { start: zone.instantOf(from), end: zone.instantOf(to) };
}

/**
 * A full hour by the zone's wall clock. An hour that is shown twice when clocks are put back is two windows;
 * where a change falls into an hour (Lord Howe puts its clocks by 30 minutes), the change ends one window and begins one.
 */
function hourAt(zone: ZonedTime, now: number): WindowSpan {
  const offset = zone.offsetAt(now);
  const start = now - ((((now + offset) % HOUR_MS) + HOUR_MS) % HOUR_MS);
  const end = start + HOUR_MS;
  return {
    start: zone.offsetAt(start) === offset ? start : zone.changeBetween(start, now),
    end: zone.offsetAt(end - 1) === offset ? end : zone.changeBetween(now, end - 1),
  };
}
