import { InvalidOptionError } from '../../core/errors.js';
import { formatMatcher, parseMatchers, type Matcher } from '../routing/matcher.js';
import type { Silence } from '../stores/alert-store.js';

/**
 * Matchers for a silence, each one in a text of its own.
 * @throws InvalidOptionError for none, for what is no matcher, and for those that would silence everything
 */
export function silenceMatchers(texts: readonly string[], path: string): readonly string[] {
  return checkedMatchers(
    texts.flatMap((each, i) => parseMatchers(each, `${path}[${i}]`)),
    path,
  );
}

/** @throws InvalidOptionError as {@link silenceMatchers} */
export function checkedMatchers(matchers: readonly Matcher[], path: string): readonly string[] {
  if (matchers.length === 0) throw new InvalidOptionError(path, [], 'a list of at least one matcher');
  // As Alertmanager: a slip (`team=~".*"`) would silence everything.
  if (matchers.every(matcher => matcher.matches({}))) throw new InvalidOptionError(path, matchers.map(formatMatcher).join(', '), 'at least one matcher that does not match an empty label');
  return matchers.map(formatMatcher);
}

/** The matchers of a silence; `undefined` where another version of the app has written what can't be read. */
export function matchersOf({ matchers }: Pick<Silence, 'matchers'>): readonly Matcher[] | undefined {
  try {
    return matchers.flatMap(text => parseMatchers(text));
  } catch {
    return undefined;
  }
}

/** A silence's state at a time. */
export function silenceState({ startsAt, endsAt }: { readonly startsAt: Date; readonly endsAt: Date }, now: Date): 'pending' | 'active' | 'expired' {
  if (endsAt <= now) return 'expired';
  return startsAt > now ? 'pending' : 'active';
}
