import { postJson, type HttpAnswer } from '../../core/json-http.js';
import { aFunction, aText } from '../../core/options.js';
import { fitMessage } from '../templates/fit-message.js';
import { checkChannelOptions, required } from './channel-options.js';
import type { Channel, Delivery } from './channel.js';
import type { HttpChannelOptions } from './http-channel.js';
import { deliverByHttp, deliveryOfHttp, failedWithCode, MISCONFIGURED, PERMANENT, type CodeMeaning } from './http-delivery.js';
import { MESSAGE_OPTION_RULES, messageWriter, type MessageOptions } from './message-writer.js';
import { escapeSlack, slackBlocks, type SlackBlock } from './slack-blocks.js';
import { aWebhookUrl } from './webhook-url.js';

export interface SlackOptions extends MessageOptions, HttpChannelOptions {
  /** The address of an incoming webhook: `https://hooks.slack.com/services/…`. */
  readonly webhookUrl: string;
  /** The channel, in place of the webhook's own: for webhooks of the old kind, and Mattermost. So are the next two. */
  readonly channel?: string;
  readonly username?: string;
  /** Such as `:fire:`. */
  readonly iconEmoji?: string;
}

/** Source: https://docs.slack.dev/reference/block-kit/blocks */
const MAX_BLOCKS = 50;
/** Of all blocks together, in characters; Slack refuses more than about 13,000. */
const MAX_LENGTH = 12_000;

/** What it says in plain text. Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
const CODES: Readonly<Record<string, CodeMeaning>> = {
  action_prohibited: { ...MISCONFIGURED, hint: 'an administrator has restricted the webhook' },
  channel_is_archived: MISCONFIGURED,
  channel_not_found: MISCONFIGURED,
  invalid_token: MISCONFIGURED,
  no_active_hooks: MISCONFIGURED,
  no_service: { ...MISCONFIGURED, hint: 'the webhook was removed, or webhookUrl is wrong' },
  no_service_id: MISCONFIGURED,
  no_team: MISCONFIGURED,
  posting_to_general_channel_denied: MISCONFIGURED,
  team_disabled: MISCONFIGURED,
  user_not_found: MISCONFIGURED,
  invalid_blocks: PERMANENT,
  invalid_payload: PERMANENT,
  msg_blocks_too_long: PERMANENT,
  msg_too_long: PERMANENT,
  no_text: PERMANENT,
  rollup_error: { retryable: true },
};
/** Blocks that it doesn't like; the title alone may get through. */
const BAD_BLOCKS: ReadonlySet<string> = new Set(['invalid_blocks', 'invalid_payload', 'msg_blocks_too_long', 'msg_too_long']);

/**
 * A Slack channel, by an incoming webhook.
 *
 * Quota: 1 message a second; beyond, 429 with `Retry-After`.
 * Source: https://docs.slack.dev/apis/web-api/rate-limits#incoming-webhooks
 *
 * @example slack({ webhookUrl: 'https://hooks.slack.com/services/…' })
 * @throws InvalidOptionError naming the option; never with a secret
 */
export function slack(options: SlackOptions): Channel {
  checkChannelOptions('slack', options, {
    webhookUrl: required(aWebhookUrl),
    channel: aText,
    username: aText,
    iconEmoji: aText,
    ...MESSAGE_OPTION_RULES,
    fetch: aFunction,
  });
  const { webhookUrl, channel, username, iconEmoji, locale = 'en', fetch } = options;
  const write = messageWriter(options, locale);

  return {
    kind: 'slack',
    quotas: [{ limit: 1, windowMs: 1_000 }],
    async send(notification, { signal, now }) {
      let said = '';
      const post = (body: object): Promise<Delivery> =>
        deliverByHttp('Slack', postJson(webhookUrl, { body: { channel, username, icon_emoji: iconEmoji, ...body }, signal, fetch }), now, answer => {
          said = answer.text.trim();
          return read(answer, said, now);
        });
      const message = write(notification);
      const body = fitMessage(
        message,
        locale,
        clean => payload(clean.title, slackBlocks(clean, locale)),
        ({ blocks = [] }) => blocks.length <= MAX_BLOCKS && JSON.stringify(blocks).length <= MAX_LENGTH,
      );
      if (body === undefined) return { delivered: false, retryable: false, reason: 'Slack: the message could not be made to fit' };
      const delivery = await post(body);
      return BAD_BLOCKS.has(said) ? post({ ...body, blocks: undefined }) : delivery;
    },
  };
}

/** `text` is what phones show, and screen readers say. Previews would follow the links that acknowledge. */
function payload(title: string, blocks: readonly SlackBlock[]): { readonly text: string; readonly blocks?: readonly SlackBlock[] } {
  return { text: escapeSlack(title), ...(blocks.length > 0 ? { blocks } : {}), ...{ unfurl_links: false, unfurl_media: false } };
}

function read(answer: HttpAnswer, said: string, now: number): Delivery {
  const meaning = Object.hasOwn(CODES, said) ? CODES[said] : undefined;
  if (meaning !== undefined) return failedWithCode('Slack', answer, said, undefined, meaning);
  const delivery = deliveryOfHttp('Slack', answer, now);
  // Something else answers in its place, such as a proxy's sign-in page.
  return delivery.delivered && said !== 'ok' ? { delivered: false, retryable: true, reason: `Slack answered ${answer.status} without ok` } : delivery;
}
