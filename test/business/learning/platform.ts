import { SeededRandom } from '../../support/random.js';

const DAY_MS = 86_400_000;

interface User { readonly id: number; readonly type: string | null; readonly lastLogin: number | null }
interface Course { readonly id: number; readonly type: string | null; readonly difficulty: string | null }
interface Session { readonly userId: number; readonly courseId: number | null; readonly status: string; readonly minutes: number | null; readonly at: number }
export interface Usage { readonly service: string; readonly model: string; readonly millionths: number | null; readonly isCounted: boolean | null; readonly at: number }
interface Feedback { readonly userId: number; readonly feature: string; readonly rating: number | null; readonly at: number }

/** The data of a learning platform. */
export interface Platform {
  readonly users: readonly User[];
  readonly courses: readonly Course[];
  readonly sessions: readonly Session[];
  readonly usage: readonly Usage[];
  readonly feedback: readonly Feedback[];
}

/** The same at each run: with what is missing, what belongs to nothing, and what lies on the edges of windows. */
export function makePlatform(now: number): Platform {
  const random = new SeededRandom(7);
  const ago = (days: number): number => now - Math.floor(random.next() * days * DAY_MS);
  const users = Array.from({ length: 120 }, (_, i) => ({
    id: i + 1,
    type: random.pick(['free', 'vip', "teacher's", null]),
    lastLogin: i < 4 ? ([now - DAY_MS, now - DAY_MS - 1_000, now - 30 * DAY_MS, now - 30 * DAY_MS - 1_000][i] as number) : random.below(10) === 0 ? null : ago(60),
  }));
  const courses = Array.from({ length: 9 }, (_, i) => ({ id: i + 1, type: random.pick(['听力', 'reading', 'writing', null]), difficulty: random.pick(['easy', 'hard']) }));
  const sessions = Array.from({ length: 900 }, (_, i) => ({
    userId: random.below(130) + 1,
    courseId: random.below(12) === 0 ? null : random.below(9) + 1,
    status: random.pick(['completed', 'completed', 'abandoned', 'begun']),
    minutes: random.below(6) === 0 ? null : random.below(90) + 0.5,
    at: i === 0 ? now - 7 * DAY_MS : i === 1 ? now - 7 * DAY_MS - 1_000 : ago(20),
  }));
  const usage = Array.from({ length: 400 }, () => ({
    service: random.pick(['openai', 'qwen', 'OpenAI']),
    model: random.pick(['large', 'small']),
    millionths: random.below(10) === 0 ? null : random.below(2_000_000),
    isCounted: random.pick([true, false, null]),
    at: ago(1),
  }));
  const feedback = Array.from({ length: 500 }, () => ({
    userId: random.below(130) + 1,
    feature: random.pick(['essays', 'dictionary']),
    rating: random.below(8) === 0 ? null : random.below(5) + 1,
    at: ago(20),
  }));
  return { users, courses, sessions, usage, feedback };
}

/** The figures of the plan, worked out row by row: a metric's series, label values joined by `/`. */
export function expectedFigures({ users, courses, sessions, feedback }: Platform, now: number): Record<string, Record<string, number>> {
  const typeOf = (userId: number): string => users.find(({ id }) => id === userId)?.type ?? 'unknown';
  const seen = (days: number): number => users.filter(({ lastLogin }) => lastLogin !== null && lastLogin >= now - days * DAY_MS).length;
  const week = now - 7 * DAY_MS;
  const mean = (entries: readonly (readonly [string, number])[]): Record<string, number> => {
    const groups = new Map<string, number[]>();
    for (const [key, value] of entries) groups.set(key, [...(groups.get(key) ?? []), value]);
    return Object.fromEntries([...groups].map(([key, values]) => [key, values.reduce((a, b) => a + b) / values.length]));
  };
  return {
    daily_active_users: { '': seen(1) },
    monthly_active_users: { '': seen(30) },
    learning_completion_rate: mean(
      sessions
        .filter(({ at }) => at >= week)
        .map(({ courseId, status }) => {
          const course = courses.find(({ id }) => id === courseId);
          return [`${course?.type ?? 'unknown'}/${course?.difficulty ?? 'unknown'}`, status === 'completed' ? 1 : 0] as const;
        }),
    ),
    average_session_duration_minutes: mean(
      sessions.flatMap(({ at, minutes, userId }) => (at >= week && minutes !== null ? [[typeOf(userId), minutes] as const] : [])),
    ),
    user_satisfaction_score: mean(
      feedback.flatMap(({ at, rating, feature, userId }) => (at >= week && rating !== null ? [[`${feature}/${typeOf(userId)}`, rating] as const] : [])),
    ),
  };
}

/** What calls cost in a window, by service and model. */
export function expectedCosts({ usage }: Platform, since: number, until: number, counts: (usage: Usage) => boolean): Record<string, number> {
  const costs: Record<string, number> = {};
  for (const row of usage) {
    if (row.at < since || row.at >= until || !counts(row)) continue;
    const key = `${row.service}/${row.model}`;
    costs[key] = (costs[key] ?? 0) + (row.millionths ?? 0) / 1e6;
  }
  return costs;
}
