import type { Alert, AlertStatus, HistoryEntry, Labels } from '../alert.js';
import type { AlertSeverity } from '../severity.js';

/** An entry of the history, its time in milliseconds. */
export interface StoredEntry extends Omit<HistoryEntry, 'at'> {
  readonly at: number;
}

/**
 * An alert as it is kept: never changed but replaced, so that whoever holds one (a snapshot that is being written) has
 * the alert of one moment. Its status is not kept: it follows from the rest.
 */
export interface StoredAlert {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: AlertSeverity;
  readonly source: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly generatorUrl: string | undefined;
  readonly startsAt: number;
  readonly endsAt: number | undefined;
  readonly resolvedAt: number | undefined;
  readonly count: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly acknowledgedBy: string | undefined;
  readonly acknowledgedAt: number | undefined;
  /** Why it is suppressed. */
  readonly suppressedFor: string | undefined;
  /** When something last happened to it: its life begins anew. */
  readonly touchedAt: number;
  /** Frozen, and handed out as it is. */
  readonly history: readonly HistoryEntry[];
}

/** Entries of the history that are kept: the first; and of what goes by itself, again and again, only the latest. */
export const MOST_ENTRIES = 50;
/** What a noisy alert has most of. Escalation and responses go by the other entries: by what they did before. */
export const FIRST_TO_GO: ReadonlySet<HistoryEntry['event']> = new Set(['notified', 'failed', 'digested', 'suppressed', 'released'] as const);

export function statusOf({ resolvedAt, acknowledgedAt, suppressedFor }: Pick<StoredAlert, 'resolvedAt' | 'acknowledgedAt' | 'suppressedFor'>): AlertStatus {
  if (resolvedAt !== undefined) return 'resolved';
  if (acknowledgedAt !== undefined) return 'acknowledged';
  return suppressedFor === undefined ? 'firing' : 'suppressed';
}

/** The alert as it is handed out: nothing in it is shared but what is frozen. */
export function toAlert(stored: StoredAlert): Alert {
  return {
    id: stored.id,
    fingerprint: stored.id,
    title: stored.title,
    description: stored.description,
    severity: stored.severity,
    status: statusOf(stored),
    source: stored.source,
    timestamp: new Date(stored.startsAt),
    labels: stored.labels,
    annotations: stored.annotations,
    resolvedAt: dateOf(stored.resolvedAt),
    count: stored.count,
    firstSeen: new Date(stored.firstSeen),
    lastSeen: new Date(stored.lastSeen),
    endsAt: dateOf(stored.endsAt),
    generatorUrl: stored.generatorUrl,
    acknowledgedBy: stored.acknowledgedBy,
    acknowledgedAt: dateOf(stored.acknowledgedAt),
    history: stored.history,
  };
}

/** An entry that can be handed out to many. */
export function sharedEntry({ at, ...rest }: StoredEntry): HistoryEntry {
  return Object.freeze({
    // A date can be changed, frozen or not: each reader gets one of its own.
    get at() {
      return new Date(at);
    },
    ...rest,
  });
}

export function toStoredEntry({ at, event, reason, by, channel }: HistoryEntry): StoredEntry {
  return { at: at.getTime(), event, reason, ...(by === undefined ? {} : { by }), ...(channel === undefined ? {} : { channel }) };
}

/** Labels that nobody else can change. What is frozen already is taken as it is: copies cost more than all else of a merge. */
export function frozenCopy(labels: Labels): Labels {
  return Object.isFrozen(labels) ? labels : Object.freeze({ ...labels });
}

export function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
