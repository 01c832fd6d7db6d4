import type { Alert } from '../../src/alerting/alert.js';
import type { Notification } from '../../src/alerting/notification.js';

/** 2026-11-22 09:05:00 UTC. */
const BEGAN = new Date('2026-11-22T09:05:00Z');
export const NOW = new Date('2026-11-22T09:06:00Z');

/** An alert that fires; fields as given. */
export function anAlert(fields: Partial<Alert> = {}): Alert {
  const { title = 'Payment provider down' } = fields;
  const id = fields.id ?? Buffer.from(title).toString('hex').padEnd(16, '0').slice(0, 16);
  return {
    id,
    fingerprint: id,
    title,
    description: 'No payment has gone through for 5 minutes.',
    severity: 'critical',
    status: 'firing',
    source: 'billing',
    timestamp: BEGAN,
    labels: { region: 'eu' },
    annotations: {},
    resolvedAt: undefined,
    count: 1,
    firstSeen: BEGAN,
    lastSeen: BEGAN,
    endsAt: undefined,
    generatorUrl: undefined,
    acknowledgedBy: undefined,
    acknowledgedAt: undefined,
    history: [],
    ...fields,
  };
}

/** A notification of one alert that fires; fields as given. */
export function aNotification(fields: Partial<Notification> = {}): Notification {
  const { alerts = [anAlert()] } = fields;
  return {
    id: 'n-1',
    reason: 'first',
    status: alerts.every(({ status }) => status === 'resolved') ? 'resolved' : 'firing',
    at: NOW,
    receiver: 'on-call',
    groupKey: '{}:{source="billing"}',
    groupLabels: { source: 'billing' },
    commonLabels: { source: 'billing' },
    commonAnnotations: {},
    alerts,
    truncatedAlerts: 0,
    links: {},
    externalUrl: undefined,
    ...fields,
  };
}

/** The alert of {@link anAlert}, over after a minute. */
export function aResolvedAlert(fields: Partial<Alert> = {}): Alert {
  return anAlert({ status: 'resolved', resolvedAt: NOW, ...fields });
}
