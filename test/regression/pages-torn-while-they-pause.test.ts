import { expect, test } from 'vitest';
import { Counter } from '../../src/metrics/counter.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { settings } from '../metrics/metric-settings.js';

test('a series that goes and comes again during a pass is not shown twice', () => {
  const counter = new Counter(settings(['a']));
  for (const a of ['x', 'y', 'z']) counter.inc({ a });
  const seen: string[] = [];
  for (const { labelText } of counter.samples()) {
    seen.push(labelText);
    if (seen.length > 1) continue;
    // All go; y takes the first place, and x, which was shown, a later one.
    counter.expireBefore(Infinity);
    for (const a of ['z', 'y', 'x']) counter.inc({ a });
  }

  expect(seen).toEqual(['a="x"']);
});

test('the exemplars of a histogram are of the moment its buckets are', () => {
  const histogram = new Histogram(settings());
  const seen: unknown[] = [];
  for (const { exemplar } of histogram.samples()) {
    seen.push(exemplar);
    histogram.observeAt(0, 99, { labels: { trace_id: 'later' }, value: 99, timestamp: 1 });
  }

  expect(seen.filter(Boolean)).toEqual([]);
});
