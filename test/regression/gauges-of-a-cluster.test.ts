import { AggregatorRegistry } from 'prom-client';
import { expect, test } from 'vitest';
import { testMonitor } from '../support/test-monitor.js';

test('what every worker sees alike is not multiplied by their number', async () => {
  const { monitor } = testMonitor();
  monitor.metrics.gauge('daily_active_users').set({}, 100);
  monitor.metrics.gauge('learning_completion_rate').set({ course_type: 'cet4', difficulty: 'hard' }, 0.8);
  monitor.metrics.gauge('http_requests_in_flight').set({}, 3);
  const worker = await (monitor.registry as unknown as AggregatorRegistry<'text/plain; version=0.0.4; charset=utf-8'>).getMetricsAsJSON();
  const text = await AggregatorRegistry.aggregate([worker, worker] as never).metrics();

  expect(text).toContain('daily_active_users 100');
  expect(text).toContain('learning_completion_rate{course_type="cet4",difficulty="hard"} 0.8');
  expect(text).toContain('http_requests_in_flight 6');
});
