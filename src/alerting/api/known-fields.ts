import { InvalidOptionError } from '../../core/errors.js';

/**
 * Those fields of an object that are known. Other systems add fields with time, and those are not to be refused.
 * @throws InvalidOptionError for what is no object
 */
export function known(value: unknown, path: string, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidOptionError(path, value, 'an object');
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}
