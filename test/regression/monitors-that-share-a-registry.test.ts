import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMonitor, type Monitor, type MonitorOptions } from '../../src/monitor.js';
import { ManualClock } from '../support/manual-clock.js';
import { values } from '../metrics/metric-settings.js';

// They share its metrics, but each used to go by its own notion of which series had been forgotten.

const MINUTE = 60_000;

function monitorOn(registry: Registry, clock: ManualClock, metrics: MonitorOptions['metrics'] = {}): Monitor {
  const monitor = createMonitor({ registry, clock, metrics: { process: false, ...metrics } });
  onTestFinished(() => monitor.close());
  return monitor;
}

function request(monitor: Monitor, endpoint: string): void {
  monitor.metrics.recordHttpRequest({ method: 'GET', endpoint, statusCode: 200, seconds: 0.1 });
}

const requests = (monitor: Monitor): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values(monitor.metrics.counter('http_requests_total'))).map(([name, value]) => [/endpoint="(.*?)"/.exec(name)?.[1], value]),
  );

describe('of two monitors on one registry', () => {
  test('the one that keeps series for good does not write into those that the other forgot', () => {
    const registry = new Registry();
    const clock = new ManualClock();
    const forgetting = monitorOn(registry, clock, { seriesTtl: '1m' });
    const keeping = monitorOn(registry, clock);
    request(forgetting, '/forgotten');
    request(keeping, '/a');
    for (let i = 0; i < 8; i++) {
      clock.advance(MINUTE / 4);
      forgetting.metrics.sweep();
    }
    // Takes the slot that /a had.
    request(forgetting, '/b');
    request(forgetting, '/c');
    request(keeping, '/a');

    expect(requests(forgetting)).toEqual({ '/b': 1, '/c': 1, '/a': 1 });
  });

  test('the one that forgets does not forget what is being written', () => {
    const registry = new Registry();
    const clock = new ManualClock();
    const keeping = monitorOn(registry, clock);
    request(keeping, '/a');
    // Gets the metrics that the first one made.
    const forgetting = monitorOn(registry, clock, { seriesTtl: '1m' });
    request(forgetting, '/idle');
    for (let i = 0; i < 20; i++) {
      clock.advance(MINUTE / 4);
      request(keeping, '/a');
      forgetting.metrics.sweep();
    }

    expect(requests(forgetting)).toEqual({ '/a': 21 });
  });
});
