import { InvalidOptionError, isSightlineError } from '../../core/errors.js';
import type { Labels } from '../alert.js';
import { labelPattern, type LabelPattern } from './label-pattern.js';

export type MatcherOperator = '=' | '!=' | '=~' | '!~';

/** A condition on one label. A label that an alert does not have is the same as an empty one. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatcherOperator;
  /** The text, or the expression, that the label is compared with. */
  readonly value: string;
  matches(labels: Labels): boolean;
}

// The blanks of RE2: JavaScript's \s would take more of the value away.
const BLANK = '[\\t\\n\\f\\r ]*';
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const WHOLE_NAME = new RegExp(`^${NAME}$`);
const FORM = new RegExp(`^${BLANK}(${NAME})${BLANK}(=~|=|!=|!~)`);
const BLANKS_BEFORE = new RegExp(`^${BLANK}`);
const BLANKS_AFTER = /[\t\n\f\r ]$/;
const ALLOWED = `a label's name, one of = != =~ !~ and a value, as in severity="critical" or service=~"api|web"`;

/**
 * Reads one matcher in Alertmanager's (classic) syntax: `severity="critical"`, `service=~"api|web"`, `team!=ops`. In a
 * value `\"`, `\\` and `\n` are escapes; quotes around it are optional.
 *
 * @param option path of the option it stands in, for the error
 * @throws InvalidOptionError that names the matcher, the place in it and what is allowed there
 */
export function parseMatcher(text: string, option = 'matcher'): Matcher {
  if (typeof text !== 'string') throw new InvalidOptionError(option, text, ALLOWED);
  const form = FORM.exec(text);
  if (!form) throw new InvalidOptionError(option, text, ALLOWED);
  const [head, name = '', operator = ''] = form;
  return createMatcher(name, operator as MatcherOperator, readValue(text, head.length, option), option, text);
}

/**
 * Reads a list of matchers, with commas between them and braces around them or not: `{severity="critical", team="db"}`.
 * All of them must match.
 *
 * @throws InvalidOptionError as {@link parseMatcher}
 */
export function parseMatchers(text: string, option = 'matcher'): Matcher[] {
  if (typeof text !== 'string') throw new InvalidOptionError(option, text, ALLOWED);
  return splitAtCommas(text.replace(/^\{/, '').replace(/\}$/, '')).map(part => parseMatcher(part, option));
}

/**
 * Makes a matcher of its parts.
 * @throws InvalidOptionError for a name that no label can have, and for an expression that RE2 does not take
 */
export function createMatcher(name: string, operator: MatcherOperator, value: string, option = 'matcher', text?: string): Matcher {
  if (!WHOLE_NAME.test(name)) throw new InvalidOptionError(option, name, "a label's name: letters, digits, _ and :, no digit first");
  const test = testOf(operator, value, option, text ?? `${name}${operator}${value}`);
  return { name, operator, value, matches: labels => test(valueOf(labels, name)) };
}

/** Whether all of the matchers match; so do none. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  for (const matcher of matchers) {
    if (!matcher.matches(labels)) return false;
  }
  return true;
}

/** The matcher as a text that {@link parseMatcher} reads. */
export function formatMatcher({ name, operator, value }: Pick<Matcher, 'name' | 'operator' | 'value'>): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
  return `${name}${operator}"${escaped}"`;
}

/** The value of a label: '' where there is none. */
export function valueOf(labels: Labels, name: string): string {
  // Labels come from anywhere: `constructor` may be a matcher's name.
  return Object.hasOwn(labels, name) ? (labels[name] as string) : '';
}

function testOf(operator: MatcherOperator, value: string, option: string, text: string): LabelPattern {
  switch (operator) {
    case '=':
      return actual => actual === value;
    case '!=':
      return actual => actual !== value;
    case '=~':
      return compile(value, option, text);
    case '!~': {
      const fits = compile(value, option, text);
      return actual => !fits(actual);
    }
  }
}

function compile(expression: string, option: string, text: string): LabelPattern {
  try {
    return labelPattern(expression);
  } catch (cause) {
    if (isSightlineError(cause)) throw cause;
    const reason = (cause as Error).message.replace(/^error parsing regexp: /, '');
    throw new InvalidOptionError(option, text, `a regular expression in RE2's syntax (https://github.com/google/re2/wiki/Syntax): ${reason}`);
  }
}

/** The value after the operator: of what is between quotes, if it begins with one, and without its escapes. */
function readValue(text: string, from: number, option: string): string {
  let raw = text.slice(from).replace(BLANKS_BEFORE, '');
  const start = text.length - raw.length;
  while (BLANKS_AFTER.test(raw)) raw = raw.slice(0, -1);
  const isQuoted = raw.startsWith('"');
  let value = '';
  for (let i = isQuoted ? 1 : 0; i < raw.length; i++) {
    const character = raw.charAt(i);
    if (character === '"') {
      if (isQuoted && i === raw.length - 1) return value;
      throw new InvalidOptionError(option, text, `no double quote inside the value unless it is escaped as \\" (character ${start + i + 1})`);
    }
    // A backslash before anything else is a backslash, and so is one at the end.
    const escaped = character === '\\' && i + 1 < raw.length ? raw.charAt(i + 1) : '';
    if (escaped === 'n') value += '\n';
    else if (escaped === '"' || escaped === '\\') value += escaped;
    else value += character;
    if ('n"\\'.includes(escaped) && escaped !== '') i++;
  }
  if (isQuoted) throw new InvalidOptionError(option, text, `a double quote at the end, because the value begins with one (character ${start + 1})`);
  return value;
}

/** Splits at the commas that stand outside of quotes; the last may be followed by nothing. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let [part, isQuoted, isEscaped] = ['', false, false];
  for (const character of text) {
    if (character === ',' && !isQuoted) {
      parts.push(part);
      part = '';
      continue;
    }
    if (character === '"' && !isEscaped) isQuoted = !isQuoted;
    isEscaped = character === '\\' && !isEscaped;
    part += character;
  }
  const last = part.trim();
  return last === '' ? parts : [...parts, last];
}
