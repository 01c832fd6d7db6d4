import { describe, expect, test } from 'vitest';
import { ActivityCalendar } from '../../../src/activity/activity-calendar.js';
import { MemoryActivityStore } from '../../../src/activity/stores/memory-activity-store.js';
import { collectGarbage } from '../../support/collect-garbage.js';
import { did, NOON, testActivityStore } from './activity-store-suite.js';

describe('activity in memory', () => {
  testActivityStore({
    open: ({ timeZone = 'UTC', eventLimit = 10_000, onlineLimit } = {}) => [
      new MemoryActivityStore({ calendar: new ActivityCalendar(timeZone), eventLimit, ...(onlineLimit !== undefined && { onlineLimit }) }),
    ],
  });
});

test('a million events of 100,000 users take bounded memory, and are counted within 1.5 %', { timeout: 60_000 }, async () => {
  const store = new MemoryActivityStore({ calendar: new ActivityCalendar('UTC'), eventLimit: 10_000 });
  await collectGarbage();
  const before = process.memoryUsage();
  const metadata = JSON.stringify({ kind: 'cloze', text: 'x'.repeat(200) });
  for (let i = 0; i < 1_000_000; i++) store.record([did(`user-${(i * 7_919) % 100_000}`, `action ${i % 50}`, NOON + i / 10, `${metadata}${i}`)]);
  await collectGarbage();
  const after = process.memoryUsage();

  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  expect(grown).toBeLessThan(40_000_000);
  const counts = store.countActive(['5m', '1h', '24h', '30d', 'today'], NOON + 100_000);
  for (const count of counts) expect(Math.abs(count / 100_000 - 1)).toBeLessThan(0.015);
  expect(store.recent(20_000).length).toBe(10_000);
});
