import type { Clock } from '../core/clock.js';
import { isObject } from '../core/shadow.js';

/** Where the SDKs take a signal: in the request, in the options beside it, or a level below. */
const KEYS = ['signal', 'abortSignal'] as const;
const HOLDERS = ['options', 'config', 'fetchOptions'] as const;
const ARGUMENTS_SEARCHED = 3;

const NONE: readonly AbortSignal[] = [];
/** Time for the SDK to tell its reader of an abort. */
const GRACE_MS = 50;

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

/** Who watches a signal: an app may give the same one to many calls, and Node warns of more than ten listeners. */
class Watch {
  readonly watchers = new Set<() => void>();
  readonly tell = (): void => {
    for (const watcher of this.watchers) watcher();
  };
}

const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Watches for an abort.
 * @param onAborted called when the SDK has had time to tell its reader
 * @returns what ends the watch
 */
export function watchAbort(signals: readonly AbortSignal[], clock: Clock, onAborted: () => void): () => void {
  const watcher = (): void => {
    clock.schedule(onAborted, GRACE_MS);
  };
  for (const signal of signals) watchOf(signal).watchers.add(watcher);
  return () => {
    for (const signal of signals) leave(signal, watcher);
  };
}

function watchOf(signal: AbortSignal): Watch {
  let watch = watches.get(signal);
  if (watch === undefined) {
    watches.set(signal, (watch = new Watch()));
    signal.addEventListener('abort', watch.tell, { once: true });
  }
  return watch;
}

function leave(signal: AbortSignal, watcher: () => void): void {
  const watch = watches.get(signal);
  if (watch?.watchers.delete(watcher) !== true || watch.watchers.size > 0) return;
  watches.delete(signal);
  signal.removeEventListener('abort', watch.tell);
}
