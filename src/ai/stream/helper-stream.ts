import { shadow, type Members } from '../../core/shadow.js';
import type { AnyFunction } from '../../core/instrument.js';
import type { StreamedCall } from './follow-answer.js';

/** What a helper emits for each event of the provider's: chat completions, responses, messages. */
const EVENTS = new Set<unknown>(['chunk', 'event', 'streamEvent']);

/**
 * Whether an object is what `client.chat.completions.stream()`, `responses.stream()` or `messages.stream()` returns:
 * an emitter that reads by itself, and is no promise.
 */
export function isHelperStream(value: object): boolean {
  const { _emit, abort, on, done } = value as Members;
  return typeof _emit === 'function' && typeof abort === 'function' && typeof on === 'function' && typeof done === 'function';
}

/** Follows a helper by what it emits. A listener would not do: with one for `error`, an error nobody handles goes unseen. */
export function followHelper(helper: object, call: StreamedCall): void {
  const emit = (helper as Members)['_emit'] as AnyFunction;
  const observation = call.beginStream(() => (helper as { aborted?: unknown }).aborted === true);
  shadow(helper, '_emit', function (this: unknown, ...args: unknown[]): unknown {
    const [name, value] = args;
    if (EVENTS.has(name)) observation.step?.(value);
    else if (name === 'error' || name === 'abort') observation.fail(value);
    else if (name === 'end') observation.succeed(undefined);
    return Reflect.apply(emit, this, args) as unknown;
  });
}
