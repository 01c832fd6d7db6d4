import type { AlertSeverity } from './severity.js';

/** What is known of an alert now. `suppressed`: it fires, and something keeps it from being notified. */
export type AlertStatus = 'firing' | 'resolved' | 'suppressed' | 'acknowledged';

export type Labels = Readonly<Record<string, string>>;

/** What the app tells of a fault. */
export interface AlertInput {
  /** What is wrong, in a few words; with `source` and `labels` it makes the alert's identity. */
  readonly title: string;
  /** What it means and what to do. Default: ''. */
  readonly description?: string;
  /** Default: `medium`. */
  readonly severity?: AlertSeverity;
  /** The part of the system that says so. Default: the monitor's service. */
  readonly source?: string;
  /** What tells this alert from others of its title, and what it is routed by. Bounded: no user ids. */
  readonly labels?: Labels;
  /** Further facts that are shown and play no part in its identity: `runbook_url`, a trace id. */
  readonly annotations?: Labels;
  /** When it began. Default: now. */
  readonly startsAt?: Date;
  /** When it is over unless it is told again, as Prometheus sends it. Default: it fires until it is resolved. */
  readonly endsAt?: Date;
  /** Where it comes from, as a link. */
  readonly generatorUrl?: string;
}

/** Something that happened to an alert, or was decided of it. */
export interface HistoryEntry {
  readonly at: Date;
  readonly event:
    | 'fired'
    | 'raised'
    | 'reopened'
    | 'resolved'
    | 'expired'
    | 'acknowledged'
    | 'unacknowledged'
    | 'suppressed'
    | 'released'
    | 'notified'
    | 'failed'
    | 'digested'
    | 'escalated'
    | 'remediated';
  /** Why, and by what: the rule, the silence, the channel's answer. */
  readonly reason: string;
  /** Who, where a person did it. */
  readonly by?: string;
  /** The channel, of a notification. */
  readonly channel?: string;
}

/**
 * An alert: one for each fault, however often it is told. It keeps its id from one episode to the next:
 * re-fired after it was resolved, it is open again.
 */
export interface Alert {
  /** The same as the fingerprint. */
  readonly id: string;
  /** Of title, source and labels: 16 hexadecimal digits. */
  readonly fingerprint: string;
  readonly title: string;
  readonly description: string;
  readonly severity: AlertSeverity;
  readonly status: AlertStatus;
  readonly source: string;
  /** When this episode began. */
  readonly timestamp: Date;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly resolvedAt: Date | undefined;
  /** How often it was told in this episode. */
  readonly count: number;
  /** When it was told for the first time ever, and the last time. */
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** When it is over unless it is told again. */
  readonly endsAt: Date | undefined;
  readonly generatorUrl: string | undefined;
  readonly acknowledgedBy: string | undefined;
  readonly acknowledgedAt: Date | undefined;
  /** The latest events, oldest first; at most 50. */
  readonly history: readonly HistoryEntry[];
}

/** Whether an alert is still a fault: everything but `resolved`. */
export function isActive(alert: Pick<Alert, 'status'>): boolean {
  return alert.status !== 'resolved';
}

/** The labels an alert is routed, grouped and silenced by: its own, with `alertname`, `severity` and `source`. */
export function routingLabels(alert: Pick<Alert, 'title' | 'severity' | 'source' | 'labels'>): Labels {
  return { alertname: alert.title, severity: alert.severity, source: alert.source, ...alert.labels };
}
