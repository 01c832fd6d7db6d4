import { loadOptionalPeer } from '../../core/optional-peer.js';
import { plainPattern } from './plain-pattern.js';

/** Whether the value of a label fits an expression, as a whole. */
export type LabelPattern = (value: string) => boolean;

/** What `re2js` is used for. */
interface Engine {
  readonly RE2JS: { compile(expression: string): { test(value: string): boolean } };
}

/** Steps of the engine an expression may take for a character. With the longest value: a fifth of a second at the very worst. */
const MOST_STEPS = 1_000;
const LONGEST_VALUE = 2_048;

/**
 * Compiles the expression of `=~` and `!~` in RE2's syntax, anchored at both ends as Alertmanager does it. Never
 * `RegExp`, which some expressions keep busy for years: the commonest forms are compared as texts, all others take a
 * time linear in the value (the package `re2js`, loaded by the first that needs it), and what would make that time
 * long is refused. A value over 2,048 characters fits none of these others.
 *
 * @throws Error that says what is wrong with the expression
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` if it needs `re2js` and that is not installed
 */
export function labelPattern(expression: string): LabelPattern {
  const plain = plainPattern(expression);
  if (plain) return plain;
  if (mostSteps(expression) > MOST_STEPS) {
    throw new Error(`the expression is too big: written out without its {n} it may have at most ${MOST_STEPS} characters`);
  }
  const { RE2JS } = loadOptionalPeer<Engine>('re2js', 'matchers with a regular expression that is more than a list of texts');
  const compiled = RE2JS.compile(`^(?:${expression})$`);
  return value => value.length <= LONGEST_VALUE && compiled.test(value);
}

/**
 * An upper bound of the size that repetitions make of an expression: `(ab){3}` is `ababab`. RE2 bounds it too, at a
 * million times that of what is written, which takes minutes.
 */
function mostSteps(expression: string): number {
  let once = expression.length;
  let times = 1;
  for (const [, before = '', least, most] of expression.matchAll(/(.?)\{(\d{1,4})(?:,(\d{0,4}))?\}/gs)) {
    const count = Math.max(Number(least) + (most === '' ? 1 : 0), Number(most ?? 0), 1);
    // A group that is repeated repeats what is repeated in it: as if every one of them stood in all others.
    if (')}*+?'.includes(before)) times *= count;
    else once += count;
  }
  return once * times;
}
