import { InvalidOptionError } from '../core/errors.js';
import { checkOptions, type OptionRule } from '../core/options.js';

/**
 * Checks options as `checkOptions` does, and that none is missing that is needed.
 * @throws InvalidOptionError with the option's path: `silence.matchers`
 */
export function checkNeeded(path: string, options: unknown, rules: Readonly<Record<string, OptionRule>>, needed: readonly string[]): void {
  checkOptions(path, options ?? {}, rules);
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of needed) if (given[name] === undefined) throw new InvalidOptionError(`${path}.${name}`, undefined, rules[name]?.allowed ?? 'a value');
}
