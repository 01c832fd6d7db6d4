/** What a provider says of its limits in the headers of a response. */
export interface RateLimits {
  /** What is left before the next call is refused, by what is counted. */
  readonly remaining: readonly RemainingLimit[];
  /** How long the provider asks to wait. */
  readonly retryAfterSeconds?: number;
}

/** What is left of one limit. */
interface RemainingLimit {
  readonly kind: 'requests' | 'tokens' | 'input_tokens' | 'output_tokens';
  readonly value: number;
}

/**
 * The headers that say what is left. OpenAI, Azure, Groq, xAI, DeepSeek, Together and Fireworks share the first two
 * names; Cerebras and Mistral add the window, and Mistral has had two families; Anthropic has names of its own. Not
 * read: those of Anthropic's priority tier, at whose end calls go on in the standard tier.
 * Sources: the rate limit pages of the providers; Mistral's from what its API sends (client-ts issue 169).
 */
const REMAINING: ReadonlyMap<string, RemainingLimit['kind']> = new Map([
  ['x-ratelimit-remaining-requests', 'requests'],
  ['x-ratelimit-remaining-tokens', 'tokens'],
  ['x-ratelimit-remaining-input-tokens', 'input_tokens'],
  ['x-ratelimit-remaining-output-tokens', 'output_tokens'],
  ['anthropic-ratelimit-requests-remaining', 'requests'],
  ['anthropic-ratelimit-tokens-remaining', 'tokens'],
  ['anthropic-ratelimit-input-tokens-remaining', 'input_tokens'],
  ['anthropic-ratelimit-output-tokens-remaining', 'output_tokens'],
  ['x-ratelimit-remaining-req-minute', 'requests'],
  ['x-ratelimit-remaining-requests-minute', 'requests'],
  ['x-ratelimit-remaining-requests-day', 'requests'],
  ['x-ratelimit-remaining-tokens-minute', 'tokens'],
  ['x-ratelimit-remaining-tokens-day', 'tokens'],
  ['x-ratelimit-remaining-tokens-month', 'tokens'],
  ['x-ratelimitbysize-remaining-minute', 'tokens'],
  ['x-ratelimitbysize-remaining-month', 'tokens'],
]);

/** No limit is that large; what is larger is a time, or rubbish. */
const MAX_REMAINING = 1e12;
/** A month: limits that last longer are none. */
const MAX_WAIT_SECONDS = 31 * 24 * 3_600;
/** HTTP's three forms of a date begin with the day of the week; `Date.parse` alone would take `7` for a date. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/i;

/**
 * Reads the rate limits out of the headers of a response: a `Headers`, or a plain object in any case. Of limits of the
 * same kind in several windows it takes what is left of the tightest. Never throws; numbers that can't be are left out.
 *
 * @param now milliseconds since the epoch, from which a date in `retry-after` is counted
 * @returns `undefined` where the headers say nothing of limits
 */
export function readRateLimits(headers: unknown, now: number = Date.now()): RateLimits | undefined {
  try {
    const left = new Map<RemainingLimit['kind'], number>();
    let after: unknown;
    let afterMs: unknown;
    // One pass: asking a `Headers` for each name takes several times as long.
    visit(headers, (name, value) => {
      const kind = REMAINING.get(name);
      if (kind !== undefined) {
        const number = numberOf(value, MAX_REMAINING);
        if (number !== undefined) left.set(kind, Math.min(number, left.get(kind) ?? number));
      } else if (name === 'retry-after') after = value;
      else if (name === 'retry-after-ms') afterMs = value;
    });
    const retryAfterSeconds = waitOf(afterMs, after, now);
    if (left.size === 0 && retryAfterSeconds === undefined) return undefined;
    const remaining = Array.from(left, ([kind, value]) => ({ kind, value }));
    return retryAfterSeconds === undefined ? { remaining } : { remaining, retryAfterSeconds };
  } catch {
    return undefined;
  }
}

function visit(headers: unknown, see: (name: string, value: unknown) => void): void {
  if (typeof headers !== 'object' || headers === null) return;
  if ('forEach' in headers && typeof headers.forEach === 'function') {
    (headers as Headers).forEach((value, name) => {
      see(name, value);
    });
    return;
  }
  for (const [name, value] of Object.entries(headers)) see(name.toLowerCase(), value);
}

/** The wait in milliseconds is the exact one; providers that send both round the other. */
function waitOf(afterMs: unknown, after: unknown, now: number): number | undefined {
  const milliseconds = numberOf(afterMs, MAX_WAIT_SECONDS * 1_000);
  if (milliseconds !== undefined) return milliseconds / 1_000;
  const seconds = numberOf(after, MAX_WAIT_SECONDS);
  if (seconds !== undefined) return seconds;
  const text = textOf(after);
  if (text === undefined || !HTTP_DATE.test(text)) return undefined;
  const wait = Math.max(0, (Date.parse(text) - now) / 1_000);
  return wait <= MAX_WAIT_SECONDS ? wait : undefined;
}

/** A decimal number from 0 to `max`. Not `Number()`, for which an empty text is 0 and `1e9` a number. */
function numberOf(value: unknown, max: number): number | undefined {
  const text = textOf(value);
  if (text === undefined || !/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) return undefined;
  const number = Number(text);
  return number <= max ? number : undefined;
}

/** Headers that came several times are arrays in Node. */
function textOf(value: unknown): string | undefined {
  const first = Array.isArray(value) ? (value as unknown[])[0] : value;
  if (typeof first === 'number') return String(first);
  return typeof first === 'string' ? first.trim() : undefined;
}
