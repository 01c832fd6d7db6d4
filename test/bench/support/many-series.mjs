// @ts-check
// The same series, in metrics of ours or of prom-client's.
import { load } from './peers.mjs';

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** @param {number} i number of the series */
function methodOf(i) {
  return METHODS[i % METHODS.length] ?? 'GET';
}

/**
 * The one label value that no other series has: a string of its own, not parts that are joined when read.
 * @param {number} i number of the series
 */
export function endpointOf(i) {
  return Buffer.from(`/api/v1/resource-${i}/:id`).toString();
}

/**
 * A histogram of ours with 11 buckets; with `counter` also a counter beside it. 14 and 1 lines a series.
 *
 * @param {number} series
 * @param {{ counter: boolean }} options
 */
export function sightlineSeries(series, { counter }) {
  const monitor = load('sightline').createMonitor({ metrics: { process: false, seriesLimit: series } });
  const duration = monitor.metrics.histogram('http_request_duration_seconds');
  const requests = counter ? monitor.metrics.counter('http_requests_total') : undefined;
  for (let i = 0; i < series; i++) {
    const method = methodOf(i);
    const endpoint = endpointOf(i);
    duration.observeAt(duration.slot(method, endpoint), (i % 1_000) / 100);
    requests?.add(requests.slot(method, endpoint, '200'));
  }
  return monitor;
}

/**
 * The same in prom-client.
 *
 * @param {number} series
 * @param {{ counter: boolean, openMetrics: boolean }} options
 */
export function promClientSeries(series, { counter, openMetrics }) {
  const { Counter, Histogram, Registry } = load('prom-client');
  const registry = new Registry(openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE);
  const registers = [registry];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time.',
    labelNames: ['method', 'endpoint'],
    buckets: BUCKETS,
    registers,
  });
  const requests =
    counter &&
    new Counter({ name: 'http_requests_total', help: 'Requests.', labelNames: ['method', 'endpoint', 'status_code'], registers });
  for (let i = 0; i < series; i++) {
    const method = methodOf(i);
    const endpoint = endpointOf(i);
    duration.observe({ method, endpoint }, (i % 1_000) / 100);
    if (requests) requests.inc({ method, endpoint, status_code: '200' });
  }
  return registry;
}
