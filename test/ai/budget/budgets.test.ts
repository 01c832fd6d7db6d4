import { describe, expect, test, vi } from 'vitest';
import type { AiBudget, BudgetAlert } from '../../../src/ai/budget/budget.js';
import { MemoryBudgetStore } from '../../../src/ai/budget/memory-budget-store.js';
import { isSightlineError } from '../../../src/core/errors.js';
import { ManualClock } from '../../support/manual-clock.js';
import { NOON, testBudgets } from './set-up.js';

const daily: AiBudget = { name: 'daily', limit: 10, window: 'day' };
const rejecting: AiBudget = { ...daily, onExceeded: 'reject' };
const perTenant: AiBudget = { name: 'schools', limit: 2, window: 'day', tenant: '*', onExceeded: 'reject' };
const HOUR = 3_600_000;

describe('thresholds', () => {
  test('each is told once, when spending reaches it', () => {
    const { spend, thresholds } = testBudgets([daily]);
    spend(4.99);
    expect(thresholds()).toEqual([]);
    spend(0.01);
    expect(thresholds()).toEqual([0.5]);
    for (let i = 0; i < 60; i++) spend(0.1);
    expect(thresholds()).toEqual([0.5, 0.8, 1]);
  });

  test('several that one amount passes are told in their order', () => {
    const { spend, thresholds } = testBudgets([{ ...daily, thresholds: [0.25, 0.5, 2] }]);
    spend(7);
    spend(100);

    expect(thresholds()).toEqual([0.25, 0.5, 2]);
  });

  test('an alert says what was spent of what, by whom, and when the window is over', () => {
    const { spend, alerts } = testBudgets([perTenant]);
    spend(1.25, 'school-7');

    expect(alerts).toEqual<BudgetAlert[]>([
      {
        budget: 'schools',
        tenant: 'school-7',
        threshold: 0.5,
        limit: 2,
        spent: 1.25,
        currency: 'USD',
        windowStart: Date.parse('2026-11-20T00:00:00Z'),
        windowEnd: Date.parse('2026-11-21T00:00:00Z'),
      },
    ]);
  });

  test('an alert of a budget that is no tenant\'s names none', () => {
    const { spend, alerts } = testBudgets([daily]);
    spend(5, 'school-7');

    expect(alerts).toHaveLength(1);
    expect(alerts[0]).not.toHaveProperty('tenant');
  });

  test('are reached by amounts whose sum is it, whatever the sum of such fractions is', () => {
    const { spend, thresholds } = testBudgets([{ ...daily, limit: 1, thresholds: [1] }]);
    for (let i = 0; i < 10; i++) spend(0.1);
    expect(thresholds()).toEqual([1]);
  });

  test('are reached by amounts of which each is next to nothing', () => {
    const { spend, thresholds, series } = testBudgets([{ ...daily, limit: 0.001, thresholds: [1] }]);
    for (let i = 0; i < 49_999; i++) spend(0.00000002);
    expect(series('ai_budget_spent')['daily']).toBeCloseTo(0.001, 6);
    for (let i = 0; i < 100; i++) spend(0.00000002);
    expect(thresholds()).toEqual([1]);
  });

  test('are counted', () => {
    const { spend, series } = testBudgets([daily]);
    spend(9);

    expect(series('ai_budget_thresholds_total')).toEqual({ 'daily 0.5': 1, 'daily 0.8': 1 });
  });

  test('a callback that fails costs nothing but a line in the log', async () => {
    const failing = vi.fn((_: BudgetAlert): void => {
      throw new Error('pager is down');
    });
    const { spend, thresholds, log } = testBudgets([daily], { onThreshold: failing });
    spend(10);

    expect(thresholds()).toEqual([0.5, 0.8, 1]);
    expect(log).toEqual([expect.stringContaining('the callback for thresholds of budgets failed: Error: pager is down')]);
  });

  test('a callback that is asynchronous may reject', async () => {
    const rejecting = (() => Promise.reject(new Error('pager is down'))) as () => void;
    const { spend, log } = testBudgets([daily], { onThreshold: rejecting });
    spend(5);
    await new Promise(setImmediate);

    expect(log).toEqual([expect.stringContaining('pager is down')]);
  });

  test('a callback may spend, as one does that has an alert written by a model', () => {
    const { spend, thresholds, series } = testBudgets([daily], { onThreshold: ({ threshold }) => threshold < 1 && spend(3) });
    spend(5);

    expect(thresholds()).toEqual([0.5, 0.8, 1]);
    expect(series('ai_budget_spent')).toEqual({ daily: 11 });
  });
});

describe('a budget that rejects', () => {
  test('lets calls be made until its limit is reached, and again in the next window', () => {
    const { spend, refused, clock } = testBudgets([rejecting]);
    expect(refused()).toBeUndefined();
    spend(9.99);
    expect(refused()).toBeUndefined();
    spend(0.01);
    expect(refused()).toBe('daily');

    clock.advance(12 * HOUR - 1);
    expect(refused()).toBe('daily');
    clock.advance(1);
    expect(refused()).toBeUndefined();
  });

  test('says what is spent, until when, and what to do', () => {
    const { spend, budgets, series } = testBudgets([{ ...rejecting, timeZone: 'Asia/Shanghai', tenant: 'school-7' }]);
    spend(12.5, 'school-7');
    const error = budgets.check({ service: 'openai', tenant: 'school-7' });

    expect(isSightlineError(error)).toBe(true);
    expect(error).toMatchObject({
      name: 'AiBudgetExceededError',
      code: 'SIGHTLINE_AI_BUDGET_EXCEEDED',
      budget: 'daily',
      tenant: 'school-7',
      limit: 10,
      spent: 12.5,
      currency: 'USD',
      resetsAt: new Date('2026-11-20T16:00:00Z'),
      message:
        'The call was not made: 12.5 of 10 USD of the AI budget `daily` of the tenant "school-7" are spent. ' +
        "Calls are made again from 2026-11-20T16:00:00.000Z on. Raise its `limit`, or let it only alert: `onExceeded: 'alert'`.",
    });
    expect(series('ai_budget_rejections_total')).toEqual({ daily: 1 });
  });

  test('one that only alerts rejects nothing', () => {
    const { spend, refused, series } = testBudgets([daily, { ...daily, name: 'too', onExceeded: 'alert' }]);
    spend(1_000);

    expect(refused()).toBeUndefined();
    expect(series('ai_budget_rejections_total')).toEqual({});
  });

  test('of several, the first that is spent is named', () => {
    const { spend, refused } = testBudgets([daily, { ...rejecting, name: 'month', window: 'month', limit: 100 }, { ...rejecting, name: 'day' }]);
    spend(50);
    expect(refused()).toBe('day');
    spend(50);
    expect(refused()).toBe('month');
  });
});

describe('what counts to a budget', () => {
  const all = [
    { ...daily, name: 'all' },
    { ...daily, name: 'service', service: 'openai' },
    { ...daily, name: 'model', model: 'gpt-4o' },
    { ...daily, name: 'both', service: 'azure', model: 'gpt-4o' },
    { ...daily, name: 'tenant', tenant: 'school-7' },
    { ...daily, name: 'tenants', tenant: '*' },
  ];

  test.each([
    ['all of it', { service: 'openai', model: 'gpt-4o', tenant: 'school-7' }, ['all', 'service', 'model', 'tenant school-7', 'tenants school-7']],
    ['without a tenant', { service: 'openai', model: 'gpt-4o-mini', tenant: undefined }, ['all', 'service']],
    ['of a tenant without a name', { service: 'ollama', tenant: '' }, ['all']],
    ['of another tenant', { service: 'mistral', model: 'large', tenant: 'school-8' }, ['all', 'tenants school-8']],
    ["of a model's dated release", { service: 'azure', model: 'gpt-4o-2024-08-06' }, ['all', 'model', 'both']],
    ['of a model whose name only begins so', { service: 'azure', model: 'gpt-4o-audio-preview' }, ['all']],
    ['of no known model', { service: 'openai', model: undefined }, ['all', 'service']],
  ])('a call %s', (_, call, counted) => {
    const { budgets, series } = testBudgets(all);
    budgets.spend({ ...call, cost: 1 });

    expect(Object.keys(series('ai_budget_spent')).filter(name => series('ai_budget_spent')[name] === 1)).toEqual(counted);
  });

  test.each([0, -1, NaN, -Infinity])('a cost of %s does not', cost => {
    const { spend, series, log } = testBudgets([daily]);
    spend(cost);

    expect(series('ai_budget_spent')).toEqual({ daily: 0 });
    expect(log).toEqual([]);
  });

  test('a cost without end uses it up, and no more', () => {
    const { spend, refused, series } = testBudgets([rejecting]);
    spend(Infinity);
    spend(Infinity);

    expect(refused()).toBe('daily');
    expect(series('ai_budget_spent')['daily']).toBeCloseTo(9_007_199_254.74, 1);
  });
});

describe('a budget that each tenant has', () => {
  test('is spent by one while the others have theirs', () => {
    const { spend, refused, alerts } = testBudgets([perTenant]);
    spend(2, 'school-7');
    spend(1.9, 'school-8');

    expect(refused('school-7')).toBe('schools');
    expect(refused('school-8')).toBeUndefined();
    expect(refused('school-9')).toBeUndefined();
    expect(refused()).toBeUndefined();
    expect(alerts.map(({ tenant, threshold }) => `${tenant} ${threshold}`)).toEqual(['school-7 0.5', 'school-7 0.8', 'school-7 1', 'school-8 0.5', 'school-8 0.8']);
  });

  test('tells tenants apart, however they are named', () => {
    const odd = ['a', 'a:b', 'a}', '{a', 'a ', 'A', '*', '%~a', '学校', 'x'.repeat(500), 'x'.repeat(501), '\ud800', '\ud801', '__proto__', 'constructor'];
    const { spend, budgets, series } = testBudgets([perTenant]);
    for (const [i, tenant] of odd.entries()) spend((i + 1) / 100, tenant);

    const spent = odd.map(tenant => (spend(2, tenant), budgets.check({ service: 'openai', tenant })?.spent));
    expect(spent).toEqual(odd.map((_, i) => 2 + (i + 1) / 100));
    expect(Object.keys(series('ai_budget_spent'))).toHaveLength(odd.length);
  });

  test('of more tenants than are kept, those longest without a call are read from the store again', () => {
    const { spend, refused } = testBudgets([perTenant]);
    spend(2, 'first');
    spend(1, 'second');
    for (let i = 0; i < 10_000; i++) spend(0.5, `school-${i}`);
    spend(1, 'second');

    expect(refused('first')).toBe('schools');
    expect(refused('second')).toBe('schools');
    expect(refused('school-1')).toBeUndefined();
  });

  test('keeps its memory bounded', () => {
    const clock = new ManualClock(NOON);
    const store = new MemoryBudgetStore(clock, 12_000);
    const { spend } = testBudgets([perTenant], { clock, store });
    for (let i = 0; i < 30_000; i++) spend(0.5, `school-${i}`);

    expect(store.size).toBe(12_000);
  });
});

describe('gauges', () => {
  test('show limit, spent and remaining of each budget from the start', () => {
    const { spend, series } = testBudgets([daily, { ...daily, name: 'mine', tenant: 'school-7', limit: 3 }]);
    expect(series('ai_budget_spent')).toEqual({ daily: 0, 'mine school-7': 0 });
    expect(series('ai_budget_remaining')).toEqual({ daily: 10, 'mine school-7': 3 });

    spend(4, 'school-7');
    expect(series('ai_budget_limit')).toEqual({ daily: 10, 'mine school-7': 3 });
    expect(series('ai_budget_spent')).toEqual({ daily: 4, 'mine school-7': 4 });
    expect(series('ai_budget_remaining')).toEqual({ daily: 6, 'mine school-7': 0 });
  });

  test('show the new window when it has begun, also without a call in it', () => {
    const { spend, series, clock } = testBudgets([daily, perTenant]);
    spend(4, 'school-7');
    clock.advance(12 * HOUR);

    expect(series('ai_budget_spent')).toEqual({ daily: 0, 'schools school-7': 0 });
    expect(series('ai_budget_remaining')).toEqual({ daily: 10, 'schools school-7': 2 });
  });

  test('show a hundred tenants; of more it is said once, and they are in no sum', () => {
    const { spend, series, log } = testBudgets([perTenant]);
    for (let i = 0; i < 150; i++) spend(1, `school-${i}`);

    const spent = series('ai_budget_spent');
    expect(Object.keys(spent)).toHaveLength(100);
    expect(Object.values(spent).every(value => value === 1)).toBe(true);
    expect(log).toEqual([expect.stringContaining('`schools` has more than 100 tenants')]);
  });

  test('give the place of a tenant that spends no more to one that does, in the next window', () => {
    const { spend, series, clock } = testBudgets([perTenant]);
    for (let i = 0; i < 100; i++) spend(1, `school-${i}`);
    clock.advance(24 * HOUR);
    spend(0.5, 'school-99');
    spend(1.5, 'new');

    const spent = series('ai_budget_spent');
    expect(Object.keys(spent)).toHaveLength(100);
    expect(spent).toMatchObject({ 'schools new': 1.5, 'schools school-99': 0.5, 'schools school-98': 0 });
    expect(spent).not.toHaveProperty('schools school-0');
  });

  test.each([5_000, 10])('a tenant that is no longer kept is not shown, until it is again (series: %i)', seriesLimit => {
    const { spend, series } = testBudgets([perTenant], { seriesLimit });
    spend(1, 'first');
    expect(series('ai_budget_spent')).toEqual({ 'schools first': 1 });
    for (let i = 0; i < 10_000; i++) spend(1, `school-${i}`);

    expect(series('ai_budget_spent')).not.toHaveProperty('schools first');
    spend(0.5, 'first');
    expect(series('ai_budget_limit')).toMatchObject({ 'schools first': 2 });
    expect(series('ai_budget_spent')).toMatchObject({ 'schools first': 1.5 });
  });

  test('never show the values of several tenants as one, also where the cap of a metric is low', () => {
    const { spend, series } = testBudgets([perTenant], { seriesLimit: 10 });
    for (let i = 0; i < 20; i++) spend(1, `school-${i}`);

    expect(Object.entries(series('ai_budget_spent'))).toHaveLength(10);
    expect(Object.values(series('ai_budget_spent')).every(value => value === 1)).toBe(true);
  });

  test('end when the budgets are closed', async () => {
    const { budgets, spend, series } = testBudgets([daily]);
    await budgets.close();
    spend(1);

    expect(series('ai_budget_spent')).toEqual({});
  });
});

test('budgets that cannot be used are refused when the monitor is made', () => {
  expect(() => testBudgets([daily, daily])).toThrow(/ai\.budgets\[1\]\.name/);
});

test('checking and spending never throw, whatever they are given', () => {
  const { budgets, log } = testBudgets([{ ...perTenant, model: 'gpt-4o' }]);
  const hostile = { service: 'openai', model: Symbol('model') as unknown as string, tenant: 'x' };

  expect(budgets.check(hostile)).toBeUndefined();
  budgets.spend({ ...hostile, cost: 1 });
  expect(log).toEqual([expect.stringContaining('budgets could not be checked')]);
});
