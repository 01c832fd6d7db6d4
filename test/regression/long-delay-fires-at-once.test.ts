import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;

test('a delay beyond what a timer takes (24.8 days) does not fire at once', () => {
  const callback = vi.fn();
  systemClock.schedule(callback, 60 * DAY_MS);

  vi.advanceTimersByTime(60 * DAY_MS - 1);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledOnce();
});

test('it can be cancelled in whatever part of it', () => {
  const callback = vi.fn();
  const cancel = systemClock.schedule(callback, 60 * DAY_MS);
  vi.advanceTimersByTime(30 * DAY_MS);
  cancel();
  vi.advanceTimersByTime(60 * DAY_MS);

  expect(callback).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
