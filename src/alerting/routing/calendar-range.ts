import { InvalidOptionError } from '../../core/errors.js';

/** Numbers of a calendar from `from` to `to`, both included. */
export interface CalendarRange {
  readonly from: number;
  readonly to: number;
}

/** Minutes of a day from `start` to before `end`. */
export interface MinuteRange {
  readonly start: number;
  readonly end: number;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

/** `monday`, `monday:friday` → 0 (Sunday) to 6. */
export function readWeekdays(given: unknown, option: string): CalendarRange {
  const allowed = "a weekday or a range of them, such as 'sunday' or 'monday:friday', the first not after the last";
  return readRange(given, option, allowed, text => WEEKDAYS.indexOf(text), { least: 0, most: 6 });
}

/** `may`, `january:march`, `1:3` → 1 to 12. */
export function readMonths(given: unknown, option: string): CalendarRange {
  const allowed = "a month or a range of them, such as 'may', 'january:march' or '1:3', the first not after the last";
  return readRange(given, option, allowed, text => MONTHS.indexOf(text) + 1 || readWhole(text), { least: 1, most: 12 });
}

/** `2026`, `2026:2028`. */
export function readYears(given: unknown, option: string): CalendarRange {
  const allowed = "a year or a range of them, such as '2026' or '2026:2028', the first not after the last";
  return readRange(given, option, allowed, readWhole, { least: 1, most: 9_999 });
}

/** `1`, `1:5`, `-3:-1`: negative ones count from the end of the month. */
export function readDaysOfMonth(given: unknown, option: string): CalendarRange {
  const allowed = "a day of the month (1 to 31, or -1 to -31 from its end) or a range such as '1:7' or '-3:-1', the first not after the last in any month";
  const { from, to } = readRange(given, option, allowed, readWhole, { least: -31, most: 31 }, false);
  // As Alertmanager does it: by the shortest month, and a day off.
  const inFebruary = (day: number): number => (day < 0 ? 28 + day : day);
  if (from === 0 || to === 0 || (from < 0 && to > 0) || inFebruary(from) > inFebruary(to)) throw new InvalidOptionError(option, given, allowed);
  return { from, to };
}

/** `09:00` to `17:00` → minutes of the day. */
export function readTimes(given: { readonly startTime: string; readonly endTime: string }, option: string): MinuteRange {
  const start = readTime(given.startTime, `${option}.startTime`);
  const end = readTime(given.endTime, `${option}.endTime`);
  if (start >= end) {
    throw new InvalidOptionError(`${option}.endTime`, given.endTime, `a time after ${given.startTime}; over midnight, give two: until 24:00 and from 00:00`);
  }
  return { start, end };
}

/** `HH:MM` → minutes of the day; the end of the day is `24:00`. */
export function readTime(given: unknown, option: string): number {
  const [, hours, minutes] = (typeof given === 'string' && /^([01]\d|2[0-3]|24(?=:00)):([0-5]\d)$/.exec(given)) || [];
  if (hours === undefined) throw new InvalidOptionError(option, given, "a time from '00:00' to '24:00'");
  return Number(hours) * 60 + Number(minutes);
}

function readRange(
  given: unknown,
  option: string,
  allowed: string,
  read: (text: string) => number,
  { least, most }: { readonly least: number; readonly most: number },
  isAscending = true,
): CalendarRange {
  const [first, last = first, ...more] = (typeof given === 'string' || typeof given === 'number' ? String(given) : '').toLowerCase().split(':').map(read);
  const isValid = [first, last].every(number => number !== undefined && number >= least && number <= most);
  if (first === undefined || last === undefined || more.length > 0 || !isValid || (isAscending && first > last)) {
    throw new InvalidOptionError(option, given, allowed);
  }
  return { from: first, to: last };
}

function readWhole(text: string): number {
  return /^[+-]?\d{1,4}$/.test(text) ? Number(text) : NaN;
}
