import { expect, test } from 'vitest';
import { tokenCount } from '../../../src/ai/usage/token-count.js';

test.each([
  [0, 0],
  [-0, 0],
  [17, 17],
  [2.5, 3],
  [2.4, 2],
  [1e12, 1e12],
  [12n, 12],
  ['12', 12],
  ['0', 0],
])('%o counts as %d', (given, count) => {
  expect(tokenCount(given)).toBe(count);
});

test.each<{ given: unknown }>(
  [NaN, Infinity, -Infinity, -1, -0.1, 1e13, 1e308, -1n, 10n ** 30n, '', ' 12', '1e3', '-1', '12.5', '9'.repeat(13), null, undefined, true, {}, [3], Symbol('3'), { valueOf: () => 3 }].map(
    given => ({ given }),
  ),
)('$given is no count', ({ given }) => {
  expect(tokenCount(given)).toBeUndefined();
});
