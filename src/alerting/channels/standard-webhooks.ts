import { createHash, createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** What a secret must look like, for an error. */
export const WEBHOOK_SECRET_FORM: string = `${MIN_BYTES} to ${MAX_BYTES} random bytes in base64, with or without "${PREFIX}" before them (openssl rand -base64 32)`;

/**
 * The key of a Standard Webhooks secret; `undefined` where the text is none.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookKey(secret: string): Buffer | undefined {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length >= MIN_BYTES && key.length <= MAX_BYTES ? key : undefined;
}

/**
 * The three headers of Standard Webhooks. Every key signs: while a secret is exchanged, who knows the old or the new
 * one can check.
 *
 * @param id the same in every attempt, so that a receiver can drop what it has had
 */
export function webhookHeaders(id: string, nowMs: number, body: string, keys: readonly Buffer[]): Record<string, string> {
  const safeId = headerId(id);
  const timestamp = Math.floor(nowMs / 1_000);
  const signatures = keys.map(key => `v1,${createHmac('sha256', key).update(`${safeId}.${timestamp}.${body}`).digest('base64')}`);
  return {
    'webhook-id': safeId,
    'webhook-timestamp': String(timestamp),
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}

/** An id that may stand in a header, and holds no dot: in what is signed, dots divide. */
function headerId(id: string): string {
  return /^[\w:/=+-]{1,200}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 32);
}
