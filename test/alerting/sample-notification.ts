import { isActive, type Alert } from '../../src/alerting/alert.js';
import type { SendContext } from '../../src/alerting/channels/channel.js';
import type { Notification } from '../../src/alerting/notification.js';

const BEGAN = new Date('2026-11-22T06:03:09Z');

/** An alert that fires since 06:03:09 UTC. */
export function anAlert(given: Partial<Alert> = {}): Alert {
  return {
    id: '00000000000000a1',
    fingerprint: given.id ?? '00000000000000a1',
    title: 'Payment provider down',
    description: 'Three calls failed in a row.',
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
    ...given,
  };
}

/** The same, over after 2 minutes and 5 seconds. */
export function aResolvedAlert(given: Partial<Alert> = {}): Alert {
  return anAlert({ status: 'resolved', resolvedAt: new Date('2026-11-22T06:05:14Z'), ...given });
}

/** A notification of these alerts; its common labels are those that all have. */
export function aNotification(alerts: readonly Alert[] = [anAlert()], given: Partial<Notification> = {}): Notification {
  const [first, ...others] = alerts;
  const common = Object.entries(first?.labels ?? {}).filter(([name, value]) => others.every(({ labels }) => labels[name] === value));
  return {
    id: 'n-1',
    reason: 'first',
    status: alerts.some(isActive) ? 'firing' : 'resolved',
    at: new Date('2026-11-22T06:10:00Z'),
    receiver: 'default',
    groupKey: '{}:{source="billing"}',
    groupLabels: { source: 'billing' },
    commonLabels: Object.fromEntries(common),
    commonAnnotations: {},
    alerts,
    truncatedAlerts: 0,
    links: {},
    externalUrl: undefined,
    ...given,
  };
}

/** Alerts with titles and ids of their own. */
export function someAlerts(count: number, given: Partial<Alert> = {}): Alert[] {
  return Array.from({ length: count }, (_, index) => anAlert({ id: `id-${index}`, title: `Fault ${index}`, ...given }));
}

/** An attempt of 06:10:00 UTC that takes as long as it likes. */
export function context(now: number = Date.parse('2026-11-22T06:10:00Z'), signal: AbortSignal = new AbortController().signal): SendContext {
  return { now, signal };
}
