import type { Alert, AlertInput } from '../alert.js';
import type { Notification } from '../notification.js';

/** The source of alerts of the dispatcher's own failures. */
export const OWN_SOURCE = 'sightline';
/** Their titles, which are their `alertname`. */
export const OWN_ALERTS = { channel: 'AlertChannelFailing', store: 'AlertStoreUnreachable', backlog: 'AlertBacklog' } as const;

const TITLES: ReadonlySet<string> = new Set(Object.values(OWN_ALERTS));

/** Whether an alert tells of the dispatcher itself. */
function isOwn({ source, title }: Pick<AlertInput, 'source' | 'title'>): boolean {
  return source === OWN_SOURCE && TITLES.has(title);
}

/** Whether a notification tells of nothing else: what becomes of it says nothing new, or one failure would tell of the next for ever. */
export function isOnlyOwn({ alerts }: Notification): boolean {
  return alerts.length > 0 && alerts.every(isOwn);
}

/** Whether a notification tells that a channel fails: that one can't be relied on to say so. */
export function isAboutChannel({ alerts }: Notification, channel: string): boolean {
  return alerts.some(alert => isOwn(alert) && channelOf(alert) === channel);
}

function channelOf({ labels }: Pick<Alert, 'labels'>): string | undefined {
  return Object.hasOwn(labels, 'channel') ? labels['channel'] : undefined;
}
