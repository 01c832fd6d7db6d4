import { describe, expect, test } from 'vitest';
import { deferred } from '../../support/deferred.js';
import { testBusiness } from '../test-business.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const OPEN = { name: 'orders_open', help: 'Orders that are open.', every: '1m' } as const;

describe('a collected gauge', () => {
  test('is not there before it was collected, and shows what was collected last', async () => {
    const { business, lines, pass } = testBusiness();
    let open = 0;
    business.collect({ ...OPEN, collect: async () => ++open });
    expect(await lines('orders_open')).toEqual([]);

    await pass(1);
    expect(await lines('orders_open')).toEqual(['orders_open 1']);
    await pass(MINUTE);
    expect(await lines('orders_open')).toEqual(['orders_open 2']);
    expect(open).toBe(2);
  });

  test('has the series of the last collection, and no others', async () => {
    const { business, lines, pass } = testBusiness();
    const answers = [
      [{ labels: { region: 'eu' }, value: 3 }, { labels: { region: 'us' }, value: 4 }],
      [{ labels: { region: 'us' }, value: 5 }, { labels: { region: 'cn' }, value: null }, { labels: { region: 7 }, value: '12.50' }, { labels: { region: null }, value: 9n }],
      [],
    ];
    business.collect({ ...OPEN, labels: ['region'], collect: () => answers.shift() ?? [] });
    await pass(1);
    expect(await lines('orders_open')).toEqual(['orders_open{region="eu"} 3', 'orders_open{region="us"} 4']);
    await pass(MINUTE);
    expect((await lines('orders_open')).sort()).toEqual(['orders_open{region=""} 9', 'orders_open{region="7"} 12.5', 'orders_open{region="us"} 5']);
    await pass(MINUTE);
    expect(await lines('orders_open')).toEqual([]);
  });

  test('disappears when it is too old, and comes back', async () => {
    const { business, lines, pass } = testBusiness();
    let isWell = true;
    business.collect({
      ...OPEN,
      maxAge: '2m30s',
      collect: async () => {
        if (!isWell) throw new Error('the database is down');
        return 8;
      },
    });
    await pass(1);
    isWell = false;
    await pass(150 * SECOND - 1, SECOND);
    expect(await lines('orders_open')).toEqual(['orders_open 8']);
    await pass(2 * SECOND);
    expect(await lines('orders_open')).toEqual([]);
    isWell = true;
    await pass(MINUTE);
    expect(await lines('orders_open')).toEqual(['orders_open 8']);
  });

  test('without an age of its own disappears after three intervals', async () => {
    const { business, lines, pass } = testBusiness();
    let isFirst = true;
    business.collect({
      ...OPEN,
      collect: () => {
        if (!isFirst) throw new Error('down');
        isFirst = false;
        return 8;
      },
    });
    await pass(1);
    await pass(3 * MINUTE - 2, SECOND);
    expect(await lines('orders_open')).toEqual(['orders_open 8']);
    await pass(2 * SECOND);
    expect(await lines('orders_open')).toEqual([]);
  });

  test('shows no more series than a metric may have, and says so', async () => {
    const { business, lines, pass, series, log } = testBusiness({ seriesLimit: 10 });
    const from = [0, 500];
    business.collect({
      ...OPEN,
      labels: ['id'],
      collect: () => {
        const first = from.shift() ?? 0;
        return Array.from({ length: 25 }, (_, i) => ({ labels: { id: first + i }, value: i }));
      },
    });
    await pass(1);
    expect(await lines('orders_open')).toHaveLength(10);
    expect(series('sightline_series_dropped_total')['orders_open']).toBe(15);
    expect(log.join()).toContain('25 rows');
    await pass(MINUTE);
    // All anew: those before made room for these.
    expect((await lines('orders_open')).sort()).toEqual(Array.from({ length: 10 }, (_, i) => `orders_open{id="${500 + i}"} ${i}`));
  });

  test.each([
    ['a text', 'many', /"many" where a number/],
    ['an object', { value: 3 }, /where a number/],
    ['one figure for a metric with labels', 5, /rows of { labels, value }/, ['region']],
    ['a row without its label', [{ labels: {}, value: 3 }], /without the label `region`/, ['region']],
    ['a row with a label too many', [{ labels: { region: 'eu', city: 'x' }, value: 3 }], /the label `city`/, ['region']],
    ['two rows for one series', [{ labels: { region: 'eu' }, value: 3 }, { labels: { region: 'eu' }, value: 4 }], /two values for region="eu"/, ['region']],
    ['rows that are none', [3], /3 where { labels, value }/, ['region']],
    ['labels that can not be read', [{ labels: { region: { toString: () => { throw new Error('hostile'); } } }, value: 3 }], /hostile/, ['region']],
  ])('is not made of %s', async (_, answer, message, labels: string[] = []) => {
    const { business, lines, pass, series, log } = testBusiness();
    business.collect({ ...OPEN, labels, collect: () => answer as never });
    await pass(1);

    expect(await lines('orders_open')).toEqual([]);
    expect(series('business_collections_total')).toEqual({ 'orders_open failed': 1 });
    expect(log.join()).toMatch(message);
  });

  test('is not made of what is no value', async () => {
    const { business, lines, pass, series } = testBusiness();
    const answers = [null, undefined, NaN, Infinity];
    business.collect({ ...OPEN, collect: () => answers.shift() });
    await pass(1);
    for (let i = 0; i < 3; i++) await pass(MINUTE);

    expect(await lines('orders_open')).toEqual([]);
    expect(series('business_collections_total')).toEqual({ 'orders_open succeeded': 4 });
  });
});

describe('a collection', () => {
  test('that takes too long is ended, its late answer dropped, and the next one waits until it has ended', async () => {
    const { business, lines, pass, series } = testBusiness();
    const answer = deferred<number>();
    const signals: AbortSignal[] = [];
    let begun = 0;
    business.collect({
      ...OPEN,
      timeout: '10s',
      collect: ({ signal }) => {
        signals.push(signal);
        return ++begun === 1 ? answer.promise : 2;
      },
    });
    await pass(9 * SECOND);
    expect(signals[0]?.aborted).toBe(false);
    await pass(2 * SECOND);
    expect(signals[0]?.aborted).toBe(true);
    expect(series('business_collections_total')).toEqual({ 'orders_open timed_out': 1 });

    await pass(2 * MINUTE, SECOND);
    expect(begun).toBe(1);
    expect(series('business_collections_total')).toEqual({ 'orders_open timed_out': 1, 'orders_open overlapped': 2 });
    answer.resolve(1);
    await pass(1);
    expect(await lines('orders_open')).toEqual([]);
    await pass(MINUTE, SECOND);
    expect(begun).toBe(2);
    expect(await lines('orders_open')).toEqual(['orders_open 2']);
  });

  test('that fails, by throwing too, stops no other one', async () => {
    const { business, lines, pass, series, log } = testBusiness();
    business.collect({ ...OPEN, name: 'a', collect: () => { throw new Error('no table a'); } });
    business.collect({ ...OPEN, name: 'b', collect: () => Promise.reject(new Error('no table b')) });
    business.collect({ ...OPEN, name: 'c', collect: () => new Promise<never>(() => {}) });
    business.collect({ ...OPEN, name: 'd', collect: () => 4 });
    await pass(3 * MINUTE, SECOND);

    expect(await lines('d')).toContain('d 4');
    expect(series('business_collections_total')).toEqual({
      'a failed': 4,
      'b failed': 4,
      'c timed_out': 1,
      'c overlapped': 3,
      'd succeeded': 4,
    });
    expect(log.filter(line => line.includes('no table'))).toHaveLength(2 * 4);
  });

  test('is timed, and tells when it last succeeded', async () => {
    const { business, clock, pass, series, monitor } = testBusiness();
    const answers = [deferred<number>(), deferred<number>()];
    let i = 0;
    business.collect({ ...OPEN, collect: () => (answers[i++] as (typeof answers)[0]).promise });
    const begin = clock.now();
    await pass(1);
    await pass(3 * SECOND);
    answers[0]?.resolve(1);
    await pass(1);
    expect(series('business_collection_last_success_timestamp_seconds')).toEqual({ orders_open: begin / 1_000 });
    await pass(MINUTE, SECOND);
    answers[1]?.reject(new Error('down'));
    await pass(1);

    expect(series('business_collection_last_success_timestamp_seconds')).toEqual({ orders_open: begin / 1_000 });
    const { values } = (monitor.registry.getSingleMetric('business_collection_duration_seconds') as any).get();
    expect(values.find(({ metricName }: any) => metricName.endsWith('_count')).value).toBe(2);
  });

  test('comes once in each interval, somewhere in its first tenth', async () => {
    const places = [0, 0.99, 0.5, 0.25];
    const { business, clock, pass } = testBusiness({ random: () => places.shift() ?? 0 });
    const begin = clock.now();
    const times: number[] = [];
    business.collect({ ...OPEN, collect: ({ now }) => void times.push(now - begin) });
    await pass(4 * MINUTE - SECOND, 10);

    expect(times).toEqual([0, 65_940, 123_000, 181_500]);
  });

  test('is not begun a second time in its interval by a timer that fires too early', async () => {
    const { business, clock, pass } = testBusiness();
    let begun = 0;
    // As Node's timers do, by a part of a millisecond.
    const { schedule } = clock;
    clock.schedule = (callback, ms) => schedule.call(clock, callback, Math.max(0, ms - 0.5));
    business.collect({ ...OPEN, collect: () => ++begun });
    await pass(5 * MINUTE - 10, 100);

    expect(begun).toBe(5);
  });
});

describe('a collected counter', () => {
  const COUNTER = { name: 'orders_total', help: 'Orders.', type: 'counter', every: '1m', settle: '2m' } as const;

  test('grows by what is new, from one instant to the next without gaps, and begins with nothing', async () => {
    const { business, clock, pass, lines } = testBusiness();
    const begin = clock.now();
    const spans: [number, number][] = [];
    business.collect({
      ...COUNTER,
      collect: ({ since, until }) => {
        spans.push([since - begin, until - begin]);
        return 2;
      },
    });
    await pass(0);
    expect(await lines('orders_total')).toEqual(['orders_total 0']);
    await pass(5 * MINUTE, SECOND);

    // Nothing is asked for until the first minute has settled.
    expect(spans).toEqual([[0, MINUTE], [MINUTE, 2 * MINUTE], [2 * MINUTE, 3 * MINUTE]]);
    expect(await lines('orders_total')).toEqual(['orders_total 6']);
  });

  test('catches up on what a failed collection missed, once', async () => {
    const { business, clock, pass, lines } = testBusiness();
    const begin = clock.now();
    const spans: string[] = [];
    let failures = 2;
    business.collect({
      ...COUNTER,
      collect: ({ since, until }) => {
        if (failures-- > 0) throw new Error('down');
        spans.push(`${since - begin}-${until - begin}`);
        return (until - since) / MINUTE;
      },
    });
    await pass(6 * MINUTE + 1, SECOND);

    expect(spans).toEqual(['0-180000', '180000-240000']);
    expect(await lines('orders_total')).toEqual(['orders_total 4']);
  });

  test('adds up rows of the same labels, and leaves out what would make it fall', async () => {
    const { business, pass, lines, log } = testBusiness();
    business.collect({
      ...COUNTER,
      labels: ['region'],
      collect: () => [
        { labels: { region: 'eu' }, value: 1 },
        { labels: { region: 'eu' }, value: '2' },
        { labels: { region: 'us' }, value: -5 },
      ],
    });
    await pass(3 * MINUTE + 1, SECOND);

    expect(await lines('orders_total')).toEqual(['orders_total{region="eu"} 3']);
    expect(log.join()).toContain('-5');
  });

  test('is not counted backwards by a clock that was put back', async () => {
    const { business, clock, pass } = testBusiness();
    const spans: [number, number][] = [];
    let backMs = 0;
    const { now } = clock;
    clock.now = () => now.call(clock) - backMs;
    business.collect({
      ...COUNTER,
      collect: ({ since, until }) => {
        spans.push([since, until]);
        return 1;
      },
    });
    await pass(4 * MINUTE + 1, SECOND);
    backMs = 10 * MINUTE;
    await pass(12 * MINUTE, SECOND);

    expect(spans.length).toBeGreaterThan(2);
    for (const [i, [since, until]] of spans.entries()) {
      expect(until).toBeGreaterThan(since);
      if (i > 0) expect(since).toBe(spans[i - 1]?.[1]);
    }
  });
});

describe('collectors', () => {
  test('of one name can be ended and begun anew; a second one is refused', async () => {
    const { business, lines, pass } = testBusiness();
    const first = business.collect({ ...OPEN, collect: () => 1 });
    expect(() => business.collect({ ...OPEN, collect: () => 2 })).toThrow(/nothing else is collected by/);
    expect(() => business.collect([{ ...OPEN, name: 'x', collect: () => 2 }, { ...OPEN, name: 'x', collect: () => 2 }])).toThrow(/nothing else is collected by/);
    await pass(1);
    await first.stop();
    expect(await lines('orders_open')).toEqual([]);
    business.collect({ ...OPEN, collect: () => 2 });
    await pass(1);
    expect(await lines('orders_open')).toEqual(['orders_open 2']);
  });

  test('leave no timer behind when the monitor is closed, and what is under way is aborted', async () => {
    const { business, clock, pass } = testBusiness();
    let given: AbortSignal | undefined;
    business.collect({ ...OPEN, collect: () => 1 });
    business.collect({
      ...OPEN,
      name: 'slow',
      collect: ({ signal }) => {
        given = signal;
        return new Promise<never>(() => {});
      },
    });
    await pass(1);
    await business.close();

    expect(given?.aborted).toBe(true);
    expect(clock.waiting).toBe(0);
    let begun = 0;
    await business.collect({ ...OPEN, name: 'late', collect: () => ++begun }).stop();
    expect(clock.waiting).toBe(0);
    expect(begun).toBe(0);
  });

  test('may have the name of a metric of the catalogue, with its type and labels', async () => {
    const { business, lines, pass } = testBusiness();
    business.collect({ name: 'daily_active_users', every: '1m', collect: () => 40 });
    await pass(1);

    expect(await lines('daily_active_users')).toEqual(['daily_active_users 40']);
    expect(() => business.collect({ name: 'monthly_active_users', type: 'counter', every: '1m', collect: () => 40 })).toThrow(/"gauge", as monthly_active_users is one/);
    expect(() => business.collect({ name: 'user_satisfaction_score', labels: ['feature'], every: '1m', collect: () => [] })).toThrow(/the labels of user_satisfaction_score/);
  });

  test('do not take over a gauge that is set by hand', () => {
    const { business } = testBusiness();
    business.gauge({ name: 'orders_open', help: OPEN.help });

    expect(() => business.collect({ ...OPEN, collect: () => 1 })).toThrow(expect.objectContaining({ code: 'SIGHTLINE_METRIC_CONFLICT' }));
  });

  test.each([
    ['no function', { ...OPEN }, /business\.collect\.collect/],
    ['no interval', { ...OPEN, every: undefined, collect() {} }, /business\.collect\.every/],
    ['an interval under a second', { ...OPEN, every: 10, collect() {} }, /at least a second/],
    ['a timeout longer than the interval', { ...OPEN, timeout: '2m', collect() {} }, /at most `every`/],
    ['an age shorter than the interval', { ...OPEN, maxAge: '10s', collect() {} }, /at least `every`/],
    ['an age of a counter', { name: 'a_total', help: 'A.', type: 'counter', every: '1m', maxAge: '5m', collect() {} }, /nothing for a counter/],
    ['a settle of a gauge', { ...OPEN, settle: '5m', collect() {} }, /nothing for a gauge/],
    ['another type', { ...OPEN, type: 'histogram', collect() {} }, /'gauge' or 'counter'/],
    ['no help', { name: 'a', every: '1m', collect() {} }, /business\.collect\.help/],
    ['an unknown option', { ...OPEN, interval: '1m', collect() {} }, /known here: name, help/],
    ['nothing', undefined, /business\.collect/],
  ])('refused: %s', (_, options, message) => {
    const { business } = testBusiness();

    expect(() => business.collect(options as never)).toThrow(message);
  });
});
