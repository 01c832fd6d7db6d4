import { postJson } from '../../core/json-http.js';
import { aFunction } from '../../core/options.js';
import type { Alert } from '../alert.js';
import type { Notification } from '../notification.js';
import { alertmanagerPayload } from './alertmanager-payload.js';
import { aUrl, checkChannelOptions, isListOf, required, type ChannelOptionRule } from './channel-options.js';
import type { Channel } from './channel.js';
import type { HttpChannelOptions } from './http-channel.js';
import { deliverByHttp } from './http-delivery.js';
import { WEBHOOK_SECRET_FORM, webhookHeaders, webhookKey } from './standard-webhooks.js';

export interface WebhookOptions extends HttpChannelOptions {
  readonly url: string;
  /**
   * Signs each request as Standard Webhooks does (https://www.standardwebhooks.com): base64, with or without `whsec_`
   * before it. While it is exchanged, a list of the new and the old one. Default: not signed.
   */
  readonly secret?: string | readonly string[];
  /**
   * `sightline`: the fields of the worst alert, and `alerts` with those of all. `alertmanager`: the body of
   * Alertmanager's webhooks, for a bridge that is made for it. Default: `sightline`.
   */
  readonly format?: 'sightline' | 'alertmanager';
  /** How many alerts one request holds at most, the worst of them; the body says how many were left out. Default: 100. */
  readonly maxAlerts?: number;
  /** Sent with each request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

const someSecrets: ChannelOptionRule = {
  allowed: `${WEBHOOK_SECRET_FORM}, or a list of such`,
  accepts: value => isSecret(value) || isListOf(value, isSecret),
  isSecret: true,
};
const someHeaders: ChannelOptionRule = {
  allowed: 'an object with names and values of headers, both without line breaks, and none of content-type and webhook-*, which we set',
  accepts: value => typeof value === 'object' && value !== null && !Array.isArray(value) && Object.entries(value).every(isHeader),
  isSecret: true,
};

/**
 * Posts notifications to a URL as JSON.
 *
 * Answers: 2xx is delivered. 408, 425, 429 and 5xx are tried again, after `Retry-After` where it is given. Others are
 * not; 410 says that the receiver wants no more.
 *
 * @example webhook({ url: 'https://example.com/alerts', secret })
 * @throws InvalidOptionError naming the option
 */
export function webhook(options: WebhookOptions): Channel {
  checkChannelOptions('webhook', options, {
    url: required(aUrl),
    secret: someSecrets,
    format: { allowed: "'sightline' or 'alertmanager'", accepts: value => value === 'sightline' || value === 'alertmanager' },
    maxAlerts: { allowed: 'a whole number of at least 1', accepts: value => Number.isInteger(value) && (value as number) >= 1 },
    headers: someHeaders,
    fetch: aFunction,
  });
  const { url, secret = [], format = 'sightline', maxAlerts = Infinity, headers = {}, fetch } = options;
  const keys = [secret].flat().flatMap(text => webhookKey(text) ?? []);
  return {
    kind: 'webhook',
    quotas: [],
    // Who takes Alertmanager's payload goes by its `groupKey`.
    keepsIncidents: format === 'alertmanager',
    send(notification, { signal, now }) {
      const payload = format === 'sightline' ? sightlinePayload(notification, maxAlerts) : alertmanagerPayload(notification, maxAlerts);
      const signed = webhookHeaders(notification.id, now, JSON.stringify(payload), keys);
      const request = postJson(url, { body: payload, headers: { ...headers, ...signed }, secrets: Object.values(headers), signal, fetch });
      return deliverByHttp('The webhook', request, now);
    },
  };
}

/**
 * The plan's fields at the top, of the worst alert, so that a receiver made for one alert needs no change;
 * what is known of the group, and all of its alerts.
 */
function sightlinePayload(notification: Notification, most: number): object {
  const { id, reason, status, at, receiver, groupKey, groupLabels, commonLabels, commonAnnotations, truncatedAlerts, links, externalUrl } = notification;
  const alerts = notification.alerts.slice(0, most).map(alert => ({ ...planFields(alert), ...furtherFields(alert), links: links[alert.id] ?? {} }));
  const [worst] = notification.alerts;
  return {
    ...(worst !== undefined && planFields(worst)),
    notification: {
      id,
      reason,
      status,
      timestamp: at.toISOString(),
      receiver,
      group_key: groupKey,
      group_labels: groupLabels,
      common_labels: commonLabels,
      common_annotations: commonAnnotations,
      truncated_alerts: truncatedAlerts + notification.alerts.length - alerts.length,
      external_url: externalUrl ?? null,
    },
    alerts,
  };
}

function planFields({ id, title, description, severity, status, source, timestamp, labels, annotations }: Alert): object {
  return { alert_id: id, title, description, severity, status, source, timestamp: timestamp.toISOString(), labels, annotations };
}

function furtherFields(alert: Alert): object {
  return {
    resolved_at: alert.resolvedAt?.toISOString() ?? null,
    count: alert.count,
    first_seen: alert.firstSeen.toISOString(),
    last_seen: alert.lastSeen.toISOString(),
    acknowledged_by: alert.acknowledgedBy ?? null,
    acknowledged_at: alert.acknowledgedAt?.toISOString() ?? null,
    generator_url: alert.generatorUrl ?? null,
  };
}

function isSecret(value: unknown): boolean {
  return typeof value === 'string' && webhookKey(value) !== undefined;
}

function isHeader([name, value]: [string, unknown]): boolean {
  const isOurs = /^(?:content-type|webhook-.*)$/i.test(name);
  return !isOurs && /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value);
}
