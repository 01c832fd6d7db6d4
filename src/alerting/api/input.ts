import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import type { AlertInput, Labels } from '../alert.js';
import type { MaintenanceWindowOptions } from '../routing/maintenance-window.js';
import { list, mapping, record, required, text, type Reader } from '../routing/yaml-reader.js';
import { SEVERITIES, type AlertSeverity } from '../severity.js';

// Readers as those of `alertmanager.yml`, and no schema library: they are small, start-up pays nothing for them, and
// what they say names the path, what was given and what is allowed in the words of all other errors.

/** With a zone, as RFC 3339 has it: what a time without one means depends on the machine. */
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** Go's zero time: "not set". */
const ZERO = /^0001-01-01[Tt ]00:00:00(?:\.0+)?(?:[Zz]|\+00:00)$/;

export const time: Reader<Date> = (value, path) => {
  const date = typeof value === 'string' && TIME.test(value) ? new Date(value.replace(' ', 'T').toUpperCase()) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) throw new InvalidOptionError(path, value, "a time such as '2026-11-22T12:00:00Z'");
  return date;
};

/** A time, or Go's way to say that there is none. */
export const timeIfAny: Reader<Date | null> = (value, path) => (value === '' || (typeof value === 'string' && ZERO.test(value)) ? null : time(value, path));

export const boolean: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new InvalidOptionError(path, value, 'true or false');
  return value;
};

export const labels: Reader<Labels> = (value, path) => Object.fromEntries(mapping(text)(value, path));

const severity: Reader<AlertSeverity> = (value, path) => {
  if (!SEVERITIES.includes(value as AlertSeverity)) throw new InvalidOptionError(path, value, SEVERITIES.join(', '));
  return value as AlertSeverity;
};

const textOrNumber: Reader<string | number> = (value, path) => (typeof value === 'number' ? value : text(value, path));

const webAddress: Reader<string> = (value, path) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new InvalidOptionError(path, NOT_SHOWN, 'expected a URL that begins with http:// or https://');
  return String(value);
};

/** What `fire` takes. */
export function readAlert(body: unknown): AlertInput {
  const { title, ...rest } = record<AlertInput>({
    title: text,
    description: text,
    severity,
    source: text,
    labels,
    annotations: labels,
    startsAt: time,
    endsAt: time,
    generatorUrl: webAddress,
  })(body, 'body');
  return { title: required(title?.trim(), 'body.title', 'what is wrong, in a few words'), ...rest };
}

/** Who acts, of a body that may be empty. */
export function readUser(body: unknown): string | undefined {
  return record<{ user: string }>({ user: text })(body ?? {}, 'body').user;
}

export interface PostedSilence {
  readonly matchers: readonly string[];
  readonly duration?: string | number;
  readonly startsAt?: Date;
  readonly endsAt?: Date;
  readonly createdBy?: string;
  readonly comment?: string;
}

export function readSilence(body: unknown): PostedSilence {
  const { matchers, duration, endsAt, ...rest } = record<PostedSilence>({
    matchers: list(text),
    duration: textOrNumber,
    startsAt: time,
    endsAt: time,
    createdBy: text,
    comment: text,
  })(body, 'body');
  if ((duration === undefined) === (endsAt === undefined)) throw new InvalidOptionError('body.duration', duration, 'either a duration or an `endsAt`');
  return {
    matchers: required(matchers, 'body.matchers', 'a list of at least one matcher'),
    ...(duration !== undefined && { duration }),
    ...(endsAt !== undefined && { endsAt }),
    ...rest,
  };
}

/** What `maintenanceWindows.add` takes, which looks into it once more. */
export function readWindow(body: unknown): MaintenanceWindowOptions {
  const during: Reader<NonNullable<MaintenanceWindowOptions['during']>> = record({
    times: list((value, path) => {
      const { startTime, endTime } = record<{ startTime: string; endTime: string }>({ startTime: text, endTime: text })(value, path);
      const allowed = "a time such as '09:00'";
      return { startTime: required(startTime, `${path}.startTime`, allowed), endTime: required(endTime, `${path}.endTime`, allowed) };
    }),
    weekdays: list(text),
    daysOfMonth: list(textOrNumber),
    months: list(textOrNumber),
    years: list(textOrNumber),
    location: text,
  });
  const { name, ...rest } = record<MaintenanceWindowOptions>({
    name: text,
    start: time,
    end: time,
    every: (value, path) => (Array.isArray(value) ? list(text)(value, path) : text(value, path)),
    at: text,
    duration: textOrNumber,
    timeZone: text,
    during,
    match: list(text),
    severities: list(severity),
  })(body, 'body');
  return { name: required(name, 'body.name', 'a name'), ...rest };
}
