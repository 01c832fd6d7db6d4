import { type Duration, parseDuration } from '../core/duration.js';
import { aText, type OptionRule } from '../core/options.js';
import type { Alert } from './alert.js';
import { checkNeeded } from './needed-options.js';
import type { Remediation, RemediationContext } from './remediation.js';
import { parseMatchers } from './routing/matcher.js';

/** An automated response. */
export interface RespondOptions {
  readonly name: string;
  /** Matchers that an alert must match, all of them. */
  readonly match: readonly string[];
  /** What it returns as a text is kept on the alert. */
  readonly run: (alert: Alert, context: RemediationContext) => unknown;
  /** Least time between two runs for one alert. Default: `5m`. */
  readonly cooldown?: Duration;
  /** Default: `1m`. */
  readonly timeout?: Duration;
  /** Runs in one episode of an alert. Default: 3. */
  readonly maxRuns?: number;
  /** Runs at once, of all alerts. Default: 1. */
  readonly concurrency?: number;
}

const aDuration: OptionRule = { allowed: "a duration such as '2h'", accepts: value => typeof value === 'string' || typeof value === 'number' };
const aCount: OptionRule = { allowed: 'a whole number of at least 1', accepts: value => Number.isInteger(value) && (value as number) >= 1 };
const RESPOND_RULES: Readonly<Record<keyof RespondOptions, OptionRule>> = {
  name: aText,
  match: { allowed: 'a list of matchers', accepts: value => Array.isArray(value) },
  run: { allowed: 'a function of the alert', accepts: value => typeof value === 'function' },
  cooldown: aDuration,
  timeout: aDuration,
  maxRuns: aCount,
  concurrency: aCount,
};

/**
 * A response, ready to be run.
 * @throws InvalidOptionError for what can't be used
 */
export function remediationOf(options: RespondOptions): Remediation {
  checkNeeded('respond', options, RESPOND_RULES, ['name', 'match', 'run']);
  const { name, match, run, cooldown = '5m', timeout = '1m', maxRuns = 3, concurrency = 1 } = options;
  return {
    name,
    run,
    matchers: match.flatMap((each, i) => parseMatchers(each, `respond.match[${i}]`)),
    cooldownMs: parseDuration(cooldown, 'respond.cooldown'),
    timeoutMs: parseDuration(timeout, 'respond.timeout'),
    maxRuns,
    concurrency,
  };
}
