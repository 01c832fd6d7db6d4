import { expect, test } from 'vitest';
import { DueQueue } from '../../../src/alerting/stores/due-queue.js';
import { SeededRandom } from '../../support/random.js';

test('what is due first comes first, however keys are put in, moved and removed', () => {
  const random = new SeededRandom(4);
  const queue = new DueQueue();
  const expected = new Map<string, number>();
  for (let step = 0; step < 20_000; step++) {
    const key = `k${random.below(300)}`;
    if (random.below(3) === 0) {
      queue.delete(key);
      expected.delete(key);
    } else {
      const at = random.below(1_000);
      queue.set(key, at);
      expected.set(key, at);
    }
    if (step % 50 > 0) continue;
    expect(queue.first()?.at).toBe(expected.size === 0 ? undefined : Math.min(...expected.values()));
    expect(queue.size).toBe(expected.size);
    expect(queue.get(key)).toBe(expected.get(key));
  }
  expect([...queue.keys()].sort()).toEqual([...expected.keys()].sort());

  const until = 500;
  const due = [...expected.values()].filter(at => at <= until).sort((a, b) => a - b);
  expect(due.length).toBeGreaterThan(20);
  expect(queue.take(until, 10).map(({ at }) => at)).toEqual(due.slice(0, 10));
  expect(queue.take(until, Infinity).map(({ at }) => at)).toEqual(due.slice(10));
  expect(queue.take(until, Infinity)).toEqual([]);
  expect(queue.size).toBe(expected.size - due.length);
});
