import { describe, expect, test } from 'vitest';
import type { AiBudget } from '../../../src/ai/budget/budget.js';
import { checkBudgets } from '../../../src/ai/budget/check-budgets.js';
import type { InvalidOptionError } from '../../../src/core/errors.js';

const budget: AiBudget = { name: 'all', limit: 10, window: 'day' };

function refusalOf(budgets: unknown): InvalidOptionError {
  try {
    checkBudgets(budgets as AiBudget[]);
  } catch (error) {
    return error as InvalidOptionError;
  }
  throw new Error('nothing was refused');
}

test.each<[string, object]>([
  ['a length', { window: '90m' }],
  ['milliseconds', { window: 1_000 }],
  ['a zone', { timeZone: 'Asia/Shanghai', window: 'month' }],
  ['no thresholds', { thresholds: [] }],
  ['a threshold beyond the limit', { thresholds: [1, 1.5] }],
  ['all that narrows it down', { service: 'openai', model: 'gpt-4o', tenant: '*', onExceeded: 'reject' }],
  ['the smallest limit', { limit: 0.000001 }],
  ['the largest limit', { limit: 9_007_199_254 }],
  ['what is undefined', { timeZone: undefined, thresholds: undefined, onExceeded: undefined }],
])('a budget may have %s', (_, settings) => {
  expect(checkBudgets([{ ...budget, ...settings }])).toHaveLength(1);
});

test('thresholds are half, four fifths and all of the limit, unless others are set', () => {
  expect(checkBudgets([budget])[0]?.thresholds.map(({ share }) => share)).toEqual([0.5, 0.8, 1]);
});

describe('what cannot be used is refused, with its path, what was given and what is allowed', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['no list', { all: budget }, 'ai.budgets', /a list of budgets/],
    ['a hole', [budget, undefined], 'ai.budgets[1]', /an object/],
    ['no object', ['all'], 'ai.budgets[0]', /"all", expected an object/],
    ['a setting that does not exist', [{ ...budget, threshold: 1 }], 'ai.budgets[0].threshold', /known here: name, limit, window/],
    ['no name', [{ limit: 1, window: 'day' }], 'ai.budgets[0].name', /got undefined, expected a string/],
    ['an empty name', [{ ...budget, name: ' ' }], 'ai.budgets[0].name', /expected a string that is not empty/],
    ['a name twice', [budget, { ...budget, limit: 3 }], 'ai.budgets[1].name', /"all", expected a name that no other budget has/],
    ['no limit', [{ name: 'all', window: 'day' }], 'ai.budgets[0].limit', /got undefined, expected a number/],
    ['a limit of nothing', [{ ...budget, limit: 0 }], 'ai.budgets[0].limit', /got 0, expected a number from 0\.000001 to 9007199254/],
    ['a limit that is negative', [{ ...budget, limit: -5 }], 'ai.budgets[0].limit', /got -5/],
    ['a limit that is no number', [{ ...budget, limit: NaN }], 'ai.budgets[0].limit', /got NaN/],
    ['a limit without end', [{ ...budget, limit: Infinity }], 'ai.budgets[0].limit', /got Infinity/],
    ['a limit as a text', [{ ...budget, limit: '10' }], 'ai.budgets[0].limit', /got "10"/],
    ['no window', [{ name: 'all', limit: 1 }], 'ai.budgets[0].window', /got undefined, expected 'hour', 'day'/],
    ['a window that is none', [{ ...budget, window: 'daily' }], 'ai.budgets[0].window', /got "daily".*'90m'/],
    ['a window that is too short', [{ ...budget, window: '10ms' }], 'ai.budgets[0].window', /at least 1s/],
    ['a zone that does not exist', [{ ...budget, timeZone: 'Europe/Atlantis' }], 'ai.budgets[0].timeZone', /"Europe\/Atlantis", expected an IANA time zone/],
    ['a zone that is no text', [{ ...budget, timeZone: 8 }], 'ai.budgets[0].timeZone', /got 8/],
    ['a zone of a length', [{ ...budget, window: '24h', timeZone: 'UTC' }], 'ai.budgets[0].timeZone', /only the windows 'hour', 'day', 'week' and 'month'/],
    ['an empty service', [{ ...budget, service: '' }], 'ai.budgets[0].service', /not empty/],
    ['a model that is no text', [{ ...budget, model: 4 }], 'ai.budgets[0].model', /got 4/],
    ['an empty tenant', [{ ...budget, tenant: '' }], 'ai.budgets[0].tenant', /not empty/],
    ['a threshold of nothing', [{ ...budget, thresholds: [0, 1] }], 'ai.budgets[0].thresholds', /above 0/],
    ['thresholds out of order', [{ ...budget, thresholds: [0.8, 0.5] }], 'ai.budgets[0].thresholds', /ascending/],
    ['a threshold twice', [{ ...budget, thresholds: [0.5, 0.5] }], 'ai.budgets[0].thresholds', /ascending/],
    ['thresholds that are no list', [{ ...budget, thresholds: 0.5 }], 'ai.budgets[0].thresholds', /a list/],
    ['a threshold that is no number', [{ ...budget, thresholds: ['50%'] }], 'ai.budgets[0].thresholds', /numbers/],
    ['another consequence', [{ ...budget, onExceeded: 'block' }], 'ai.budgets[0].onExceeded', /got "block", expected 'alert' or 'reject'/],
  ])('%s', (_, budgets, path, complaint) => {
    const error = refusalOf(budgets);

    expect(error).toMatchObject({ code: 'SIGHTLINE_INVALID_OPTION', option: path });
    expect(error.message).toMatch(complaint);
  });
});
