import { randomUUID } from 'node:crypto';
import { requestText, type HttpAnswer } from '../../core/json-http.js';
import { aFunction, aText } from '../../core/options.js';
import type { Notification } from '../notification.js';
import { cleanLine, cutText } from '../templates/clean-text.js';
import type { Locale } from '../templates/template.js';
import { TimeFormat } from '../templates/times.js';
import { aliyunAuthorization, canonicalQuery, sha256Hex } from './aliyun-signature.js';
import { aLocale, aSecret, aTimeZone, aUrl, checkChannelOptions, phoneNumbers, required } from './channel-options.js';
import type { Channel, Delivery } from './channel.js';
import type { HttpChannelOptions } from './http-channel.js';
import { deliverByHttp, failedWithCode, MISCONFIGURED, PERMANENT, type CodeMeaning } from './http-delivery.js';
import type { MessageOptions } from './message-writer.js';
import { shortParts } from './sms-text.js';

export interface AliyunSmsOptions extends HttpChannelOptions, Pick<MessageOptions, 'locale' | 'timeZone'> {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The approved signature, without 【】. */
  readonly signName: string;
  /** The approved template: `SMS_123456789`. */
  readonly templateCode: string;
  /** At most 1,000. */
  readonly phoneNumbers: readonly string[];
  /** Default: `https://dysmsapi.aliyuncs.com`. In Singapore: `https://dysmsapi.ap-southeast-1.aliyuncs.com`. */
  readonly endpoint?: string;
  /**
   * The template's variables, where they are others than `severity`, `title`, `source` and `time`. Each is stripped of
   * addresses, and cut to 35 characters.
   */
  readonly templateParam?: (notification: Notification) => Readonly<Record<string, string>>;
}

/** Of a notification's variable. Source: https://help.aliyun.com/document_detail/463270.htm */
const MAX_VARIABLE = 35;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What the codes mean, the first that matches. Source: https://help.aliyun.com/document_detail/101346.html */
const CODES: readonly (readonly [RegExp, CodeMeaning])[] = [
  [/^Throttling/, { retryable: true, retryAfterMs: 1_000 }],
  [/^(?:ServiceUnavailable|InternalError|SignatureNonceUsed|isp\.(?:SYSTEM_ERROR|UNKNOWN))/, { retryable: true }],
  [/^InvalidTimeStamp/, { ...MISCONFIGURED, hint: "set this machine's clock" }],
  [/^(?:SignatureDoesNotMatch|IncompleteSignature|InvalidAccessKeyId)/, { ...MISCONFIGURED, hint: 'look at accessKeyId and accessKeySecret' }],
  [/^isv\.(?:DAY|MONTH)_LIMIT_CONTROL/, { ...MISCONFIGURED, hint: 'the limit that is set in the console is reached' }],
  [/^isv\.(?:BLACK_KEY|PARAM_LENGTH|PARAM_NOT_SUPPORT|SMS_CONTENT)/, { ...PERMANENT, hint: 'a text of the alert is not allowed' }],
  // Signature, template, numbers, account, money: nothing that time mends.
  [/^/, MISCONFIGURED],
];

/**
 * SMS by Alibaba Cloud: `SendSms` of the API 2017-05-25, to all numbers at once.
 * Source: https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms
 *
 * @example
 * // The template: ${severity}告警：${title}，来源${source}，时间${time}。
 * aliyunSms({ accessKeyId, accessKeySecret, signName: '四级训练', templateCode: 'SMS_123456789', phoneNumbers: ['+8613800138000'] })
 * @throws InvalidOptionError naming the option
 */
export function aliyunSms(options: AliyunSmsOptions): Channel {
  checkChannelOptions('aliyunSms', options, {
    accessKeyId: required(aSecret),
    accessKeySecret: required(aSecret),
    signName: required(aText),
    templateCode: required(aText),
    phoneNumbers: required({ ...phoneNumbers, accepts: value => phoneNumbers.accepts(value) && (value as unknown[]).length <= 1_000 }),
    endpoint: aUrl,
    templateParam: aFunction,
    locale: aLocale,
    timeZone: aTimeZone,
    fetch: aFunction,
  });
  const { accessKeyId, accessKeySecret, signName, templateCode, endpoint = 'https://dysmsapi.aliyuncs.com', locale = 'zh-CN', fetch } = options;
  const { origin, host } = new URL(endpoint);
  const numbers = options.phoneNumbers.map(number => number.replace('+', '')).join(',');
  const times = new TimeFormat(options.timeZone);
  const variablesOf = options.templateParam ?? (notification => defaultVariables(notification, locale, times));
  return {
    kind: 'aliyun-sms',
    // Of one signature and template, a number gets 50 a day. Source: https://developer.aliyun.com/ask/474934
    quotas: [{ limit: 50, windowMs: 24 * HOUR_MS }],
    send(notification, { signal, now }) {
      const variables = Object.entries(variablesOf(notification)).map(([name, value]) => [name, variable(value)]);
      const query = {
        PhoneNumbers: numbers,
        SignName: signName,
        TemplateCode: templateCode,
        TemplateParam: JSON.stringify(Object.fromEntries(variables)),
      };
      const headers = {
        'x-acs-action': 'SendSms',
        'x-acs-version': '2017-05-25',
        'x-acs-date': new Date(now).toISOString().replace(/\.\d+/, ''),
        'x-acs-signature-nonce': randomUUID(),
        'x-acs-content-sha256': sha256Hex(''),
      };
      const signed = { method: 'POST', path: '/', query, headers: { host, ...headers }, bodyHash: headers['x-acs-content-sha256'] };
      const authorization = aliyunAuthorization(signed, accessKeyId, accessKeySecret);
      const request = requestText(`${origin}/?${canonicalQuery(query)}`, {
        method: 'POST',
        headers: { ...headers, authorization, accept: 'application/json' },
        secrets: [accessKeyId, accessKeySecret, ...numbers.split(',')],
        signal,
        fetch,
      });
      return deliverByHttp('Aliyun SMS', request, now, read);
    },
  };
}

/** It answers 200 also where it refuses. */
function read(answer: HttpAnswer): Delivery | undefined {
  const { Code: code, Message: message } = (answer.json ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code !== 'string') {
    return answer.status < 300 ? { delivered: false, retryable: true, reason: 'Aliyun SMS answered without a code' } : undefined;
  }
  if (code === 'OK') return { delivered: true };
  const shown = answer.safe(code);
  if (code.startsWith('isv.BUSINESS_LIMIT_CONTROL')) {
    return failedWithCode('Aliyun SMS', answer, shown, message, { retryable: true, retryAfterMs: waitOf(message) });
  }
  const meaning = answer.status >= 500 ? { retryable: true } : CODES.find(([form]) => form.test(code))?.[1];
  return failedWithCode('Aliyun SMS', answer, shown, message, meaning ?? MISCONFIGURED);
}

/** Until it may be sent again: it says whether the limit of a minute (分钟), an hour or a day is reached. */
function waitOf(message: unknown): number {
  // A day's limit counts the last 24 hours, so some of it may be free again in an hour.
  return typeof message === 'string' && /分钟|minute/i.test(message) ? MINUTE_MS : HOUR_MS;
}

function defaultVariables(notification: Notification, locale: Locale, times: TimeFormat): Record<string, string> {
  const { mark, name, withCount, time } = shortParts(notification, locale, times);
  // The count must not be lost with the title's end.
  const title = withCount(cutText(withoutAddresses(name), MAX_VARIABLE - withCount('').length));
  return { severity: mark, title, source: notification.alerts[0]?.source ?? '', time };
}

/** A variable's value as it is taken: not empty, one line, no addresses, no brackets of a signature, not too long. */
function variable(value: unknown): string {
  return cutText(withoutAddresses(value), MAX_VARIABLE) || '-';
}

/** `api.example.com` and `10.0.0.1`; not `99.5`. */
const HOST_OR_IP = /\b(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[\w-]{1,63}\.){1,8}[a-z]{2,24})\b/gi;

/** Alibaba Cloud refuses links, host names and IP addresses in variables: their dots become blanks. */
function withoutAddresses(text: unknown): string {
  return cutText(cleanLine(text), 200)
    .replace(/[a-z][a-z\d+.-]{0,20}:\/\/\S*/gi, ' ')
    .replace(HOST_OR_IP, address => address.replaceAll('.', ' '))
    .replaceAll('【', '[')
    .replaceAll('】', ']')
    .replace(/ {2,}/g, ' ')
    .trim();
}
