import type { StoreState } from './store-state.js';
import { isRecord, isText, parseJson, readAlert, readGroup, readLogEntry, readSilence, readStoredWindow, writeAlert } from './stored-json.js';

const FORMAT = 'sightline-alerts';
const VERSION = 1;

/** What was read from a snapshot. */
export interface ReadSnapshot {
  readonly state: StoreState;
  /** What is wrong with it; left out where it was read whole. */
  readonly fault?: string;
}

/**
 * The lines of a snapshot: a header, one record a line, and their number at the end, so that one cut short is known as
 * such. What matters most comes first: it may be cut off at a size.
 */
export function* snapshotLines({ silences, windows, groups, log, unrouted, alerts }: StoreState): Generator<string, void, void> {
  yield JSON.stringify({ format: FORMAT, version: VERSION });
  for (const silence of silences) yield JSON.stringify(['silence', silence]);
  for (const window of windows) yield JSON.stringify(['window', window]);
  for (const id of unrouted) yield JSON.stringify(['unrouted', id]);
  for (const alert of alerts) if (alert.resolvedAt === undefined) yield JSON.stringify(['alert', writeAlert(alert)]);
  for (const group of groups) yield JSON.stringify(['group', group]);
  for (const entry of log) yield JSON.stringify(['log', entry]);
  for (const alert of alerts.toReversed()) if (alert.resolvedAt !== undefined) yield JSON.stringify(['alert', writeAlert(alert)]);
}

/** The last line. @param records lines between the header and this one */
export function lastLine(records: number): string {
  return JSON.stringify(['end', records]);
}

/** Reads a snapshot, as far as that can be done: what is readable in a damaged one is worth more than nothing. */
export function readSnapshot(text: string): ReadSnapshot {
  const state = { silences: [], windows: [], groups: [], log: [], unrouted: [], alerts: [] } satisfies StoreState as Mutable<StoreState>;
  const lines = text.split('\n');
  const header = parseJson(lines.shift() ?? '');
  if (!isRecord(header) || header['format'] !== FORMAT) return { state, fault: 'it is no snapshot of alerts' };
  if (header['version'] !== VERSION) return { state, fault: `it is of version ${String(header['version'])}, and only ${VERSION} is known here` };
  // What follows the last line break.
  const rest = lines.pop();
  const end = parseJson(lines.at(-1) ?? '');
  const isWhole = rest === '' && Array.isArray(end) && end[0] === 'end' && end[1] === lines.length - 1;
  if (isWhole) lines.pop();
  let bad = 0;
  const onBad = (): void => void bad++;
  for (const line of lines) if (!addRecord(state, parseJson(line), onBad)) bad++;
  if (isWhole && bad === 0) return { state };
  return { state, fault: `${isWhole ? '' : 'it is cut short, and '}${bad} of its records can't be read` };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

function addRecord(state: Mutable<StoreState>, line: unknown, onBadEntry: () => void): boolean {
  if (!Array.isArray(line)) return false;
  const [kind, value] = line as unknown[];
  switch (kind) {
    case 'silence':
      return add(state.silences, readSilence(value));
    case 'window':
      return add(state.windows, readStoredWindow(value));
    case 'unrouted':
      return add(state.unrouted, isText(value) ? value : undefined);
    case 'alert':
      return add(state.alerts, readAlert(value, onBadEntry));
    case 'group':
      return add(state.groups, readGroup(value));
    case 'log':
      return add(state.log, readLogEntry(value));
    default:
      return false;
  }
}

function add<T>(list: T[], item: T | undefined): boolean {
  if (item !== undefined) list.push(item);
  return item !== undefined;
}
