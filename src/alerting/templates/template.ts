import type { Notification } from '../notification.js';
import type { AlertSeverity } from '../severity.js';

/**
 * What a template makes of a notification. All texts are raw: they may hold anything, and each channel escapes them
 * for its own markup. A channel that must cut leaves out whole sections from the end, and says how many.
 */
export interface Message {
  /** One line: the title of a card, the subject of an email. */
  readonly title: string;
  /** What stands before the alerts. */
  readonly head: readonly MessageBlock[];
  /** One for each alert. */
  readonly sections: readonly (readonly MessageBlock[])[];
  /** What stands after them. */
  readonly foot: readonly MessageBlock[];
  /** Alerts that have no section, because there were too many. Default: 0. */
  readonly omitted?: number;
}

export type MessageBlock =
  | { readonly type: 'heading'; readonly text: string; readonly severity?: AlertSeverity }
  /** `severity` gives the value its colour. */
  | { readonly type: 'field'; readonly name: string; readonly value: string; readonly severity?: AlertSeverity }
  /** Without items it says that there are none. */
  | { readonly type: 'list'; readonly name: string; readonly items: readonly string[] }
  /** Shown as its text where `url` is neither http nor https. */
  | { readonly type: 'link'; readonly text: string; readonly url: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'divider' };

export type Locale = 'en' | 'zh-CN';

/** Makes a message of a notification; `locale` is the channel's. */
export type Template = (notification: Notification, locale: Locale) => Message;
