import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import { anObject, aText, checkOptions, type OptionRule } from '../../core/options.js';

/** A rule for an option of a channel. */
export interface ChannelOptionRule extends OptionRule {
  /** The channel can't do without it. */
  readonly isRequired?: boolean;
  /** Its value is shown in no error. */
  readonly isSecret?: boolean;
}

/** The same rule, for an option that must be given. */
export function required(rule: ChannelOptionRule): ChannelOptionRule {
  return { ...rule, isRequired: true };
}

/** A key, a token, a password. Also no line breaks: most are sent in a header. */
export const aSecret: ChannelOptionRule = { allowed: 'a string of printable ASCII', accepts: isPrintable, isSecret: true };

/** The addresses of webhooks are secrets, too: who knows one can post to it. */
export const aUrl: ChannelOptionRule = {
  allowed: 'a URL that begins with http:// or https://, without a user and a password in it',
  accepts: isHttpUrl,
  isSecret: true,
};

export const aTimeZone: ChannelOptionRule = { allowed: "an IANA time zone such as 'Asia/Shanghai'", accepts: isTimeZone };

export const aLocale: ChannelOptionRule = { allowed: "'en' or 'zh-CN'", accepts: value => value === 'en' || value === 'zh-CN' };

/** Numbers of phones as they are written internationally. */
export const phoneNumbers: ChannelOptionRule = {
  allowed: "a list of phone numbers with their country's code such as ['+8613800138000'], digits only",
  accepts: value => isListOf(value, isPhoneNumber),
};

/** Whether `value` is a list with something in it, and all of it is as wanted. */
export function isListOf(value: unknown, isWanted: (item: unknown) => boolean): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isWanted);
}

/**
 * Checks the options of a channel as `checkOptions` does, and that none is missing that it needs. Shows no part of a
 * secret.
 *
 * @param kind of the channel, for the error: `email`
 * @throws InvalidOptionError with the option's path: `email.smtp`
 */
export function checkChannelOptions(kind: string, options: unknown, rules: Readonly<Record<string, ChannelOptionRule>>): void {
  const needed = Object.keys(rules).filter(key => rules[key]?.isRequired === true);
  if (!anObject.accepts(options)) {
    // Somebody may have given the secret itself in place of the object.
    throw new InvalidOptionError(kind, NOT_SHOWN, `expected an object${needed.length > 0 ? ` with ${needed.join(', ')}` : ''}`);
  }
  const given = options as Readonly<Record<string, unknown>>;
  const shown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule?.isSecret !== true) shown[key] = value;
    else if (value !== undefined && !rule.accepts(value)) throw new InvalidOptionError(`${kind}.${key}`, NOT_SHOWN, `expected ${rule.allowed}`);
  }
  checkOptions(kind, shown, rules);
  for (const key of needed) {
    if (given[key] === undefined) throw new InvalidOptionError(`${kind}.${key}`, undefined, rules[key]?.allowed ?? 'a value');
  }
}

function isPrintable(value: unknown): boolean {
  return aText.accepts(value) && /^[\x20-\x7e]+$/.test(value as string);
}

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  // `fetch` refuses a URL with a password in it.
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isPhoneNumber(value: unknown): boolean {
  return typeof value === 'string' && /^\+?\d{5,18}$/.test(value);
}

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
