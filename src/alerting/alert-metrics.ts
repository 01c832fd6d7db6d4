import type { Metrics } from '../metrics/metrics.js';
import type { FireChange, OpenCount } from './stores/alert-store.js';

/** A policy may be repeated for ever. */
const MOST_STEPS = 20;

/** The metrics of the dispatcher. */
export class AlertMetrics {
  readonly #metrics: Metrics;
  readonly #openSlots = new Set<number>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  fired(severity: string, source: string, change: FireChange): void {
    const fired = this.#metrics.counter('alerts_fired_total');
    fired.add(fired.slot(severity, source, change));
  }

  resolved(severity: string, source: string): void {
    const resolved = this.#metrics.counter('alerts_resolved_total');
    resolved.add(resolved.slot(severity, source));
  }

  suppressed(reason: string): void {
    const suppressed = this.#metrics.counter('alerts_suppressed_total');
    suppressed.add(suppressed.slot(reason));
  }

  notified(channel: string, outcome: 'delivered' | 'retry' | 'failed' | 'fallback', seconds?: number): void {
    const notifications = this.#metrics.counter('alert_notifications_total');
    notifications.add(notifications.slot(channel, outcome));
    if (seconds === undefined) return;
    const duration = this.#metrics.histogram('alert_delivery_duration_seconds');
    duration.observeAt(duration.slot(channel), seconds);
  }

  /** A policy of escalation has so many steps. Their counters stand at 0 from now on, for the same reason as those of a channel. */
  watchEscalations(policy: string, steps: number): void {
    const escalations = this.#metrics.counter('alert_escalations_total');
    for (let step = 1; step <= Math.min(steps, MOST_STEPS); step++) escalations.add(escalations.slot(policy, String(step)), 0);
  }

  escalated(policy: string, level: number): void {
    const escalations = this.#metrics.counter('alert_escalations_total');
    escalations.add(escalations.slot(policy, String(level)));
  }

  remediated(name: string, outcome: string): void {
    const runs = this.#metrics.counter('alert_remediation_runs_total');
    runs.add(runs.slot(name, outcome));
  }

  /**
   * Reads the backlog of a channel at each scrape; `undefined` ends it. Its counters stand at 0 from now on: to Prometheus
   * a series that begins at 1 has not increased, so that the first failure would be missed.
   */
  watchBacklog(channel: string, read: () => number | undefined): void {
    this.#metrics.gauge('alert_delivery_backlog').observe({ channel }, read);
    const notifications = this.#metrics.counter('alert_notifications_total');
    for (const outcome of ['delivered', 'retry', 'failed']) notifications.add(notifications.slot(channel, outcome), 0);
  }

  /** All alerts that are open, counted. */
  open(counts: readonly OpenCount[]): void {
    const gauge = this.#metrics.gauge('alerts_open');
    // What is not among them is over. Beyond the series cap several counts share a slot.
    for (const slot of this.#openSlots) gauge.setAt(slot, 0);
    for (const { severity, source, status, count } of counts) {
      const slot = gauge.slot(severity, source, status);
      if (!this.#openSlots.has(slot)) gauge.setAt(slot, 0);
      this.#openSlots.add(slot);
      gauge.add(slot, count);
    }
  }

  /** The dispatcher's loop has run. @param at milliseconds since the epoch */
  ran(at: number): void {
    this.#metrics.gauge('alert_dispatcher_last_run_timestamp_seconds').set({}, at / 1_000);
  }

  storeAnswered(answers: boolean): void {
    this.#metrics.gauge('alert_store_up').set({}, Number(answers));
  }

  /** @param at of one that was sent, in milliseconds since the epoch */
  heartbeat(outcome: 'sent' | 'failed' | 'withheld', at?: number): void {
    const heartbeats = this.#metrics.counter('alert_heartbeats_total');
    heartbeats.add(heartbeats.slot(outcome));
    if (at !== undefined) this.#metrics.gauge('alert_heartbeat_last_success_timestamp_seconds').set({}, at / 1_000);
  }
}
