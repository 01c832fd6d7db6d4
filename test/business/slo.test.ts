import { describe, expect, test } from 'vitest';
import '../../src/business/register.js';
import { testMonitor } from '../support/test-monitor.js';

describe('an objective', () => {
  test('is there from the start on, so that the first bad event is a rise', () => {
    const { monitor, series } = testMonitor();
    monitor.business.slo({ name: 'grading', target: 0.99 });

    expect(series('slo_good_events_total')).toEqual({ grading: 0 });
    expect(series('slo_events_total')).toEqual({ grading: 0 });
    expect(series('slo_target_ratio')).toEqual({ grading: 0.99 });
  });

  test('counts events one by one, and gives what a burn rate is made of', () => {
    const { monitor, value } = testMonitor();
    const slo = monitor.business.slo({ name: 'grading', target: 0.99 });
    slo.record(true, 95);
    for (let i = 0; i < 5; i++) slo.record(false);
    slo.record(true, -1);
    slo.record(false, NaN);

    const [good, all, target] = [value('slo_good_events_total'), value('slo_events_total'), value('slo_target_ratio')] as [number, number, number];
    expect([good, all]).toEqual([95, 100]);
    // 5 % are bad and 1 % may be.
    expect((1 - good / all) / (1 - target)).toBeCloseTo(5, 10);
  });

  test('follows counters of the app, all their series together', () => {
    const { monitor, series } = testMonitor();
    const good = monitor.business.counter({ name: 'graded_total', help: 'Graded.', labels: ['level'] });
    const total = monitor.business.counter({ name: 'essays_total', help: 'Essays.', labels: ['level'] });
    monitor.business.slo({ name: 'grading', target: 0.9, good, total });
    good.inc({ level: 'a' }, 3);
    good.inc({ level: 'b' }, 4);
    total.inc({ level: 'a' }, 10);

    expect(series('slo_good_events_total')).toEqual({ grading: 7 });
    expect(series('slo_events_total')).toEqual({ grading: 10 });
    good.inc({ level: 'b' });
    expect(series('slo_good_events_total')).toEqual({ grading: 8 });
  });

  test('follows totals that began anew, and goes on where one can not be read', () => {
    const { monitor, series, log } = testMonitor();
    let total: number | Error = 10;
    const read = (): number => {
      if (total instanceof Error) throw total;
      return total;
    };
    monitor.business.slo({ name: 'grading', target: 0.9, good: () => 1, total: read });
    expect(series('slo_events_total')).toEqual({ grading: 10 });
    total = 4;
    expect(series('slo_events_total')).toEqual({ grading: 14 });
    total = new Error('gone');
    expect(series('slo_events_total')).toEqual({ grading: 14 });
    expect(log.join()).toContain('gone');
    total = NaN;
    expect(series('slo_events_total')).toEqual({ grading: 14 });
    total = 6;
    expect(series('slo_events_total')).toEqual({ grading: 16 });
  });

  test('is not counted twice: one that follows counters takes no events', () => {
    const { monitor, series, log } = testMonitor();
    monitor.business.slo({ name: 'grading', target: 0.9, good: () => 1, total: () => 2 }).record(true);

    expect(series('slo_events_total')).toEqual({ grading: 2 });
    expect(log.join()).toContain('`record()` is for one without them');
  });

  test('several stand side by side', () => {
    const { monitor, series } = testMonitor();
    monitor.business.slo({ name: 'a', target: 0.9, good: () => 1, total: () => 2 });
    monitor.business.slo({ name: 'b', target: 0.999 }).record(false);

    expect(series('slo_events_total')).toEqual({ a: 2, b: 1 });
  });

  test.each([
    ['no name', { target: 0.9 }, /business\.slo\.name/],
    ['no target', { name: 'a' }, /business\.slo\.target/],
    ['a target in per cent', { name: 'a', target: 99 }, /between 0 and 1/],
    ['a target that nothing can miss', { name: 'a', target: 1 }, /between 0 and 1/],
    ['good without total', { name: 'a', target: 0.9, good: (): number => 1 }, /business\.slo\.total.*go together/],
    ['a number as total', { name: 'a', target: 0.9, good: (): number => 1, total: 5 }, /running total/],
    ['an unknown option', { name: 'a', target: 0.9, window: '30d' }, /known here/],
  ])('refused: %s', (_, options, message) => {
    const { monitor } = testMonitor();

    expect(() => monitor.business.slo(options as never)).toThrow(message);
  });
});
