import { ZonedTime } from '../core/zoned-time.js';

/** A stretch of time, in milliseconds since the epoch: `start` belongs to it, `end` does not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A day of the calendar, of 23 to 25 hours. */
export interface Day extends Span {
  /** `2026-11-23` */
  readonly date: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Days and hours that were asked for before are asked for again, and the zone is slow to ask. */
const MOST_KNOWN = 100;

/** Hours and days by the wall clock of a zone. */
export class ActivityCalendar {
  readonly #zone: ZonedTime;
  #hour: Span = { start: 0, end: 0 };
  readonly #days: Day[] = [];

  /** @throws RangeError for a zone that `Intl` does not know */
  constructor(timeZone: string) {
    this.#zone = new ZonedTime(timeZone);
  }

  /**
   * The full hour that an instant lies in. One that the wall clock shows twice is two hours; where a change of the clock
   * falls into an hour (Lord Howe's are of 30 minutes), one ends and one begins there.
   */
  hourAt(instant: number): Span {
    const { start, end } = this.#hour;
    // Every event asks; the zone is asked once an hour.
    return instant >= start && instant < end ? this.#hour : (this.#hour = this.#findHour(instant));
  }

  /** The hour of an instant and those before it, the latest first. */
  hoursBefore(instant: number, count: number): Span[] {
    const hours = [this.hourAt(instant)];
    while (hours.length < count) hours.push(this.#findHour((hours.at(-1) as Span).start - 1));
    return hours;
  }

  /** The day that an instant lies in; on a day whose midnight was skipped, it begins with its first instant. */
  dayAt(instant: number): Day {
    const known = this.#days.find(({ start, end }) => instant >= start && instant < end);
    if (known !== undefined) return known;
    const day = this.#findDay(instant);
    this.#days.unshift(day);
    this.#days.length = Math.min(this.#days.length, MOST_KNOWN);
    return day;
  }

  /** The day of an instant and those before it, the latest first. */
  daysBefore(instant: number, count: number): Day[] {
    const days = [this.dayAt(instant)];
    while (days.length < count) days.push(this.dayAt((days.at(-1) as Day).start - 1));
    return days;
  }

  #findHour(instant: number): Span {
    const offset = this.#zone.offsetAt(instant);
    const start = instant - ((((instant + offset) % HOUR_MS) + HOUR_MS) % HOUR_MS);
    const end = start + HOUR_MS;
    return {
      start: this.#zone.offsetAt(start) === offset ? start : this.#zone.changeBetween(start, instant),
      end: this.#zone.offsetAt(end - 1) === offset ? end : this.#zone.changeBetween(instant, end - 1),
    };
  }

  #findDay(instant: number): Day {
    const midnight = Math.floor(this.#zone.wallAt(instant) / DAY_MS) * DAY_MS;
    // Where a zone skips a whole date, the next midnight is no later than the one after it.
    const start = this.#zone.instantOf(midnight);
    const end = this.#zone.instantOf(midnight + DAY_MS);
    return { start, end: Math.max(end, instant + 1), date: new Date(midnight).toISOString().slice(0, 10) };
  }
}
