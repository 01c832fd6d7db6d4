import { isWorse } from '../severity.js';
import type { FireChange, FiredAlert } from './alert-store.js';
import { FIRST_TO_GO, frozenCopy, MOST_ENTRIES, sharedEntry, type StoredAlert, type StoredEntry } from './stored-alert.js';

/** Why an entry that a store adds itself was added; the Redis scripts write the same. */
export const REASONS = {
  fired: 'told for the first time',
  reopened: 'told again after it was resolved',
  expired: 'it was not told again',
  acknowledged: 'somebody takes care of it',
  unacknowledged: 'nobody takes care of it any more',
} as const;

/** An alert after it was told. */
export function fire(before: StoredAlert | undefined, told: FiredAlert, now: number): { readonly after: StoredAlert; readonly change: FireChange } {
  if (before === undefined) return { after: withEntry(opened(told, now), { at: now, event: 'fired', reason: REASONS.fired }), change: 'new' };
  if (before.resolvedAt !== undefined) {
    return { after: withEntry(opened(told, now, before), { at: now, event: 'reopened', reason: REASONS.reopened }), change: 'reopened' };
  }
  return isWorse(told.severity, before.severity)
    ? { after: raised(before, told, now), change: 'raised' }
    : { after: merged(before, told, now), change: 'merged' };
}

/** @returns `undefined` where it is resolved already */
export function resolve(before: StoredAlert, now: number, entry: StoredEntry): StoredAlert | undefined {
  if (before.resolvedAt !== undefined) return undefined;
  return withEntry({ ...before, resolvedAt: now }, entry);
}

/** @returns `undefined` where it is resolved, or acknowledged already */
export function acknowledge(before: StoredAlert, now: number, by: string): StoredAlert | undefined {
  if (before.resolvedAt !== undefined || before.acknowledgedAt !== undefined) return undefined;
  return withEntry({ ...before, acknowledgedAt: now, acknowledgedBy: by }, { at: now, event: 'acknowledged', reason: REASONS.acknowledged, by });
}

/** @returns `undefined` where it is resolved, or not acknowledged */
export function unacknowledge(before: StoredAlert, now: number, by: string): StoredAlert | undefined {
  if (before.resolvedAt !== undefined || before.acknowledgedAt === undefined) return undefined;
  const entry = { at: now, event: 'unacknowledged', reason: REASONS.unacknowledged, by } as const;
  return withEntry({ ...before, acknowledgedAt: undefined, acknowledgedBy: undefined }, entry);
}

/** @returns `undefined` where the status says nothing new */
export function note(before: StoredAlert, entry: StoredEntry, status: 'firing' | 'suppressed' | undefined): StoredAlert | undefined {
  if (status === undefined) return withEntry(before, entry);
  const suppressedFor = status === 'suppressed' ? entry.reason : undefined;
  if (before.resolvedAt !== undefined || before.suppressedFor === suppressedFor) return undefined;
  return withEntry({ ...before, suppressedFor }, entry);
}

/** A new episode: as it is told. */
function opened(told: FiredAlert, now: number, before?: StoredAlert): StoredAlert {
  return {
    id: told.fingerprint,
    title: told.title,
    description: told.description,
    severity: told.severity,
    source: told.source,
    labels: frozenCopy(told.labels),
    annotations: frozenCopy(told.annotations),
    generatorUrl: told.generatorUrl,
    startsAt: told.startsAt.getTime(),
    endsAt: told.endsAt?.getTime(),
    resolvedAt: undefined,
    count: 1,
    firstSeen: before?.firstSeen ?? now,
    lastSeen: latest(before?.lastSeen, now),
    acknowledgedBy: undefined,
    acknowledgedAt: undefined,
    suppressedFor: undefined,
    touchedAt: latest(before?.touchedAt, now),
    history: before?.history ?? [],
  };
}

function raised(before: StoredAlert, told: FiredAlert, now: number): StoredAlert {
  const after = { ...merged(before, told, now), severity: told.severity, acknowledgedBy: undefined, acknowledgedAt: undefined };
  return withEntry(after, { at: now, event: 'raised', reason: `${before.severity} → ${told.severity}` });
}

/** The hot path of a storm. Property by property, because V8 takes ten times as long for a spread with others after it. */
function merged(before: StoredAlert, told: FiredAlert, now: number): StoredAlert {
  return {
    id: before.id,
    title: told.title,
    description: told.description,
    severity: before.severity,
    source: told.source,
    labels: frozenCopy(told.labels),
    annotations: frozenCopy(told.annotations),
    generatorUrl: told.generatorUrl,
    startsAt: Math.min(before.startsAt, told.startsAt.getTime()),
    endsAt: before.endsAt === undefined || told.endsAt === undefined ? undefined : Math.max(before.endsAt, told.endsAt.getTime()),
    resolvedAt: undefined,
    count: before.count + 1,
    firstSeen: before.firstSeen,
    lastSeen: latest(before.lastSeen, now),
    acknowledgedBy: before.acknowledgedBy,
    acknowledgedAt: before.acknowledgedAt,
    suppressedFor: before.suppressedFor,
    touchedAt: latest(before.touchedAt, now),
    history: before.history,
  };
}

/** The clocks of two processes differ, and one clock may be set back. */
function latest(before: number | undefined, now: number): number {
  return before === undefined || before < now ? now : before;
}

/** Adds to the history; the first entry stays, then those go that say least, the oldest first. */
function withEntry(before: StoredAlert, entry: StoredEntry): StoredAlert {
  const { history } = before;
  let kept = history;
  if (history.length >= MOST_ENTRIES) {
    const gone = history.findIndex(({ event }, i) => i > 0 && FIRST_TO_GO.has(event));
    kept = history.toSpliced(Math.max(1, gone), 1);
  }
  return { ...before, touchedAt: latest(before.touchedAt, entry.at), history: Object.freeze([...kept, sharedEntry(entry)]) };
}
