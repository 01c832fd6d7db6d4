import { InvalidOptionError } from '../core/errors.js';
import type { AlertInput, Labels } from './alert.js';
import { fingerprintOf } from './fingerprint.js';
import { SEVERITIES } from './severity.js';
import type { FiredAlert } from './stores/alert-store.js';

const LONGEST_TITLE = 500;
const LONGEST_TEXT = 8_192;
const LONGEST_VALUE = 1_024;
const MOST_LABELS = 64;

/**
 * Fills in what the app left out, and bounds what it gave: an alert is kept for 30 days, and sent to services with limits.
 * Labels and annotations may be numbers or booleans where no types are checked; they become texts.
 *
 * @throws InvalidOptionError for an alert without a title, of an unknown severity, or with a date that is none
 */
export function readAlertInput(input: AlertInput, defaultSource: string, now: Date): FiredAlert {
  if (typeof input !== 'object' || (input as unknown) === null) throw new InvalidOptionError('alert', input, 'an object with a title');
  const title = text(input.title, LONGEST_TITLE).trim();
  if (title === '') throw new InvalidOptionError('alert.title', input.title, 'what is wrong, in a few words');
  const severity = input.severity ?? 'medium';
  if (!SEVERITIES.includes(severity)) throw new InvalidOptionError('alert.severity', severity, SEVERITIES.join(', '));
  const source = text(input.source, LONGEST_VALUE) || defaultSource;
  const labels = texts(input.labels, 'alert.labels');
  return {
    title,
    severity,
    source,
    labels,
    description: text(input.description, LONGEST_TEXT),
    annotations: texts(input.annotations, 'alert.annotations', LONGEST_TEXT),
    fingerprint: identityOf(title, source, labels),
    startsAt: date(input.startsAt, 'alert.startsAt') ?? now,
    endsAt: date(input.endsAt, 'alert.endsAt'),
    generatorUrl: input.generatorUrl === undefined ? undefined : text(input.generatorUrl, LONGEST_VALUE),
  };
}

/** An alert's id: of title, source and labels; not of its severity, which may change while it fires. */
export function identityOf(title: string, source: string, labels: Labels): string {
  return fingerprintOf({ alertname: title, source, ...labels });
}

function text(value: unknown, longest: number): string {
  const whole = typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  return whole.length > longest ? `${whole.slice(0, longest - 1)}…` : whole;
}

function texts(given: Labels | undefined, option: string, longest = LONGEST_VALUE): Labels {
  if (given === undefined) return {};
  if (typeof given !== 'object' || (given as unknown) === null || Array.isArray(given)) throw new InvalidOptionError(option, given, 'an object of texts');
  const entries = Object.entries(given)
    .slice(0, MOST_LABELS)
    .map(([name, value]) => [text(name, 200), text(value, longest)] as const);
  // An empty label is no label, as everywhere in Prometheus.
  return Object.fromEntries(entries.filter(([name, value]) => name !== '' && value !== ''));
}

function date(given: Date | undefined, option: string): Date | undefined {
  if (given === undefined) return undefined;
  if (!(given instanceof Date) || Number.isNaN(given.getTime())) throw new InvalidOptionError(option, given, 'a Date');
  return given;
}
