import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import '../../src/business/register.js';
import { createMonitor } from '../../src/monitor.js';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor } from '../support/test-monitor.js';
import { promises } from './test-business.js';

test('a monitor has one business part, made when it is first used', () => {
  const { monitor } = testMonitor();

  expect(monitor.business).toBe(monitor.business);
});

test('a bad option is told at once', () => {
  expect(() => createMonitor({ business: { keyPrefix: '{shop}' }, metrics: { process: false } })).toThrow(/business\.keyPrefix/);
  expect(() => createMonitor({ business: { prefix: 'shop' } as never, metrics: { process: false } })).toThrow(/known here: keyPrefix/);
});

test('closing the monitor ends its collectors', async () => {
  const clock = new ManualClock();
  const { monitor } = testMonitor({ clock });
  let collected = 0;
  monitor.business.collect({ name: 'orders_open', help: 'Orders that are open.', every: '1m', collect: () => ++collected });
  clock.advance(10_000);
  await promises();
  expect(collected).toBe(1);
  await monitor.close();
  clock.advance(600_000);
  await promises();

  expect(collected).toBe(1);
});

test('monitors that share a registry share what is collected, and neither takes the other for set by hand', async () => {
  const registry = new Registry();
  const clock = new ManualClock();
  const [a, b] = [testMonitor({ registry, clock }), testMonitor({ registry, clock })];
  for (const { monitor } of [a, b]) monitor.business.collect({ name: 'orders_open', help: 'Orders that are open.', every: '1m', collect: () => 3 });
  clock.advance(10_000);
  await promises();

  expect(await registry.getSingleMetricAsString('orders_open')).toContain('orders_open 3');
});
