import { aFunction } from '../../core/options.js';
import type { Notification } from '../notification.js';
import { createTemplate, type TemplateOptions } from '../templates/default-template.js';
import type { Locale, Message, Template } from '../templates/template.js';
import { aLocale, aTimeZone, type ChannelOptionRule } from './channel-options.js';

/** Settings of every channel that writes texts. */
export interface MessageOptions {
  /** Default: the channel's. */
  readonly locale?: Locale;
  /** IANA name of the zone in which times are written, such as `Asia/Shanghai`. Default: the process's. */
  readonly timeZone?: string;
  /** In place of the default layout; times are then its own affair. */
  readonly template?: Template;
}

export const MESSAGE_OPTION_RULES: Readonly<Record<keyof MessageOptions, ChannelOptionRule>> = {
  locale: aLocale,
  timeZone: aTimeZone,
  template: aFunction,
};

/**
 * Makes what writes the messages of a channel. A template of the app's that throws, or gives what is no message, must
 * not cost the notification: the default one takes its place, and says so.
 */
export function messageWriter(
  { template, timeZone }: MessageOptions,
  locale: Locale,
  layout: NonNullable<TemplateOptions['layout']> = 'chat',
): (notification: Notification) => Message {
  const fallback = createTemplate({ timeZone, layout });
  if (template === undefined) return notification => fallback(notification, locale);
  return notification => {
    let fault: string;
    try {
      const message: unknown = template(notification, locale);
      if (isMessage(message)) return message;
      fault = 'it gave no message';
    } catch (error) {
      fault = error instanceof Error ? error.name : 'it threw';
    }
    const message = fallback(notification, locale);
    return { ...message, foot: [...message.foot, { type: 'text', text: `(The channel's own template failed: ${fault}.)` }] };
  };
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false;
  const { title, head, sections, foot } = value as Record<string, unknown>;
  return typeof title === 'string' && isBlocks(head) && isBlocks(foot) && Array.isArray(sections) && sections.every(isBlocks);
}

const TYPES = new Set<unknown>(['heading', 'field', 'list', 'link', 'text', 'divider']);

function isBlocks(value: unknown): boolean {
  return Array.isArray(value) && value.every(isBlock);
}

function isBlock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, items } = value as Record<string, unknown>;
  return TYPES.has(type) && (type !== 'list' || Array.isArray(items));
}
