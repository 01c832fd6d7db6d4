import { describe, expect, test } from 'vitest';
import { Counter } from '../../src/metrics/counter.js';
import { settings, values } from './metric-settings.js';

describe('a counter', () => {
  test('adds up, series by series', () => {
    const counter = new Counter(settings(['method', 'status']));
    counter.inc({ method: 'GET', status: 200 });
    counter.inc({ status: '200', method: 'GET' }, 2.5);
    counter.inc({ method: 'POST', status: 200 }, 0);

    expect(values(counter)).toEqual({ '{method="GET",status="200"}': 3.5, '{method="POST",status="200"}': 0 });
  });

  test('without labels is there from the start', () => {
    const counter = new Counter(settings());
    expect(values(counter)).toEqual({ '': 0 });

    counter.inc();
    counter.inc({}, 2);
    counter.add(0, 4);
    expect(values(counter)).toEqual({ '': 7 });
  });

  test('is written by slot', () => {
    const counter = new Counter(settings(['a']));
    const slot = counter.slot('x');
    counter.add(slot);
    counter.add(slot, 0.5);

    expect(values(counter)).toEqual({ '{a="x"}': 1.5 });
    expect(counter.slot('x')).toBe(slot);
  });

  test.each([NaN, Infinity, -Infinity, -1, -Number.MIN_VALUE])('ignores %d', value => {
    const counter = new Counter(settings());
    counter.inc({}, 3);
    counter.inc({}, value);
    counter.add(0, value);

    expect(values(counter)).toEqual({ '': 3 });
  });

  test.each(['5', '', 5n, null, [5], true])('ignores %o, which is no number', value => {
    const counter = new Counter(settings());
    counter.inc({}, 3);
    counter.add(0, value as unknown as number);

    expect(values(counter)).toEqual({ '': 3 });
  });

  test('keeps whole numbers exact far beyond 32 bits', () => {
    const counter = new Counter(settings());
    counter.inc({}, Number.MAX_SAFE_INTEGER - 1);
    counter.inc();

    expect(values(counter)).toEqual({ '': Number.MAX_SAFE_INTEGER });
  });

  test('keeps many series apart while it grows', () => {
    const counter = new Counter(settings(['n'], { limit: 10_000 }));
    for (let round = 0; round < 2; round++) for (let n = 0; n < 2_000; n++) counter.inc({ n }, n);

    expect(Object.values(values(counter))).toEqual(Array.from({ length: 2_000 }, (_, n) => n * 2));
  });
});

describe('labels by name', () => {
  test('a missing one is the empty string', () => {
    const counter = new Counter(settings(['a', 'b']));
    counter.inc({ b: 'x' });

    expect(values(counter)).toEqual({ '{a="",b="x"}': 1 });
  });

  test('an unknown one is reported with those there are, and nothing is recorded', () => {
    const faults: string[] = [];
    const counter = new Counter(settings(['a', 'b'], { onFault: error => faults.push(error.message) }));
    counter.inc({ c: 'x' });

    expect(faults).toEqual(['metric `test_metric` has no label `c`; its labels are: a, b']);
    expect(values(counter)).toEqual({});
  });
});

test('reset sets every series to zero and forgets none', () => {
  const counter = new Counter(settings(['a']));
  counter.inc({ a: 'x' }, 5);
  counter.reset();
  expect(values(counter)).toEqual({ '{a="x"}': 0 });

  counter.inc({ a: 'x' });
  expect(values(counter)).toEqual({ '{a="x"}': 1 });
});
