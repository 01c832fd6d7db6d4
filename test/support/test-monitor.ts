import { onTestFinished } from 'vitest';
// From the source: a monitor would load it from the built package.
import '../../src/ai/register.js';
import type { MetricName } from '../../src/metrics/catalogue.js';
import type { PromMetric } from '../../src/metrics/metric.js';
import { createMonitor, type Monitor, type MonitorOptions } from '../../src/monitor.js';
import { until } from './until.js';

/** A monitor with what a test reads of it. */
export interface TestMonitor {
  readonly monitor: Monitor;
  /** Lines of its log. */
  readonly log: readonly string[];
  /** The series of a metric: label values, joined by blanks, → value. A histogram's are its counts. */
  series(name: MetricName): Record<string, number>;
  /** One series of a metric; `undefined` where there is none. */
  value(name: MetricName, labels?: Record<string, string>, suffix?: '_sum' | '_count' | '_bucket'): number | undefined;
  /** Waits until no request is being answered and no stream is open. */
  idle(): Promise<void>;
  /** Waits until no request is being answered; gives `http_requests_total`: `GET /users/:id 200` → 1. */
  requests(): Promise<Record<string, number>>;
}

/** Makes a monitor without process metrics, that is closed when the test ends. */
export function testMonitor(options: MonitorOptions = {}): TestMonitor {
  const log: string[] = [];
  const monitor = createMonitor({ logger: { warn: line => log.push(line) }, ...options, metrics: { process: false, ...options.metrics } });
  onTestFinished(() => monitor.close());
  return { ...readerOf(monitor), log };
}

/** What a test reads of a monitor that it did not make by {@link testMonitor}. */
export function readerOf(monitor: Monitor): Omit<TestMonitor, 'log'> {
  const values = (name: MetricName): PromMetric['values'] =>
    (monitor.registry.getSingleMetric(name) as { get(): PromMetric } | undefined)?.get().values ?? [];
  const series = (name: MetricName): Record<string, number> =>
    Object.fromEntries(
      values(name)
        .filter(({ metricName }) => metricName === undefined || metricName.endsWith('_count'))
        .map(({ labels, value }) => [Object.values(labels).join(' '), value]),
    );
  const idle = (): Promise<void> =>
    until(() => [series('http_requests_in_flight'), series('http_streams_open')].every(gauge => Object.values(gauge).every(value => value === 0)));
  return {
    monitor,
    series,
    value: (name, labels = {}, suffix) =>
      values(name).find(
        sample =>
          sample.metricName === (suffix && name + suffix) && Object.entries(labels).every(([key, value]) => String(sample.labels[key]) === value),
      )?.value,
    idle,
    async requests() {
      await idle();
      return series('http_requests_total');
    },
  };
}
