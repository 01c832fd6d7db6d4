import { createHmac } from 'node:crypto';
import { aFunction } from '../../core/options.js';
import { fitMessage } from '../templates/fit-message.js';
import { aSecret, checkChannelOptions, required } from './channel-options.js';
import type { Channel } from './channel.js';
import { postToRobot, type ChatRobot } from './chat-robot.js';
import { feishuCard } from './feishu-card.js';
import type { HttpChannelOptions } from './http-channel.js';
import { MISCONFIGURED, PERMANENT } from './http-delivery.js';
import { MESSAGE_OPTION_RULES, messageWriter, type MessageOptions } from './message-writer.js';
import { aWebhookUrl } from './webhook-url.js';

export interface FeishuOptions extends MessageOptions, HttpChannelOptions {
  /** The robot's address: `https://open.feishu.cn/open-apis/bot/v2/hook/…`, or of `open.larksuite.com`. */
  readonly webhookUrl: string;
  /** Of a robot whose security setting is the signature. */
  readonly secret?: string;
}

/** Of the whole request: 20 KB, and it isn't said of which kind. */
const MAX_BYTES = 20_000;

/** Its codes come with status 200. Source: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
const ROBOT: ChatRobot = {
  name: 'Feishu',
  codeKey: 'code',
  wordsKey: 'msg',
  tooLong: 9499,
  codes: {
    // Not of a form that it takes; a body over 20 KB is none.
    9499: PERMANENT,
    // Over 5 a second or 100 a minute, or all of the world writes at the full hour.
    11232: { retryable: true, retryAfterMs: 15_000 },
    19001: { ...MISCONFIGURED, hint: 'the token of webhookUrl is unknown' },
    19002: PERMANENT,
    19021: { ...MISCONFIGURED, hint: "compare secret with the robot's, and this machine's clock" },
    19022: { ...MISCONFIGURED, hint: "this machine's address is not in the robot's list" },
    19024: { ...MISCONFIGURED, hint: "the text holds none of the robot's keywords" },
  },
};

/**
 * A custom robot of a Feishu or Lark group, by its webhook; signed where `secret` is given. It posts a card in the
 * colour of the severity, with buttons for the links.
 *
 * Quotas: 100 messages a minute and 5 a second. A request has at most 20 KB.
 * Source: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 *
 * @example feishu({ webhookUrl: 'https://open.feishu.cn/open-apis/bot/v2/hook/…', secret })
 * @throws InvalidOptionError naming the option; never with a secret
 */
export function feishu(options: FeishuOptions): Channel {
  checkChannelOptions('feishu', options, {
    webhookUrl: required(aWebhookUrl),
    secret: aSecret,
    ...MESSAGE_OPTION_RULES,
    fetch: aFunction,
  });
  const { webhookUrl, secret, locale = 'zh-CN', fetch } = options;
  const write = messageWriter(options, locale);

  return {
    kind: 'feishu',
    quotas: [
      { limit: 100, windowMs: 60_000 },
      { limit: 5, windowMs: 1_000 },
    ],
    async send(notification, { signal, now }) {
      const message = write(notification);
      // The worst of them stands first.
      const color = notification.status === 'resolved' ? 'resolved' : (notification.alerts[0]?.severity ?? 'info');
      const signature = secret === undefined ? {} : signed(secret, now);
      const build = (room: number): unknown =>
        fitMessage(
          message,
          locale,
          clean => ({ ...signature, msg_type: 'interactive', card: feishuCard(clean, locale, color) }),
          built => Buffer.byteLength(JSON.stringify(built)) <= room,
        );
      const secrets = secret === undefined ? [] : [secret];
      return postToRobot(ROBOT, MAX_BYTES, room => ({ url: webhookUrl, body: build(room), secrets }), { signal, now, fetch });
    },
  };
}

/** Odd, but so it is: timestamp and secret are the key, and nothing is signed with it. */
function signed(secret: string, now: number): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(now / 1_000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') };
}
