import type { Alert } from '../alert.js';
import type { Notification } from '../notification.js';
import { SEVERITIES } from '../severity.js';

/** Alerts that one digest shows; the rest is a number. */
const SHOWN = 50;

/** Joins notifications for one channel, whose quota allows no more, into one. */
export function digestOf(notifications: readonly Notification[], at: Date): Notification {
  const [first] = notifications;
  if (first === undefined) throw new RangeError('A digest needs a notification.');
  const byId = new Map<string, Alert>();
  for (const { alerts } of notifications) for (const alert of alerts) byId.set(alert.id, alert);
  const alerts = [...byId.values()].sort(worstFirst);
  const hidden = notifications.reduce((sum, { truncatedAlerts }) => sum + truncatedAlerts, 0);
  return {
    ...first,
    id: `digest-${first.id}`,
    reason: 'digest',
    status: alerts.every(({ status }) => status === 'resolved') ? 'resolved' : 'firing',
    at,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    alerts: alerts.slice(0, SHOWN),
    truncatedAlerts: hidden + Math.max(0, alerts.length - SHOWN),
    links: Object.assign({}, ...notifications.map(({ links }) => links)) as Notification['links'],
  };
}

/** Firing before resolved, and the worst of each first. */
export function worstFirst(a: Alert, b: Alert): number {
  const isOver = Number(a.status === 'resolved') - Number(b.status === 'resolved');
  if (isOver !== 0) return isOver;
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.timestamp.getTime() - b.timestamp.getTime();
}

/** How bad the worst alert of a notification is: its place in `SEVERITIES`. */
export function rankOf({ alerts }: Notification): number {
  return Math.min(SEVERITIES.length, ...alerts.map(({ severity, status }) => (status === 'resolved' ? SEVERITIES.length : SEVERITIES.indexOf(severity))));
}
