import { type Duration, parseDuration } from '../../core/duration.js';
import { InvalidOptionError } from '../../core/errors.js';
import { aText, anObject, checkOptions, type OptionRule } from '../../core/options.js';
import type { Labels } from '../alert.js';
import { type AlertSeverity, SEVERITIES } from '../severity.js';
import { readTime, readWeekdays } from './calendar-range.js';
import { matchesAll, type Matcher, parseMatchers } from './matcher.js';
import { RecurringSpan } from './recurring-span.js';
import { TimeInterval, type TimeIntervalSpec, zoneOf } from './time-interval.js';

/**
 * A time in which some alerts are expected, and not notified. One of: `start` and `end`; `every`, `at` and `duration`;
 * `during`.
 *
 * @example { name: 'backups', every: 'day', at: '03:00', duration: '90m', timeZone: 'Asia/Shanghai', match: ['service="db"'] }
 */
export interface MaintenanceWindowOptions {
  /** Shown as the reason on the alerts it mutes. */
  readonly name: string;
  /** When it begins and is over, once. */
  readonly start?: Date;
  readonly end?: Date;
  /** On which days it begins: `day` for all, or weekdays (`sunday`, `monday:friday`). */
  readonly every?: string | readonly string[];
  /** When on these days, by the clock of `timeZone`: `03:00`. */
  readonly at?: string;
  /** How long, at most `7d`. It may go over midnight. */
  readonly duration?: Duration;
  /** IANA time zone of `at`. Default: `UTC`. */
  readonly timeZone?: string;
  /** Times as routes have them, with their `location`. */
  readonly during?: TimeIntervalSpec;
  /** Matchers that an alert must match, all of them. Default: none, for every alert. */
  readonly match?: readonly string[];
  /** Severities it mutes. Default: `medium` and `low`, as the monitoring plan has it. */
  readonly severities?: readonly AlertSeverity[];
}

const MUTED_BY_DEFAULT: readonly AlertSeverity[] = ['medium', 'low'];
const LONGEST_MS = 7 * 86_400_000;

const A_DATE: OptionRule = { allowed: 'a Date', accepts: value => value instanceof Date && !Number.isNaN(value.getTime()) };
const RULES: Readonly<Record<keyof MaintenanceWindowOptions, OptionRule>> = {
  name: aText,
  start: A_DATE,
  end: A_DATE,
  every: {
    allowed: "'day', a weekday, a range such as 'monday:friday', or a list of them",
    accepts: value => typeof value === 'string' || (Array.isArray(value) && value.length > 0),
  },
  at: aText,
  duration: { allowed: "a duration such as '90m'", accepts: value => typeof value === 'string' || typeof value === 'number' },
  timeZone: aText,
  during: anObject,
  match: { allowed: 'a list of matchers', accepts: Array.isArray },
  severities: {
    allowed: `a list of at least one of ${SEVERITIES.join(', ')}`,
    accepts: value => Array.isArray(value) && value.length > 0 && value.every(severity => SEVERITIES.includes(severity as AlertSeverity)),
  },
};
const FORMS = [['start', 'end'], ['every', 'at', 'duration'], ['during']] as const;

/** When a window is on, and when that changes. */
interface Schedule {
  isOn(at: Date): boolean;
  nextChange(from: Date, limit: Date): Date | undefined;
}

/** A {@link MaintenanceWindowOptions} that can be asked. */
export class MaintenanceWindow {
  readonly name: string;
  readonly #schedule: Schedule;
  readonly #matchers: readonly Matcher[];
  readonly #severities: readonly AlertSeverity[];

  /** @throws InvalidOptionError with the path of what can't be used: `alerts.maintenanceWindows[0].at` */
  constructor(options: MaintenanceWindowOptions, option = 'maintenanceWindow') {
    if (options === undefined) throw new InvalidOptionError(option, options, 'an object');
    checkOptions(option, options, RULES);
    if (options.name === undefined) throw new InvalidOptionError(`${option}.name`, undefined, RULES.name.allowed);
    checkForm(options, option);
    this.name = options.name;
    this.#schedule = scheduleOf(options, option);
    this.#matchers = (options.match ?? []).flatMap((text, i) => parseMatchers(text, `${option}.match[${i}]`));
    this.#severities = options.severities ?? MUTED_BY_DEFAULT;
  }

  /** Whether it is on, for whatever alerts. */
  isOn(at: Date): boolean {
    return this.#schedule.isOn(at);
  }

  /** Whether alerts with these routing labels are its business. */
  concerns(labels: Labels, severity: AlertSeverity): boolean {
    return this.#severities.includes(severity) && matchesAll(this.#matchers, labels);
  }

  /** Whether such an alert is not to be notified now. */
  mutes(labels: Labels, severity: AlertSeverity, at: Date): boolean {
    return this.concerns(labels, severity) && this.isOn(at);
  }

  /** When it goes on or off next, after `from` and not after `limit`; `undefined` where it does not. */
  nextChange(from: Date, limit: Date): Date | undefined {
    const change = this.#schedule.nextChange(from, limit);
    return change !== undefined && change <= limit ? change : undefined;
  }
}

/** Refuses a mixture of the ways to say when. */
function checkForm(options: MaintenanceWindowOptions, option: string): void {
  const given = FORMS.filter(form => form.some(key => options[key] !== undefined));
  const [form] = given;
  if (form === undefined || given.length > 1) {
    throw new InvalidOptionError(option, options, 'either start and end, or every, at and duration, or during');
  }
  for (const key of form) {
    if (options[key] === undefined) throw new InvalidOptionError(`${option}.${key}`, undefined, RULES[key].allowed);
  }
  if (options.timeZone !== undefined && options.every === undefined) {
    throw new InvalidOptionError(`${option}.timeZone`, options.timeZone, 'none: it is for `at` (in `during` it is called `location`)');
  }
}

function scheduleOf({ start, end, every, at, duration, timeZone, during }: MaintenanceWindowOptions, option: string): Schedule {
  if (start !== undefined && end !== undefined) return once(start, end, option);
  if (during !== undefined) {
    const interval = new TimeInterval(during, `${option}.during`);
    return { isOn: at => interval.contains(at), nextChange: (from, limit) => interval.nextChange(from, limit) };
  }
  const durationMs = parseDuration(duration ?? 0, `${option}.duration`);
  if (durationMs === 0 || durationMs > LONGEST_MS) throw new InvalidOptionError(`${option}.duration`, duration, "a duration of at most '7d', and not 0");
  const minute = readTime(at, `${option}.at`);
  if (minute === 1_440) throw new InvalidOptionError(`${option}.at`, at, "a time before '24:00': that is '00:00' of the next day");
  const span = new RecurringSpan(weekdaysOf(every, `${option}.every`), minute, durationMs, zoneOf(timeZone ?? 'UTC', `${option}.timeZone`));
  return {
    isOn: at => span.at(at.getTime()).isOn,
    nextChange(from, limit) {
      const { isOn } = span.at(from.getTime());
      let { until } = span.at(from.getTime());
      // Spans that meet are one: known only when the next is looked at.
      while (until <= limit.getTime() && span.at(until).isOn === isOn) until = span.at(until).until;
      return new Date(until);
    },
  };
}

function once(start: Date, end: Date, option: string): Schedule {
  if (start >= end) throw new InvalidOptionError(`${option}.end`, end.toISOString(), `a time after \`start\` (${start.toISOString()})`);
  return {
    isOn: at => at >= start && at < end,
    nextChange: from => [start, end].find(change => change > from),
  };
}

function weekdaysOf(every: MaintenanceWindowOptions['every'], option: string): number[] {
  const week = [0, 1, 2, 3, 4, 5, 6];
  if (every === 'day') return week;
  const ranges = typeof every === 'string' ? [readWeekdays(every, option)] : (every ?? []).map((range, i) => readWeekdays(range, `${option}[${i}]`));
  return week.filter(day => ranges.some(({ from, to }) => day >= from && day <= to));
}
