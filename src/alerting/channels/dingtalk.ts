import { createHmac } from 'node:crypto';
import { aFunction } from '../../core/options.js';
import { isActive } from '../alert.js';
import type { Notification } from '../notification.js';
import { isWorse, SEVERITIES, type AlertSeverity } from '../severity.js';
import { cutText } from '../templates/clean-text.js';
import { fitMessage } from '../templates/fit-message.js';
import { aSecret, checkChannelOptions, isListOf, required, type ChannelOptionRule } from './channel-options.js';
import type { Channel } from './channel.js';
import { postToRobot, type ChatRobot } from './chat-robot.js';
import { dingTalkMarkdown } from './dingtalk-markdown.js';
import type { HttpChannelOptions } from './http-channel.js';
import { MISCONFIGURED, PERMANENT } from './http-delivery.js';
import { renderMarkdown } from './markdown.js';
import { MESSAGE_OPTION_RULES, messageWriter, type MessageOptions } from './message-writer.js';
import { aWebhookUrl } from './webhook-url.js';

export interface DingTalkOptions extends MessageOptions, HttpChannelOptions {
  /** The robot's address, with its `access_token`. */
  readonly webhookUrl: string;
  /** `SEC…`, of a robot whose security setting is the signature. */
  readonly secret?: string;
  /** Who is mentioned when alerts fire: phone numbers, outside China with the country's code as `+852-…`. */
  readonly atMobiles?: readonly string[];
  /** Whether all of the group are mentioned: always, or from this severity on. Default: false. */
  readonly atAll?: boolean | AlertSeverity;
}

/** Of the whole request. */
const MAX_BYTES = 20_000;
/** The title is the line in the list of chats. */
const MAX_TITLE = 64;

/** Its codes come with status 200. Source: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages */
const ROBOT: ChatRobot = {
  name: 'DingTalk',
  codeKey: 'errcode',
  wordsKey: 'errmsg',
  tooLong: 460101,
  codes: {
    [-1]: { retryable: true },
    40035: PERMANENT,
    43004: PERMANENT,
    // Over 20 a minute: nothing is taken for 10 minutes.
    130101: { retryable: true, retryAfterMs: 600_000 },
    410100: { retryable: true, retryAfterMs: 60_000 },
    90018: { retryable: true, retryAfterMs: 60_000 },
    90030: { ...MISCONFIGURED, hint: "the organisation's quota of webhook calls is used up" },
    300001: { ...MISCONFIGURED, hint: 'the access_token of webhookUrl is unknown' },
    310000: { ...MISCONFIGURED, hint: "compare secret, keyword and IP addresses with the robot's security settings, and this machine's clock" },
    400013: { ...MISCONFIGURED, hint: 'the group was dissolved' },
    400101: { ...MISCONFIGURED, hint: 'the access_token of webhookUrl is unknown' },
    400102: { ...MISCONFIGURED, hint: 'the robot is disabled' },
    400105: PERMANENT,
    400106: { ...MISCONFIGURED, hint: 'the robot was removed' },
    430101: PERMANENT,
    430102: PERMANENT,
    430103: PERMANENT,
    430104: PERMANENT,
    460101: PERMANENT,
  },
};

const aMention: ChannelOptionRule = {
  allowed: "true, false, or the severity from which on all are mentioned, such as 'critical'",
  accepts: value => typeof value === 'boolean' || (SEVERITIES as readonly unknown[]).includes(value),
};
const someMobiles: ChannelOptionRule = {
  allowed: "a list of at most 100 phone numbers such as ['13800138000'] or ['+852-51234567']",
  accepts: value => isListOf(value, item => typeof item === 'string' && /^(?:\+\d{1,4}-)?\d{5,15}$/.test(item)) && value.length <= 100,
  isSecret: true,
};

/**
 * A robot of a DingTalk group, by its webhook; signed where `secret` is given.
 *
 * Quota: 20 messages a minute; beyond, the robot is shut for 10 minutes. A message has at most 20,000 bytes.
 * Source: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages
 *
 * @example dingTalk({ webhookUrl: 'https://oapi.dingtalk.com/robot/send?access_token=xxx', secret: 'SECxxx', atAll: 'critical' })
 * @throws InvalidOptionError naming the option; never with a secret
 */
export function dingTalk(options: DingTalkOptions): Channel {
  checkChannelOptions('dingTalk', options, {
    webhookUrl: required(aWebhookUrl),
    secret: aSecret,
    atMobiles: someMobiles,
    atAll: aMention,
    ...MESSAGE_OPTION_RULES,
    fetch: aFunction,
  });
  const { webhookUrl, secret, atMobiles = [], atAll = false, locale = 'zh-CN', fetch } = options;
  const secrets = secret === undefined ? [] : [secret];
  const write = messageWriter(options, locale);

  return {
    kind: 'dingtalk',
    quotas: [{ limit: 20, windowMs: 60_000 }],
    async send(notification, { signal, now }) {
      const message = write(notification);
      const at = mentionsOf(notification, atMobiles, atAll);
      // It counts only if it stands in the text, too.
      const mentioned = at.atMobiles.map(mobile => `@${mobile}`).join(' ');
      const build = (room: number): unknown =>
        fitMessage(
          message,
          locale,
          clean => {
            const text = [renderMarkdown(clean, locale, dingTalkMarkdown) || dingTalkMarkdown.escape(clean.title), mentioned].filter(Boolean).join('\n\n');
            return { msgtype: 'markdown', markdown: { title: cutText(clean.title, MAX_TITLE), text }, at };
          },
          built => Buffer.byteLength(JSON.stringify(built)) <= room,
        );
      return postToRobot(
        ROBOT,
        MAX_BYTES,
        // The signature holds for an hour: each attempt has its own.
        room => ({ url: secret === undefined ? webhookUrl : signedUrl(webhookUrl, secret, now), body: build(room), secrets }),
        { signal, now, fetch },
      );
    },
  };
}

/** The address with `timestamp` and `sign`, as of now. */
function signedUrl(webhookUrl: string, secret: string, now: number): string {
  const url = new URL(webhookUrl);
  const timestamp = Math.floor(now);
  url.searchParams.set('timestamp', String(timestamp));
  url.searchParams.set('sign', createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'));
  return url.href;
}

/** Nobody is called for what is over, or for what somebody looks at already. */
function mentionsOf(notification: Notification, atMobiles: readonly string[], atAll: boolean | AlertSeverity): { atMobiles: readonly string[]; isAtAll: boolean } {
  const { alerts, status, reason } = notification;
  const calls = status === 'firing' && reason !== 'acknowledged' && reason !== 'some_resolved';
  if (!calls) return { atMobiles: [], isAtAll: false };
  const isBadEnough = (from: AlertSeverity): boolean => alerts.some(alert => isActive(alert) && !isWorse(from, alert.severity));
  return { atMobiles, isAtAll: typeof atAll === 'boolean' ? atAll : isBadEnough(atAll) };
}
