import { describe, expect, test } from 'vitest';
import { settleWithin } from '../../src/core/settle-within.js';
import { ManualClock } from '../support/manual-clock.js';

describe('waiting for work', () => {
  test('ends when it is done', async () => {
    const clock = new ManualClock();
    const waiting = settleWithin(Promise.resolve(), 1_000, clock);

    expect(await waiting).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  test('ends when it fails, without failing', async () => {
    const clock = new ManualClock();

    expect(await settleWithin(Promise.reject(new Error('x')), 1_000, clock)).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  test('ends at its limit where the work never ends', async () => {
    const clock = new ManualClock();
    let ended = false;
    const waiting = settleWithin(new Promise(() => {}), 1_000, clock).finally(() => {
      ended = true;
    });
    clock.advance(999);
    await Promise.resolve();
    expect(ended).toBe(false);
    clock.advance(1);

    expect(await waiting).toBe(false);
  });
});
