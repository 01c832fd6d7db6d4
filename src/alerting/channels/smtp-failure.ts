import { redact } from '../../core/redact.js';
import type { Delivery } from './channel.js';

/** What nodemailer's errors say. */
export interface SmtpError {
  readonly message?: string;
  /** `EAUTH`, `ECONNECTION`, … */
  readonly code?: unknown;
  /** The server's: 450, 550, … */
  readonly responseCode?: unknown;
  /** The server's words. */
  readonly response?: unknown;
}

/** Replies that ask for other credentials. Source: RFC 4954. */
const AUTH_REPLIES = new Set([530, 534, 535, 538]);
/** Errors of nodemailer's that no second attempt mends. */
const SET_UP_CODES = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ECONFIG', 'EREQUIRETLS']);

/**
 * What a failure to send mail means: 4xx may be tried again, 5xx not (RFC 5321, 4.2.1), and without a reply it was the
 * network.
 *
 * @param secrets that a server may repeat
 */
export function smtpFailure(error: SmtpError, secrets: readonly string[]): Extract<Delivery, { delivered: false }> {
  const { code, responseCode, response, message } = error;
  const reply = typeof responseCode === 'number' ? responseCode : undefined;
  const said = typeof response === 'string' && response !== '' ? response : (message ?? 'no reason given');
  const safe = secrets.filter(Boolean).reduce((text, secret) => text.replaceAll(secret, '[redacted]'), said);
  const reason = `The mail server: ${redact(safe.replace(/\s+/g, ' ').trim(), 200)}`;
  if (reply !== undefined && reply >= 400 && reply < 500) return { delivered: false, retryable: true, reason };
  if ((reply !== undefined && AUTH_REPLIES.has(reply)) || (typeof code === 'string' && SET_UP_CODES.has(code))) {
    return { delivered: false, retryable: false, misconfigured: true, reason: `${reason} — look at the credentials and options of smtp` };
  }
  return { delivered: false, retryable: reply === undefined, reason };
}
