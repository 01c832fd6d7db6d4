import { isActive, type Alert } from '../alert.js';
import type { Notification } from '../notification.js';
import type { Locale, Message, MessageBlock, Template } from './template.js';
import { textsOf, type Texts } from './texts.js';
import { durationText, TimeFormat } from './times.js';

export interface TemplateOptions {
  /** IANA name of the zone in which times are written. Default: the process's. */
  readonly timeZone?: string | undefined;
  /** The plan has two: for chat robots, with emoji, and for email. Default: `chat`. */
  readonly layout?: 'chat' | 'email';
}

/**
 * The default template, with a time zone of its own.
 *
 * In Chinese it is the monitoring plan's layout, in English the same. One alert is shown in full. Of several, the
 * labels that all share stand once. What it returns may be called from a template of one's own, to add to it.
 *
 * @throws RangeError for a zone that `Intl` does not know
 * @example
 * const standard = createTemplate({ timeZone: 'Europe/Berlin' });
 * slack({ webhookUrl, template: (notification, locale) => ({ ...standard(notification, locale), title: 'Look here' }) });
 */
export function createTemplate({ timeZone, layout = 'chat' }: TemplateOptions = {}): Template {
  const times = new TimeFormat(timeZone);
  return (notification, locale) => new Layout(notification, locale, times, layout === 'email').message();
}

let templates: { readonly chat: Template; readonly email: Template } | undefined;

/** For chat robots; times in the process's zone. */
export const defaultTemplate: Template = (notification, locale) => shared().chat(notification, locale);

/** For email; times in the process's zone. */
export const defaultEmailTemplate: Template = (notification, locale) => shared().email(notification, locale);

/** Made when first used: `Intl` takes its time. */
function shared(): NonNullable<typeof templates> {
  return (templates ??= { chat: createTemplate(), email: createTemplate({ layout: 'email' }) });
}

/** One notification, laid out. */
class Layout {
  readonly #texts: Texts;
  readonly #total: number;
  /** The worst of the firing ones. */
  readonly #first: Alert | undefined;

  constructor(
    private readonly notification: Notification,
    private readonly locale: Locale,
    private readonly times: TimeFormat,
    private readonly isEmail: boolean,
  ) {
    this.#texts = textsOf(locale);
    this.#total = notification.alerts.length + notification.truncatedAlerts;
    this.#first = notification.alerts[0];
  }

  message(): Message {
    const { alerts, truncatedAlerts } = this.notification;
    const isOne = this.#total === 1;
    return {
      title: this.title(),
      head: [{ type: 'heading', text: this.heading(), ...this.colour() }, ...this.notes(), ...(isOne ? [] : this.commonLabels())],
      sections: alerts.map(alert => (isOne ? this.only(alert) : this.oneOf(alert))),
      foot: this.foot(),
      omitted: truncatedAlerts,
    };
  }

  title(): string {
    const { status, reason } = this.notification;
    const name = this.#first?.title ?? this.notification.groupKey;
    const names = this.#total > 1 ? this.#texts.several(name, this.#total) : name;
    const worst = this.#first?.severity.toUpperCase() ?? 'ALERT';
    const [mark, text] =
      status === 'resolved'
        ? ['✅', this.#texts.resolvedPrefix + names]
        : reason === 'acknowledged'
          ? ['👀', this.#texts.acknowledgedPrefix + names]
          : reason === 'digest'
            ? ['🚨', this.#texts.digestTitle(this.#total)]
            : ['🚨', reason === 'escalation' ? this.#texts.escalationPrefix + names : names];
    if (!this.isEmail) return `${mark} ${text}`;
    return status === 'resolved' ? text : `[${worst}] ${text}`;
  }

  heading(): string {
    const { status, reason } = this.notification;
    if (status === 'resolved') return this.isEmail ? this.#texts.resolvedHeading : `✅ ${this.#texts.resolvedHeading}`;
    if (reason === 'acknowledged') return this.isEmail ? this.#texts.acknowledgedHeading : `👀 ${this.#texts.acknowledgedHeading}`;
    if (this.isEmail) return this.#texts.systemMail;
    return `🚨 ${this.#total > 1 ? this.#texts.severalAlerts(this.#total) : this.#texts.system}`;
  }

  colour(): Pick<Alert, 'severity'> | undefined {
    return this.notification.status === 'resolved' || this.#first === undefined ? undefined : { severity: this.#first.severity };
  }

  /** What this notification is about, where it is not simply new. */
  notes(): MessageBlock[] {
    const { reason, status, alerts, at } = this.notification;
    if (status === 'resolved') return [];
    const firing = alerts.filter(isActive);
    const since = firing.reduce<Date | undefined>((first, { timestamp }) => (first === undefined || timestamp < first ? timestamp : first), undefined);
    const notes: string[] = [];
    if (reason === 'escalation') notes.push(this.#texts.escalationNote);
    if (reason === 'digest') notes.push(this.#texts.digestNote);
    if (reason === 'repeat' && since !== undefined) notes.push(this.#texts.repeatNote(durationText(since, at, this.locale)));
    if (firing.length < alerts.length) notes.push(this.#texts.someResolvedNote(alerts.length - firing.length, firing.length));
    return notes.map(text => ({ type: 'text', text }));
  }

  commonLabels(): MessageBlock[] {
    const shared = Object.entries(this.#first?.labels ?? {}).filter(([name, value]) => this.isShared(name, value));
    return shared.length === 0 ? [] : [{ type: 'list', name: this.#texts.commonLabels, items: itemsOf(shared) }];
  }

  isShared(name: string, value: string): boolean {
    const { commonLabels } = this.notification;
    return this.#total > 1 && Object.hasOwn(commonLabels, name) && commonLabels[name] === value;
  }

  /** The plan's layout. */
  only(alert: Alert): MessageBlock[] {
    const texts = this.#texts;
    const title = field(texts.title, alert.title);
    if (!isActive(alert)) return [title, ...this.end(alert), ...this.links(alert)];
    return [
      title,
      { ...field(texts.severity, alert.severity.toUpperCase()), severity: alert.severity },
      field(texts.description, alert.description || texts.none),
      field(texts.source, alert.source),
      field(texts.time, this.times.full(alert.timestamp, this.locale)),
      ...this.acknowledgement(alert),
      ...this.facts(alert, true),
    ];
  }

  /** One of several: without what all share. */
  oneOf(alert: Alert): MessageBlock[] {
    const texts = this.#texts;
    const heading: MessageBlock = isActive(alert)
      ? { type: 'heading', text: alert.title, severity: alert.severity }
      : { type: 'heading', text: `✅ ${alert.title}` };
    if (!isActive(alert)) return [heading, ...this.end(alert), ...this.facts(alert, false)];
    return [
      heading,
      { ...field(texts.severity, alert.severity.toUpperCase()), severity: alert.severity },
      ...(alert.description ? [field(texts.description, alert.description)] : []),
      field(texts.source, alert.source),
      field(texts.time, this.times.full(alert.timestamp, this.locale)),
      ...this.acknowledgement(alert),
      ...this.facts(alert, false),
    ];
  }

  end({ timestamp, resolvedAt }: Alert): MessageBlock[] {
    if (resolvedAt === undefined) return [field(this.#texts.status, this.#texts.resolved)];
    return [
      field(this.#texts.resolvedAt, this.times.full(resolvedAt, this.locale)),
      field(this.#texts.duration, durationText(timestamp, resolvedAt, this.locale)),
    ];
  }

  acknowledgement({ status, acknowledgedBy, acknowledgedAt }: Alert): MessageBlock[] {
    if (status !== 'acknowledged') return [];
    return [
      ...(acknowledgedBy === undefined ? [] : [field(this.#texts.acknowledgedBy, acknowledgedBy)]),
      ...(acknowledgedAt === undefined ? [] : [field(this.#texts.acknowledgedAt, this.times.full(acknowledgedAt, this.locale))]),
    ];
  }

  /** Labels, annotations and links; `inFull` with the labels also where there are none. */
  facts(alert: Alert, inFull: boolean): MessageBlock[] {
    const texts = this.#texts;
    const labels = itemsOf(Object.entries(alert.labels).filter(([name, value]) => !this.isShared(name, value)));
    const annotations = itemsOf(Object.entries(alert.annotations).filter(([, value]) => !isDescribed(alert, value)));
    const blocks: MessageBlock[] = [];
    if (alert.count > 1 && isActive(alert)) blocks.push(field(texts.occurrences, String(alert.count)));
    if (labels.length > 0 || inFull) blocks.push({ type: 'list', name: texts.labels, items: labels });
    if (annotations.length > 0) blocks.push({ type: 'list', name: texts.annotations, items: annotations });
    return [...blocks, ...this.links(alert)];
  }

  links({ id, generatorUrl }: Alert): MessageBlock[] {
    const { links } = this.notification;
    const { acknowledge, resolve } = (Object.hasOwn(links, id) ? links[id] : undefined) ?? {};
    return [
      ...(acknowledge === undefined ? [] : [link(this.#texts.acknowledge, acknowledge)]),
      ...(resolve === undefined ? [] : [link(this.#texts.resolve, resolve)]),
      ...(generatorUrl === undefined ? [] : [link(this.#texts.origin, generatorUrl)]),
    ];
  }

  foot(): MessageBlock[] {
    const { externalUrl } = this.notification;
    const overview = externalUrl === undefined ? [] : [link(this.#texts.overview, externalUrl)];
    const closing = this.closing();
    return closing === undefined ? overview : [...overview, { type: 'divider' }, { type: 'text', text: closing }];
  }

  closing(): string | undefined {
    const { status, reason } = this.notification;
    if (status === 'resolved') {
      const by = this.#total === 1 ? this.#first?.history.findLast(({ event }) => event === 'resolved' || event === 'expired')?.by : undefined;
      if (by !== undefined) return this.#texts.resolvedBy(by);
      return this.#total === 1 ? this.#texts.resolvedItself : undefined;
    }
    if (reason === 'acknowledged') return undefined;
    return this.isEmail ? this.#texts.pleaseActMail : this.#texts.pleaseAct;
  }
}

function field(name: string, value: string): Extract<MessageBlock, { type: 'field' }> {
  return { type: 'field', name, value };
}

function link(text: string, url: string): MessageBlock {
  return { type: 'link', text, url };
}

/** Prometheus sends a summary, and often nothing else: it is the description then, and stands there already. */
function isDescribed(alert: Alert, annotation: string): boolean {
  return isActive(alert) && annotation === alert.description;
}

function itemsOf(entries: readonly (readonly [string, string])[]): string[] {
  return entries.map(([name, value]) => `${name}: ${value}`);
}
