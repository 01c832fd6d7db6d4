import { Diagnostics } from '../../../src/core/diagnostics.js';
import type { AlertMetrics } from '../../../src/alerting/alert-metrics.js';
import type { Alert } from '../../../src/alerting/alert.js';
import type { Channel, Quota } from '../../../src/alerting/channels/channel.js';
import { Deliverer } from '../../../src/alerting/delivery/deliverer.js';
import type { FirstOutcome } from '../../../src/alerting/delivery/parcel.js';
import type { Notification } from '../../../src/alerting/notification.js';
import type { AlertSeverity } from '../../../src/alerting/severity.js';
import { aNotification, anAlert } from '../samples.js';
import { SteppingClock } from './stepping-clock.js';

/** An attempt that a channel was asked for. */
interface Asked {
  readonly at: number;
  readonly notification: Notification;
}

/** A channel that is asked, and answers as a test says: anything, at any time. Where it says nothing, all is delivered. */
export interface ScriptedChannel extends Channel {
  readonly asked: Asked[];
  readonly answers: (() => unknown)[];
  closed: boolean;
}

export interface PostOffice {
  readonly clock: SteppingClock;
  readonly deliverer: Deliverer;
  readonly log: string[];
  readonly counted: string[];
  channel(name: string): ScriptedChannel;
  /** Sends a notification of one alert; its title is `key` unless given. */
  send(key: string, what?: Partial<Pick<Alert, 'severity' | 'status' | 'title'>> & { to?: string }): SentParcel;
}

export interface SentParcel {
  readonly first: Promise<FirstOutcome>;
  /** What it was told: `delivered: …`, `failed: …`, `left`. */
  readonly ends: string[];
}

/** Channels by name and quotas, on a clock that a test moves. */
export function postOffice(quotas: Record<string, readonly Quota[]>, fallback?: string, settings: Partial<Channel> = {}): PostOffice {
  const clock = new SteppingClock();
  const log: string[] = [];
  const counted: string[] = [];
  const channels = new Map(Object.entries(quotas).map(([name, list]) => [name, scripted(clock, list, settings)]));
  const metrics = {
    notified: (name: string, outcome: string) => counted.push(`${name} ${outcome}`),
    watchBacklog: () => {},
  } as unknown as AlertMetrics;
  const deliverer = new Deliverer({
    channels: Object.fromEntries(channels),
    fallback,
    clock,
    metrics,
    diagnostics: new Diagnostics({ warn: line => log.push(line) }, clock),
    timeoutMs: 10_000,
    random: () => 0,
  });
  return {
    clock,
    deliverer,
    log,
    counted,
    channel: name => channels.get(name) as ScriptedChannel,
    send(key, { to = 'robot', severity = 'high', status = 'firing', title = key } = {}) {
      const ends: string[] = [];
      const alert = anAlert({ id: title, title, severity, status });
      const first = deliverer.send(to, {
        key,
        notification: aNotification({ id: `${key} ${clock.now()}`, groupKey: key, alerts: [alert], at: new Date(clock.now()) }),
        onDelivered: detail => ends.push(`delivered: ${detail}`),
        onFailed: reason => ends.push(`failed: ${reason}`),
        onLeft: () => ends.push('left'),
      });
      return { first, ends };
    },
  };
}

/** What a channel was asked to say: titles, and of digests all. */
export function asked({ asked: all }: ScriptedChannel): string[] {
  return all.map(({ notification: { reason, alerts } }) => (reason === 'digest' ? 'digest of ' : '') + alerts.map(({ title }) => title).join(' '));
}

export const DELIVERED = (): unknown => ({ delivered: true });
export const DOWN = (): unknown => ({ delivered: false, retryable: true, reason: 'down' });
export const REFUSED = (): unknown => ({ delivered: false, retryable: false, reason: 'refused' });
export const NEVER = (): unknown => new Promise(() => {});
export const SEVERITIES_FROM_WORST: readonly AlertSeverity[] = ['critical', 'high', 'medium', 'low', 'info'];

function scripted(clock: SteppingClock, quotas: readonly Quota[], settings: Partial<Channel>): ScriptedChannel {
  const channel: ScriptedChannel = {
    kind: 'scripted',
    quotas,
    ...settings,
    asked: [],
    answers: [],
    closed: false,
    send(notification): any {
      channel.asked.push({ at: clock.monotonic(), notification });
      return (channel.answers.shift() ?? DELIVERED)();
    },
    close: async () => {
      channel.closed = true;
    },
  };
  return channel;
}
