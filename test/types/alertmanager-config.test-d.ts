import { alertmanagerConfig, type AlertmanagerConfigOptions, type AlertsOptions, consoleChannel } from '../../src/alerting/index.js';
import { createMonitor } from '../../src/index.js';
import type { Equal, Expect } from '../support/type-equality.js';

export type Signature = [
  Expect<Equal<ReturnType<typeof alertmanagerConfig>, AlertsOptions>>,
  Expect<Equal<Parameters<typeof alertmanagerConfig>[0], string | URL>>,
  Expect<Equal<Parameters<typeof alertmanagerConfig>[1], AlertmanagerConfigOptions | undefined>>,
];

// It is all there is to say of alerts, and can be added to.
createMonitor({ alerts: alertmanagerConfig('alertmanager.yml') });
const fromFile = alertmanagerConfig(new URL('file:///etc/alertmanager.yml'), { channels: { team: consoleChannel() }, env: process.env, fetch, locale: 'zh-CN' });
createMonitor({ alerts: { ...fromFile, channels: { ...fromFile.channels, more: consoleChannel() }, fallbackChannel: 'more' } });
// A channel can be kept from what is over.
createMonitor({ alerts: { channels: { quiet: { ...consoleChannel(), sendsResolved: false } } } });

// @ts-expect-error a file is needed
alertmanagerConfig();
// @ts-expect-error a channel is no name
alertmanagerConfig('alertmanager.yml', { channels: { team: 'email' } });
// @ts-expect-error no such option
alertmanagerConfig('alertmanager.yml', { receivers: {} });
