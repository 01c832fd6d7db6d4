import { variable, type Environment } from '../core/environment.js';
import { InvalidOptionError, NOT_SHOWN } from '../core/errors.js';
import { aSecret, aUrl, type ChannelOptionRule } from './channels/channel-options.js';
import type { Channel } from './channels/channel.js';
import { dingTalk } from './channels/dingtalk.js';
import { anAddress, anSmtpServer, email } from './channels/email.js';
import { webhook } from './channels/webhook.js';
import { aWebhookUrl } from './channels/webhook-url.js';
import type { AlertsOptions } from './options.js';
import { plannedChannels } from './severity-routes.js';
import { SEVERITIES, type AlertSeverity } from './severity.js';

const anSmtpUrl: ChannelOptionRule = {
  allowed: "a URL such as 'smtps://user:password@mail.example.com', user and password percent-encoded",
  accepts: anSmtpServer.accepts,
  isSecret: true,
};

/**
 * The channels that the environment asks for, by the monitoring plan's names: `dingtalk` by `DINGTALK_WEBHOOK_URL` and
 * `DINGTALK_SECRET`, `webhook` by `ALERT_WEBHOOK_URL`, `email` by `ALERT_EMAIL_RECIPIENTS` (separated by commas),
 * `DEFAULT_FROM_EMAIL` and `SMTP_URL`.
 *
 * @returns `undefined` where no variable asks for a channel
 * @throws InvalidOptionError naming a variable that is wrong or missing; it shows no secret
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` where mail is wanted and `nodemailer` is not installed
 * @example createMonitor({ alerts: { ...alertsOptionsFromEnv(), sendTimeout: '5s' } });
 */
export function alertsOptionsFromEnv(env: Environment = process.env): AlertsOptions | undefined {
  const found = { dingtalk: dingTalkOf(env), email: emailOf(env), webhook: webhookOf(env) };
  const channels = Object.fromEntries(Object.entries(found).filter((entry): entry is [string, Channel] => entry[1] !== undefined));
  const names = Object.keys(channels);
  if (names.length === 0) return undefined;
  const severityChannels = withWebhook(names);
  return { channels, ...(severityChannels && { severityChannels }) };
}

function dingTalkOf(env: Environment): Channel | undefined {
  const webhookUrl = checked(env, 'DINGTALK_WEBHOOK_URL', aWebhookUrl);
  const secret = checked(env, 'DINGTALK_SECRET', aSecret);
  if (webhookUrl !== undefined) return dingTalk({ webhookUrl, ...(secret !== undefined && { secret }) });
  if (secret !== undefined) throw missing('DINGTALK_WEBHOOK_URL', aWebhookUrl, 'DINGTALK_SECRET');
  return undefined;
}

function webhookOf(env: Environment): Channel | undefined {
  const url = checked(env, 'ALERT_WEBHOOK_URL', aUrl);
  return url === undefined ? undefined : webhook({ url });
}

/** Only the recipients ask for it: the app may send mails of its own by the other two. */
function emailOf(env: Environment): Channel | undefined {
  const recipients = variable(env, 'ALERT_EMAIL_RECIPIENTS');
  if (recipients === undefined) return undefined;
  const to = recipients.split(/[,;\n]/).map(text => text.trim()).filter(text => text !== '');
  const wrong = to.find(text => !anAddress.accepts(text));
  if (wrong !== undefined || to.length === 0) throw new InvalidOptionError('ALERT_EMAIL_RECIPIENTS', wrong ?? recipients, `${anAddress.allowed}, or several separated by commas`);
  const from = checked(env, 'DEFAULT_FROM_EMAIL', anAddress);
  if (from === undefined) throw missing('DEFAULT_FROM_EMAIL', anAddress, 'ALERT_EMAIL_RECIPIENTS');
  const smtp = checked(env, 'SMTP_URL', anSmtpUrl);
  if (smtp === undefined) throw missing('SMTP_URL', anSmtpUrl, 'ALERT_EMAIL_RECIPIENTS');
  return email({ smtp, from, to });
}

/** The plan's map names no webhook; but who sets one wants it to hear of alerts. */
function withWebhook(names: readonly string[]): AlertsOptions['severityChannels'] | undefined {
  const others = names.filter(name => name !== 'webhook');
  if (others.length === 0 || others.length === names.length) return undefined;
  const told = SEVERITIES.filter(severity => severity !== 'info').map(severity => [severity, [...plannedChannels(severity, others), 'webhook']]);
  return Object.fromEntries(told) as Partial<Record<AlertSeverity, readonly string[]>>;
}

function checked(env: Environment, name: string, rule: ChannelOptionRule): string | undefined {
  const value = variable(env, name);
  if (value === undefined || rule.accepts(value)) return value;
  if (rule.isSecret !== true) throw new InvalidOptionError(name, value, rule.allowed);
  throw new InvalidOptionError(name, NOT_SHOWN, `expected ${rule.allowed}; what it holds (${value.length} characters) is not shown, because it may be a secret`);
}

function missing(name: string, rule: ChannelOptionRule, because: string): InvalidOptionError {
  return new InvalidOptionError(name, undefined, `${rule.allowed}, because ${because} is set`);
}
