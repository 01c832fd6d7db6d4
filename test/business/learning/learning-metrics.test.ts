import { describe, expect, test } from 'vitest';
import { learningMetrics, type AiCostRow, type LearningSource, type LearningWindow } from '../../../src/business/index.js';
import { testBusiness } from '../test-business.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A source that has nothing to say, but what it is given to. */
function source(given: Partial<LearningSource> = {}): LearningSource {
  const nothing = (): Promise<never[]> => Promise.resolve([]);
  return { activeUsers: () => Promise.resolve(0), completions: nothing, durations: nothing, aiCosts: nothing, satisfaction: nothing, ...given };
}

/** Rows of costs, each with its time, as a table would hold them. */
function usageTable(): { add(at: number, service: string, model: string, cost: number): void; aiCosts: LearningSource['aiCosts'] } {
  const rows: (AiCostRow & { at: number })[] = [];
  return {
    add: (at, service, model, cost) => void rows.push({ at, service, model, cost }),
    aiCosts: ({ since, until }) => Promise.resolve(rows.filter(({ at }) => at >= since && at < until)),
  };
}

describe('the figures', () => {
  test("have the plan's names and labels", async () => {
    const { business, pass, lines } = testBusiness();
    business.collect(
      learningMetrics(
        source({
          activeUsers: ({ since, now }) => Promise.resolve(Math.round((now - since) / 86_400_000)),
          completions: () => Promise.resolve([{ courseType: 'reading', difficulty: 'easy', sessions: '4', completed: 3n }]),
          durations: () => Promise.resolve([{ userType: 'vip', sessions: 4, minutes: '50.0' }]),
          satisfaction: () => Promise.resolve([{ feature: 'essays', userType: 'vip', ratings: 2, total: 9 }]),
        }),
      ),
    );
    await pass(1);

    expect(await lines('daily_active_users')).toEqual(['daily_active_users 1']);
    expect(await lines('monthly_active_users')).toEqual(['monthly_active_users 30']);
    expect(await lines('learning_completion_rate')).toEqual(['learning_completion_rate{course_type="reading",difficulty="easy"} 0.75']);
    expect(await lines('average_session_duration_minutes')).toEqual(['average_session_duration_minutes{user_type="vip"} 12.5']);
    expect(await lines('user_satisfaction_score')).toEqual(['user_satisfaction_score{feature="essays",user_type="vip"} 4.5']);
  });

  test('are weighed where rows turn out to have the same labels, and are none where there is nothing to divide by', async () => {
    const { business, pass, lines } = testBusiness();
    business.collect(
      learningMetrics(
        source({
          completions: () =>
            Promise.resolve([
              { courseType: null, difficulty: 'easy', sessions: 1, completed: 1 },
              { courseType: 'unknown', difficulty: 'easy', sessions: 3, completed: 0 },
              { courseType: 'reading', difficulty: 'easy', sessions: 0, completed: 0 },
              { courseType: 'writing', difficulty: 'easy', sessions: null, completed: null },
            ]),
        }),
      ),
    );
    await pass(1);

    expect(await lines('learning_completion_rate')).toEqual(['learning_completion_rate{course_type="unknown",difficulty="easy"} 0.25']);
  });

  test('stand alone: where one query fails, the others are shown', async () => {
    const { business, pass, lines, series } = testBusiness();
    business.collect(learningMetrics(source({ activeUsers: () => Promise.resolve(7), durations: () => Promise.reject(new Error('no table')) })));
    await pass(1);

    expect(await lines('daily_active_users')).toEqual(['daily_active_users 7']);
    expect(series('business_collections_total')['average_session_duration_minutes failed']).toBe(1);
  });
});

describe('a day', () => {
  /** The windows of a collection at an instant. */
  async function windowsAt(instant: string, options: object): Promise<LearningWindow[]> {
    const { business, clock, pass } = testBusiness();
    clock.now = () => Date.parse(instant);
    const windows: LearningWindow[] = [];
    business.collect(
      learningMetrics(
        source({
          activeUsers: window => {
            windows.push(window);
            return Promise.resolve(1);
          },
        }),
        options,
      ),
    );
    await pass(1);
    return windows;
  }
  const begins = async (instant: string, options: object): Promise<string[]> =>
    (await windowsAt(instant, options)).map(({ since }) => new Date(since).toISOString());

  test('is 24 hours where clocks are not put forward or back', async () => {
    expect(await begins('2026-06-15T12:00:00.000Z', { timeZone: 'Asia/Shanghai' })).toEqual(['2026-06-14T12:00:00.000Z', '2026-05-16T12:00:00.000Z']);
    expect(await begins('2026-06-15T12:00:00.000Z', {})).toEqual(['2026-06-14T12:00:00.000Z', '2026-05-16T12:00:00.000Z']);
  });

  test('is 23 hours long when clocks were put forward in it, and 25 when they were put back', async () => {
    // In Berlin on 29 March and on 25 October 2026.
    const [spring] = await windowsAt('2026-03-29T10:00:00.000Z', { timeZone: 'Europe/Berlin' });
    const [autumn] = await windowsAt('2026-10-25T11:00:00.000Z', { timeZone: 'Europe/Berlin' });

    expect(((spring?.now ?? 0) - (spring?.since ?? 0)) / HOUR).toBe(23);
    expect(((autumn?.now ?? 0) - (autumn?.since ?? 0)) / HOUR).toBe(25);
  });

  test('of the calendar begins at the midnight of its zone, across the year and across changed clocks', async () => {
    const calendar = (instant: string, timeZone: string): Promise<string[]> => begins(instant, { timeZone, days: 'calendar' });
    // 00:30 in Shanghai on 1 January; 30 days with it begin on 3 December.
    expect(await calendar('2025-12-31T16:30:00.000Z', 'Asia/Shanghai')).toEqual(['2025-12-31T16:00:00.000Z', '2025-12-02T16:00:00.000Z']);
    // Noon in Berlin on the day that has 23 hours; the 30 days began in winter time.
    expect(await calendar('2026-03-29T10:00:00.000Z', 'Europe/Berlin')).toEqual(['2026-03-28T23:00:00.000Z', '2026-02-27T23:00:00.000Z']);
    // Midnight was skipped in Beirut on 29 March 2026: the day began at 1.
    expect((await calendar('2026-03-29T10:00:00.000Z', 'Asia/Beirut'))[0]).toBe('2026-03-28T22:00:00.000Z');
    // A zone of half an hour.
    expect((await calendar('2026-06-15T12:00:00.000Z', 'Asia/Kolkata'))[0]).toBe('2026-06-14T18:30:00.000Z');
  });
});

describe('the cost of AI services', () => {
  test('grows by new rows only, however often it is collected', async () => {
    const { business, clock, pass, series } = testBusiness();
    const table = usageTable();
    table.add(clock.now() - HOUR, 'openai', 'gpt-4o', 100);
    business.collect(learningMetrics(source(table)));
    await pass(MINUTE, 1_000);
    table.add(clock.now(), 'openai', 'gpt-4o', 1);
    table.add(clock.now(), 'qwen', 'max', 2);
    await pass(MINUTE, 1_000);
    expect(series('ai_service_cost_total')).toEqual({});
    table.add(clock.now(), 'openai', 'gpt-4o', 0.5);
    await pass(30 * MINUTE, 1_000);

    expect(series('ai_service_cost_total')).toEqual({ 'openai gpt-4o': 1.5, 'qwen max': 2 });
  });

  test('takes rows that were written late, as long as they come before they have settled', async () => {
    const { business, clock, pass, series } = testBusiness();
    const table = usageTable();
    business.collect(learningMetrics(source(table), { aiCostEvery: '1m', aiCostSettle: '5m' }));
    await pass(10 * MINUTE, 1_000);
    table.add(clock.now() - 4 * MINUTE, 'openai', 'gpt-4o', 1);
    await pass(10 * MINUTE, 1_000);

    expect(series('ai_service_cost_total')).toEqual({ 'openai gpt-4o': 1 });
  });

  test('is never counted for a service whose calls the instrument counts, whatever a table calls it', async () => {
    const { business, monitor, clock, pass, series } = testBusiness();
    const table = usageTable();
    business.collect(learningMetrics(source(table)));
    await pass(MINUTE, 1_000);
    monitor.metrics.recordAiRequest({ service: 'openai', model: 'gpt-4o-2024-08-06', status: 'success', seconds: 1, cost: 0.25 });
    table.add(clock.now(), 'OpenAI', 'gpt-4o', 0.25);
    table.add(clock.now(), 'qwen', 'max', 2);
    await pass(10 * MINUTE, 1_000);

    expect(series('ai_service_cost_total')).toEqual({ 'openai gpt-4o-2024-08-06': 0.25, 'qwen max': 2 });
  });

  test('is counted row by row where the source knows what the instrument has counted', async () => {
    const { business, monitor, clock, pass, series } = testBusiness();
    const table = usageTable();
    business.collect(learningMetrics({ ...source(table), knowsCountedCalls: true }));
    await pass(MINUTE, 1_000);
    monitor.metrics.recordAiRequest({ service: 'openai', model: 'gpt-4o', status: 'success', seconds: 1, cost: 0.25 });
    table.add(clock.now(), 'openai', 'gpt-4o', 3);
    await pass(10 * MINUTE, 1_000);

    expect(series('ai_service_cost_total')).toEqual({ 'openai gpt-4o': 3.25 });
  });

  test('of calls that are recorded without a cost is taken from the database', async () => {
    const { business, monitor, clock, pass, series } = testBusiness();
    const table = usageTable();
    business.collect(learningMetrics(source(table)));
    await pass(MINUTE, 1_000);
    monitor.metrics.recordAiRequest({ service: 'openai', model: 'gpt-4o', status: 'success', seconds: 1 });
    table.add(clock.now(), 'openai', 'gpt-4o', 3);
    await pass(10 * MINUTE, 1_000);

    expect(series('ai_service_cost_total')).toEqual({ 'openai gpt-4o': 3 });
  });

  test('can be left to the instruments altogether', () => {
    expect(learningMetrics(source(), { aiCostEvery: false }).map(({ name }) => name)).not.toContain('ai_service_cost_total');
    expect(learningMetrics(source()).map(({ name }) => name)).toContain('ai_service_cost_total');
  });
});

test.each([
  [{ activeUsers: () => 1 }, {}, /a learning source/],
  [undefined, {}, /a learning source/],
  [source(), { timeZone: 'Mars/Olympus' }, /learningMetrics\.timeZone/],
  [source(), { days: 'weeks' }, /'rolling' or 'calendar'/],
  [source(), { aiCostSettle: '10s' }, /at least twice/],
  [source(), { zone: 'UTC' }, /known here: every, aiCostEvery, aiCostSettle, timeZone, days/],
])('refused: %#', (given, options, message) => {
  expect(() => learningMetrics(given as never, options as never)).toThrow(message);
});
