import { InvalidOptionError } from '../../core/errors.js';
import type { GlobalSettings } from './alertmanager-global.js';
import { type FileChannel, type IntegrationContext, readEmail, readPagerDuty, readSlack, readWebhook } from './alertmanager-integrations.js';
import { entriesOf, list, type Reader, record, required, text } from './yaml-reader.js';

/** A name that routes use, and the channels behind it. */
export interface AlertmanagerReceiver {
  readonly name: string;
  /** Whether the app gives a channel of its name, which takes the place of all that stands in the file. */
  readonly isGiven: boolean;
  readonly channels: readonly FileChannel[];
}

/** What receivers are read with. */
export interface ReceiverContext {
  readonly global: GlobalSettings;
  /** That the paths of files are relative to. */
  readonly folder: string;
  /** Names of receivers and of channels (`team/slack[0]`) that the app gives: what stands in the file is not read. */
  readonly given: ReadonlySet<string>;
  /** Whether the app makes the texts of messages. */
  readonly hasTemplate: boolean;
}

/** Reads the `receivers` part of the file. */
export function readReceivers(context: ReceiverContext): Reader<AlertmanagerReceiver[]> {
  const read = list((value, path) => readReceiver(value, path, context));
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
  webhook_configs?: FileChannel[];
  email_configs?: FileChannel[];
  slack_configs?: FileChannel[];
  pagerduty_configs?: FileChannel[];
}

function readReceiver(value: unknown, path: string, { given, ...context }: ReceiverContext): AlertmanagerReceiver {
  const [, named = undefined] = entriesOf(value, path).find(([key]) => key === 'name') ?? [];
  const receiver = required(named === null || named === undefined ? undefined : text(named, `${path}.name`), `${path}.name`, 'a name that routes can use');
  if (given.has(receiver)) return { name: receiver, isGiven: true, channels: [] };

  const each = (kind: FileChannel['kind'], read: (value: unknown, path: string, context: IntegrationContext) => FileChannel): Reader<FileChannel[]> => {
    let next = 0;
    return list((config, here) => {
      const name = `${receiver}/${kind}[${next++}]`;
      return given.has(name) ? { kind: 'given', name, path: here } : read(config, here, { ...context, name });
    });
  };
  const config = record<ReceiverConfig>(
    {
      name: text,
      webhook_configs: each('webhook', readWebhook),
      email_configs: each('email', readEmail),
      slack_configs: each('slack', readSlack),
      pagerduty_configs: each('pagerduty', readPagerDuty),
    },
    `. Or give a channel for the whole receiver: channels: { '${receiver}': … }`,
  )(value, path);
  return { name: receiver, isGiven: false, channels: [config.webhook_configs, config.email_configs, config.slack_configs, config.pagerduty_configs].flatMap(channels => channels ?? []) };
}
