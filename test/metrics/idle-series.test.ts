import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Diagnostics } from '../../src/core/diagnostics.js';
import { Counter } from '../../src/metrics/counter.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { IdleSeries } from '../../src/metrics/idle-series.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { ManualClock } from '../support/manual-clock.js';
import { SeededRandom } from '../support/random.js';
import { settings, values } from './metric-settings.js';

const TTL_MS = 60_000;

function setUp() {
  const idle = new IdleSeries(TTL_MS);
  const counter = new Counter(settings(['a']));
  const metrics = [counter, new Histogram(settings(['a']))] as const;
  let now = 0;
  return {
    counter,
    histogram: metrics[1],
    series: () => Object.keys(values(counter)).map(name => name.slice(4, -2)),
    /** Lets time pass, with a scrape at its end. */
    sweepAfter(ms: number) {
      now += ms;
      idle.sweep(now, metrics);
    },
    now: () => now,
  };
}

describe('a series nobody writes to', () => {
  test('is forgotten after the time to live, and not before', () => {
    const { counter, series, sweepAfter } = setUp();
    sweepAfter(0);
    counter.inc({ a: 'x' });
    for (let scrape = 0; scrape < 4; scrape++) {
      expect(series()).toEqual(['x']);
      sweepAfter(15_000);
    }
    // Last written 60 s ago, to the second: at the latest one scrape after the time is up it is gone.
    sweepAfter(15_000);

    expect(series()).toEqual([]);
  });

  test('begins at zero when it comes back', () => {
    const { counter, histogram, sweepAfter } = setUp();
    sweepAfter(0);
    counter.inc({ a: 'x' }, 7);
    histogram.observe({ a: 'x' }, 2);
    for (let scrape = 0; scrape < 6; scrape++) sweepAfter(15_000);
    expect([values(counter), values(histogram)]).toEqual([{}, {}]);
    counter.inc({ a: 'x' });
    histogram.observe({ a: 'x' }, 3);

    expect(values(counter)).toEqual({ '{a="x"}': 1 });
    expect(values(histogram)).toMatchObject({ '_sum{a="x"}': 3, '_count{a="x"}': 1 });
  });

  test('is kept while anybody writes to it, in however small numbers', () => {
    const { counter, histogram, series, sweepAfter } = setUp();
    for (let scrape = 0; scrape < 20; scrape++) {
      sweepAfter(15_000);
      counter.inc({ a: 'x' }, 0);
      histogram.observe({ a: 'x' }, 0);
    }

    expect(series()).toEqual(['x']);
    expect(values(histogram)).toMatchObject({ '_count{a="x"}': 20 });
  });

  test('but values that are ignored, is forgotten too', () => {
    const { counter, series, sweepAfter } = setUp();
    sweepAfter(0);
    counter.inc({ a: 'x' });
    for (let scrape = 0; scrape < 4; scrape++) {
      sweepAfter(15_000);
      counter.inc({ a: 'x' }, NaN);
    }
    sweepAfter(15_000);

    expect(series()).toEqual([]);
  });

  test('without labels is never forgotten', () => {
    const idle = new IdleSeries(TTL_MS);
    const counter = new Counter(settings());
    counter.inc();
    for (let now = 0; now < 10 * TTL_MS; now += 15_000) idle.sweep(now, [counter]);

    expect(values(counter)).toEqual({ '': 1 });
  });
});

test('whenever scrapes come, a series goes when its time is up since the scrape after its last value, never before', () => {
  const random = new SeededRandom(3);
  const { counter, series, sweepAfter, now } = setUp();
  const written = new Map<string, { at: number; scraped?: number }>();
  let lastCounted = -Infinity;
  const wrong: string[] = [];
  for (let i = 0; i < 5_000; i++) {
    // From many scrapes a second to one in minutes.
    sweepAfter(random.below(10 ** (1 + random.below(5))));
    // One that is close on the one before, a twentieth of the time to live, does not count.
    const counts = now() - lastCounted >= TTL_MS / 20;
    if (counts) lastCounted = now();
    const present = new Set(series());
    for (const [name, { at, scraped }] of written) {
      if (!present.has(name) && now() - at < TTL_MS) wrong.push(`${name} went after ${now() - at} ms`);
      if (present.has(name) && counts && scraped !== undefined && now() - scraped >= TTL_MS) wrong.push(`${name} stayed for ${now() - at} ms`);
      if (!present.has(name)) written.delete(name);
      else if (counts) written.set(name, { at, scraped: scraped ?? now() });
    }
    const name = String(random.below(30));
    counter.inc({ a: name });
    written.set(name, { at: now() });
  }

  expect(wrong).toEqual([]);
});

describe('the series of a monitor', () => {
  const monitorMetrics = (seriesTtlMs: number | undefined) => {
    const clock = new ManualClock();
    const metrics = new Metrics({
      registry: new Registry(),
      clock,
      diagnostics: new Diagnostics({ warn() {} }, clock),
      seriesLimit: 100,
      seriesTtlMs,
      buckets: {},
    });
    const pass = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 15_000) {
        clock.advance(15_000);
        metrics.sweep();
      }
    };
    return { metrics, pass };
  };
  const request = { method: 'GET', endpoint: '/', statusCode: 200, seconds: 0.1 };

  test('go when they are idle, and come back right through what the hot path keeps of them', () => {
    const { metrics, pass } = monitorMetrics(TTL_MS);
    metrics.recordHttpRequest(request);
    metrics.recordHttpRequest({ ...request, endpoint: '/other' });
    pass(TTL_MS + 30_000);
    expect(values(metrics.counter('http_requests_total'))).toEqual({});
    // Takes the slot of another than before.
    metrics.recordHttpRequest({ ...request, endpoint: '/other' });
    metrics.recordHttpRequest(request);

    expect(values(metrics.counter('http_requests_total'))).toEqual({
      '{method="GET",endpoint="/other",status_code="200"}': 1,
      '{method="GET",endpoint="/",status_code="200"}': 1,
    });
    expect(values(metrics.histogram('http_request_duration_seconds'))).toMatchObject({
      '_count{method="GET",endpoint="/other"}': 1,
      '_count{method="GET",endpoint="/"}': 1,
    });
  });

  test.each([undefined, 0])('stay for good where the time to live is %o', seriesTtlMs => {
    const { metrics, pass } = monitorMetrics(seriesTtlMs);
    metrics.recordHttpRequest(request);
    pass(10 * TTL_MS);

    expect(Object.values(values(metrics.counter('http_requests_total')))).toEqual([1]);
  });
});
