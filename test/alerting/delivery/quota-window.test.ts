import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QuotaWindow } from '../../../src/alerting/delivery/quota-window.js';

test('an attempt counts from its begin until a window after its end', () => {
  const window = new QuotaWindow([{ limit: 2, windowMs: 1_000 }]);
  window.begin();
  expect(window.waitMs(0)).toBe(0);
  window.begin();
  expect(window.waitMs(0)).toBe(1_000);
  window.end(400);
  expect(window.waitMs(400)).toBe(1_000);
  window.end(700);
  expect(window.waitMs(700)).toBe(700);
  expect(window.waitMs(1_399)).toBe(1);
  expect(window.waitMs(1_400)).toBe(0);
});

test('says when the one after the next may be made, and with a part kept', () => {
  const window = new QuotaWindow([{ limit: 10, windowMs: 60_000 }]);
  for (let second = 0; second < 6; second++) {
    window.begin();
    window.end(second * 1_000);
  }
  expect(window.waitMs(6_000, { count: 4 })).toBe(0);
  expect(window.waitMs(6_000, { count: 5 })).toBe(54_000);
  expect(window.waitMs(6_000, { count: 14 })).toBe(60_000);
  expect(window.waitMs(6_000, { count: 15 })).toBe(54_000 + 60_000);
  expect(window.waitMs(6_000, { count: 2, kept: 0.2 })).toBe(0);
  expect(window.waitMs(6_000, { count: 3, kept: 0.2 })).toBe(54_000);
});

test('without quotas any number may be made', () => {
  const window = new QuotaWindow([]);
  for (let i = 0; i < 1_000; i++) window.begin();
  expect(window.waitMs(0, { count: 1_000_000 })).toBe(0);
});

test('whatever the quotas and times: no attempt is counted into a full window, and the longest wait is enough', () => {
  const quota = fc.record({ limit: fc.integer({ min: 1, max: 6 }), windowMs: fc.integer({ min: 1, max: 100 }) });
  fc.assert(
    fc.property(fc.array(quota, { maxLength: 3 }), fc.array(fc.tuple(fc.nat(60), fc.nat(20)), { maxLength: 60 }), (quotas, attempts) => {
      const window = new QuotaWindow(quotas);
      const made: { begin: number; end: number }[] = [];
      let now = 0;
      for (const [pause, length] of attempts) {
        now += pause;
        now += window.waitMs(now);
        expect(window.waitMs(now)).toBe(0);
        window.begin();
        made.push({ begin: now, end: now + length });
        now += length;
        window.end(now);
      }
      for (const { limit, windowMs } of quotas) {
        for (let i = limit; i < made.length; i++) expect(made[i]!.begin - made[i - limit]!.end).toBeGreaterThanOrEqual(windowMs);
      }
    }),
  );
});
