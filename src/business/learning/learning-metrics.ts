import { parseDuration, type Duration } from '../../core/duration.js';
import { InvalidOptionError } from '../../core/errors.js';
import { aText, checkOptions, withMethods, type OptionRule } from '../../core/options.js';
import type { CollectedRow, CollectionContext, CollectorOptions } from '../collectors/collector.js';
import type { Amount, LearningSource } from './learning-source.js';
import { WallDays } from './wall-days.js';

/** Settings of {@link learningMetrics}. All of them may be left out. */
export interface LearningMetricsOptions {
  /** How often the figures are collected. Default: `5m`. */
  readonly every?: Duration;
  /** How often new AI costs are. Default: `1m`. `false`: not at all, because the AI instruments count them all. */
  readonly aiCostEvery?: Duration | false;
  /**
   * How long it may take until the cost of a call stands in the database; at least twice `aiCostEvery`, so that other
   * processes have told by then which services they count. Default: `3m`, or twice `aiCostEvery` where that is more.
   */
  readonly aiCostSettle?: Duration;
  /** The zone whose wall clock days go by. Default: `UTC`. */
  readonly timeZone?: string;
  /**
   * What a day is. `rolling`, as in the plan: back to the same time of the wall clock. `calendar`: from midnight on, so that the
   * daily figure begins with nothing each night. Default: `rolling`.
   */
  readonly days?: 'rolling' | 'calendar';
}

const anything: OptionRule = { allowed: 'a value', accepts: () => true };
const RULES: Readonly<Record<keyof LearningMetricsOptions, OptionRule>> = {
  every: anything,
  aiCostEvery: anything,
  aiCostSettle: anything,
  timeZone: aText,
  days: { allowed: "'rolling' or 'calendar'", accepts: value => value === 'rolling' || value === 'calendar' },
};
const SOURCE = withMethods('a learning source', 'activeUsers', 'completions', 'durations', 'aiCosts', 'satisfaction');
/** As the plan has them, in days. */
const WINDOW = { daily: 1, monthly: 30, learning: 7 } as const;
const SETTLE_MS = 180_000;
/** What stands for a label that the database has not. */
const UNKNOWN = 'unknown';

/**
 * The collectors of a learning platform: `daily_active_users` (a day), `monthly_active_users` (30 days),
 * `learning_completion_rate`, `average_session_duration_minutes` and `user_satisfaction_score` (7 days), and
 * `ai_service_cost_total`, which grows by what is new in the database and not counted by the AI instruments.
 *
 * Where there is no data there is no figure: a rate of no sessions is neither 0 nor 1.
 *
 * @returns collectors for `business.collect`
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 * @example monitor.business.collect(learningMetrics(sqlLearningSource({ query, dialect: 'postgresql' }), { timeZone: 'Asia/Shanghai' }));
 */
export function learningMetrics(source: LearningSource, options: LearningMetricsOptions = {}): readonly CollectorOptions[] {
  if (!SOURCE.accepts(source)) throw new InvalidOptionError('learningMetrics', source, SOURCE.allowed);
  checkOptions('learningMetrics', options, RULES);
  const { every = '5m', aiCostEvery = '1m', timeZone = 'UTC', days = 'rolling' } = options;
  const wallDays = new WallDays(timeZone, days);
  const windowOf = (now: number, length: number) => ({ since: wallDays.since(now, length), now });
  const figures: readonly CollectorOptions[] = [
    { name: 'daily_active_users', every, collect: ({ now }) => source.activeUsers(windowOf(now, WINDOW.daily)) },
    { name: 'monthly_active_users', every, collect: ({ now }) => source.activeUsers(windowOf(now, WINDOW.monthly)) },
    {
      name: 'learning_completion_rate',
      every,
      collect: async ({ now }) =>
        shares((await source.completions(windowOf(now, WINDOW.learning))).map(({ courseType, difficulty, sessions, completed }) => ({
          labels: { course_type: courseType ?? UNKNOWN, difficulty: difficulty ?? UNKNOWN },
          of: sessions,
          sum: completed,
        }))),
    },
    {
      name: 'average_session_duration_minutes',
      every,
      collect: async ({ now }) =>
        shares((await source.durations(windowOf(now, WINDOW.learning))).map(({ userType, sessions, minutes }) => ({
          labels: { user_type: userType ?? UNKNOWN },
          of: sessions,
          sum: minutes,
        }))),
    },
    {
      name: 'user_satisfaction_score',
      every,
      collect: async ({ now }) =>
        shares((await source.satisfaction(windowOf(now, WINDOW.learning))).map(({ feature, userType, ratings, total }) => ({
          labels: { feature: feature ?? UNKNOWN, user_type: userType ?? UNKNOWN },
          of: ratings,
          sum: total,
        }))),
    },
  ];
  if (aiCostEvery === false) return figures;
  return [
    ...figures,
    {
      name: 'ai_service_cost_total',
      type: 'counter',
      every: aiCostEvery,
      settle: settleMs(options.aiCostSettle, parseDuration(aiCostEvery, 'learningMetrics.aiCostEvery')),
      collect: context => newCosts(source, context),
    },
  ];
}

async function newCosts(source: LearningSource, context: CollectionContext): Promise<readonly CollectedRow[]> {
  const { since, until } = context;
  const rows = await source.aiCosts({ since, until });
  // After the query: a service that is counted for the first time meanwhile is known by now.
  const counted = source.knowsCountedCalls === true ? [] : [...(await context.aiServices())].map(plainName);
  return rows
    .filter(({ service }) => service === null || !counted.includes(plainName(service)))
    .map(({ service, model, cost }) => ({ labels: { service: service ?? UNKNOWN, model: model ?? UNKNOWN }, value: cost }));
}

/** The instruments say `openai`; a table may say `OpenAI`. */
function plainName(service: string): string {
  return service.trim().toLowerCase();
}

interface Part {
  readonly labels: Readonly<Record<string, string>>;
  readonly of: Amount;
  readonly sum: Amount;
}

/** One share a label set: rows of the same labels are added up first, and nothing is divided by nothing. */
function shares(parts: readonly Part[]): readonly CollectedRow[] {
  const totals = new Map<string, { labels: Part['labels']; of: number; sum: number }>();
  for (const { labels, of, sum } of parts) {
    const key = JSON.stringify(labels);
    const total = totals.get(key) ?? { labels, of: 0, sum: 0 };
    total.of += Number(of ?? 0);
    total.sum += Number(sum ?? 0);
    totals.set(key, total);
  }
  return [...totals.values()].filter(({ of }) => of > 0).map(({ labels, of, sum }) => ({ labels, value: sum / of }));
}

function settleMs(given: Duration | undefined, everyMs: number): number {
  if (given === undefined) return Math.max(SETTLE_MS, 2 * everyMs);
  const ms = parseDuration(given, 'learningMetrics.aiCostSettle');
  if (ms < 2 * everyMs) throw new InvalidOptionError('learningMetrics.aiCostSettle', given, 'at least twice `aiCostEvery`');
  return ms;
}
