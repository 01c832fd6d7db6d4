import type { Notification } from '../notification.js';
import { cleanLine, cutText } from '../templates/clean-text.js';
import type { Locale } from '../templates/template.js';
import { textsOf } from '../templates/texts.js';
import type { TimeFormat } from '../templates/times.js';
import { aLocale, aTimeZone, type ChannelOptionRule } from './channel-options.js';
import type { MessageOptions } from './message-writer.js';

/** What the channels have in common that send a text. */
export interface SmsTextOptions extends Pick<MessageOptions, 'locale' | 'timeZone'> {
  /** Messages that a text may take, each of which is paid for; the title is cut to fit. Default: 1. */
  readonly maxSegments?: number;
}

export const SMS_TEXT_RULES: Readonly<Record<keyof SmsTextOptions, ChannelOptionRule>> = {
  locale: aLocale,
  timeZone: aTimeZone,
  maxSegments: { allowed: 'a whole number from 1 to 10', accepts: value => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 10 },
};

/** GSM 7-bit: the letters of phones before there were others, and those that take two places. Source: 3GPP TS 23.038. */
const GSM = new Set(
  '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM_TWICE = new Set('^{}\\[~]|€');

/** The least that is left of a title, however long all around it is. */
const SHORTEST_TITLE = 10;

/**
 * The plan's text, `[CRITICAL] title - HH:MM`, with the title cut so that all fits into so many messages: 160 letters
 * in one (153 in each of several), or 70 (67) where one of them is Chinese, an emoji or another that old phones lack.
 */
export function smsText(notification: Notification, times: TimeFormat, { locale = 'en', maxSegments = 1 }: SmsTextOptions): string {
  const { mark, name, withCount, time } = shortParts(notification, locale, times);
  const textOf = (title: string): string => `[${mark}] ${withCount(title)} - ${time}`;
  const whole = textOf(name);
  const isShort = isGsm(whole);
  const room = maxSegments === 1 ? (isShort ? 160 : 70) : (isShort ? 153 : 67) * maxSegments;
  const lengthOf = isShort ? septets : (text: string) => text.length;
  let text = whole;
  for (let length = Math.min(name.length, room) - 1; lengthOf(text) > room && length >= SHORTEST_TITLE; length--) {
    const title = cutText(name, length);
    // One `…` would make a text of 160 letters one of 70.
    text = textOf(isShort ? title.replace('…', '...') : title);
  }
  return text;
}

/** A notification in a few words. */
export interface ShortParts {
  /** `CRITICAL`, or that it is over. */
  readonly mark: string;
  /** The title of the worst alert. */
  readonly name: string;
  /** A title with how many others there are, if there are. */
  readonly withCount: (title: string) => string;
  /** `HH:MM`, when it began or ended. */
  readonly time: string;
}

export function shortParts({ alerts, truncatedAlerts, status, at, groupKey }: Notification, locale: Locale, times: TimeFormat): ShortParts {
  const { several, resolved } = textsOf(locale);
  const [worst] = alerts;
  const total = alerts.length + truncatedAlerts;
  const isOver = status === 'resolved';
  return {
    mark: isOver ? resolved.toUpperCase() : (worst?.severity ?? 'info').toUpperCase(),
    name: cleanLine(worst?.title ?? groupKey),
    withCount: title => (total > 1 ? several(title, total) : title),
    time: times.short((isOver ? worst?.resolvedAt : worst?.timestamp) ?? at),
  };
}

function isGsm(text: string): boolean {
  return [...text].every(character => GSM.has(character) || GSM_TWICE.has(character));
}

function septets(text: string): number {
  let length = 0;
  for (const character of text) length += GSM_TWICE.has(character) ? 2 : 1;
  return length;
}
