import { createHash } from 'node:crypto';
import { postJson, type HttpAnswer } from '../../core/json-http.js';
import { aFunction } from '../../core/options.js';
import { isActive, type Alert } from '../alert.js';
import type { Notification } from '../notification.js';
import type { AlertSeverity } from '../severity.js';
import { cleanLine, cutText } from '../templates/clean-text.js';
import type { Locale, Message } from '../templates/template.js';
import { aLocale, aSecret, aUrl, checkChannelOptions, required } from './channel-options.js';
import type { Channel, Delivery } from './channel.js';
import type { HttpChannelOptions } from './http-channel.js';
import { deliverByHttp, deliveryOfHttp, failedWithCode, MISCONFIGURED, PERMANENT } from './http-delivery.js';
import { messageWriter } from './message-writer.js';

export interface PagerDutyOptions extends HttpChannelOptions {
  /** The 32 characters of an "Events API v2" integration's key. */
  readonly routingKey: string;
  /** Default: `https://events.pagerduty.com`. In the EU: `https://events.eu.pagerduty.com`. */
  readonly baseUrl?: string;
  /** Of the words around the alert's own. Default: `en`. */
  readonly locale?: Locale;
}

const SEVERITY: Readonly<Record<AlertSeverity, string>> = { critical: 'critical', high: 'error', medium: 'warning', low: 'info', info: 'info' };

type Writer = (notification: Notification) => Message;

/** Limits of the API. Source: https://developer.pagerduty.com/docs/events-api-v2/overview/ */
const MAX_KEY = 255;
const MAX_SUMMARY = 1_024;
const MAX_BYTES = 512 * 1_024;
/** What an alert's own texts are cut to where all of them are too much. */
const MAX_TEXT = 1_024;

/**
 * PagerDuty, by its Events API v2: one incident for each group, opened, acknowledged and resolved with it.
 *
 * A group is what is notified, so it is what pages: an incident for each alert would page a hundred times in a storm of
 * a hundred. It is acknowledged once all of its alerts are: one that nobody looks at must go on paging.
 *
 * @example pagerDuty({ routingKey })
 * @throws InvalidOptionError naming the option
 */
export function pagerDuty(options: PagerDutyOptions): Channel {
  checkChannelOptions('pagerDuty', options, { routingKey: required(aSecret), baseUrl: aUrl, locale: aLocale, fetch: aFunction });
  const { routingKey, baseUrl = 'https://events.pagerduty.com', locale = 'en', fetch } = options;
  const write = messageWriter({}, locale, 'email');
  const url = `${baseUrl.replace(/\/+$/, '')}/v2/enqueue`;
  return {
    kind: 'pagerduty',
    // PagerDuty documents no figure: it throttles as it goes, by 429. And a digest would mix up incidents, each of
    // which has to be resolved by itself.
    quotas: [],
    takesAcknowledgements: true,
    keepsIncidents: true,
    async send(notification, { signal, now }) {
      const event = eventOf(notification, write);
      if (event === undefined) return { delivered: true };
      const request = postJson(url, { body: { routing_key: routingKey, ...event }, secrets: [routingKey], signal, fetch });
      return deliverByHttp('PagerDuty', request, now, answer => read(answer, now));
    },
  };
}

function read(answer: HttpAnswer, now: number): Delivery | undefined {
  if (answer.status === 400) {
    const { status, message, errors } = (answer.json ?? {}) as { status?: unknown; message?: unknown; errors?: unknown };
    const details = Array.isArray(errors) ? errors.filter(error => typeof error === 'string').join(', ') : '';
    const said = [message, details].filter(part => typeof part === 'string' && part !== '').join(': ');
    const isKey = /routing.?key/i.test(said);
    return failedWithCode('PagerDuty', answer, typeof status === 'string' ? answer.safe(status) : 400, said, isKey ? MISCONFIGURED : PERMANENT);
  }
  const delivery = deliveryOfHttp('PagerDuty', answer, now);
  // It accepts by 202; a 200 comes from something else that stands there, such as a proxy's sign-in page.
  if (!delivery.delivered || answer.status === 202) return delivery;
  return { delivered: false, retryable: true, reason: `PagerDuty answered ${answer.status} in place of 202` };
}

/** What to send; `undefined`: nothing. */
function eventOf(notification: Notification, write: Writer): object | undefined {
  const key = dedupKey(notification.groupKey);
  if (notification.status === 'resolved') return { event_action: 'resolve', dedup_key: key };
  if (notification.reason === 'acknowledged') {
    const active = notification.alerts.filter(isActive);
    const isAll = notification.truncatedAlerts === 0 && active.every(({ status }) => status === 'acknowledged');
    return isAll ? { event_action: 'acknowledge', dedup_key: key } : undefined;
  }
  const whole = triggerOf(notification, write, key, Infinity);
  return sizeOf(whole) <= MAX_BYTES ? whole : smallerTrigger(notification, write, key);
}

/** With texts cut, and as many of the alerts as fit, the worst first. */
function smallerTrigger(notification: Notification, write: Writer, key: string): object {
  for (let shown = notification.alerts.length; shown > 1; shown = Math.floor(shown / 2)) {
    const event = triggerOf(withFirst(notification, shown), write, key, MAX_TEXT);
    if (sizeOf(event) <= MAX_BYTES) return event;
  }
  // An alert with thousands of labels: none of them, rather than no page.
  const first = withFirst(notification, 1);
  const bare = first.alerts.map(alert => ({ ...alert, labels: {}, annotations: {} }));
  return triggerOf({ ...first, alerts: bare }, write, key, MAX_TEXT);
}

function withFirst(notification: Notification, shown: number): Notification {
  const left = notification.alerts.length - shown;
  return { ...notification, alerts: notification.alerts.slice(0, shown), truncatedAlerts: notification.truncatedAlerts + left };
}

function triggerOf(notification: Notification, write: Writer, key: string, maxText: number): object {
  const { alerts: [worst], alerts, truncatedAlerts, reason, externalUrl } = notification;
  return {
    event_action: 'trigger',
    dedup_key: key,
    payload: {
      summary: cutText(cleanLine(write(notification).title), MAX_SUMMARY),
      source: cut(worst?.source ?? '', maxText) || 'sightline',
      severity: SEVERITY[worst?.severity ?? 'info'],
      ...(worst !== undefined && { timestamp: worst.timestamp.toISOString(), class: cut(worst.title, maxText) }),
      group: cut(notification.groupKey, maxText),
      custom_details: { reason, alerts: alerts.map(each => detailsOf(each, maxText)), ...(truncatedAlerts > 0 && { truncated_alerts: truncatedAlerts }) },
    },
    links: linksOf(notification),
    client: 'Sightline',
    ...(isWebUrl(externalUrl) && { client_url: externalUrl }),
  };
}

function detailsOf(alert: Alert, maxText: number): object {
  const { title, description, severity, status, source, timestamp, count, labels, annotations } = alert;
  const short = (texts: Readonly<Record<string, string>>): object =>
    Object.fromEntries(Object.entries(texts).map(([name, value]) => [cut(name, maxText), cut(value, maxText)]));
  return {
    title: cut(title, maxText),
    description: cut(description, maxText),
    severity,
    status,
    source: cut(source, maxText),
    since: timestamp.toISOString(),
    count,
    labels: short(labels),
    annotations: short(annotations),
  };
}

/** Of the first alert; those of a hundred are of no use. */
function linksOf({ alerts: [alert], links }: Notification): { href: string; text: string }[] {
  if (alert === undefined) return [];
  const { acknowledge, resolve } = links[alert.id] ?? {};
  const all = [
    { href: acknowledge, text: 'Acknowledge' },
    { href: resolve, text: 'Resolve' },
    { href: alert.annotations['runbook_url'], text: 'Runbook' },
    { href: alert.generatorUrl, text: 'Source' },
  ];
  return all.flatMap(({ href, text }) => (isWebUrl(href) ? [{ href, text }] : []));
}

/** The group's key where it is short enough, so that it can be found in PagerDuty; else its hash. */
function dedupKey(groupKey: string): string {
  return groupKey.length <= MAX_KEY ? groupKey : createHash('sha256').update(groupKey).digest('hex');
}

/** Cuts only what is too long: all else is sent as it is. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : cutText(text, max);
}

function sizeOf(event: object): number {
  // With room for the routing key.
  return Buffer.byteLength(JSON.stringify(event)) + 256;
}

const LONGEST_URL = 2_048;

function isWebUrl(text: string | undefined): text is string {
  return text !== undefined && text.length <= LONGEST_URL && /^https?:\/\//i.test(text) && URL.canParse(text);
}
