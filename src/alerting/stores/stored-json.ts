import type { HistoryEntry } from '../alert.js';
import { SEVERITIES, type AlertSeverity } from '../severity.js';
import type { StoredGroup } from './memory-groups.js';
import type { StoredLogEntry } from './memory-log.js';
import { frozenCopy, sharedEntry, toStoredEntry, type StoredAlert } from './stored-alert.js';
import type { StoredSilence } from './stored-silence.js';
import type { StoredWindow } from './stored-window.js';

// Reads what stands in a file or in Redis. Either may have been written by another version, by a hand or by something
// else altogether, so every field is looked at. Each function gives `undefined` for what it can't read.

const EVENTS: Readonly<Record<HistoryEntry['event'], true>> = {
  fired: true,
  raised: true,
  reopened: true,
  resolved: true,
  expired: true,
  acknowledged: true,
  unacknowledged: true,
  suppressed: true,
  released: true,
  notified: true,
  failed: true,
  digested: true,
  escalated: true,
  remediated: true,
};
/** Beyond, there are no dates. */
const LAST_MS = 8.64e15;

/**
 * @param onBadEntry told of each entry of the history that is left out
 * @param known its history, where that was read before
 */
export function readAlert(value: unknown, onBadEntry: () => void, known?: StoredAlert['history']): StoredAlert | undefined {
  if (!isRecord(value)) return undefined;
  const { id, title, description, severity, source, labels, annotations, generatorUrl, startsAt, endsAt, resolvedAt } = value;
  const { count, firstSeen, lastSeen, acknowledgedBy, acknowledgedAt, suppressedFor, touchedAt, history } = value;
  if (!isText(id) || id === '' || !isText(title) || !isText(description) || !isSeverity(severity) || !isText(source)) return undefined;
  if (!isTexts(labels) || !isTexts(annotations) || !isTime(startsAt) || !isTime(firstSeen) || !isTime(lastSeen) || !isTime(touchedAt)) return undefined;
  if (!isCount(count) || !isMaybe(isTime, endsAt) || !isMaybe(isTime, resolvedAt) || !isMaybe(isTime, acknowledgedAt)) return undefined;
  if (!isMaybe(isText, generatorUrl) || !isMaybe(isText, acknowledgedBy) || !isMaybe(isText, suppressedFor) || !Array.isArray(history)) return undefined;
  return {
    id,
    title,
    description,
    severity,
    source,
    labels: frozenCopy(labels),
    annotations: frozenCopy(annotations),
    generatorUrl,
    startsAt,
    endsAt,
    resolvedAt,
    count,
    firstSeen,
    lastSeen,
    acknowledgedBy,
    acknowledgedAt,
    suppressedFor,
    touchedAt,
    history: known ?? readHistory(history, onBadEntry),
  };
}

/** An alert in JSON's types. */
export function writeAlert(alert: StoredAlert): object {
  return { ...alert, history: alert.history.map(toStoredEntry) };
}

export function readSilence(value: unknown): StoredSilence | undefined {
  if (!isRecord(value)) return undefined;
  const { id, matchers, startsAt, endsAt, createdBy, comment, updatedAt } = value;
  if (!isText(id) || id === '' || !isListOfTexts(matchers) || !isText(createdBy) || !isText(comment)) return undefined;
  if (!isTime(startsAt) || !isTime(endsAt) || !isTime(updatedAt)) return undefined;
  return { id, matchers, startsAt, endsAt, createdBy, comment, updatedAt };
}

/** Only as far as a store goes by it: whoever uses the window looks into the rest. */
export function readStoredWindow(value: unknown): StoredWindow | undefined {
  if (!isRecord(value)) return undefined;
  const { name, start, end } = value;
  return isText(name) && name !== '' && isMaybe(isTime, start) && isMaybe(isTime, end) ? (value as unknown as StoredWindow) : undefined;
}

export function readGroup(value: unknown): StoredGroup | undefined {
  if (!isRecord(value)) return undefined;
  const { key, alertIds, dueAt, isFlushed } = value;
  if (!isText(key) || !isListOfTexts(alertIds) || !isTime(dueAt) || typeof isFlushed !== 'boolean') return undefined;
  return { key, alertIds, dueAt, isFlushed };
}

export function readLogEntry(value: unknown): StoredLogEntry | undefined {
  if (!isRecord(value)) return undefined;
  const { key, at, firing, resolved } = value;
  if (!isListOfTexts(key) || key.length !== 3 || !isTime(at) || !isListOfTexts(resolved)) return undefined;
  if (!isRecord(firing) || !Object.values(firing).every(isSeverity)) return undefined;
  const [group, receiver, channel] = key as [string, string, string];
  return { key: [group, receiver, channel], at, firing: firing as Record<string, AlertSeverity>, resolved };
}

/** What a text holds, as JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function readHistory(values: readonly unknown[], onBadEntry: () => void): readonly HistoryEntry[] {
  const entries = values.flatMap(value => {
    const entry = readEntry(value);
    if (entry === undefined) onBadEntry();
    return entry ?? [];
  });
  return Object.freeze(entries);
}

function readEntry(value: unknown): HistoryEntry | undefined {
  if (!isRecord(value)) return undefined;
  const { at, event, reason, by, channel } = value;
  if (!isTime(at) || !isText(event) || !Object.hasOwn(EVENTS, event) || !isText(reason)) return undefined;
  if (!isMaybe(isText, by) || !isMaybe(isText, channel)) return undefined;
  return sharedEntry({
    at,
    event: event as HistoryEntry['event'],
    reason,
    ...(by === undefined ? {} : { by }),
    ...(channel === undefined ? {} : { channel }),
  });
}

function isMaybe<T>(is: (value: unknown) => value is T, value: unknown): value is T | undefined {
  return value === undefined || is(value);
}

function isTime(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) <= LAST_MS;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isSeverity(value: unknown): value is AlertSeverity {
  return (SEVERITIES as readonly unknown[]).includes(value);
}

function isTexts(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every(isText);
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}
