import { afterEach, expect, test, vi } from 'vitest';
import { alertsForTest, createVirtualClock } from '../../src/alerting/testing/index.js';

afterEach(() => void vi.useRealTimers());

test('alerts are told, hundreds of groups at once too, while a test runner holds microtasks and immediates back', async () => {
  vi.useFakeTimers({ toFake: ['queueMicrotask', 'setImmediate', 'setTimeout', 'setInterval', 'Date', 'performance', 'hrtime'] });
  const { alerts, clock, channels } = alertsForTest({ route: { receiver: 'test', groupBy: ['alertname'], groupWait: '30s' } });
  for (let i = 0; i < 300; i++) await alerts.fire({ title: `Alert ${i}` });
  await clock.advance('30s');
  expect(channels.test.takeAll()).toHaveLength(300);
});

test('a clock of the kit moves on beside them', async () => {
  vi.useFakeTimers({ toFake: ['queueMicrotask', 'setImmediate', 'Date'] });
  const clock = createVirtualClock(0);
  const callback = vi.fn();
  clock.schedule(callback, 10);
  await clock.advance(10);
  expect(callback).toHaveBeenCalledOnce();
});
