import type { SMTPPoolOptions } from 'nodemailer';
import {
  alertmanager,
  aliyunSms,
  consoleChannel,
  createChannel,
  createTemplate,
  defaultEmailTemplate,
  defaultTemplate,
  dingTalk,
  email,
  feishu,
  pagerDuty,
  slack,
  sms,
  twilioSms,
  weCom,
  webhook,
  type AlertmanagerChannelOptions,
  type AliyunSmsOptions,
  type Channel,
  type ConsoleChannelOptions,
  type CreateChannelOptions,
  type Delivery,
  type DingTalkOptions,
  type EmailOptions,
  type FeishuOptions,
  type FetchLike,
  type Message,
  type Notification,
  type PagerDutyOptions,
  type SendContext,
  type SlackOptions,
  type SmsOptions,
  type Template,
  type TwilioSmsOptions,
  type WeComOptions,
  type WebhookOptions,
} from '../../src/alerting/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
type Factory = (options: never) => Channel;

// What each channel can't do without; all else may be left out.

export type Required = [
  Expect<Equal<RequiredKeys<DingTalkOptions>, 'webhookUrl'>>,
  Expect<Equal<RequiredKeys<FeishuOptions>, 'webhookUrl'>>,
  Expect<Equal<RequiredKeys<WeComOptions>, 'webhookUrl'>>,
  Expect<Equal<RequiredKeys<SlackOptions>, 'webhookUrl'>>,
  Expect<Equal<RequiredKeys<EmailOptions>, 'smtp' | 'from' | 'to'>>,
  Expect<Equal<RequiredKeys<AliyunSmsOptions>, 'accessKeyId' | 'accessKeySecret' | 'signName' | 'templateCode' | 'phoneNumbers'>>,
  Expect<Equal<RequiredKeys<TwilioSmsOptions>, 'accountSid' | 'authToken' | 'from' | 'to'>>,
  Expect<Equal<RequiredKeys<SmsOptions>, 'phoneNumbers' | 'send'>>,
  Expect<Equal<RequiredKeys<PagerDutyOptions>, 'routingKey'>>,
  Expect<Equal<RequiredKeys<WebhookOptions>, 'url'>>,
  Expect<Equal<RequiredKeys<AlertmanagerChannelOptions>, 'url'>>,
  Expect<Equal<RequiredKeys<ConsoleChannelOptions>, never>>,
  Expect<Equal<RequiredKeys<CreateChannelOptions>, 'send'>>,
];

export const factories: readonly Factory[] = [alertmanager, aliyunSms, consoleChannel, createChannel, dingTalk, email, feishu, pagerDuty, slack, sms, twilioSms, weCom, webhook];

declare const url: string;
declare const smtpOptions: SMTPPoolOptions;

export const channels: Readonly<Record<string, Channel>> = {
  dingtalk: dingTalk({ webhookUrl: url, secret: 'SEC', atMobiles: ['13800138000'], atAll: 'critical', locale: 'zh-CN', timeZone: 'Asia/Shanghai', template: defaultTemplate, fetch }),
  feishu: feishu({ webhookUrl: url, secret: 's', locale: 'en' }),
  wecom: weCom({ webhookUrl: url, timeZone: 'UTC' }),
  slack: slack({ webhookUrl: url, channel: '#ops', username: 'Sightline', iconEmoji: ':bell:' }),
  mail: email({ smtp: 'smtps://user:password@mail.example.com', from: 'a@example.com', to: ['b@example.com'], cc: 'c@example.com', template: defaultEmailTemplate }),
  mailByOptions: email({ smtp: smtpOptions, from: 'a@example.com', to: 'b@example.com' }),
  aliyun: aliyunSms({ accessKeyId: 'i', accessKeySecret: 's', signName: 'n', templateCode: 'SMS_1', phoneNumbers: ['+8613800138000'], templateParam: ({ alerts }) => ({ title: alerts[0]?.title ?? '' }) }),
  twilio: twilioSms({ accountSid: 'AC', authToken: 't', from: '+1', to: ['+2'], maxSegments: 2 }),
  sms: sms({ phoneNumbers: ['+2'], send: async (text: string, numbers: readonly string[], { signal, now, notification }) => void [text, numbers, signal.aborted, now, notification.id] }),
  pager: pagerDuty({ routingKey: 'R', baseUrl: url, locale: 'zh-CN' }),
  hook: webhook({ url, secret: ['new', 'old'], format: 'alertmanager', headers: { authorization: 'Bearer x' } }),
  alertmanager: alertmanager({ url, basicAuth: { username: 'u', password: 'p' }, keepFiringFor: '1h' }),
  console: consoleChannel(),
  logger: consoleChannel({ logger: console, locale: 'en' }),
};

// @ts-expect-error the address is required
dingTalk({ secret: 'SEC' });
// @ts-expect-error all of them, or from a severity on
dingTalk({ webhookUrl: url, atAll: 'urgent' });
// @ts-expect-error English or Simplified Chinese
dingTalk({ webhookUrl: url, locale: 'fr' });
// @ts-expect-error numbers of phones are texts
dingTalk({ webhookUrl: url, atMobiles: [13_800_138_000] });
// @ts-expect-error no such option
feishu({ webhookUrl: url, atAll: true });
// @ts-expect-error a robot of WeCom has no secret
weCom({ webhookUrl: url, secret: 's' });
// @ts-expect-error as it is written in Slack
slack({ webhookUrl: url, icon_emoji: ':bell:' });
// @ts-expect-error nobody to send to
email({ smtp: url, from: 'a@example.com' });
// @ts-expect-error nodemailer's options are an object
email({ smtp: 25, from: 'a@example.com', to: 'b@example.com' });
// @ts-expect-error the texts of a template are set by its provider
aliyunSms({ accessKeyId: 'i', accessKeySecret: 's', signName: 'n', templateCode: 'SMS_1', phoneNumbers: [], template: defaultTemplate });
// @ts-expect-error a list
twilioSms({ accountSid: 'AC', authToken: 't', from: '+1', to: '+2' });
// @ts-expect-error somebody must send it
sms({ phoneNumbers: ['+2'] });
// @ts-expect-error PagerDuty writes its own texts
pagerDuty({ routingKey: 'R', template: defaultTemplate });
// @ts-expect-error one of two
webhook({ url, format: 'grafana' });
// @ts-expect-error headers are texts
webhook({ url, headers: { 'x-try': 1 } });
// @ts-expect-error a user without a password
alertmanager({ url, basicAuth: { username: 'u' } });
// @ts-expect-error a logger tells at two levels
consoleChannel({ logger: { info: () => {} } });

// A channel of one's own: what `send` may return, and what it is given.

createChannel({ send: () => {} });
createChannel({ send: async () => ({ delivered: true }) });
createChannel({ send: async () => ({ delivered: false, retryable: true, reason: 'status 503', retryAfterMs: 1_000 }) });
createChannel({ kind: 'pager', quotas: [{ limit: 10, windowMs: 60_000 }], takesAcknowledgements: true, close: () => {}, send: ({ alerts }, { signal }) => void [alerts.length, signal.aborted] });
// @ts-expect-error who says that it failed says why, and whether to try again
createChannel({ send: async () => ({ delivered: false }) });
// @ts-expect-error a quota has a window in milliseconds
createChannel({ quotas: [{ limit: 10, window: '1m' }], send: () => {} });
// @ts-expect-error no such answer
createChannel({ send: () => 'ok' });

export type Sending = [
  Expect<Equal<Parameters<Channel['send']>, [notification: Notification, context: SendContext]>>,
  Expect<Equal<ReturnType<Channel['send']>, Promise<Delivery>>>,
  Expect<Equal<Awaited<ReturnType<CreateChannelOptions['send']>>, Delivery | void>>,
];

export function reasonOf(delivery: Delivery): string {
  // @ts-expect-error what was delivered has no reason
  void delivery.reason;
  return delivery.delivered ? '' : delivery.reason;
}

export const byHand: Channel = { kind: 'mine', quotas: [], send: () => Promise.resolve({ delivered: true }) };
// @ts-expect-error without quotas it says nothing of how much it takes
export const withoutQuotas: Channel = { kind: 'mine', send: () => Promise.resolve({ delivered: true }) };

// The global `fetch`, and one that goes through a proxy.

export const globalFetch: FetchLike = fetch;
export const throughProxy: FetchLike = (address, init) => fetch(address, { ...init, keepalive: true });

// Templates.

export const short: Template = ({ alerts, status }, locale): Message => ({
  title: `${locale} ${status}`,
  head: [{ type: 'heading', text: 'Alerts', severity: 'critical' }, { type: 'divider' }],
  sections: alerts.map(alert => [
    { type: 'field', name: 'title', value: alert.title, severity: alert.severity },
    { type: 'list', name: 'labels', items: Object.keys(alert.labels) },
  ]),
  foot: [{ type: 'link', text: 'all', url }, { type: 'text', text: '—' }],
});
export const zoned: Template = createTemplate({ timeZone: 'Asia/Shanghai', layout: 'email' });
// @ts-expect-error no such layout
createTemplate({ layout: 'sms' });
// @ts-expect-error a message has all of its parts
export const incomplete: Template = () => ({ title: 'x', head: [], sections: [] });
// @ts-expect-error a list has items
export const withoutItems: Template = () => ({ title: 'x', head: [{ type: 'list', name: 'x' }], sections: [], foot: [] });
