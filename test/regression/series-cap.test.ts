import { expect, test } from 'vitest';
import { SeriesTable } from '../../src/metrics/series-table.js';

test('a tenth more than 50 series is 55, though 50 · 1.1 is 55.00000000000001', () => {
  const table = new SeriesTable(['kept', 'folded'], { limit: 50, fold: ['folded'], onFold() {} });
  for (let i = 0; i < 100; i++) table.slot(String(i), 'x');

  // And the one that all others share.
  expect(table.size).toBe(56);
});
