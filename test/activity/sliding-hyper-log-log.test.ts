import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SlidingHyperLogLog } from '../../src/activity/sliding-hyper-log-log.js';

const uuid = (n: number): string => createHash('md5').update(String(n)).digest('hex');

function errorOf(users: number, idOf: (n: number) => string): number {
  const sketch = new SlidingHyperLogLog();
  for (let n = 0; n < users; n++) sketch.add(idOf(n), 1_000);
  return sketch.countSince(0) / users - 1;
}

/** As apps write them; each kind has its own regularity, which a poor hash would let through. */
const KINDS: readonly (readonly [string, (n: number) => string])[] = [
  ['numbers', String],
  ['numbers far apart', n => String(n * 1_000_003)],
  ['names with numbers', n => `user-${n}`],
  ['padded numbers', n => String(n).padStart(12, '0')],
  ['addresses', n => `${n}@example.com`],
  ['random ids', uuid],
  ['names in Chinese', n => `用户${n}`],
  ['texts of two letters of sixteen bits', n => String.fromCharCode(n & 0xffff, n >>> 16)],
];

describe.each(KINDS)('of %s', (_, idOf) => {
  test.each([10, 1_000, 3_000, 20_000, 100_000, 300_000])('%i are counted within 1.5 %%', users => {
    expect(Math.abs(errorOf(users, idOf))).toBeLessThan(0.015);
  });
});
