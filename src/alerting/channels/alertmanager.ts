import { parseDuration, type Duration } from '../../core/duration.js';
import { postJson } from '../../core/json-http.js';
import { aFunction, anObject, aText } from '../../core/options.js';
import { isActive, routingLabels, type Alert, type Labels } from '../alert.js';
import type { Notification } from '../notification.js';
import { SEVERITIES, type AlertSeverity } from '../severity.js';
import { alertmanagerAnnotations } from './alertmanager-payload.js';
import { aSecret, aUrl, checkChannelOptions, required } from './channel-options.js';
import type { Channel } from './channel.js';
import type { HttpChannelOptions } from './http-channel.js';
import { deliverByHttp } from './http-delivery.js';

export interface AlertmanagerChannelOptions extends HttpChannelOptions {
  /** Its address: `http://alertmanager:9093`. Of a cluster, make a channel for each member. */
  readonly url: string;
  readonly basicAuth?: { readonly username: string; readonly password: string };
  readonly bearerToken?: string;
  /**
   * How long an alert fires there without being told again, for the case that this process dies. Longer than the
   * routes' repeat interval. Default: 1 day.
   */
  readonly keepFiringFor?: Duration;
}

/** An alert as Alertmanager's API takes it. */
interface PostedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/**
 * Forwards alerts to a real Alertmanager, which then groups, silences and routes them by its own configuration.
 * Source: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 *
 * @example alertmanager({ url: 'http://alertmanager:9093' })
 * @throws InvalidOptionError naming the option
 */
export function alertmanager(options: AlertmanagerChannelOptions): Channel {
  checkChannelOptions('alertmanager', options, {
    url: required(aUrl),
    basicAuth: { ...anObject, isSecret: true },
    bearerToken: aSecret,
    keepFiringFor: { allowed: 'a duration', accepts: () => true },
    fetch: aFunction,
  });
  const { url, basicAuth, bearerToken, fetch } = options;
  if (basicAuth !== undefined) checkChannelOptions('alertmanager.basicAuth', basicAuth, { username: required(aText), password: required(aSecretText) });
  const keepFiringMs = parseDuration(options.keepFiringFor ?? '1d', 'alertmanager.keepFiringFor');
  const authorization = authorizationOf(basicAuth, bearerToken);
  const endpoint = `${url.replace(/\/+$/, '')}/api/v2/alerts`;
  return {
    kind: 'alertmanager',
    quotas: [],
    keepsIncidents: true,
    send(notification, { signal, now }) {
      const body = postedAlerts(notification, now, keepFiringMs);
      const request = postJson(endpoint, { body, headers: authorization, secrets: Object.values(authorization), signal, fetch });
      // 400: it took those that it could, and trying again would bring no others.
      return deliverByHttp('Alertmanager', request, now);
    },
  };
}

const aSecretText = { ...aText, isSecret: true };

function authorizationOf(basicAuth: AlertmanagerChannelOptions['basicAuth'], bearerToken: string | undefined): Record<string, string> {
  if (bearerToken !== undefined) return { authorization: `Bearer ${bearerToken}` };
  if (basicAuth === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64')}` };
}

function postedAlerts({ alerts }: Notification, now: number, keepFiringMs: number): PostedAlert[] {
  return alerts.flatMap(alert => [
    postedAlert(alert, alert.severity, endOf(alert, now, keepFiringMs)),
    // There, the severity is a part of what an alert is: one that became worse is another one, and the old one must end.
    ...(wasRaised(alert) ? SEVERITIES.slice(SEVERITIES.indexOf(alert.severity) + 1).map(severity => postedAlert(alert, severity, new Date(now))) : []),
  ]);
}

function postedAlert(alert: Alert, severity: AlertSeverity, endsAt: Date): PostedAlert {
  // An end before the beginning is refused, and with it all of the request.
  const startsAt = new Date(Math.min(alert.timestamp.getTime(), endsAt.getTime() - 1));
  return {
    labels: withValidNames(routingLabels({ ...alert, severity })),
    annotations: withValidNames(alertmanagerAnnotations(alert)),
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    ...(alert.generatorUrl !== undefined && isUri(alert.generatorUrl) && { generatorURL: alert.generatorUrl }),
  };
}

function endOf(alert: Alert, now: number, keepFiringMs: number): Date {
  if (!isActive(alert)) return alert.resolvedAt ?? new Date(now);
  return alert.endsAt ?? new Date(now + keepFiringMs);
}

function wasRaised({ history, timestamp }: Alert): boolean {
  return history.some(({ event, at }) => event === 'raised' && at >= timestamp);
}

/** A bad URI makes Alertmanager refuse all of the request. */
function isUri(text: string): boolean {
  return URL.canParse(text) && !/[\s<>"{}|\\^`]/.test(text);
}

/**
 * Labels with names that every Alertmanager takes (0.27 and newer take more): letters, digits, `_`. Two that become
 * the same are numbered.
 */
function withValidNames(labels: Labels): Labels {
  const valid: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    const base = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d|$)/, '_');
    let free = base;
    for (let i = 2; Object.hasOwn(valid, free); i++) free = `${base}_${i}`;
    valid[free] = value;
  }
  return valid;
}
