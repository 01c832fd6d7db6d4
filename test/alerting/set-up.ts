import { setImmediate as nextTurn } from 'node:timers/promises';
import '../../src/alerting/index.js';
import type { Channel, Delivery } from '../../src/alerting/channels/channel.js';
import type { Notification } from '../../src/alerting/notification.js';
import type { AlertsOptions } from '../../src/alerting/options.js';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

/** A channel that keeps what it was given, and answers as it is told. */
export interface RecordingChannel extends Channel {
  readonly sent: Notification[];
  /** What the next attempts get; beyond them, what was sent is delivered. */
  readonly answers: (Delivery | (() => Promise<Delivery>))[];
}

export function recordingChannel(settings: Partial<Pick<Channel, 'quotas' | 'takesAcknowledgements' | 'keepsIncidents'>> = {}): RecordingChannel {
  const sent: Notification[] = [];
  const answers: RecordingChannel['answers'] = [];
  return {
    kind: 'recording',
    quotas: [],
    ...settings,
    sent,
    answers,
    send: async notification => {
      const answer = answers.shift();
      if (answer === undefined) {
        sent.push(notification);
        return Promise.resolve({ delivered: true });
      }
      return typeof answer === 'function' ? answer() : Promise.resolve(answer);
    },
  };
}

export interface AlertsTest extends TestMonitor {
  readonly clock: ManualClock;
  readonly alerts: TestMonitor['monitor']['alerts'];
  /** Moves the clock on and lets everything that falls due happen. */
  pass(ms: number): Promise<void>;
}

/** A monitor with alerts, on a clock that stands still: 2026-11-22 12:00 UTC, a Sunday. */
export function testAlerts(options: AlertsOptions): AlertsTest {
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 12));
  const made = testMonitor({ clock, service: 'shop', alerts: options });
  return {
    ...made,
    clock,
    alerts: made.monitor.alerts,
    async pass(ms) {
      await settled();
      // In steps: what falls due may set up what falls due next.
      const step = Math.max(1, Math.ceil(ms / 20));
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(step, left));
        await settled();
      }
      await settled();
    },
  };
}

/** Lets all that is under way come to where it waits for the clock. */
async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await nextTurn();
}

/** What was sent: reason, and the titles in it with their status where they are not firing. */
export function told({ sent }: RecordingChannel): string[] {
  return sent.map(({ reason, alerts }) => `${reason}: ${alerts.map(({ title, status }) => (status === 'firing' ? title : `${title} (${status})`)).join(', ')}`);
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
