import type { Clock } from '../../core/clock.js';
import { escalationReason, type EscalationStep } from './escalation.js';
import type { Alert } from '../alert.js';
import { logEntryOf } from '../notification-reason.js';
import type { WorkQueue } from '../queue/work-queue.js';
import type { AlertStore } from '../stores/alert-store.js';

/** Ready values for {@link EscalationNotices}. */
export interface EscalationNoticesParts {
  readonly queue: WorkQueue;
  readonly store: Pick<AlertStore, 'get' | 'note' | 'notificationLog' | 'recordNotification'>;
  readonly clock: Clock;
  /** Tells a channel of an alert, until that has come to its end. */
  readonly deliver: (channel: string, alert: Alert, receiver: string) => Promise<'delivered' | 'failed' | 'left'>;
  readonly onEscalated: (policy: string, step: number) => void;
}

type Notice = readonly [policy: string, step: number, channel: string, alertId: string, at: number];

const KIND = 'escalation-notice';
/** Each waits for its channel, which may be down for hours: none must keep others waiting. */
const CONCURRENCY = 5_000;
/** How long a notice is kept back while its alert is suppressed, at most. */
const PAUSE_MS = 60_000;

/**
 * Brings the steps of escalations to their channels. Each channel is a piece of work of its own, which is done when the
 * notification has arrived or was given up: where the process dies before, another one sends it.
 */
export class EscalationNotices {
  readonly #parts: EscalationNoticesParts;

  constructor(parts: EscalationNoticesParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.queue.process(KIND, key => this.#tell(JSON.parse(key) as Notice), { concurrency: CONCURRENCY });
  }

  /** May be called again for the same step, which is then told once nevertheless. */
  async escalate(alert: Alert, { policy, step, at, channels }: EscalationStep): Promise<void> {
    const { queue, store, clock, onEscalated } = this.#parts;
    for (const channel of channels) {
      const notice: Notice = [policy, step, channel, alert.id, at];
      await queue.schedule({ kind: KIND, key: JSON.stringify(notice) }, new Date(at));
    }
    // Last: a step that is written down counts as done.
    await store.note(alert.id, { at: new Date(clock.now()), event: 'escalated', reason: escalationReason(policy, step, channels) });
    onEscalated(policy, step);
  }

  async #tell(notice: Notice): Promise<void> {
    const { queue, store, clock, deliver } = this.#parts;
    const [policy, step, channel, alertId] = notice;
    const alert = await store.get(alertId);
    if (alert === undefined || alert.status === 'resolved' || alert.status === 'acknowledged') return;
    const key = JSON.stringify(notice);
    if (alert.status === 'suppressed') {
      await queue.schedule({ kind: KIND, key }, new Date(clock.now() + PAUSE_MS));
      return;
    }
    const told = `${KIND} ${key}`;
    if ((await store.notificationLog(told, policy, channel)) !== undefined) return;
    const end = await deliver(channel, alert, `${policy} ${step}`);
    if (end === 'left') throw new Error('the process ends');
    if (end === 'delivered') await store.recordNotification(told, policy, channel, logEntryOf([alert], new Date(clock.now())));
  }
}
