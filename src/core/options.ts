import { InvalidOptionError, NOT_SHOWN } from './errors.js';

/** What a key of an options object may hold: a check, and its name for the error. */
export interface OptionRule {
  readonly allowed: string;
  readonly accepts: (value: unknown) => boolean;
}

export const aBoolean: OptionRule = { allowed: 'true or false', accepts: value => typeof value === 'boolean' };
export const aFunction: OptionRule = { allowed: 'a function', accepts: value => typeof value === 'function' };
export const aText: OptionRule = {
  allowed: 'a string that is not empty',
  accepts: value => typeof value === 'string' && value.trim() !== '',
};
export const anObject: OptionRule = {
  allowed: 'an object',
  accepts: value => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** A rule for an object that must have these methods. */
export function withMethods(what: string, ...methods: readonly string[]): OptionRule {
  return {
    allowed: `${what} (an object with ${methods.join(', ')})`,
    accepts: value =>
      typeof value === 'object' && value !== null && methods.every(name => typeof (value as Record<string, unknown>)[name] === 'function'),
  };
}

/**
 * Checks an options object against the rules of its keys. `undefined` is the same as left out.
 * Hand-written, because options are checked at import time of every app: a schema library costs more
 * there than all of Sightline (rule 9's schemas are for input from outside).
 *
 * @param path name of the object in the error: `metrics`, or '' for the outermost
 * @throws InvalidOptionError for an unknown key, naming the known ones, and for a refused value
 */
export function checkOptions(path: string, options: unknown, rules: Readonly<Record<string, OptionRule>>): void {
  if (options === undefined) return;
  if (!anObject.accepts(options)) throw new InvalidOptionError(path || 'options', options, 'an object');
  for (const [key, value] of Object.entries(options as Record<string, unknown>)) {
    const name = path ? `${path}.${key}` : key;
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule === undefined) {
      // Its value may be a secret, under a name that was mistyped.
      throw new InvalidOptionError(name, NOT_SHOWN, `no such option; known here: ${Object.keys(rules).join(', ')}`);
    }
    if (value !== undefined && !rule.accepts(value)) throw new InvalidOptionError(name, value, rule.allowed);
  }
}
