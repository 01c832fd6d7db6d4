import { isObject } from '../core/shadow.js';

/** Where the SDKs take a signal: in the request, in the options beside it, or a level below. */
const KEYS = ['signal', 'abortSignal'] as const;
const HOLDERS = ['options', 'config', 'fetchOptions'] as const;
const ARGUMENTS_SEARCHED = 3;

const NONE: readonly AbortSignal[] = [];

/** The signals by which the caller may end a call, found in its arguments. Never throws. */
export function abortSignalsIn(args: ArrayLike<unknown>): readonly AbortSignal[] {
  let found = NONE;
  try {
    for (let i = 0; i < args.length && i < ARGUMENTS_SEARCHED; i++) {
      const arg = args[i];
      if (!isObject(arg) || Array.isArray(arg)) continue;
      found = collect(arg, found);
      for (const holder of HOLDERS) {
        const held = (arg as Record<string, unknown>)[holder];
        if (isObject(held)) found = collect(held, found);
      }
    }
  } catch {
    // A getter or a proxy that throws; without its signal the call is judged by its error alone.
  }
  return found;
}

/** What was found before, and what `holder` has. */
function collect(holder: object, found: readonly AbortSignal[]): readonly AbortSignal[] {
  for (const key of KEYS) {
    const value = (holder as Record<string, unknown>)[key];
    if (value instanceof AbortSignal) found = [...found, value];
  }
  return found;
}
