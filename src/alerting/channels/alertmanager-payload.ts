import { isActive, routingLabels, type Alert, type Labels } from '../alert.js';
import type { Notification } from '../notification.js';

/** What stands for "it has not ended": Go's zero time. */
const NOT_ENDED = '0001-01-01T00:00:00Z';

/** An alert in the body of Alertmanager's webhooks. */
interface AlertmanagerAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/**
 * The body of Alertmanager's webhooks, version 4: what every bridge for Alertmanager takes.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export interface AlertmanagerPayload {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly AlertmanagerAlert[];
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
  readonly version: '4';
  readonly groupKey: string;
  readonly truncatedAlerts: number;
}

/**
 * Makes Alertmanager's webhook body of a notification.
 * @param most how many of its alerts stand there; what is common is so to all of them
 */
export function alertmanagerPayload(notification: Notification, most: number = Infinity): AlertmanagerPayload {
  const { receiver, status, groupLabels, commonLabels, commonAnnotations, externalUrl, groupKey, truncatedAlerts } = notification;
  const alerts = notification.alerts.map(alertmanagerAlert);
  return {
    receiver,
    status,
    alerts: alerts.slice(0, most),
    groupLabels,
    commonLabels,
    // Those we add are common as well, as far as one can see.
    commonAnnotations: truncatedAlerts > 0 ? commonAnnotations : common(alerts.map(({ annotations }) => annotations)),
    externalURL: externalUrl ?? '',
    version: '4',
    groupKey,
    truncatedAlerts: truncatedAlerts + Math.max(0, alerts.length - most),
  };
}

function alertmanagerAlert(alert: Alert): AlertmanagerAlert {
  return {
    status: isActive(alert) ? 'firing' : 'resolved',
    labels: routingLabels(alert),
    annotations: alertmanagerAnnotations(alert),
    startsAt: alert.timestamp.toISOString(),
    endsAt: alert.resolvedAt?.toISOString() ?? NOT_ENDED,
    generatorURL: alert.generatorUrl ?? '',
    fingerprint: alert.fingerprint,
  };
}

/** An alert's annotations, with title and description under the names that Alertmanager's templates look for. */
export function alertmanagerAnnotations({ title, description, annotations }: Alert): Labels {
  return { summary: title, ...(description !== '' && description !== annotations['summary'] && { description }), ...annotations };
}

function common(all: readonly Labels[]): Labels {
  const [first = {}, ...others] = all;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every(other => other[name] === value)));
}
