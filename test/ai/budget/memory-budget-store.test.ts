import { describe, expect, test } from 'vitest';
import { MemoryBudgetStore } from '../../../src/ai/budget/memory-budget-store.js';
import { ManualClock } from '../../support/manual-clock.js';
import { testBudgetStore } from './budget-store-suite.js';

describe('totals in memory', () => {
  const clock = new ManualClock();
  const store = new MemoryBudgetStore(clock);
  testBudgetStore(() => ({ stores: [store], pass: ms => clock.advance(ms) }));
});

const addition = { units: 1, keepMs: 60_000, writer: 'one', sequence: 1 };

test('totals that are no longer kept leave the memory', () => {
  const clock = new ManualClock();
  const store = new MemoryBudgetStore(clock);
  for (let i = 0; i < 1_000; i++) store.add({ ...addition, key: `early-${i}` });
  clock.advance(60_001);
  store.add({ ...addition, key: 'late' });

  expect(store.size).toBe(1);
});

test('beyond a number of totals, the one that grew longest ago is forgotten', () => {
  const store = new MemoryBudgetStore(new ManualClock(), 3);
  for (const [i, key] of ['a', 'b', 'c', 'a', 'd'].entries()) store.add({ ...addition, key, sequence: i + 1 });

  expect(['a', 'b', 'c', 'd'].map(key => store.read(key))).toEqual([2, 0, 1, 1]);
});
