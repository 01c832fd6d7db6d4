const BRAND = Symbol.for('sightline.error');

/**
 * Every error Sightline throws on purpose. Carries a stable `code` to branch on;
 * the message names what was given, what is allowed and what to do.
 *
 * Recognise one with {@link isSightlineError}, not with `instanceof`: an app that loads
 * the ESM and the CommonJS build has two copies of this class.
 */
export class SightlineError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SightlineError';
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Stands for a refused value that an error must not show, because it may be a secret. */
export const NOT_SHOWN: unique symbol = Symbol('not shown');

/** A value in an options object, or in the environment, that can't be used. */
export class InvalidOptionError extends SightlineError {
  /** The path of the option, as the user wrote it: `tracing.sampleRatio`. */
  readonly option: string;

  /**
   * @param option path of the option, as the user wrote it
   * @param given the refused value, shown shortened; `NOT_SHOWN` where it may be a secret
   * @param allowed what the option takes, completing "expected …"; with `NOT_SHOWN`, all there is to say
   */
  constructor(option: string, given: unknown, allowed: string) {
    const complaint = given === NOT_SHOWN ? allowed : `got ${describe(given)}, expected ${allowed}`;
    super('SIGHTLINE_INVALID_OPTION', `Invalid option \`${option}\`: ${complaint}.`);
    this.name = 'InvalidOptionError';
    this.option = option;
  }
}

/** Whether `value` is an error of Sightline's, whichever copy of the library made it. */
export function isSightlineError(value: unknown): value is SightlineError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** A short, one-line picture of a refused value for an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object with keys {${Object.keys(value).slice(0, 5).join(', ')}}`;
  return String(value);
}
