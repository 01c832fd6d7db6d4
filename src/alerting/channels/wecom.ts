import { aFunction } from '../../core/options.js';
import { fitMessage } from '../templates/fit-message.js';
import { checkChannelOptions, required } from './channel-options.js';
import type { Channel } from './channel.js';
import { postToRobot, type ChatRobot } from './chat-robot.js';
import type { HttpChannelOptions } from './http-channel.js';
import { MISCONFIGURED, PERMANENT } from './http-delivery.js';
import { renderMarkdown } from './markdown.js';
import { MESSAGE_OPTION_RULES, messageWriter, type MessageOptions } from './message-writer.js';
import { aWebhookUrl } from './webhook-url.js';
import { weComMarkdown } from './wecom-markdown.js';

export interface WeComOptions extends MessageOptions, HttpChannelOptions {
  /** The robot's address, with its `key`. */
  readonly webhookUrl: string;
}

/** Of the content, in UTF-8. */
const MAX_BYTES = 4_096;

/** Its codes come with status 200. Source: https://developer.work.weixin.qq.com/document/path/90313 */
const ROBOT: ChatRobot = {
  name: 'WeCom',
  codeKey: 'errcode',
  wordsKey: 'errmsg',
  tooLong: 40058,
  codes: {
    [-1]: { retryable: true },
    40008: PERMANENT,
    40058: PERMANENT,
    44004: PERMANENT,
    45009: { retryable: true, retryAfterMs: 60_000 },
    45033: { retryable: true },
    93000: { ...MISCONFIGURED, hint: 'the key of webhookUrl is unknown, or the robot was removed' },
    93008: { ...MISCONFIGURED, hint: 'the robot is not in the group' },
  },
};

/**
 * A robot of a WeCom (企业微信) group, by its webhook.
 *
 * Quota: 20 messages a minute. A message has at most 4,096 bytes: about 1,300 Chinese characters.
 * Source: https://developer.work.weixin.qq.com/document/path/91770
 *
 * @example weCom({ webhookUrl: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…' })
 * @throws InvalidOptionError naming the option; never with a secret
 */
export function weCom(options: WeComOptions): Channel {
  checkChannelOptions('weCom', options, { webhookUrl: required(aWebhookUrl), ...MESSAGE_OPTION_RULES, fetch: aFunction });
  const { webhookUrl, locale = 'zh-CN', fetch } = options;
  const write = messageWriter(options, locale);

  return {
    kind: 'wecom',
    quotas: [{ limit: 20, windowMs: 60_000 }],
    async send(notification, { signal, now }) {
      const message = write(notification);
      const build = (room: number): string | undefined =>
        fitMessage(
          message,
          locale,
          clean => renderMarkdown(clean, locale, weComMarkdown) || weComMarkdown.escape(clean.title),
          text => Buffer.byteLength(text) <= room,
        );
      const body = (room: number): object => ({ msgtype: 'markdown', markdown: { content: build(room) } });
      return postToRobot(ROBOT, MAX_BYTES, room => ({ url: webhookUrl, body: body(room) }), { signal, now, fetch });
    },
  };
}
