import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidOptionError, isSightlineError, NOT_SHOWN } from '../core/errors.js';
import type { FetchLike } from '../core/json-http.js';
import { aFunction, anObject, checkOptions } from '../core/options.js';
import { MESSAGE_OPTION_RULES, type MessageOptions } from './channels/message-writer.js';
import type { Channel } from './channels/channel.js';
import { email } from './channels/email.js';
import { pagerDuty } from './channels/pager-duty.js';
import { slack } from './channels/slack.js';
import { webhook } from './channels/webhook.js';
import type { AlertsOptions } from './options.js';
import type { FileChannel } from './routing/alertmanager-integrations.js';
import type { AlertmanagerReceiver } from './routing/alertmanager-receivers.js';
import { loadAlertmanagerConfig } from './routing/load-alertmanager-config.js';
import { complaintOf } from './routing/yaml-reader.js';
import type { Template } from './templates/template.js';

/** Settings of {@link alertmanagerConfig}, beside the file. */
export interface AlertmanagerConfigOptions extends MessageOptions {
  /**
   * Makes the texts of email and Slack, in place of Alertmanager's: what the file says of them (`templates`, `title`,
   * `text`, `html`, a subject, …) is not needed then. Default: the channels' own; such keys are refused.
   */
  readonly template?: Template;
  /**
   * Channels in place of what stands in the file, which is not read then: of a whole receiver by its name, or of one of
   * its integrations by `receiver/kind[number]`, such as `team/webhook[0]` (kinds: webhook, email, slack, pagerduty).
   */
  readonly channels?: Readonly<Record<string, Channel>>;
  /** Values for `${NAME}` in texts of the file, such as `process.env`. Default: none, `${NAME}` stands for itself. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In place of the global `fetch`, for all channels of the file: for a proxy, or certificates of one's own. */
  readonly fetch?: FetchLike;
}

const RULES = { ...MESSAGE_OPTION_RULES, channels: anObject, env: anObject, fetch: aFunction };

/**
 * Options of alerts from an `alertmanager.yml`: routes, receivers with their channels, inhibit rules, time intervals, in
 * Alertmanager's terms. What Sightline can't do the same way is refused by its path, never skipped. Files that it names
 * (`…_file`) are relative to its own folder, and read once. Needs the package `yaml`, and `nodemailer` for email.
 *
 * The two things that are Sightline's own are off, as there: `flapping` and `muteLowDuplicates`. To add to it, spread it.
 *
 * @param file the file's path; or its text, which has more than one line
 * @throws InvalidOptionError with the path of what can't be used: `alertmanager.yml: receivers[2].slack_configs[0].title`
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` where a package is not installed
 *
 * @example
 * const monitor = createMonitor({
 *   alerts: {
 *     ...alertmanagerConfig('/etc/alertmanager/alertmanager.yml', { channels: { 'shop team': dingTalk({ webhookUrl, secret }) } }),
 *     externalUrl: 'https://app.example.org',
 *   },
 * });
 */
export function alertmanagerConfig(file: string | URL, options: AlertmanagerConfigOptions = {}): AlertsOptions {
  checkOptions('alertmanagerConfig', options, RULES);
  const { channels: given = {}, env, template } = options;
  const { text, source, folder } = contentOf(file);
  const { route, receivers, inhibitRules, timeIntervals, resolveTimeoutMs } = loadAlertmanagerConfig(text, {
    source,
    folder,
    env,
    given: new Set(Object.keys(given)),
    hasTemplate: template !== undefined,
  });
  checkGiven(given, receivers, source);
  const channels: [name: string, channel: Channel][] = [];
  const names = receivers.map((receiver): [string, string[]] => {
    const found = channelsOf(receiver, given, options);
    channels.push(...found);
    return [receiver.name, found.map(([name]) => name)];
  });
  return {
    channels: Object.fromEntries(channels),
    receivers: Object.fromEntries(names),
    route,
    inhibitRules,
    timeIntervals,
    resolveTimeout: resolveTimeoutMs,
    flapping: false,
    muteLowDuplicates: false,
  };
}

function contentOf(file: string | URL): { text: string; source: string; folder: string } {
  if (typeof file === 'string' && file.includes('\n')) return { text: file, source: 'alertmanager.yml', folder: '.' };
  let path: string | undefined;
  try {
    path = typeof file === 'string' ? file : fileURLToPath(file);
    return { text: readFileSync(path, 'utf8'), source: path, folder: dirname(path) };
  } catch (error) {
    const { code = 'no file' } = error as NodeJS.ErrnoException;
    throw new InvalidOptionError('alertmanagerConfig', path ?? file, `the path of a file that can be read (${code}), or its text, which has more than one line`);
  }
}

function channelsOf({ name, isGiven, channels }: AlertmanagerReceiver, given: Readonly<Record<string, Channel>>, options: AlertmanagerConfigOptions): [string, Channel][] {
  if (isGiven) return [[name, given[name] as Channel]];
  return channels.map(channel => [channel.name, channel.kind === 'given' ? (given[channel.name] as Channel) : channelOf(channel, options)]);
}

function channelOf(described: Exclude<FileChannel, { kind: 'given' }>, { fetch, locale, timeZone, template }: AlertmanagerConfigOptions): Channel {
  const http = fetch === undefined ? {} : { fetch };
  const texts: MessageOptions = { ...(locale !== undefined && { locale }), ...(timeZone !== undefined && { timeZone }), ...(template !== undefined && { template }) };
  const make = (): Channel => {
    switch (described.kind) {
      case 'webhook':
        return webhook({ ...described.options, ...http });
      case 'email':
        return email({ ...described.options, ...texts });
      case 'slack':
        return slack({ ...described.options, ...texts, ...http });
      case 'pagerduty':
        return pagerDuty({ ...described.options, ...http, ...(locale !== undefined && { locale }) });
    }
  };
  try {
    return { ...make(), sendsResolved: described.sendsResolved };
  } catch (error) {
    throw inTermsOfFile(error, described.path);
  }
}

/** What the keys of a channel's options are called in the file. */
const KEYS: Readonly<Record<string, string>> = { webhookUrl: 'api_url', baseUrl: 'url', routingKey: 'routing_key', smtp: 'smarthost', iconEmoji: 'icon_emoji', maxAlerts: 'max_alerts' };

function inTermsOfFile(error: unknown, path: string): unknown {
  if (!isSightlineError(error) || !('option' in error)) return error;
  const { option } = error as InvalidOptionError;
  const key = option.slice(option.indexOf('.') + 1);
  return new InvalidOptionError(`${path}.${KEYS[key] ?? key}`, NOT_SHOWN, complaintOf(error as InvalidOptionError));
}

/** Every channel that the app gives must have its place, and none the name of another. */
function checkGiven(given: Readonly<Record<string, Channel>>, receivers: readonly AlertmanagerReceiver[], source: string): void {
  const places = receivers.flatMap(({ name, channels }) => [name, ...channels.map(channel => channel.name)]);
  for (const name of Object.keys(given)) {
    if (!places.includes(name)) {
      throw new InvalidOptionError('alertmanagerConfig.channels', name, `names of receivers in ${source}, or of their integrations (${places.join(', ')}). To add other channels, spread what it returns`);
    }
  }
  const twice = places.find((name, i) => places.indexOf(name) !== i);
  if (twice !== undefined) throw new InvalidOptionError(`${source}: receivers`, twice, 'no receiver with the name of an integration of another');
}
