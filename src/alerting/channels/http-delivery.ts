import { HttpRequestError, retryAfterMs, type HttpAnswer } from '../../core/json-http.js';
import type { Delivery } from './channel.js';

type Failed = Extract<Delivery, { delivered: false }>;

/** 4xx that ask to come back. */
const TEMPORARY = new Set([408, 425, 429]);
/** 4xx, and redirects, that say that the address or the key is wrong. */
const WRONG_SET_UP = new Set([301, 302, 303, 307, 308, 401, 403, 404, 405, 410]);

/**
 * What an answer means by its status: 2xx is delivered; 5xx, 408, 425 and 429 may be tried again, after
 * `Retry-After`; others won't get better by themselves, and 401, 403, 404, 410 and redirects need a person.
 */
export function deliveryOfHttp(service: string, answer: HttpAnswer, now: number): Delivery {
  const { status } = answer;
  if (status >= 200 && status < 300) return { delivered: true };
  const said = answer.safe(answer.text);
  const reason = `${service} answered ${status}${said === '' ? '' : `: ${said}`}`;
  if (status >= 500 || TEMPORARY.has(status)) {
    const wait = retryAfterMs(answer.headers, now);
    return { delivered: false, retryable: true, reason, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  return { delivered: false, retryable: false, reason, ...(WRONG_SET_UP.has(status) ? { misconfigured: true } : {}) };
}

/**
 * Awaits an answer and says what became of the delivery. A request without an answer may be tried again.
 *
 * @param read what the service says in the body, where that goes beyond the status; `undefined`: as the status says
 */
export async function deliverByHttp(
  service: string,
  request: Promise<HttpAnswer>,
  now: number,
  read: (answer: HttpAnswer) => Delivery | undefined = () => undefined,
): Promise<Delivery> {
  try {
    const answer = await request;
    return read(answer) ?? deliveryOfHttp(service, answer, now);
  } catch (error) {
    if (!(error instanceof HttpRequestError)) throw error;
    const isHopeless = error.failure === 'invalid';
    return { delivered: false, retryable: !isHopeless, reason: `${service}: ${error.message}`, ...(isHopeless ? { misconfigured: true } : {}) };
  }
}

/** A failure that the service names by a code in its body. */
export type CodeMeaning = Omit<Failed, 'delivered' | 'reason'> & {
  /** What to do about it. */
  readonly hint?: string;
};

export const MISCONFIGURED: CodeMeaning = { retryable: false, misconfigured: true };
export const PERMANENT: CodeMeaning = { retryable: false };

/** A failure with the service's code and words. */
export function failedWithCode(service: string, answer: HttpAnswer, code: number | string, said: unknown, meaning: CodeMeaning): Failed {
  const { hint, ...rest } = meaning;
  const words = typeof said === 'string' ? answer.safe(said) : '';
  const reason = [`${service} refused: ${code}`, words, hint].filter(Boolean).join(' — ');
  return { delivered: false, reason, ...rest };
}
