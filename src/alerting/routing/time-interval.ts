import { ZonedTime } from '../../core/zoned-time.js';
import { InvalidOptionError } from '../../core/errors.js';
import { aText, checkOptions, type OptionRule } from '../../core/options.js';
import { type CalendarRange, type MinuteRange, readDaysOfMonth, readMonths, readTimes, readWeekdays, readYears } from './calendar-range.js';

/**
 * Times that repeat, in Alertmanager's terms: all that is given must hold, and of each list one entry. Without anything
 * it is always.
 *
 * @example { weekdays: ['monday:friday'], times: [{ startTime: '09:00', endTime: '17:00' }], location: 'Asia/Shanghai' }
 */
export interface TimeIntervalSpec {
  /** Times of the day; the end does not belong to it, and may be `24:00`. */
  readonly times?: readonly { readonly startTime: string; readonly endTime: string }[];
  /** `monday`, `monday:friday`. A range does not go over Saturday. */
  readonly weekdays?: readonly string[];
  /** `1`, `1:7`, `-1` for the last: what is beyond the end of a month ends with it. */
  readonly daysOfMonth?: readonly (string | number)[];
  /** `may`, `january:march`, `1:3`. */
  readonly months?: readonly (string | number)[];
  /** `2026`, `2026:2028`. */
  readonly years?: readonly (string | number)[];
  /** IANA time zone whose clock it is read on. Default: `UTC`. */
  readonly location?: string;
}

const A_LIST: OptionRule = {
  allowed: 'a list with at least one entry (leave it out for any)',
  accepts: value => Array.isArray(value) && value.length > 0,
};
const RULES: Readonly<Record<keyof TimeIntervalSpec, OptionRule>> = {
  times: A_LIST,
  weekdays: A_LIST,
  daysOfMonth: A_LIST,
  months: A_LIST,
  years: A_LIST,
  location: aText,
};
const TIME_RULES = { startTime: aText, endTime: aText };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Tells whether an instant lies in a {@link TimeIntervalSpec}. Asked again within a minute, it need not look. */
export class TimeInterval {
  readonly #times: readonly MinuteRange[] | undefined;
  readonly #weekdays: readonly CalendarRange[] | undefined;
  readonly #daysOfMonth: readonly CalendarRange[] | undefined;
  readonly #months: readonly CalendarRange[] | undefined;
  readonly #years: readonly CalendarRange[] | undefined;
  readonly #zone: ZonedTime;
  // All that is given in whole minutes changes with a minute: of every zone, whose offsets are whole minutes too.
  #minute = NaN;
  #isIn = false;

  /** @throws InvalidOptionError with the path of what can't be used: `timeIntervals.nights[0].times[1].endTime` */
  constructor(spec: TimeIntervalSpec, option = 'timeInterval') {
    if (spec === undefined) throw new InvalidOptionError(option, spec, 'an object');
    checkOptions(option, spec, RULES);
    this.#times = spec.times?.map((range, i) => {
      const here = `${option}.times[${i}]`;
      if (range === undefined) throw new InvalidOptionError(here, range, 'an object');
      checkOptions(here, range, TIME_RULES);
      return readTimes(range, here);
    });
    this.#weekdays = spec.weekdays?.map((range, i) => readWeekdays(range, `${option}.weekdays[${i}]`));
    this.#daysOfMonth = spec.daysOfMonth?.map((range, i) => readDaysOfMonth(range, `${option}.daysOfMonth[${i}]`));
    this.#months = spec.months?.map((range, i) => readMonths(range, `${option}.months[${i}]`));
    this.#years = spec.years?.map((range, i) => readYears(range, `${option}.years[${i}]`));
    this.#zone = zoneOf(spec.location ?? 'UTC', `${option}.location`);
  }

  contains(date: Date): boolean {
    const minute = Math.floor(date.getTime() / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#isIn = this.#holdsAt(minute * MINUTE_MS);
      this.#minute = minute;
    }
    return this.#isIn;
  }

  /**
   * The first instant after `from`, and not after `limit`, at which {@link contains} answers otherwise; `undefined`
   * where there is none. A few microseconds for each day between them.
   */
  nextChange(from: Date, limit: Date): Date | undefined {
    const isIn = this.#holdsAt(from.getTime());
    const end = limit.getTime();
    for (let day = this.#midnight(from.getTime()); day <= this.#zone.wallAt(end); day += DAY_MS) {
      for (const instant of this.#candidates(day)) {
        if (instant > end) return undefined;
        if (instant > from.getTime() && this.#holdsAt(instant) !== isIn) return new Date(instant);
      }
    }
    return undefined;
  }

  #holdsAt(instant: number): boolean {
    const wall = new Date(this.#zone.wallAt(instant));
    const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate()];
    const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
    return (
      (this.#times?.some(({ start, end }) => minute >= start && minute < end) ?? true) &&
      (this.#weekdays?.some(range => isWithin(wall.getUTCDay(), range)) ?? true) &&
      (this.#daysOfMonth?.some(range => isWithin(day, inMonth(range, year, month))) ?? true) &&
      (this.#months?.some(range => isWithin(month, range)) ?? true) &&
      (this.#years?.some(range => isWithin(year, range)) ?? true)
    );
  }

  /** The reading of the clock at the midnight before. */
  #midnight(instant: number): number {
    return Math.floor(this.#zone.wallAt(instant) / DAY_MS) * DAY_MS;
  }

  /** The instants of a day at which the answer may change: its start, ends of times, and where the clock is put. */
  #candidates(day: number): number[] {
    const minutes = [0, ...(this.#times ?? []).flatMap(({ start, end }) => [start, end])];
    const readings = minutes.map(minute => day + minute * MINUTE_MS);
    const [before, after] = [this.#zone.offsetAt(day - DAY_MS), this.#zone.offsetAt(day + 2 * DAY_MS)];
    const instants = readings.map(wall => wall - after);
    if (before !== after) {
      const change = this.#zone.changeBetween(day - DAY_MS - before, day + 2 * DAY_MS - after);
      instants.push(change, ...readings.map(wall => wall - before));
    }
    return instants.filter(instant => this.#midnight(instant) === day).sort((a, b) => a - b);
  }
}

/** @throws InvalidOptionError for a zone that `Intl` does not know */
export function zoneOf(location: string, option: string): ZonedTime {
  try {
    return new ZonedTime(location);
  } catch {
    throw new InvalidOptionError(option, location, "an IANA time zone such as 'Europe/Berlin'");
  }
}

function isWithin(value: number, { from, to }: CalendarRange): boolean {
  return value >= from && value <= to;
}

/** Days of a month as they are in this one: counted from its start, and none beyond its end. */
function inMonth({ from, to }: CalendarRange, year: number, month: number): CalendarRange {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const fromStart = (day: number): number => (day < 0 ? length + day + 1 : day);
  return { from: fromStart(from), to: fromStart(to) };
}
