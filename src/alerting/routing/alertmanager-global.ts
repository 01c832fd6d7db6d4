import { oneOf, textOfFile } from './alertmanager-secrets.js';
import { type HostPort, hostPort, httpConfig, type HttpSettings } from './alertmanager-transport.js';
import { duration, flag, plainText, type Reader, record, secret, secretUrl, text } from './yaml-reader.js';

/** The `global` part of the file: defaults of what receivers leave out. */
export interface GlobalSettings {
  readonly resolveTimeoutMs: number | undefined;
  readonly http: HttpSettings | undefined;
  readonly smtpFrom: string | undefined;
  readonly smtpHello: string | undefined;
  readonly smtpSmarthost: HostPort | null | undefined;
  readonly smtpUser: string | undefined;
  readonly smtpPassword: string | undefined;
  readonly smtpRequireTls: boolean | undefined;
  readonly slackUrl: string | undefined;
  readonly pagerDutyUrl: string | undefined;
}

interface GlobalConfig {
  resolve_timeout?: number;
  http_config?: HttpSettings;
  smtp_from?: string;
  smtp_hello?: string;
  smtp_smarthost?: HostPort | null;
  smtp_auth_username?: string;
  smtp_auth_password?: string;
  smtp_auth_password_file?: string;
  smtp_require_tls?: boolean;
  slack_api_url?: string;
  slack_api_url_file?: string;
  pagerduty_url?: string;
}

/** Of services whose integrations can't be read: whoever has one gives a channel in its place, and these have no effect. */
const OF_OTHERS = [
  ...['opsgenie_api_url', 'opsgenie_api_key', 'opsgenie_api_key_file', 'wechat_api_url', 'wechat_api_secret', 'wechat_api_corp_id'],
  ...['victorops_api_url', 'victorops_api_key', 'victorops_api_key_file', 'telegram_api_url', 'webex_api_url'],
] as const;

/** Reads the `global` part. @param folder that the paths of its files are relative to */
export function readGlobal(folder: string): Reader<GlobalSettings> {
  const inFile = textOfFile(folder);
  const ofOthers = Object.fromEntries(OF_OTHERS.map(key => [key, text])) as Record<(typeof OF_OTHERS)[number], Reader<string>>;
  const read = record<GlobalConfig & Record<(typeof OF_OTHERS)[number], string>>({
    resolve_timeout: duration,
    http_config: httpConfig(folder),
    smtp_from: plainText(),
    smtp_hello: plainText(),
    smtp_smarthost: hostPort,
    smtp_auth_username: text,
    smtp_auth_password: secret,
    smtp_auth_password_file: inFile,
    smtp_require_tls: flag,
    slack_api_url: secretUrl,
    slack_api_url_file: (value, path) => secretUrl(inFile(value, path), path),
    pagerduty_url: secretUrl,
    ...ofOthers,
  });
  return (value, path) => {
    const config = read(value, path);
    return {
      resolveTimeoutMs: config.resolve_timeout,
      http: config.http_config,
      smtpFrom: config.smtp_from,
      smtpHello: config.smtp_hello,
      smtpSmarthost: config.smtp_smarthost,
      smtpUser: config.smtp_auth_username,
      smtpPassword: oneOf('smtp_auth_password', config.smtp_auth_password, config.smtp_auth_password_file, path),
      smtpRequireTls: config.smtp_require_tls,
      slackUrl: oneOf('slack_api_url', config.slack_api_url, config.slack_api_url_file, path),
      pagerDutyUrl: config.pagerduty_url,
    };
  };
}
