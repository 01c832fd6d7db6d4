import { spawnSync } from 'node:child_process';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { catalogue, type MetricName } from '../../src/metrics/catalogue.js';
import { renderRegistry } from '../../src/metrics/render.js';
import { createMonitor } from '../../src/monitor.js';
import { findServer } from '../support/servers.mjs';

const program = findServer('promtool');

describe.skipIf(program === undefined)('promtool check metrics', () => {
  test("has nothing to say of our metrics, and of the plan's only what follows from their names", async () => {
    const registry = new Registry();
    const monitor = createMonitor({ registry, metrics: { process: false } });
    for (const [name, { type, labels }] of Object.entries(catalogue)) {
      const values = Object.fromEntries(labels.map(label => [label, 'a"b\\c\nd']));
      if (type === 'counter') monitor.metrics.counter(name as never).inc(values);
      else if (type === 'gauge') monitor.metrics.gauge(name as never).set(values, 1);
      else monitor.metrics.histogram(name as never).observe(values, 0.1);
    }
    const text = Buffer.concat(await renderRegistry(registry, { format: 'text', onFault: expect.fail }));
    await monitor.close();
    expect(Object.keys(catalogue).filter(name => !text.includes(`\n# TYPE ${name} ${catalogue[name as MetricName].type}\n`))).toEqual([]);
    const { stdout, stderr, status } = spawnSync(program!, ['check', 'metrics'], { input: text, encoding: 'utf8' });

    // 3: read without an error, with remarks.
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr.trim().split('\n')).toEqual([
      'active_users_total non-counter metrics should not have "_total" suffix',
      'average_session_duration_minutes use base unit "seconds" instead of "minutes"',
    ]);
  });
});
