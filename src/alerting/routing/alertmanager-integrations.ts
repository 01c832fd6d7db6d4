import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import type { EmailOptions } from '../channels/email.js';
import type { PagerDutyOptions } from '../channels/pager-duty.js';
import type { SlackOptions } from '../channels/slack.js';
import type { WebhookOptions } from '../channels/webhook.js';
import type { GlobalSettings } from './alertmanager-global.js';
import { oneOf, textOfFile } from './alertmanager-secrets.js';
import { basic, type HostPort, hostPort, httpConfig, type HttpSettings, tlsConfig, type TlsSettings } from './alertmanager-transport.js';
import { entriesOf, flag, onlyDefault, plainText, type Reader, record, required, secret, secretUrl, text, whole } from './yaml-reader.js';

interface Placed {
  /** The receiver, the integration and its number in it, as in Alertmanager's log: `team/email[0]`. */
  readonly name: string;
  /** Where it stands in the file, for errors. */
  readonly path: string;
}

/** A channel of a receiver, with the file's global settings and Alertmanager's defaults. */
export type FileChannel =
  | (Placed & { readonly kind: 'webhook'; readonly options: WebhookOptions; readonly sendsResolved: boolean })
  | (Placed & { readonly kind: 'email'; readonly options: EmailOptions; readonly sendsResolved: boolean })
  | (Placed & { readonly kind: 'slack'; readonly options: SlackOptions; readonly sendsResolved: boolean })
  | (Placed & { readonly kind: 'pagerduty'; readonly options: PagerDutyOptions; readonly sendsResolved: boolean })
  /** The app gives it. */
  | (Placed & { readonly kind: 'given' });

/** What an integration is read with. */
export interface IntegrationContext {
  readonly name: string;
  readonly global: GlobalSettings;
  /** That the paths of files are relative to. */
  readonly folder: string;
  /** Whether the app makes the texts of messages: those of the file are not needed then. */
  readonly hasTemplate: boolean;
}

interface WebhookConfig {
  send_resolved?: boolean;
  url?: string;
  url_file?: string;
  max_alerts?: number;
  http_config?: HttpSettings;
}

/** Reads one of `webhook_configs`. */
export function readWebhook(value: unknown, path: string, { name, global, folder }: IntegrationContext): FileChannel {
  const inFile = textOfFile(folder);
  const config = record<WebhookConfig>(
    {
      send_resolved: flag,
      url: secretUrl,
      url_file: (file, here) => secretUrl(inFile(file, here), here),
      max_alerts: whole,
      http_config: httpConfig(folder),
    },
    wayOut(name),
  )(value, path);
  const url = new URL(required(oneOf('url', config.url, config.url_file, path), `${path}.url`, 'a URL'));
  // `fetch` takes no URL with a user in it.
  const user = url.username === '' && url.password === '' ? undefined : basic(decoded(url.username), decoded(url.password));
  url.username = url.password = '';
  const authorization = user ?? (config.http_config ?? global.http)?.authorization;
  return {
    kind: 'webhook',
    name,
    path,
    sendsResolved: config.send_resolved ?? true,
    options: {
      url: url.href,
      format: 'alertmanager',
      ...(config.max_alerts !== undefined && config.max_alerts > 0 && { maxAlerts: config.max_alerts }),
      ...(authorization !== undefined && { headers: { authorization } }),
    },
  };
}

interface EmailConfig {
  send_resolved?: boolean;
  to?: string;
  from?: string;
  hello?: string;
  smarthost?: HostPort | null;
  auth_username?: string;
  auth_password?: string;
  auth_password_file?: string;
  headers?: [string, string][];
  require_tls?: boolean;
  tls_config?: TlsSettings;
  html?: '';
  text?: '';
}

const OWN_TEXTS = '; for texts of your own give `template` in the options, which takes its place';
/** A text in whose place the app's template stands. */
const replaced: Reader<''> = (value, path) => {
  text(value, path);
  return '';
};

/** Reads one of `email_configs`. */
export function readEmail(value: unknown, path: string, { name, global, folder, hasTemplate }: IntegrationContext): FileChannel {
  const plain = plainText(wayOut(name));
  const config = record<EmailConfig>(
    {
      send_resolved: flag,
      to: plain,
      from: plain,
      hello: plain,
      smarthost: hostPort,
      auth_username: text,
      auth_password: secret,
      auth_password_file: textOfFile(folder),
      headers: mailHeaders(name, hasTemplate),
      require_tls: flag,
      tls_config: tlsConfig(folder),
      html: hasTemplate ? replaced : onlyDefault('{{ template "email.default.html" . }}', OWN_TEXTS + wayOut(name)),
      text: hasTemplate ? replaced : onlyDefault('', OWN_TEXTS + wayOut(name)),
    },
    wayOut(name),
  )(value, path);
  // As there, an empty text is the same as none.
  const { host, port } = required(config.smarthost ?? global.smtpSmarthost ?? undefined, `${path}.smarthost`, 'host:port, here or as global.smtp_smarthost');
  const to = required(config.to, `${path}.to`, 'an address, or several with commas between them');
  const user = config.auth_username || global.smtpUser || undefined;
  const pass = oneOf('auth_password', config.auth_password, config.auth_password_file, path) ?? global.smtpPassword;
  if (user !== undefined && pass === undefined) throw new InvalidOptionError(`${path}.auth_password`, undefined, 'the password of auth_username, here or as global.smtp_auth_password');
  const requiresTls = config.require_tls ?? global.smtpRequireTls ?? true;
  const headers = Object.fromEntries(config.headers ?? []);
  return {
    kind: 'email',
    name,
    path,
    sendsResolved: config.send_resolved ?? false,
    options: {
      to: addressesOf(to),
      from: required(config.from || global.smtpFrom, `${path}.from`, 'an address, here or as global.smtp_from'),
      ...(Object.keys(headers).length > 0 && { headers }),
      smtp: {
        host,
        port,
        name: config.hello || global.smtpHello || 'localhost',
        // What Alertmanager encrypts from the start, and what it encrypts by STARTTLS: always or never.
        secure: port === 465,
        requireTLS: requiresTls,
        ignoreTLS: !requiresTls,
        ...(user !== undefined && { auth: { user, pass } }),
        ...(config.tls_config !== undefined && { tls: config.tls_config }),
      },
    },
  };
}

/** Headers but the subject, which is the template's. Names in any case are the same. */
function mailHeaders(name: string, hasTemplate: boolean): Reader<[string, string][]> {
  const subject = hasTemplate ? replaced : onlyDefault('{{ template "email.default.subject" . }}', OWN_TEXTS + wayOut(name));
  const plain = plainText(wayOut(name));
  return (value, path) => {
    const headers = new Map<string, [string, string]>();
    for (const [header, content] of entriesOf(value, path)) {
      const here = `${path}.${header}`;
      const key = header.toLowerCase();
      if (headers.has(key)) throw new InvalidOptionError(here, NOT_SHOWN, 'this header stands there already, in another case');
      headers.set(key, [header, key === 'subject' ? subject(content ?? '', here) : plain(content ?? '', here)]);
    }
    headers.delete('subject');
    return [...headers.values()];
  };
}

interface SlackConfig {
  send_resolved?: boolean;
  api_url?: string;
  api_url_file?: string;
  channel?: string;
  username?: string;
  icon_emoji?: string;
  http_config?: HttpSettings;
  short_fields?: '';
  link_names?: '';
  color?: '';
  title?: '';
  title_link?: '';
  pretext?: '';
  text?: '';
  fallback?: '';
  callback_id?: '';
  footer?: '';
  icon_url?: '';
}

/** Reads one of `slack_configs`. */
export function readSlack(value: unknown, path: string, { name, global, folder, hasTemplate }: IntegrationContext): FileChannel {
  const inFile = textOfFile(folder);
  const standard = (key: string): string => `{{ template "slack.default.${key}" . }}`;
  const ofTemplate = (key: string): Reader<''> => (hasTemplate ? replaced : onlyDefault(standard(key), OWN_TEXTS + wayOut(name)));
  const plainOr = (key: string): Reader<string> => {
    const isDefault = onlyDefault(standard(key));
    return (given, here) => (typeof given === 'string' && given.includes('slack.default.') ? isDefault(given, here) : plainText(wayOut(name))(given, here));
  };
  const config = record<SlackConfig>(
    {
      send_resolved: flag,
      api_url: secretUrl,
      api_url_file: (file, here) => secretUrl(inFile(file, here), here),
      channel: plainText(wayOut(name)),
      username: plainOr('username'),
      icon_emoji: plainOr('iconemoji'),
      http_config: httpConfig(folder),
      color: hasTemplate ? replaced : onlyDefault('{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}', OWN_TEXTS + wayOut(name)),
      title: ofTemplate('title'),
      title_link: ofTemplate('titlelink'),
      pretext: ofTemplate('pretext'),
      text: ofTemplate('text'),
      fallback: ofTemplate('fallback'),
      callback_id: ofTemplate('callbackid'),
      footer: ofTemplate('footer'),
      icon_url: ofTemplate('iconurl'),
      short_fields: onlyDefault('false', wayOut(name)),
      link_names: onlyDefault('false', wayOut(name)),
    },
    wayOut(name),
  )(value, path);
  const { channel, username, icon_emoji: iconEmoji } = config;
  withoutAuthorization(config.http_config ?? global.http, path, name);
  return {
    kind: 'slack',
    name,
    path,
    sendsResolved: config.send_resolved ?? false,
    options: {
      webhookUrl: required(oneOf('api_url', config.api_url, config.api_url_file, path) ?? global.slackUrl, `${path}.api_url`, "the webhook's URL, here or as global.slack_api_url"),
      ...(channel && { channel }),
      ...(username && { username }),
      ...(iconEmoji && { iconEmoji }),
    },
  };
}

interface PagerDutyConfig {
  send_resolved?: boolean;
  routing_key?: string;
  routing_key_file?: string;
  url?: string;
  http_config?: HttpSettings;
  description?: '';
  client?: '';
  client_url?: '';
}

/** Reads one of `pagerduty_configs`. */
export function readPagerDuty(value: unknown, path: string, { name, global, folder }: IntegrationContext): FileChannel {
  const ofTemplate = (key: string): Reader<''> => onlyDefault(`{{ template "pagerduty.default.${key}" . }}`, wayOut(name));
  const config = record<PagerDutyConfig>(
    {
      send_resolved: flag,
      routing_key: secret,
      routing_key_file: textOfFile(folder),
      url: secretUrl,
      http_config: httpConfig(folder),
      description: ofTemplate('description'),
      client: ofTemplate('client'),
      client_url: ofTemplate('clientURL'),
    },
    `${wayOut(name)}. Only Events API v2 is spoken: its integration key is routing_key`,
  )(value, path);
  const routingKey = oneOf('routing_key', config.routing_key, config.routing_key_file, path);
  if (routingKey === undefined) throw new InvalidOptionError(`${path}.routing_key`, NOT_SHOWN, 'missing: the integration key of Events API v2');
  withoutAuthorization(config.http_config ?? global.http, path, name);
  const url = config.url ?? global.pagerDutyUrl ?? 'https://events.pagerduty.com/v2/enqueue';
  const [, baseUrl] = /^(.+)\/v2\/enqueue\/?$/.exec(url) ?? [];
  if (baseUrl === undefined) throw new InvalidOptionError(`${path}.url`, NOT_SHOWN, `expected a URL that ends with /v2/enqueue, here or as global.pagerduty_url${wayOut(name)}`);
  return { kind: 'pagerduty', name, path, sendsResolved: config.send_resolved ?? true, options: { routingKey, baseUrl } };
}

/** What to do instead, for an error. */
function wayOut(name: string): string {
  return `. Or give the channel itself: channels: { '${name}': … }`;
}

function withoutAuthorization(http: HttpSettings | undefined, path: string, name: string): void {
  if (http?.authorization === undefined) return;
  throw new InvalidOptionError(http.path, NOT_SHOWN, `authorization is for webhooks only, and would be used at ${path.replace(/^.*: /, '')}${wayOut(name)}`);
}

/** `"Doe, Jane" <jane@x>, joe@x` has two. */
function addressesOf(list: string): string[] {
  const parts = list.match(/(?:"[^"]*"|[^,"]|")+/g) ?? [];
  return parts.map(part => part.trim()).filter(part => part !== '');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
