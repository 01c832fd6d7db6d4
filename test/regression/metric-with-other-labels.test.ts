import { expect, test } from 'vitest';
import { testMonitor } from '../support/test-monitor.js';

test('a second set of labels of an app for one metric is a conflict where it is set up, not a fault of each request', () => {
  const { monitor } = testMonitor();
  const first = monitor.metrics.counter('http_labeled_requests_total', ['tenant']);

  expect(monitor.metrics.counter('http_labeled_requests_total', ['tenant'])).toBe(first);
  expect(() => monitor.metrics.counter('http_labeled_requests_total', ['region'])).toThrow(
    expect.objectContaining({ code: 'SIGHTLINE_METRIC_CONFLICT' }),
  );
});
