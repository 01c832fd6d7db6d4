import { expect, test, vi } from 'vitest';
import { IdleSeries } from '../../src/metrics/idle-series.js';
import { testMonitor } from '../support/test-monitor.js';

test('a time to live of 0 means never: nothing is gathered for it at each scrape', () => {
  const sweep = vi.spyOn(IdleSeries.prototype, 'sweep');
  const { monitor, requests } = testMonitor({ metrics: { seriesTtl: 0 } });
  monitor.metrics.recordHttpRequest({ method: 'GET', endpoint: '/', statusCode: 200, seconds: 0.1 });
  monitor.metrics.sweep();

  expect(sweep).not.toHaveBeenCalled();
  sweep.mockRestore();
  return expect(requests()).resolves.toEqual({ 'GET / 200': 1 });
});
