import { describe, expect, test } from 'vitest';
import type { AiBudget } from '../../../src/ai/budget/budget.js';
import { MemoryBudgetStore } from '../../../src/ai/budget/memory-budget-store.js';
import { ManualClock } from '../../support/manual-clock.js';
import { SeededRandom } from '../../support/random.js';
import { RemoteStore } from './remote-store.js';
import { NOON, testBudgets, type TestBudgets } from './set-up.js';

const daily: AiBudget = { name: 'daily', limit: 10, window: 'day', onExceeded: 'reject' };
const perTenant: AiBudget = { name: 'schools', limit: 2, window: 'day', tenant: '*' };
const KEY = 'sightline:ai-budget:{daily:}:day:USD:' + Date.parse('2026-11-20T00:00:00Z');

interface Shared {
  readonly clock: ManualClock;
  /** Where the totals really are. */
  readonly totals: MemoryBudgetStore;
  /** A process that shares them. */
  process(budgets?: readonly AiBudget[]): TestBudgets & { readonly store: RemoteStore };
}

function shared(): Shared {
  const clock = new ManualClock(NOON);
  const totals = new MemoryBudgetStore(clock);
  return {
    clock,
    totals,
    process(budgets = [daily]) {
      const store = new RemoteStore(totals);
      return { ...testBudgets(budgets, { clock, store }), store };
    },
  };
}

describe('processes that share a store', () => {
  test('each see what the others spent, a second later at most', async () => {
    const { process, clock } = shared();
    const [one, other] = [process(), process()];
    await Promise.all([one, other].map(({ budgets }) => budgets.settled()));
    one.spend(10);
    await one.budgets.settled();
    expect(one.refused()).toBe('daily');
    expect(other.refused()).toBeUndefined();

    clock.advance(1_000);
    expect(other.refused()).toBeUndefined();
    await other.budgets.settled();
    expect(other.refused()).toBe('daily');
  });

  test('tell each threshold in one of them, the one whose spending passed it', async () => {
    const { process } = shared();
    const [one, other] = [process(), process()];
    one.spend(4);
    await one.budgets.settled();
    other.spend(4);
    await other.budgets.settled();
    one.spend(4);
    await one.budgets.settled();

    expect([one.thresholds(), other.thresholds()]).toEqual([[1], [0.5, 0.8]]);
  });

  test('begin with what was spent before they were started', async () => {
    const { process } = shared();
    const before = process();
    before.spend(10);
    await before.budgets.close();

    const after = process();
    await after.budgets.settled();
    expect(after.refused()).toBe('daily');
    expect(after.series('ai_budget_spent')).toEqual({ daily: 10 });
    expect(after.thresholds()).toEqual([]);
  });

  test('read the total of a tenant when its first call comes', async () => {
    const { process } = shared();
    const [one, other] = [process([perTenant]), process([{ ...perTenant, onExceeded: 'reject' }])];
    one.spend(2, 'school-7');
    await one.budgets.settled();

    expect(other.refused('school-7')).toBeUndefined();
    await other.budgets.settled();
    expect(other.refused('school-7')).toBe('schools');
  });

  test('know best of the tenants that make calls, however many others there are', async () => {
    const { process } = shared();
    const { spend, refused, budgets } = process([{ ...perTenant, onExceeded: 'reject' }]);
    spend(2, 'busy');
    await budgets.settled();
    for (let i = 0; i < 25_000; i++) {
      refused(`school-${i}`);
      if (i % 5_000 === 0) expect(refused('busy')).toBe('schools');
    }
  });

  test('show what the others spent also where no calls are made', async () => {
    const { process, clock } = shared();
    const [one, idle] = [process(), process()];
    one.spend(4);
    await one.budgets.settled();
    clock.advance(15_000);
    idle.series('ai_budget_spent');
    await idle.budgets.settled();

    expect(idle.series('ai_budget_spent')).toEqual({ daily: 4 });
  });
});

describe('the store is asked for a total', () => {
  test('once a second at most, however many calls are checked', async () => {
    const { process, clock } = shared();
    const { refused, store, budgets } = process();
    await budgets.settled();
    expect(store.reads).toBe(1);
    for (let ms = 0; ms < 3_000; ms += 10) {
      refused();
      clock.advance(10);
      await budgets.settled();
    }

    expect(store.reads).toBe(3);
  });

  test('when a window begins', async () => {
    const { process, clock, totals } = shared();
    const { refused, store, budgets } = process();
    clock.advance(12 * 3_600_000);
    const key = KEY.replace(/\d+$/, String(clock.now()));
    totals.add({ key, units: 10_000_000, keepMs: 60_000, writer: 'other', sequence: 1 });
    refused();
    await budgets.settled();

    expect(store.reads).toBe(2);
    expect(refused()).toBe('daily');
  });

  test('not while it does not answer', async () => {
    const { process, clock } = shared();
    const { refused, store, budgets } = process();
    await budgets.settled();
    store.hold();
    for (let i = 0; i < 10; i++) {
      clock.advance(1_000);
      refused();
    }
    expect(store.reads).toBe(2);
    store.release();
  });

  test('a second later again, when it fails', async () => {
    const { process, clock } = shared();
    const { budgets, store, refused, log } = process([daily, { ...daily, name: 'other' }]);
    await budgets.settled();
    store.fate = 'refused';
    clock.advance(1_000);
    refused();
    await budgets.settled();
    for (let i = 0; i < 10; i++) refused();
    await budgets.settled();
    expect(store.reads).toBe(4);
    expect(log).toEqual([expect.stringContaining('the total of a budget could not be read: Error: connection refused')]);

    clock.advance(1_000);
    refused();
    expect(store.reads).toBe(6);
  });

  test('and until then for none of many tenants', async () => {
    const { process, clock } = shared();
    const { budgets, store, refused } = process([perTenant]);
    store.fate = 'refused';
    refused('school-0');
    await budgets.settled();
    for (let i = 0; i < 100; i++) refused(`school-${i}`);
    expect(store.reads).toBe(1);

    clock.advance(1_000);
    for (let i = 0; i < 100; i++) refused(`school-${i}`);
    expect(store.reads).toBe(101);
  });

  test('and an answer that is older than an addition is not taken over', async () => {
    const { process, clock } = shared();
    const { budgets, store, refused, spend } = process();
    await budgets.settled();
    clock.advance(1_000);
    store.hold();
    refused();
    spend(10);
    store.release();
    await budgets.settled();

    expect(refused()).toBe('daily');
  });

  test('and an answer that may hold what is still to be confirmed is not taken over either', async () => {
    const { process, clock } = shared();
    const { budgets, store, refused, spend, series } = process();
    await budgets.settled();
    clock.advance(1_000);
    store.fate = () => 'unanswered';
    spend(6);
    await budgets.settled();
    refused();
    await budgets.settled();

    expect(store.reads).toBe(2);
    expect(series('ai_budget_spent')).toEqual({ daily: 6 });
    expect(refused()).toBeUndefined();
  });
});

describe('while the store is under way', () => {
  test('callers go on, and all they spend is one further addition', async () => {
    const { process, totals } = shared();
    const { spend, store, budgets, refused } = process();
    await budgets.settled();
    store.hold();
    for (let i = 0; i < 100; i++) spend(0.125);
    expect(store.additions.map(({ units }) => units)).toEqual([125_000]);
    expect(refused()).toBe('daily');

    store.release();
    await budgets.settled();
    expect(store.additions.map(({ units }) => units)).toEqual([125_000, 12_375_000]);
    expect(totals.read(KEY)).toBe(12_500_000);
  });
});

describe('while the store is away', () => {
  test('spending is kept, counts in its own process, and is added once when the store is back', async () => {
    const { process, clock, totals } = shared();
    const { spend, store, budgets, refused, thresholds, log } = process();
    await budgets.settled();
    store.fate = 'refused';
    for (let second = 0; second < 5; second++) {
      for (let i = 0; i < 10; i++) spend(0.25);
      await budgets.settled();
      clock.advance(1_000);
    }
    await budgets.settled();
    expect(refused()).toBe('daily');
    expect(totals.read(KEY)).toBe(0);
    expect(thresholds()).toEqual([]);
    expect(log).toEqual([expect.stringContaining('spending could not be added to a budget; it is kept, and tried again: Error: connection refused')]);

    store.fate = 'answered';
    clock.advance(1_000);
    await budgets.settled();
    expect(totals.read(KEY)).toBe(12_500_000);
    expect(thresholds()).toEqual([0.5, 0.8, 1]);
    expect(clock.waiting).toBe(0);
  });

  test('it is tried with one addition a second', async () => {
    const { process, clock } = shared();
    const { spend, store, budgets } = process([perTenant]);
    store.fate = 'refused';
    for (let i = 0; i < 50; i++) spend(1, `school-${i}`);
    await budgets.settled();
    const tried = store.additions.length;
    for (let second = 0; second < 5; second++) {
      clock.advance(1_000);
      await budgets.settled();
      for (let i = 0; i < 50; i++) spend(1, `school-${i}`);
    }
    expect(store.additions.length - tried).toBe(5);

    store.fate = 'answered';
    clock.advance(1_000);
    await budgets.settled();
    // What was first tried of each, and then the rest of each.
    expect(store.additions.length - tried).toBe(5 + 100);
  });

  test('an addition whose answer was lost is not added again, and tells what it passed', async () => {
    const { process, clock, totals } = shared();
    const [one, other] = [process(), process()];
    await one.budgets.settled();
    one.store.fate = 'unanswered';
    one.spend(6);
    await one.budgets.settled();
    expect(totals.read(KEY)).toBe(6_000_000);
    expect(one.thresholds()).toEqual([]);
    other.spend(3);
    await other.budgets.settled();
    one.spend(0.5);
    one.store.fate = 'answered';
    clock.advance(1_000);
    await one.budgets.settled();

    expect(totals.read(KEY)).toBe(9_500_000);
    expect([one.thresholds(), other.thresholds()]).toEqual([[0.5], [0.8]]);
    expect(one.series('ai_budget_spent')).toEqual({ daily: 9.5 });
  });

  test('a total that alone cannot be written does not keep the others waiting', async () => {
    const { process, clock, totals } = shared();
    const { spend, store, budgets } = process([perTenant]);
    store.fate = ({ key }) => (key.includes(':bad}') ? 'refused' : 'answered');
    spend(1, 'bad');
    await budgets.settled();
    for (const tenant of ['good', 'fine']) spend(1, tenant);
    for (let second = 0; second < 2; second++) {
      clock.advance(1_000);
      await budgets.settled();
    }

    const keys = store.additions.map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
    expect([...new Set(keys)].map(key => totals.read(key))).toEqual([0, 1_000_000, 1_000_000]);
  });

  test('what nobody reads any more is let go', async () => {
    const { process, clock } = shared();
    const { spend, store, budgets } = process([{ ...daily, window: '10m' }]);
    store.fate = 'refused';
    spend(1);
    for (let minute = 0; minute < 19; minute++) {
      await budgets.settled();
      clock.advance(60_000);
    }
    await budgets.settled();
    expect(clock.waiting).toBe(1);
    for (let second = 0; second < 62; second++) {
      clock.advance(1_000);
      await budgets.settled();
    }
    expect(clock.waiting).toBe(0);

    store.fate = 'answered';
    const tried = store.additions.length;
    spend(2);
    await budgets.settled();
    expect(store.additions.slice(tried).map(({ units }) => units)).toEqual([2_000_000]);
  });

  test('amounts of the window before are added to it', async () => {
    const { process, clock, totals } = shared();
    const { spend, store, budgets, alerts } = process();
    clock.advance(12 * 3_600_000 - 500);
    store.fate = 'refused';
    spend(6);
    await budgets.settled();
    clock.advance(500);
    spend(1);
    store.fate = 'answered';
    clock.advance(1_000);
    await budgets.settled();

    expect(totals.read(KEY)).toBe(6_000_000);
    expect(alerts.map(({ threshold, windowEnd }) => [threshold, new Date(windowEnd).toISOString()])).toEqual([[0.5, '2026-11-21T00:00:00.000Z']]);
    expect(store.additions.map(({ key }) => key)).toContain(KEY.replace(/\d+$/, String(Date.parse('2026-11-21T00:00:00Z'))));
  });

  test('no more than ten thousand tenants are kept; it is said that the others are not counted', async () => {
    const { process, clock, totals } = shared();
    const { spend, store, budgets, log } = process([perTenant]);
    store.fate = 'refused';
    for (let i = 0; i < 10_050; i++) spend(1, `school-${i}`);
    await budgets.settled();
    expect(log).toContain('[sightline] ai: a cost does not count to the budget `schools`: while their store is away, no more than 10000 tenants can be kept');

    store.fate = 'answered';
    clock.advance(1_000);
    await budgets.settled();
    expect(totals.size).toBe(10_000);
    spend(1, 'one more');
    await budgets.settled();
    expect(totals.size).toBe(10_001);
  });
});

describe('close', () => {
  test('waits until the store knows all', async () => {
    const { process, totals } = shared();
    const { spend, store, budgets, log } = process();
    store.hold();
    spend(1);
    spend(2);
    const closing = budgets.close();
    store.release();
    await closing;

    expect(totals.read(KEY)).toBe(3_000_000);
    expect(log).toEqual([]);
  });

  test('tries once more what could not be added', async () => {
    const { process, totals, clock } = shared();
    const { spend, store, budgets } = process();
    store.fate = 'refused';
    spend(3);
    await budgets.settled();
    store.fate = 'answered';
    await budgets.close();

    expect(totals.read(KEY)).toBe(3_000_000);
    expect(clock.waiting).toBe(0);
  });

  test('says what is lost, when the store stays away', async () => {
    const { process, clock } = shared();
    const { spend, store, budgets, log } = process();
    store.fate = 'refused';
    spend(3);
    spend(0.5);
    await budgets.settled();
    clock.advance(60_000);
    await budgets.settled();
    clock.advance(60_000);
    await budgets.close();
    await budgets.close();

    expect(log.join('\n')).toMatch(/could not be added/);
    expect(clock.waiting).toBe(0);
  });

  test('waits two seconds for a store that does not answer', async () => {
    const { process, clock } = shared();
    const { spend, store, budgets, log } = process();
    store.hold();
    spend(3.5);
    const closing = budgets.close();
    clock.advance(2_000);
    await closing;

    expect(log).toEqual([expect.stringContaining('spending of 3.5 could not be added to its budgets before the end')]);
    store.release();
  });
});

test.each([1, 2, 3, 4, 5])('whatever a network does to four processes: all is added once, and each threshold told once (%i)', async seed => {
  const random = new SeededRandom(seed);
  const { process, clock, totals } = shared();
  const thresholds = Array.from({ length: 40 }, (_, i) => (i + 1) * 5);
  const processes = Array.from({ length: 4 }, () => process([{ ...daily, onExceeded: 'alert', thresholds }]));
  for (const { store } of processes) store.fate = () => random.pick(['answered', 'refused', 'unanswered']);
  let spent = 0;
  for (let i = 0; i < 2_000; i++) {
    const units = random.below(1_000_000);
    random.pick(processes).spend(units / 1_000_000);
    spent += units;
    if (random.below(5) === 0) await new Promise(setImmediate);
    if (random.below(10) === 0) clock.advance(random.below(3_000));
  }
  const settled = (): Promise<unknown> => Promise.all(processes.map(({ budgets }) => budgets.settled()));
  await settled();
  for (const { store } of processes) store.fate = 'answered';
  clock.advance(1_000);
  await settled();

  expect(totals.read(KEY)).toBe(spent);
  const told = processes.flatMap(one => one.thresholds());
  expect(told.sort((a, b) => a - b)).toEqual(thresholds.filter(share => share * 10_000_000 <= spent));
  for (const one of processes) expect(one.thresholds()).toEqual(one.thresholds().sort((a, b) => a - b));
  expect(told.length).toBeGreaterThan(10);
});
