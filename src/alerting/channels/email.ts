import { createHash } from 'node:crypto';
import { loadOptionalPeer } from '../../core/optional-peer.js';
import { anObject } from '../../core/options.js';
import type { Notification } from '../notification.js';
import { fitMessage } from '../templates/fit-message.js';
import { plainText } from '../templates/plain-text.js';
import type { Locale, Message } from '../templates/template.js';
import { checkChannelOptions, isListOf, required, type ChannelOptionRule } from './channel-options.js';
import type { Channel, Delivery } from './channel.js';
import { emailHtml } from './email-html.js';
import { mailAddress, type MailAddress } from './mail-address.js';
import { MESSAGE_OPTION_RULES, messageWriter, type MessageOptions } from './message-writer.js';
import { Recipients } from './recipients.js';
import { smtpFailure, type SmtpError } from './smtp-failure.js';
import { unlessAborted } from './unless-aborted.js';

export interface EmailOptions extends MessageOptions {
  /** A URL (`smtps://user:password@mail.example.com`), or options of nodemailer's SMTP transport. */
  // Not nodemailer's own type: who has not installed it could not compile.
  readonly smtp: string | object;
  /** `ops@example.com`, or with a name: `Sightline <ops@example.com>`. */
  readonly from: string;
  readonly to: string | readonly string[];
  readonly cc?: string | readonly string[];
  /** Further headers, such as `X-Team`. Those that a mail has anyway are made here. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What we use of nodemailer, from 7 on. */
interface Nodemailer {
  createTransport(options: unknown): Transport;
}

interface Transport {
  sendMail(mail: object): Promise<{ readonly rejected?: readonly unknown[]; readonly rejectedErrors?: readonly RejectedError[] }>;
  close(): void;
}

interface RejectedError extends SmtpError {
  readonly recipient?: unknown;
}

export const anAddress: ChannelOptionRule = { allowed: "an address such as 'ops@example.com' or 'On call <ops@example.com>'", accepts: value => mailAddress(value) !== undefined };
const someAddresses: ChannelOptionRule = { allowed: `${anAddress.allowed}, or a list of such`, accepts: value => anAddress.accepts(value) || isListOf(value, anAddress.accepts) };
const someHeaders: ChannelOptionRule = {
  allowed: 'an object with names and values of headers, both without line breaks, and none of those that a mail has anyway (Subject, From, To, …)',
  accepts: value => anObject.accepts(value) && Object.entries(value as object).every(isHeader),
};
export const anSmtpServer: ChannelOptionRule = {
  allowed: "a URL such as 'smtps://user:password@mail.example.com' (user and password percent-encoded), or options of nodemailer's SMTP transport",
  accepts: value => (typeof value === 'string' ? /^smtps?:\/\/[^\s]+$/i.test(value) && URL.canParse(value) : anObject.accepts(value)),
  isSecret: true,
};

/** A mail server that does not answer must not hold a socket for ten minutes, nodemailer's default. */
const TIMEOUTS = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** Gmail hides what is beyond 102 KB. */
const MAX_HTML = 100_000;

/**
 * Mail by SMTP, through `nodemailer`: text and HTML. The mails of one group stand in one thread.
 *
 * Each notification has a connection of its own: they are rare, a server closes one that is idle, and it would keep the
 * process alive. With `pool: true` in `smtp` nodemailer keeps connections, until `close()`.
 *
 * @example email({ smtp: 'smtps://user:password@mail.example.com', from: 'Sightline <alerts@example.com>', to: ['ops@example.com'] })
 * @throws InvalidOptionError naming the option
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` where `nodemailer` is not installed
 */
export function email(options: EmailOptions): Channel {
  checkChannelOptions('email', options, {
    smtp: required(anSmtpServer),
    from: required(anAddress),
    to: required(someAddresses),
    cc: someAddresses,
    headers: someHeaders,
    ...MESSAGE_OPTION_RULES,
  });
  const { smtp, headers = {}, locale = 'en' } = options;
  const [from, to, cc] = [options.from, options.to, options.cc ?? []].map(given => [given].flat().flatMap(text => mailAddress(text) ?? [])) as [
    [MailAddress],
    MailAddress[],
    MailAddress[],
  ];
  const transport = loadOptionalPeer<Nodemailer>('nodemailer', 'email alerts').createTransport(withTimeouts(smtp));
  const secrets = secretsOf(smtp);
  const write = messageWriter(options, locale, 'email');
  const recipients = new Recipients([...to, ...cc].map(({ address }) => address));
  return {
    kind: 'email',
    quotas: [],
    send(notification, { signal }) {
      return unlessAborted('the mail server', signal, async () => {
        const left = recipients.left(notification.id);
        const mail = mailOf(notification, write(notification), { locale, from: from[0].address, headers });
        const attempts = await deliver(transport, { ...mail, from: from[0], to, cc, envelope: { from: from[0].address, to: left } }, left, secrets);
        return recipients.settle(notification.id, attempts);
      });
    },
    close() {
      transport.close();
      return Promise.resolve();
    },
  };
}

/** What became of it for each recipient: a server may refuse some. */
async function deliver(transport: Transport, mail: object, left: readonly string[], secrets: readonly string[]): Promise<{ recipient: string; delivery: Delivery }[]> {
  try {
    const { rejected = [], rejectedErrors = [] } = await transport.sendMail(mail);
    const isRejected = (recipient: string): boolean => rejected.some(address => isSame(address, recipient));
    return left.map(recipient => ({
      recipient,
      delivery: isRejected(recipient) ? smtpFailure(rejectedErrors.find(error => isSame(error.recipient, recipient)) ?? {}, secrets) : { delivered: true },
    }));
  } catch (error) {
    const delivery = smtpFailure(error as SmtpError, secrets);
    return left.map(recipient => ({ recipient, delivery }));
  }
}

function isSame(given: unknown, recipient: string): boolean {
  return typeof given === 'string' && given.toLowerCase() === recipient.toLowerCase();
}

function mailOf(notification: Notification, message: Message, { locale, from, headers }: { locale: Locale; from: string; headers: object }): object {
  const html = fitMessage(
    message,
    locale,
    clean => ({ title: clean.title, html: emailHtml(clean, locale) }),
    built => Buffer.byteLength(built.html) <= MAX_HTML,
  );
  const domain = from.slice(from.indexOf('@') + 1);
  // Nobody has had this one. Were it the first mail's, a group that fires again next month would send its id again,
  // and servers drop what they have had.
  const thread = `<group-${hash(notification.groupKey)}@${domain}>`;
  const isUrgent = notification.status === 'firing' && notification.alerts[0]?.severity === 'critical';
  return {
    subject: html?.title ?? '',
    text: plainText(message, locale),
    html: html?.html ?? '',
    messageId: `<${hash(notification.id)}@${domain}>`,
    inReplyTo: thread,
    references: thread,
    ...(isUrgent && { priority: 'high' }),
    // No answers from those who are on holiday (RFC 3834, and Exchange's own).
    headers: { ...headers, 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Headers that a mail of ours has. */
const OURS =
  /^(?:subject|from|sender|reply-to|to|cc|bcc|date|message-id|in-reply-to|references|mime-version|content-.*|(?:x-)?priority|x-msmail-priority|importance|auto-submitted|x-auto-response-suppress)$/i;

function isHeader([name, value]: [string, unknown]): boolean {
  return !OURS.test(name) && /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof value === 'string' && !/[\r\n\0]/.test(value);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function withTimeouts(smtp: string | object): string | object {
  if (typeof smtp !== 'string') return { ...TIMEOUTS, ...smtp };
  const url = new URL(smtp);
  for (const [name, value] of Object.entries(TIMEOUTS)) if (!url.searchParams.has(name)) url.searchParams.set(name, String(value));
  return url.href;
}

function secretsOf(smtp: string | object): string[] {
  const texts: unknown[] = [];
  if (typeof smtp === 'string') {
    const { password } = new URL(smtp);
    texts.push(password, decoded(password));
  } else {
    const { auth } = smtp as { auth?: { pass?: unknown } };
    texts.push(auth?.pass);
  }
  return texts.filter(text => typeof text === 'string');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
