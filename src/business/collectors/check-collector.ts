import { parseDuration } from '../../core/duration.js';
import { InvalidOptionError } from '../../core/errors.js';
import { aFunction, checkOptions, type OptionRule } from '../../core/options.js';
import type { OwnMetric } from '../../metrics/metrics.js';
import { catalogueMetric, ownMetric } from '../metric-definition.js';
import type { CollectorOptions } from './collector.js';

/** A collector's options with all that was left out, in milliseconds. */
export interface CheckedCollector {
  readonly metric: OwnMetric;
  readonly type: 'gauge' | 'counter';
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly maxAgeMs: number;
  readonly settleMs: number;
  readonly collect: CollectorOptions['collect'];
}

const PATH = 'business.collect';
const SHORTEST_MS = 1_000;
const TIMEOUT_MS = 30_000;
const SETTLE_MS = 60_000;

const anything: OptionRule = { allowed: 'a value', accepts: () => true };
const RULES: Readonly<Record<keyof CollectorOptions, OptionRule>> = {
  name: anything,
  help: anything,
  labels: { allowed: 'a list of label names', accepts: Array.isArray },
  type: { allowed: "'gauge' or 'counter'", accepts: value => value === 'gauge' || value === 'counter' },
  every: anything,
  timeout: anything,
  maxAge: anything,
  settle: anything,
  collect: aFunction,
};

/** @throws InvalidOptionError naming the option, what was given and what is allowed */
export function checkCollector(options: CollectorOptions): CheckedCollector {
  checkOptions(PATH, options ?? null, RULES);
  const { name, help, labels, type = 'gauge', every, timeout, maxAge, settle } = options;
  if (options.collect === undefined) throw new InvalidOptionError(`${PATH}.collect`, undefined, 'a function that gives the values');
  const metric = catalogueMetric(type, name, labels, PATH) ?? ownMetric(type, { name, help: help ?? '', labels: labels ?? [] }, PATH);
  const everyMs = parseDuration(every, `${PATH}.every`);
  if (everyMs < SHORTEST_MS) throw new InvalidOptionError(`${PATH}.every`, every, 'at least a second');
  const timeoutMs = timeout === undefined ? Math.min(TIMEOUT_MS, everyMs / 2) : parseDuration(timeout, `${PATH}.timeout`);
  if (timeoutMs <= 0 || timeoutMs > everyMs) throw new InvalidOptionError(`${PATH}.timeout`, timeout, 'more than nothing and at most `every`');
  const maxAgeMs = maxAge === undefined ? 3 * everyMs : parseDuration(maxAge, `${PATH}.maxAge`);
  if (maxAgeMs < everyMs) throw new InvalidOptionError(`${PATH}.maxAge`, maxAge, 'at least `every`: values would be gone before they are collected again');
  if (type === 'counter' && maxAge !== undefined) throw new InvalidOptionError(`${PATH}.maxAge`, maxAge, 'nothing for a counter: what was counted stays true');
  if (type === 'gauge' && settle !== undefined) throw new InvalidOptionError(`${PATH}.settle`, settle, 'nothing for a gauge: it has no `until`');
  const settleMs = type === 'gauge' ? 0 : settle === undefined ? SETTLE_MS : parseDuration(settle, `${PATH}.settle`);
  return { metric, type, everyMs, timeoutMs, maxAgeMs, settleMs, collect: context => options.collect(context) };
}
