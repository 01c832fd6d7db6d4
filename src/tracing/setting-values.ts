import { InvalidOptionError } from '../core/errors.js';
import { aBoolean, anObject, aText, withMethods, type OptionRule } from '../core/options.js';
import { redact } from '../core/redact.js';
import type { TracingOptions } from './options.js';

/** Longest delay a timer of Node's can have; a longer one would fire at once. */
export const MAX_TIMER_MS = 2_147_483_647;

const exporterObject = withMethods('a SpanExporter', 'export', 'shutdown');

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

function oneOf(...values: readonly string[]): OptionRule {
  return { allowed: values.map(value => `'${value}'`).join(', '), accepts: value => values.includes(value as string) };
}

function integer(from: number, to: number): OptionRule {
  return {
    allowed: `a whole number from ${from} to ${to}`,
    accepts: value => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
  };
}

const anExporter: OptionRule = {
  allowed: `'otlp', 'jaeger', 'console', 'none' or ${exporterObject.allowed}`,
  accepts: value => exporterName.accepts(value) || exporterObject.accepts(value),
};
const aDuration: OptionRule = {
  allowed: "milliseconds or a duration such as '30s'",
  accepts: value => typeof value === 'string' || typeof value === 'number',
};

export const exporterName: OptionRule = oneOf('otlp', 'jaeger', 'console', 'none');
export const protocol: OptionRule = {
  ...oneOf('http/protobuf', 'http/json'),
  // What most would try next: the other protocol of OTLP.
  allowed: "'http/protobuf' or 'http/json' (not gRPC; collectors take http/protobuf on port 4318)",
};
export const ratio: OptionRule = {
  allowed: 'a number from 0 to 1',
  accepts: value => typeof value === 'number' && value >= 0 && value <= 1,
};
export const port: OptionRule = integer(1, 65_535);
export const timerMs: OptionRule = integer(1, MAX_TIMER_MS);
export const queueSize: OptionRule = integer(1, 1_000_000);

/** The rule of each tracing option. */
export const optionRules: Readonly<Record<keyof TracingOptions, OptionRule>> = {
  exporter: anExporter,
  endpoint: aText,
  protocol,
  headers: {
    allowed: 'an object of strings by header name',
    accepts: value => anObject.accepts(value) && Object.values(value as object).every(item => typeof item === 'string'),
  },
  host: aText,
  port,
  sampleRatio: ratio,
  parentBased: aBoolean,
  resource: {
    allowed: 'an object of strings, numbers and booleans',
    accepts: value => anObject.accepts(value) && Object.values(value as object).every(isPlain),
  },
  exportTimeout: aDuration,
  exportInterval: aDuration,
  maxQueueSize: queueSize,
};

/**
 * A collector's URL.
 * @param name the option or environment variable it comes from
 * @throws InvalidOptionError where it is no http or https URL
 */
export function parseEndpoint(value: string, name: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    // A password in the URL must not show.
    throw new InvalidOptionError(name, redact(value), "an http or https URL such as 'http://localhost:4318'");
  }
  return url;
}

/** Without the keys that are `undefined`: they count as left out. */
export function given<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
