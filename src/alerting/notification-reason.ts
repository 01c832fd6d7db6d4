import type { Alert } from './alert.js';
import type { NotificationReason } from './notification.js';
import { isWorse, type AlertSeverity } from './severity.js';
import type { NotificationLogEntry } from './stores/alert-store.js';

/**
 * Why a group is notified now, if it is. Alertmanager's rules of its notification log, and two of ours: an alert that
 * became worse is news, and what somebody has acknowledged is not repeated.
 *
 * @param last what was last delivered of the group; `undefined`: nothing was
 * @param sendsResolved whether the end of some of the alerts is news; that of all is, for the log at least
 */
export function notificationReason(
  all: readonly Alert[],
  last: NotificationLogEntry | undefined,
  repeatIntervalMs: number,
  now: Date,
  sendsResolved = true,
): NotificationReason | undefined {
  const alerts = toldOf(all, last);
  // What was told is kept back now: that is not the same as over.
  if (alerts.length === 0) return undefined;
  const firing = alerts.filter(({ status }) => status !== 'resolved');
  const resolved = alerts.filter(({ status }) => status === 'resolved');
  if (last === undefined) return 'first';
  const wasFiring = Object.keys(last.firing).length > 0;
  if (firing.some(alert => isNews(alert, last.firing))) return wasFiring ? 'changed' : 'first';
  if (firing.length === 0) return wasFiring ? 'resolved' : undefined;
  if (sendsResolved && resolved.some(({ id }) => !last.resolved.includes(id))) return 'some_resolved';
  if (firing.every(({ status }) => status === 'acknowledged')) return undefined;
  return now.getTime() - last.at.getTime() >= repeatIntervalMs ? 'repeat' : undefined;
}

/** What a notification tells of: who was never told that an alert fires need not hear that it is over. */
export function toldOf(alerts: readonly Alert[], last: NotificationLogEntry | undefined): readonly Alert[] {
  return alerts.filter(({ id, status }) => status !== 'resolved' || (last !== undefined && Object.hasOwn(last.firing, id)));
}

/** What is delivered, as the log keeps it. */
export function logEntryOf(alerts: readonly Alert[], at: Date): NotificationLogEntry {
  const firing: Record<string, AlertSeverity> = {};
  const resolved: string[] = [];
  for (const { id, severity, status } of alerts) {
    if (status === 'resolved') resolved.push(id);
    else firing[id] = severity;
  }
  return { at, firing, resolved };
}

function isNews({ id, severity }: Alert, told: NotificationLogEntry['firing']): boolean {
  const before = Object.hasOwn(told, id) ? told[id] : undefined;
  return before === undefined || isWorse(severity, before);
}
