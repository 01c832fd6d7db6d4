import { expect, test } from 'vitest';
import { Counter } from '../../src/metrics/counter.js';
import { IdleSeries } from '../../src/metrics/idle-series.js';
import { settings, values } from '../metrics/metric-settings.js';

test('a series that was made but not written yet is as young as one that was', () => {
  const idle = new IdleSeries(60_000);
  const counter = new Counter(settings(['a']));
  for (const now of [0, 30_000, 60_000, 90_000]) idle.sweep(now, [counter]);
  const slot = counter.slot('new');
  idle.sweep(120_000, [counter]);
  expect(values(counter)).toEqual({ '{a="new"}': 0 });
  counter.add(slot);

  expect(values(counter)).toEqual({ '{a="new"}': 1 });
});
