import { postJson, type HttpAnswer } from '../../core/json-http.js';
import { aFunction, aText } from '../../core/options.js';
import { TimeFormat } from '../templates/times.js';
import { aSecret, aUrl, checkChannelOptions, phoneNumbers, required } from './channel-options.js';
import type { Channel, Delivery } from './channel.js';
import type { HttpChannelOptions } from './http-channel.js';
import { deliverByHttp, failedWithCode, MISCONFIGURED, PERMANENT, type CodeMeaning } from './http-delivery.js';
import { Recipients } from './recipients.js';
import { SMS_TEXT_RULES, smsText, type SmsTextOptions } from './sms-text.js';

export interface TwilioSmsOptions extends SmsTextOptions, HttpChannelOptions {
  /** `AC` and 32 hexadecimal digits. */
  readonly accountSid: string;
  readonly authToken: string;
  /** Your number, your sender id, or `MG…`: a messaging service. */
  readonly from: string;
  readonly to: readonly string[];
  /** Default: `https://api.twilio.com`. */
  readonly baseUrl?: string;
}

/** Codes that say more than their status. Source: https://www.twilio.com/docs/api/errors */
const CODES: Readonly<Record<number, CodeMeaning>> = {
  14107: { retryable: true, retryAfterMs: 30_000 },
  20003: { ...MISCONFIGURED, hint: 'look at accountSid and authToken' },
  20404: { ...MISCONFIGURED, hint: 'look at accountSid' },
  21211: { ...MISCONFIGURED, hint: 'a number of `to` is none' },
  21212: { ...MISCONFIGURED, hint: 'look at `from`' },
  21408: { ...MISCONFIGURED, hint: "allow the number's country in Twilio's console" },
  21603: { ...MISCONFIGURED, hint: 'look at `from`' },
  21606: { ...MISCONFIGURED, hint: 'look at `from`' },
  21608: { ...MISCONFIGURED, hint: 'a trial account sends to verified numbers only' },
  21610: { ...PERMANENT, hint: 'who has this number has unsubscribed by STOP' },
  // The queue of hours is full.
  21611: { retryable: true, retryAfterMs: 600_000 },
  21614: { ...MISCONFIGURED, hint: 'a number of `to` takes no SMS' },
  21659: { ...MISCONFIGURED, hint: 'look at `from`' },
  30001: { retryable: true, retryAfterMs: 60_000 },
};

/**
 * SMS by Twilio, a request for each number. A number that can't be reached keeps no other from its text.
 * Source: https://www.twilio.com/docs/messaging/api/message-resource
 *
 * @example twilioSms({ accountSid, authToken, from: '+15005550006', to: ['+4915112345678'] })
 * @throws InvalidOptionError naming the option
 */
export function twilioSms(options: TwilioSmsOptions): Channel {
  checkChannelOptions('twilioSms', options, {
    accountSid: required({ allowed: "the account's SID: AC and 32 hexadecimal digits", accepts: value => typeof value === 'string' && /^AC[\da-f]{32}$/i.test(value) }),
    authToken: required(aSecret),
    from: required(aText),
    to: required(phoneNumbers),
    baseUrl: aUrl,
    ...SMS_TEXT_RULES,
    fetch: aFunction,
  });
  const { accountSid, authToken, from, to, baseUrl = 'https://api.twilio.com', fetch } = options;
  const url = `${baseUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const sender = /^MG[\da-f]{32}$/i.test(from) ? { MessagingServiceSid: from } : { From: from };
  const times = new TimeFormat(options.timeZone);
  const recipients = new Recipients(to.map(number => (number.startsWith('+') ? number : `+${number}`)));
  return {
    kind: 'twilio-sms',
    // A number sends one message a second; Twilio would keep what is more for hours, and nobody needs it then.
    // Source: https://www.twilio.com/docs/api/errors/21611
    quotas: [{ limit: Math.max(1, Math.floor(60 / to.length)), windowMs: 60_000 }],
    async send(notification, { signal, now }) {
      const text = smsText(notification, times, options);
      const attempts = await Promise.all(
        recipients.left(notification.id).map(async recipient => {
          const form = { ...sender, To: recipient, Body: text };
          const request = postJson(url, { form, headers: { authorization }, secrets: [authToken, authorization, recipient], signal, fetch });
          return { recipient, delivery: await deliverByHttp('Twilio', request, now, read) };
        }),
      );
      return recipients.settle(notification.id, attempts);
    },
  };
}

function read(answer: HttpAnswer): Delivery | undefined {
  const { sid, code, message, error_code: sendError, error_message: sendMessage } = (answer.json ?? {}) as Partial<Record<string, unknown>>;
  if (answer.status < 300) {
    // Taken, and refused in the same answer.
    if (typeof sendError === 'number') return failedWithCode('Twilio', answer, sendError, sendMessage, CODES[sendError] ?? PERMANENT);
    // Something else answers in its place, such as a proxy's sign-in page.
    return typeof sid === 'string' ? undefined : { delivered: false, retryable: true, reason: `Twilio answered ${answer.status} without the message's sid` };
  }
  const meaning = typeof code === 'number' ? CODES[code] : undefined;
  return meaning === undefined ? undefined : failedWithCode('Twilio', answer, code as number, message, meaning);
}
