import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { BudgetAddition, BudgetStore, BudgetTotals } from '../../../src/ai/budget/budget-store.js';

/** A store to be tested. */
export interface StoreUnderTest {
  /** Stores on the same totals, each with a connection of its own where there are connections. */
  readonly stores: readonly BudgetStore[];
  /** Lets time pass, or waits a moment where the store has a clock of its own. */
  pass(ms: number): void | Promise<void>;
}

/** What holds of every {@link BudgetStore}. */
export function testBudgetStore(given: () => StoreUnderTest): void {
  /** A key of no other test, whatever store they share. */
  const newKey = (): string => `test:{${randomBytes(6).toString('hex')}}`;
  const store = (): BudgetStore => given().stores[0] as BudgetStore;
  const addition = (key: string, units: number, more: Partial<BudgetAddition> = {}): BudgetAddition => ({
    key,
    units,
    keepMs: 60_000,
    writer: 'one',
    sequence: 1,
    ...more,
  });

  test('a total grows by what is added, and each addition says from where to where', async () => {
    const key = newKey();

    expect(await store().add(addition(key, 5))).toEqual({ before: 0, after: 5 });
    expect(await store().add(addition(key, 2, { sequence: 2 }))).toEqual({ before: 5, after: 7 });
    expect(await store().read(key)).toBe(7);
  });

  test('totals are kept apart, and one that nothing was added to is 0', async () => {
    const [key, other] = [newKey(), newKey()];
    await store().add(addition(key, 5));

    expect(await store().read(other)).toBe(0);
    expect(await store().add(addition(other, 1))).toEqual({ before: 0, after: 1 });
    expect(await store().read(key)).toBe(5);
  });

  test('totals are exact up to the largest whole number, and go no further', async () => {
    const key = newKey();
    await store().add(addition(key, 9_007_199_254_740_000));

    expect(await store().add(addition(key, 990, { sequence: 2 }))).toEqual({ before: 9_007_199_254_740_000, after: 9_007_199_254_740_990 });
    expect(await store().add(addition(key, 5_000, { sequence: 3 }))).toEqual({ before: 9_007_199_254_740_990, after: Number.MAX_SAFE_INTEGER });
    expect(await store().read(key)).toBe(Number.MAX_SAFE_INTEGER);
  });

  describe('an addition that is given again', () => {
    test('is not added again, and gives the totals it gave the first time', async () => {
      const key = newKey();
      const again = addition(key, 5);
      await store().add(again);
      await store().add(addition(key, 100, { writer: 'other' }));

      expect(await store().add(again)).toEqual({ before: 0, after: 5 });
      expect(await store().add(again)).toEqual({ before: 0, after: 5 });
      expect(await store().read(key)).toBe(105);
    });

    test('is not added either when its successor came first', async () => {
      const key = newKey();
      await store().add(addition(key, 5, { sequence: 7 }));
      await store().add(addition(key, 1, { sequence: 9 }));
      await store().add(addition(key, 5, { sequence: 7 }));

      expect(await store().read(key)).toBe(6);
    });

    test('is another one of another writer, and of another key', async () => {
      const [key, other] = [newKey(), newKey()];
      await store().add(addition(key, 5));
      await store().add(addition(key, 5, { writer: 'other' }));
      await store().add(addition(other, 5));

      expect([await store().read(key), await store().read(other)]).toEqual([10, 5]);
    });
  });

  test('of many additions at once, each begins where another ended', async () => {
    const key = newKey();
    const adding: Promise<BudgetTotals>[] = [];
    for (let units = 1; units <= 100; units++) {
      for (const [i, each] of given().stores.entries()) adding.push(Promise.resolve(each.add(addition(key, units, { writer: `${i}-${units}` }))));
    }
    const steps = (await Promise.all(adding)).sort((a, b) => a.before - b.before);

    let total = 0;
    for (const { before, after } of steps) {
      expect(before).toBe(total);
      total = after;
    }
    expect(total).toBe(5_050 * given().stores.length);
    for (const each of given().stores) expect(await each.read(key)).toBe(total);
  });

  test('a total is kept as long as its last addition says', async () => {
    const [kept, forgotten] = [newKey(), newKey()];
    const one = store();
    // Sent together: by the clock of a server, the second of two that wait for each other may come too late.
    await Promise.all([
      one.add(addition(kept, 5, { keepMs: 100 })),
      one.add(addition(kept, 1, { keepMs: 60_000, sequence: 2 })),
      one.add(addition(forgotten, 5, { keepMs: 60_000 })),
      one.add(addition(forgotten, 1, { keepMs: 100, sequence: 2 })),
    ]);
    while ((await store().read(forgotten)) !== 0) await given().pass(100);

    expect(await store().read(kept)).toBe(6);
    expect(await store().add(addition(forgotten, 3, { sequence: 3 }))).toEqual({ before: 0, after: 3 });
  });
}
