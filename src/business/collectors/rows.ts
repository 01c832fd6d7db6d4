import { describe } from '../../core/errors.js';
import { labelText } from '../label-text.js';
import type { CollectedValue } from './collector.js';

/** One series: its label values, in the order of the metric's label names, and its value. */
export type Row = readonly [labelValues: readonly string[], value: number];

const NUMERAL = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;

/**
 * Reads what a collection gave.
 * @throws TypeError for what is neither a figure nor rows of figures, for labels that the metric has not, and for two rows of a
 *   gauge with the same labels, of which nobody could say which is right
 */
export function readRows(collected: unknown, labelNames: readonly string[], type: 'gauge' | 'counter'): readonly Row[] {
  if (!Array.isArray(collected)) {
    const value = toNumber(collected);
    if (value === undefined) return [];
    if (labelNames.length > 0) throw new TypeError(`it gave one figure, and the metric has the labels ${labelNames.join(', ')}: rows of { labels, value } are expected`);
    return [[[], value]];
  }
  const rows = new Map<string, [labelValues: readonly string[], value: number]>();
  for (const row of collected as readonly unknown[]) {
    const labels = labelsOf(row, labelNames);
    const value = toNumber((row as { value?: unknown }).value);
    if (value === undefined) continue;
    const key = JSON.stringify(labels);
    const known = rows.get(key);
    if (known === undefined) rows.set(key, [labels, value]);
    else if (type === 'counter') known[1] += value;
    else throw new TypeError(`it gave two values for ${labelNames.map((name, i) => `${name}="${labels[i] ?? ''}"`).join(', ') || 'a metric without labels'}`);
  }
  return [...rows.values()];
}

function labelsOf(row: unknown, labelNames: readonly string[]): readonly string[] {
  if (typeof row !== 'object' || row === null || !('value' in row)) throw new TypeError(`it gave ${describe(row)} where { labels, value } is expected`);
  const labels: unknown = (row as { labels?: unknown }).labels ?? {};
  if (typeof labels !== 'object' || labels === null) throw new TypeError(`it gave ${describe(labels)} as labels`);
  const unknown = Object.keys(labels).find(name => !labelNames.includes(name));
  if (unknown !== undefined) throw new TypeError(`it gave the label \`${unknown}\`; the labels of the metric are: ${labelNames.join(', ') || 'none'}`);
  const missing = labelNames.find(name => !Object.hasOwn(labels, name));
  if (missing !== undefined) throw new TypeError(`it gave a row without the label \`${missing}\``);
  return labelNames.map(name => labelText((labels as Record<string, unknown>)[name]));
}

/** @returns `undefined` for what is no value */
function toNumber(value: unknown): number | undefined {
  const read = value as CollectedValue;
  if (read === null || read === undefined) return undefined;
  if (typeof read === 'number') return Number.isFinite(read) ? read : undefined;
  if (typeof read === 'bigint' || (typeof read === 'string' && NUMERAL.test(read))) return Number(read);
  throw new TypeError(`it gave ${describe(value)} where a number is expected`);
}

/** Reads what another process put into the cache. @returns `undefined` for what this one can't show */
export function parseRows(json: string, labelNames: readonly string[]): readonly Row[] | undefined {
  let rows: unknown;
  try {
    rows = JSON.parse(json);
  } catch {
    return undefined;
  }
  return Array.isArray(rows) && rows.every(row => isRow(row, labelNames.length)) ? rows : undefined;
}

function isRow(row: unknown, labels: number): row is Row {
  if (!Array.isArray(row) || row.length !== 2) return false;
  const [values, value] = row as readonly unknown[];
  return Array.isArray(values) && values.length === labels && values.every(text => typeof text === 'string') && Number.isFinite(value);
}
