import type { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import '../../src/business/register.js';
import type { Monitor } from '../../src/monitor.js';
import { testMonitor } from '../support/test-monitor.js';

/** The lines of a metric in a scrape. */
async function lines(monitor: Monitor, name: string): Promise<string[]> {
  const text = await (monitor.registry as Registry).metrics();
  return text.split('\n').filter(line => line.startsWith(name) && !line.startsWith(`${name}_bucket`));
}

describe("events of the plan's learning platform", () => {
  test('are counted by the names and labels of the plan', () => {
    const { monitor, series } = testMonitor();
    monitor.business.recordLearningSession({ userType: 'vip', subject: 'listening' });
    monitor.business.recordLearningSession({ userType: 'vip', subject: 'listening' });
    monitor.business.recordExerciseCompletion({ exerciseType: 'cloze', difficulty: 'hard', result: 'correct' });
    monitor.business.setActiveUsers('5m', 17);
    monitor.business.setActiveUsers('5m', 12);

    expect(series('learning_sessions_total')).toEqual({ 'vip listening': 2 });
    expect(series('exercise_completions_total')).toEqual({ 'cloze hard correct': 1 });
    expect(series('active_users_total')).toEqual({ '5m': 12 });
  });

  test('never throw, whatever they are given', () => {
    const { monitor, series, log } = testMonitor();
    const hostile = { toString: () => { throw new Error('no text'); } };
    const { business } = monitor;
    expect(() => { business.recordLearningSession({ userType: hostile as never, subject: 's' }); }).not.toThrow();
    expect(() => { business.recordExerciseCompletion({} as never); }).not.toThrow();
    expect(() => { business.setActiveUsers(Symbol('w') as never, 1); }).not.toThrow();
    expect(() => { business.recordLearningSession({ userType: 'x'.repeat(10_000_000), subject: 's' }); }).not.toThrow();

    const [name] = Object.keys(series('learning_sessions_total'));
    expect(name).toHaveLength(202);
    expect(log.join()).toContain('no text');
  });
});

describe("metrics of the app's own", () => {
  test('a counter, a gauge and a histogram stand in the scrape', async () => {
    const { monitor } = testMonitor();
    const signUps = monitor.business.counter({ name: 'sign_ups_total', help: 'Accounts made.', labels: ['plan'] });
    signUps.inc({ plan: 'free' });
    signUps.inc({ plan: 'free' }, 2);
    const waiting = monitor.business.gauge({ name: 'essays_waiting', help: 'Essays that wait.' });
    waiting.set({}, 5);
    waiting.add({}, -2);
    const length = monitor.business.histogram({ name: 'essay_length_words', help: 'Words.', labels: ['level'], buckets: [100, 200] });
    length.observe({ level: 'cet4' }, 150);

    expect(await lines(monitor, 'sign_ups_total')).toEqual(['sign_ups_total{plan="free"} 3']);
    expect(await lines(monitor, 'essays_waiting')).toEqual(['essays_waiting 3']);
    expect(await lines(monitor, 'essay_length_words')).toEqual(['essay_length_words_sum{level="cet4"} 150', 'essay_length_words_count{level="cet4"} 1']);
    expect(signUps.total()).toBe(3);
  });

  test('a gauge can be read for each scrape', async () => {
    const { monitor } = testMonitor();
    let waiting = 3;
    monitor.business.gauge({ name: 'essays_waiting', help: 'Essays that wait.', labels: ['queue'] }).observe({ queue: 'q' }, () => waiting);
    expect(await lines(monitor, 'essays_waiting')).toEqual(['essays_waiting{queue="q"} 3']);
    waiting = 4;
    expect(await lines(monitor, 'essays_waiting')).toEqual(['essays_waiting{queue="q"} 4']);
  });

  test('asked for twice, it is the same one', () => {
    const { monitor } = testMonitor();
    const make = () => monitor.business.counter({ name: 'sign_ups_total', help: 'Accounts made.' });
    make().inc();
    make().inc();

    expect(make().total()).toBe(2);
  });

  test('beyond the cap labels fold into "other", and that is counted', async () => {
    const { monitor, value } = testMonitor({ metrics: { seriesLimit: 10 } });
    const counter = monitor.business.counter({ name: 'sign_ups_total', help: 'Accounts made.', labels: ['plan'] });
    for (let i = 0; i < 1_000; i++) counter.inc({ plan: `plan-${i}` });

    expect(await lines(monitor, 'sign_ups_total')).toHaveLength(11);
    expect(await lines(monitor, 'sign_ups_total')).toContain('sign_ups_total{plan="other"} 990');
    expect(counter.total()).toBe(1_000);
    expect(value('sightline_series_dropped_total', { metric: 'sign_ups_total' })).toBe(990);
  });

  test('a slip in the labels is told of, counts nothing and throws nothing', async () => {
    const { monitor, log, value } = testMonitor();
    const counter = monitor.business.counter({ name: 'sign_ups_total', help: 'Accounts made.', labels: ['plan', 'country'] });
    counter.inc({ plan: 'free' } as never);
    counter.inc({ plan: 'free', country: 'cn', city: 'x' } as never);
    counter.inc(null as never);
    counter.inc({ plan: 'free', country: 'cn' }, -1);
    counter.inc({ plan: 'free', country: 'cn' }, NaN);

    expect(counter.total()).toBe(0);
    expect(log[0]).toContain('`sign_ups_total`');
    expect(log[0]).toContain('country');
    expect(value('sightline_errors_total', { component: 'business' })).toBe(2);
    expect(value('sightline_errors_total', { component: 'metrics' })).toBe(1);
  });

  test.each([
    ['a counter without _total', { name: 'sign_ups', help: 'H.' }, /business\.counter\.name.*_total/],
    ['a name with a blank', { name: 'sign ups_total', help: 'H.' }, /letters, digits and underscores/],
    ["one of Sightline's names", { name: 'http_requests_total', help: 'H.' }, /one of Sightline's/],
    ["the library's own beginning", { name: 'sightline_x_total', help: 'H.' }, /own health/],
    ['no help', { name: 'x_total' }, /business\.counter\.help/],
    ['a reserved label', { name: 'x_total', help: 'H.', labels: ['le'] }, /business\.counter\.labels/],
    ['a label twice', { name: 'x_total', help: 'H.', labels: ['a', 'a'] }, /each label once/],
    ['labels that are no list', { name: 'x_total', help: 'H.', labels: 'a' }, /list of label names/],
    ['an unknown option', { name: 'x_total', help: 'H.', label: ['a'] }, /known here: name, help, labels/],
  ])('refused: %s', (_, options, message) => {
    const { monitor } = testMonitor();

    expect(() => monitor.business.counter(options as never)).toThrow(message);
  });

  test('refused: a gauge with _total, a histogram whose samples would have its name, and buckets that do not ascend', () => {
    const { business } = testMonitor().monitor;

    expect(() => business.gauge({ name: 'x_total', help: 'H.' })).toThrow(/for counters/);
    expect(() => business.gauge({ name: 'x_count', help: 'H.' })).toThrow(/histograms have these/);
    expect(() => business.histogram({ name: 'x_seconds', help: 'H.', buckets: [2, 1] })).toThrow(/ascending/);
    expect(() => business.histogram({ name: 'x_seconds', help: 'H.' } as never)).toThrow(/ascending/);
  });

  test('one name has one shape', () => {
    const { business } = testMonitor().monitor;
    business.counter({ name: 'x_total', help: 'H.', labels: ['a'] });

    expect(() => business.counter({ name: 'x_total', help: 'H.', labels: ['b'] })).toThrow(expect.objectContaining({ code: 'SIGHTLINE_METRIC_CONFLICT' }));
  });
});
