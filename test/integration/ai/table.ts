import { isDeepStrictEqual } from 'node:util';
import { showTable } from '../../bench/support/report.mjs';
import type { Books } from './harness/books.mjs';
import type { Column, Row } from './harness/matrix.mjs';

const COLUMNS: readonly Column[] = ['plain', 'stream', 'error', 'abort'];

/** What a row of the matrix proves, and how it is told that it does. */
const PROOFS: Readonly<Record<string, (row: Row) => boolean>> = {
  tokens: row => isBooked(row, ['tokens', 'missing']),
  cost: row => isBooked(row, ['cost', 'unpriced']),
  outcome: row => isBooked(row, ['calls', 'status', 'outcome', 'service', 'model', 'retries', 'firstTokens', 'limits', 'retryAfter', 'inFlight', 'faults']),
  identity: ({ differences }) => differences.length === 0,
};

/** Provider × (plain, stream, error, abort) × (tokens, cost, outcome, promise identity): how many rows there are, and how many hold where not all do. */
export function matrixTable(rows: readonly Row[]): string {
  const providers = [...new Set(rows.map(row => row.provider))];
  const head = ['provider', ...COLUMNS.flatMap(column => Object.keys(PROOFS).map(proof => `${column} ${proof}`))];
  const body = providers.map(provider => [
    provider,
    ...COLUMNS.flatMap(column => {
      const these = rows.filter(row => row.provider === provider && row.column === column);
      return Object.values(PROOFS).map(holds => cell(these.filter(holds).length, these.length));
    }),
  ]);
  return showTable({ head, rows: body });
}

function isBooked({ expected, booked }: Row, keys: readonly (keyof Books)[]): boolean {
  return keys.every(key => isDeepStrictEqual(expected[key], booked[key]));
}

function cell(holding: number, all: number): string {
  if (all === 0) return '–';
  return holding === all ? `✓ ${all}` : `✗ ${holding} of ${all}`;
}
