import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';
import { duration, flag, list, mapping, plainText, type Reader, record, required, secret, secretUrl, text, whole } from './yaml-reader.js';

/** A channel as an `alertmanager.yml` describes it, with the file's global settings and Alertmanager's defaults. */
type ChannelDescriptor =
  | {
      readonly kind: 'webhook';
      readonly url: string;
      /** How many alerts a message may hold; 0: all. */
      readonly maxAlerts: number;
      readonly sendResolved: boolean;
    }
  | {
      readonly kind: 'email';
      readonly to: readonly string[];
      readonly from: string;
      /** Further headers. */
      readonly headers: Readonly<Record<string, string>>;
      readonly host: string;
      readonly port: number;
      /** The name it says hello with. */
      readonly hello: string;
      readonly user: string | undefined;
      readonly password: string | undefined;
      /** Whether it must not be sent in the clear. */
      readonly requireTls: boolean;
      readonly sendResolved: boolean;
    }
  | {
      readonly kind: 'slack';
      readonly webhookUrl: string;
      readonly channel: string | undefined;
      readonly username: string | undefined;
      readonly iconEmoji: string | undefined;
      readonly sendResolved: boolean;
    }
  | {
      readonly kind: 'pagerduty';
      readonly routingKey: string;
      readonly url: string;
      readonly sendResolved: boolean;
    };

/** A name that routes use, and the channels behind it. */
export interface AlertmanagerReceiver {
  readonly name: string;
  readonly channels: readonly ChannelDescriptor[];
}

/** The `global` part of the file. */
export interface GlobalSettings {
  resolve_timeout?: number;
  smtp_from?: string;
  smtp_hello?: string;
  smtp_smarthost?: string;
  smtp_auth_username?: string;
  smtp_auth_password?: string;
  smtp_require_tls?: boolean;
  slack_api_url?: string;
  pagerduty_url?: string;
}

export const readGlobal: Reader<GlobalSettings> = record<GlobalSettings>({
  resolve_timeout: duration,
  smtp_from: plainText,
  smtp_hello: plainText,
  smtp_smarthost: text,
  smtp_auth_username: text,
  smtp_auth_password: secret,
  smtp_require_tls: flag,
  slack_api_url: secretUrl,
  pagerduty_url: secretUrl,
});

interface WebhookConfig {
  url?: string;
  max_alerts?: number;
  send_resolved?: boolean;
}

interface EmailConfig {
  to?: string;
  from?: string;
  hello?: string;
  smarthost?: string;
  auth_username?: string;
  auth_password?: string;
  headers?: [string, string][];
  require_tls?: boolean;
  send_resolved?: boolean;
}

interface SlackConfig {
  api_url?: string;
  channel?: string;
  username?: string;
  icon_emoji?: string;
  send_resolved?: boolean;
}

interface PagerDutyConfig {
  routing_key?: string;
  url?: string;
  send_resolved?: boolean;
}

const readWebhook = record<WebhookConfig>({ url: secretUrl, max_alerts: whole, send_resolved: flag });
const readEmail = record<EmailConfig>({
  to: plainText,
  from: plainText,
  hello: plainText,
  smarthost: text,
  auth_username: text,
  auth_password: secret,
  headers: mapping(plainText),
  require_tls: flag,
  send_resolved: flag,
});
const readSlack = record<SlackConfig>({ api_url: secretUrl, channel: plainText, username: plainText, icon_emoji: plainText, send_resolved: flag });
const readPagerDuty = record<PagerDutyConfig>({ routing_key: secret, url: secretUrl, send_resolved: flag });

/** Reads the `receivers` part of the file. */
export function readReceivers(global: GlobalSettings): Reader<AlertmanagerReceiver[]> {
  const read = list((value, path) => readReceiver(value, path, global));
  return (value, path) => {
    const receivers = read(value, path);
    receivers.forEach(({ name }, i) => {
      if (receivers.findIndex(other => other.name === name) !== i) throw new InvalidOptionError(`${path}[${i}].name`, name, 'a name that no other receiver has');
    });
    return receivers;
  };
}

interface ReceiverConfig {
  name?: string;
  webhook_configs?: ChannelDescriptor[];
  email_configs?: ChannelDescriptor[];
  slack_configs?: ChannelDescriptor[];
  pagerduty_configs?: ChannelDescriptor[];
}

function readReceiver(value: unknown, path: string, global: GlobalSettings): AlertmanagerReceiver {
  const { name, ...channels } = record<ReceiverConfig>({
    name: text,
    webhook_configs: list(webhook),
    email_configs: list((config, here) => email(config, here, global)),
    slack_configs: list((config, here) => slack(config, here, global)),
    pagerduty_configs: list((config, here) => pagerDuty(config, here, global)),
  })(value, path);
  return { name: required(name, `${path}.name`, 'a name that routes can use'), channels: Object.values(channels).flat() };
}

function webhook(value: unknown, path: string): ChannelDescriptor {
  const { url, max_alerts: maxAlerts = 0, send_resolved: sendResolved = true } = readWebhook(value, path);
  return { kind: 'webhook', url: required(url, `${path}.url`, 'a URL'), maxAlerts, sendResolved };
}

function email(value: unknown, path: string, global: GlobalSettings): ChannelDescriptor {
  const config = readEmail(value, path);
  const smarthost = required(config.smarthost ?? global.smtp_smarthost, `${path}.smarthost`, 'host:port, here or as global.smtp_smarthost');
  const [, bracketed, bare, port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(smarthost) ?? [];
  if (port === undefined) throw new InvalidOptionError(`${path}.smarthost`, smarthost, "host:port with the port as a number, such as 'smtp.example.org:587'");
  const to = required(config.to, `${path}.to`, 'an address, or several with commas between them');
  return {
    kind: 'email',
    to: to.split(',').map(address => address.trim()),
    from: required(config.from ?? global.smtp_from, `${path}.from`, 'an address, here or as global.smtp_from'),
    headers: Object.fromEntries(config.headers ?? []),
    host: bracketed ?? bare ?? '',
    port: Number(port),
    hello: config.hello ?? global.smtp_hello ?? 'localhost',
    user: config.auth_username ?? global.smtp_auth_username,
    password: config.auth_password ?? global.smtp_auth_password,
    requireTls: config.require_tls ?? global.smtp_require_tls ?? true,
    sendResolved: config.send_resolved ?? false,
  };
}

function slack(value: unknown, path: string, global: GlobalSettings): ChannelDescriptor {
  const config = readSlack(value, path);
  return {
    kind: 'slack',
    webhookUrl: required(config.api_url ?? global.slack_api_url, `${path}.api_url`, "the webhook's URL, here or as global.slack_api_url"),
    channel: config.channel,
    username: config.username,
    iconEmoji: config.icon_emoji,
    sendResolved: config.send_resolved ?? false,
  };
}

function pagerDuty(value: unknown, path: string, global: GlobalSettings): ChannelDescriptor {
  const config = readPagerDuty(value, path);
  if (config.routing_key === undefined) throw new InvalidOptionError(`${path}.routing_key`, NOT_SHOWN, 'missing: the integration key of Events API v2');
  return {
    kind: 'pagerduty',
    routingKey: config.routing_key,
    url: config.url ?? global.pagerduty_url ?? 'https://events.pagerduty.com/v2/enqueue',
    sendResolved: config.send_resolved ?? true,
  };
}
