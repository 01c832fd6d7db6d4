import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.js';

describe('the time', () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-11-20T08:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  test('is the wall clock for timestamps', () => {
    expect(systemClock.now()).toBe(Date.parse('2026-11-20T08:00:00Z'));
  });

  test('is monotonic for durations: setting the clock back does not move it', () => {
    const start = systemClock.monotonic();
    vi.setSystemTime(new Date('2026-11-19T08:00:00Z'));
    vi.advanceTimersByTime(250);

    expect(systemClock.monotonic() - start).toBe(250);
  });
});

describe('a scheduled callback', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('runs once, when its time has come', () => {
    const callback = vi.fn();
    systemClock.schedule(callback, 1_000);

    vi.advanceTimersByTime(999);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(10_000);
    expect(callback).toHaveBeenCalledOnce();
  });

  test('does not run once it is cancelled', () => {
    const callback = vi.fn();
    const cancel = systemClock.schedule(callback, 1_000);
    cancel();
    vi.advanceTimersByTime(10_000);

    expect(callback).not.toHaveBeenCalled();
  });

  test('can be cancelled again, and after it ran', () => {
    const callback = vi.fn();
    const cancel = systemClock.schedule(callback, 1_000);
    vi.advanceTimersByTime(1_000);
    cancel();
    cancel();

    expect(callback).toHaveBeenCalledOnce();
  });
});

test('a timer never keeps the process alive', () => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout');
  try {
    const cancel = systemClock.schedule(() => {}, 60_000);
    const timer = setTimer.mock.results[0]?.value as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(false);
    cancel();
  } finally {
    setTimer.mockRestore();
  }
});
