import { expect, test } from 'vitest';
import type { BudgetAlert } from '../src/ai/budget/budget.js';
import { budgetAlert } from '../src/budget-alert.js';

const PASSED: BudgetAlert = { budget: 'monthly', threshold: 0.8, limit: 10, spent: 8.125, currency: 'USD', windowStart: Date.UTC(2026, 10, 1), windowEnd: Date.UTC(2026, 11, 1) };

test.each([
  ['cents of a budget of dollars', 8.126, 10, '8.13 of 10 USD are spent.'],
  ['a tenth of a large one', 1234.5, 12_345, '1234.50 of 12345 USD are spent.'],
  ['what a small one would round away', 0.0041, 0.005, '0.0041 of 0.005 USD are spent.'],
  ['more than a small one', 0.00512, 0.005, '0.0051 of 0.005 USD are spent.'],
  ['little of a large one', 0.0123, 10, '0.012 of 10 USD are spent.'],
  ['nothing', 0, 10, '0.00 of 10 USD are spent.'],
  ['a budget of nothing', 0.5, 0, '0.50 of 0 USD are spent.'],
  ['less than any price', 1e-30, 1e-29, '0.0000000000 of 1e-29 USD are spent.'],
])('the alert of a budget says how much was spent: %s', (_, spent, limit, description) => {
  expect(budgetAlert({ ...PASSED, spent, limit }).description).toBe(description);
});

test('it is worse when all of the budget is spent, and over with its window', () => {
  expect(budgetAlert(PASSED)).toMatchObject({ title: 'AI budget monthly has passed 80 %', severity: 'medium', endsAt: new Date('2026-12-01T00:00:00Z') });
  expect(budgetAlert({ ...PASSED, threshold: 1, tenant: 'school-7' })).toMatchObject({ title: 'AI budget monthly of school-7 has passed 100 %', severity: 'high' });
});
