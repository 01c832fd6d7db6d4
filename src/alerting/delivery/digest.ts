import { createHash } from 'node:crypto';
import type { Alert } from '../alert.js';
import type { Notification } from '../notification.js';
import { SEVERITIES } from '../severity.js';

/** Alerts that one digest shows; the rest is a number. */
const SHOWN = 50;

/** Joins notifications for one channel, whose quota allows no more, into one. */
export function digestOf(notifications: readonly Notification[], at: Date): Notification {
  const [first] = notifications;
  if (first === undefined) throw new RangeError('A digest needs a notification.');
  const latest = new Map<string, { readonly alert: Alert; readonly from: Notification }>();
  for (const from of notifications) {
    for (const alert of from.alerts) {
      const known = latest.get(alert.id);
      // Of two that tell of the same alert the later one knows how it is now.
      if (known === undefined || known.from.at <= from.at) latest.set(alert.id, { alert, from });
    }
  }
  const all = [...latest.values()].sort((a, b) => worstFirst(a.alert, b.alert));
  const shown = all.slice(0, SHOWN);
  const hidden = notifications.reduce((sum, { truncatedAlerts }) => sum + truncatedAlerts, 0);
  return {
    ...first,
    id: `digest-${idOf(notifications)}`,
    reason: 'digest',
    status: all.every(({ alert }) => alert.status === 'resolved') ? 'resolved' : 'firing',
    at,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    alerts: shown.map(({ alert }) => alert),
    truncatedAlerts: hidden + all.length - shown.length,
    links: Object.fromEntries(shown.map(({ alert: { id }, from }) => [id, from.links[id] ?? {}])),
  };
}

/** The same for the same notifications only: services that know an id already would not look at what is new in it. */
function idOf(notifications: readonly Notification[]): string {
  const hash = createHash('sha256');
  for (const { id } of notifications) hash.update(`${id}\n`);
  return hash.digest('hex').slice(0, 32);
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
