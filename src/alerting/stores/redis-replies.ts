import { parseJson, readAlert } from './stored-json.js';
import type { StoredAlert } from './stored-alert.js';

// What scripts give, by the shape of it: numbers may come as text, by a setting of the client's.

const NUMBERS: ReadonlySet<string> = new Set(['startsAt', 'endsAt', 'resolvedAt', 'count', 'firstSeen', 'lastSeen', 'acknowledgedAt', 'touchedAt']);

export function textsIn(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

/** Pairs of fields and values, or of members and scores. */
export function pairsIn(reply: unknown): [string, string][] {
  const texts = textsIn(reply);
  return Array.from({ length: texts.length >> 1 }, (_, i) => [texts[2 * i] as string, texts[2 * i + 1] as string]);
}

/**
 * The alert in the fields and values of its hash.
 *
 * @param onBadEntry told of each entry of the history that is left out
 * @param history where it is known already
 */
export function alertIn(id: string, reply: unknown, onBadEntry: () => void, history?: StoredAlert['history']): StoredAlert | undefined {
  const raw: Record<string, unknown> = {};
  const entries: [number, string][] = [];
  for (const [name, value] of pairsIn(reply)) {
    if (NUMBERS.has(name)) raw[name] = value === '' ? NaN : Number(value);
    else if (name === 'labels' || name === 'annotations') raw[name] = parseJson(value);
    else if (/^h\d+$/.test(name)) entries.push([Number(name.slice(1)), value]);
    else raw[name] = value;
  }
  raw['id'] = id;
  raw['history'] = entries.sort(([a], [b]) => a - b).map(([, entry]) => parseJson(entry));
  return readAlert(raw, onBadEntry, history);
}
