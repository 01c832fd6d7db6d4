import { Registry } from 'prom-client';
import { Diagnostics } from '../../core/diagnostics.js';
import { Metrics } from '../../metrics/metrics.js';
import type { Alerts } from '../alerts.js';
import type { Channel } from '../channels/channel.js';
import { createAlerts } from '../create-alerts.js';
import type { AlertsOptions } from '../options.js';
import { recordingChannel, type RecordingChannel } from './recording-channel.js';
import { createVirtualClock, type VirtualClock } from './virtual-clock.js';

/** What reaches beyond the test: other hosts, and files that the app has. */
const BEYOND: readonly string[] = ['heartbeat', 'snapshot'] satisfies (keyof AlertsOptions)[];

/** The app's own options of alerts, and where the test begins. `heartbeat` and `snapshot` have no effect. */
export interface AlertsForTestOptions<Name extends string = string> extends Omit<AlertsOptions, 'channels'> {
  /**
   * Names of channels, or the app's own channels: in place of each stands one that records, like it in name, kind, quotas and the rest.
   * One that records already is taken as it is. Default: one, `test`.
   */
  readonly channels?: readonly Name[] | Readonly<Record<Name, Channel>>;
  /** Where the clock stands: see `createVirtualClock`. */
  readonly start?: Date | string | number;
  /** Source of alerts that name none. Default: `test`. */
  readonly service?: string;
}

/** Alerts on a virtual clock, and what became of them. */
export interface AlertsForTest<Name extends string = string> extends AsyncDisposable {
  /** As `monitor.alerts`. */
  readonly alerts: Alerts;
  readonly clock: VirtualClock;
  /** By name. */
  readonly channels: Readonly<Record<Name, RecordingChannel>>;
  /** Holds the metrics of the alerts. */
  readonly registry: Registry;
  /** What was written to the log. */
  readonly log: readonly string[];
  /** Stops, whatever hangs. Nothing is left behind where it is not called. */
  close(): Promise<void>;
}

/**
 * The alert dispatcher as the options have it, on a clock of the test's, with channels that record: what an app's
 * routes, silences and escalations do over hours is seen in moments, the same at each run, and nobody is told.
 *
 * @throws InvalidOptionError as `createMonitor` does
 * @example
 * const { alerts, clock, channels } = alertsForTest({ channels: ['dingtalk', 'oncall'], escalations });
 * await alerts.fire({ title: 'Payment provider down', severity: 'high' });
 * await clock.advance('20m');
 * channels.oncall.takeAll();
 */
export function alertsForTest<const Name extends string = 'test'>({ channels: given, start, service = 'test', ...options }: AlertsForTestOptions<Name> = {}): AlertsForTest<Name> {
  const clock = createVirtualClock(start);
  const channels = recording(given ?? ['test' as Name]);
  const harmless: AlertsOptions = Object.fromEntries(Object.entries(options).filter(([name]) => !BEYOND.includes(name)));
  const registry = new Registry();
  const log: string[] = [];
  const diagnostics = new Diagnostics({ warn: line => log.push(line) }, clock);
  const metrics = new Metrics({ registry, clock, diagnostics, seriesLimit: 5_000, seriesTtlMs: undefined, buckets: {}, attributionLimit: 1_000 });
  // Pauses between attempts are then 1, 2, 4 … seconds, the same at each run.
  const alerts = createAlerts({ options: { ...harmless, channels }, service, metrics, clock, diagnostics, random: () => 0 });
  const close = async (): Promise<void> => {
    // What hangs is waited for, by the clock.
    await Promise.all([alerts.close(), clock.advance('10s')]);
  };
  return { alerts, clock, channels, registry, log, close, [Symbol.asyncDispose]: close };
}

function recording<Name extends string>(given: readonly Name[] | Readonly<Record<Name, Channel>>): Readonly<Record<Name, RecordingChannel>> {
  const made = isList(given) ? given.map(name => [name, recordingChannel()]) : Object.entries<Channel>(given).map(([name, channel]) => [name, recordingFor(channel)]);
  return Object.fromEntries(made) as Record<Name, RecordingChannel>;
}

function isList<T>(given: readonly T[] | object): given is readonly T[] {
  return Array.isArray(given);
}

function recordingFor(channel: Channel): RecordingChannel {
  if ('answerNext' in channel) return channel as RecordingChannel;
  const traits = Object.entries(channel).filter(([, trait]) => typeof trait !== 'function');
  return Object.assign(recordingChannel(), Object.fromEntries(traits));
}
