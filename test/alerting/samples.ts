import { isActive, type Alert } from '../../src/alerting/alert.js';
import type { SendContext } from '../../src/alerting/channels/channel.js';
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

/** A notification of one alert that fires; fields as given. Its common labels are those that all alerts have. */
export function aNotification(fields: Partial<Notification> = {}): Notification {
  const { alerts = [anAlert()] } = fields;
  const [first, ...others] = alerts;
  const common = Object.entries(first?.labels ?? {}).filter(([name, value]) => others.every(({ labels }) => labels[name] === value));
  return {
    id: 'n-1',
    reason: 'first',
    status: alerts.some(isActive) ? 'firing' : 'resolved',
    at: NOW,
    receiver: 'on-call',
    groupKey: '{}:{source="billing"}',
    groupLabels: { source: 'billing' },
    commonLabels: Object.fromEntries(common),
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

/** Alerts with titles and ids of their own. */
export function someAlerts(count: number, fields: Partial<Alert> = {}): Alert[] {
  return Array.from({ length: count }, (_, index) => anAlert({ id: `id-${index}`, title: `Fault ${index}`, ...fields }));
}

/** What an attempt at {@link NOW} is given. */
export function aContext(given: Partial<SendContext> = {}): SendContext {
  return { now: NOW.getTime(), signal: new AbortController().signal, ...given };
}
