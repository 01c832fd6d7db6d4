import type { Metrics } from '../metrics/metrics.js';
import type { FireChange } from './stores/alert-store.js';

/** The metrics of the dispatcher. */
export class AlertMetrics {
  readonly #metrics: Metrics;

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

  escalated(policy: string, level: number): void {
    const escalations = this.#metrics.counter('alert_escalations_total');
    escalations.add(escalations.slot(policy, String(level)));
  }

  remediated(name: string, outcome: string): void {
    const runs = this.#metrics.counter('alert_remediation_runs_total');
    runs.add(runs.slot(name, outcome));
  }

  /** Reads the backlog of a channel at each scrape; `undefined` ends it. */
  watchBacklog(channel: string, read: () => number | undefined): void {
    this.#metrics.gauge('alert_delivery_backlog').observe({ channel }, read);
  }}
