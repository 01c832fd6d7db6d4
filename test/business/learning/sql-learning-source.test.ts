import { describe, expect, test } from 'vitest';
import type { LearningSource } from '../../../src/business/index.js';
import { learningMetrics, sqlLearningSource, type LearningSchema } from '../../../src/business/index.js';
import { testBusiness, type TestBusiness } from '../test-business.js';
import { ENGINES, fill, ODD_NAMES, USUAL_NAMES } from './engines.js';
import { expectedCosts, expectedFigures, makePlatform, type Platform } from './platform.js';

/** All has been collected once: a real database takes as many turns of the event loop as it likes. */
async function collected({ pass, series }: TestBusiness, names: readonly string[]): Promise<void> {
  const done = (): boolean => names.every(name => Object.keys(series('business_collections_total')).some(key => key.startsWith(`${name} `)));
  while (!done()) await pass(0);
}

/** A metric's series: label values joined by `/`. */
function shown({ monitor }: TestBusiness, name: string): Record<string, number> {
  const { values } = (monitor.registry.getSingleMetric(name) as any).get() as { values: { labels: Record<string, string>; value: number }[] };
  return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join('/'), value]));
}

const FIGURES = ['daily_active_users', 'monthly_active_users', 'learning_completion_rate', 'average_session_duration_minutes', 'user_satisfaction_score'];
const ODD_SCHEMA: LearningSchema = {
  users: { table: 'user', id: 'key', userType: 'group', lastLogin: 'Last' },
  courses: { table: 'order', id: 'select', type: 'table', difficulty: '难度' },
  sessions: { table: 'from', userId: 'who', courseId: 'what', status: 'case', duration: 'interval', createdAt: 'timestamp' },
  aiUsage: { table: 'limit', service: 'desc', model: 'column', cost: 'values', createdAt: 'time', instrumented: 'check' },
  feedback: { table: 'where', userId: 'u', feature: 'union', rating: 'rank', createdAt: 'date' },
};
const EMPTY: Platform = { users: [], courses: [], sessions: [], usage: [], feedback: [] };

function expectSame(given: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(given).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, value] of Object.entries(expected)) expect(given[key], key).toBeCloseTo(value, 9);
}

/** What a source says of the costs, by service and model. */
async function costs(source: LearningSource, since: number, until: number): Promise<Record<string, number>> {
  const rows = await source.aiCosts({ since, until });
  return Object.fromEntries(rows.map(({ service, model, cost }) => [`${service}/${model}`, Number(cost ?? 0)]));
}

describe.each(ENGINES)('on $name', kind => {
  describe.skipIf(!kind.canStart)('the figures', { timeout: 60_000 }, () => {
    test.each([
      ['tables of the usual names', USUAL_NAMES, {}],
      ['tables whose names are words of SQL', ODD_NAMES, ODD_SCHEMA],
    ] as const)('are those that are worked out row by row: %s', async (_, names, schema) => {
      const each = testBusiness();
      const now = each.clock.now();
      const platform = makePlatform(now);
      await using engine = await kind.open();
      await fill(engine, kind, names, platform);
      const source = sqlLearningSource({ ...engine.more, dialect: engine.dialect, query: engine.query, schema });
      each.business.collect(learningMetrics(source, { aiCostEvery: false }));
      await collected(each, FIGURES);

      expect(each.log).toEqual([]);
      const expected = expectedFigures(platform, now);
      expect(Object.keys(expected['learning_completion_rate'] ?? {}).length).toBeGreaterThan(5);
      for (const name of FIGURES) expectSame(shown(each, name), expected[name] ?? {});
    });

    test('of empty tables are none, except that nobody was there', async () => {
      const each = testBusiness();
      await using engine = await kind.open();
      await fill(engine, kind, USUAL_NAMES, EMPTY);
      const source = sqlLearningSource({ ...engine.more, dialect: engine.dialect, query: engine.query });
      each.business.collect(learningMetrics(source, { aiCostEvery: false }));
      await collected(each, FIGURES);

      expect(each.log).toEqual([]);
      expect(FIGURES.map(name => shown(each, name))).toEqual([{ '': 0 }, { '': 0 }, {}, {}, {}]);
      expect(await costs(source, 0, Date.now())).toEqual({});
    });

    test('of AI costs are of the window alone, its begin and not its end', async () => {
      const now = 1_700_000_000_000;
      const platform = makePlatform(now);
      await using engine = await kind.open();
      // MariaDB takes OpenAI for openai.
      const usage = platform.usage.filter(({ service }) => service !== 'OpenAI');
      await fill(engine, kind, USUAL_NAMES, { ...platform, usage });
      const plain = sqlLearningSource({ ...engine.more, dialect: engine.dialect, query: engine.query });
      const marked = sqlLearningSource({ ...engine.more, dialect: engine.dialect, query: engine.query, schema: { aiUsage: { instrumented: 'is_counted' } } });
      const middle = usage[17]?.at ?? 0;
      const spans = [[0, middle], [middle, middle + 1], [middle + 1, now + 1]] as const;
      const sum: Record<string, number> = {};
      for (const [since, until] of spans) {
        const given = await costs(plain, since, until);
        expectSame(given, expectedCosts({ ...platform, usage }, since, until, () => true));
        for (const [key, cost] of Object.entries(given)) sum[key] = (sum[key] ?? 0) + cost;
        expectSame(await costs(marked, since, until), expectedCosts({ ...platform, usage }, since, until, ({ isCounted }) => isCounted !== true));
      }
      expectSame(sum, expectedCosts({ ...platform, usage }, 0, now + 1, () => true));
      expect([plain.knowsCountedCalls, marked.knowsCountedCalls]).toEqual([false, true]);
    });
  });
});

describe('a source of SQL', () => {
  const query = (): unknown[] => [];

  test.each([
    ['a quote in a table', { users: { table: 'users"; DROP TABLE users; --' } }, /sqlLearningSource\.schema\.users\.table/],
    ['a backtick in a column', { users: { lastLogin: 'a` OR 1=1' } }, /schema\.users\.lastLogin/],
    ['a comment', { feedback: { rating: 'rating/**/' } }, /schema\.feedback\.rating/],
    ['a dot in a column', { users: { id: 'a.b' } }, /schema\.users\.id/],
    ['three names in a table', { users: { table: 'a.b.c' } }, /schema\.users\.table/],
    ['an empty name', { users: { table: '' } }, /schema\.users\.table/],
    ['a name that is none', { users: { table: 7 } }, /schema\.users\.table/],
    ['a zero byte', { users: { table: 'a\0b' } }, /schema\.users\.table/],
    ['a name too long', { users: { table: 'a'.repeat(65) } }, /schema\.users\.table/],
    ['an injected mark', { aiUsage: { instrumented: 'x) OR (1=1' } }, /schema\.aiUsage\.instrumented/],
    ['an unknown table', { lessons: {} }, /known here: users, courses, sessions, aiUsage, feedback/],
    ['an unknown column', { users: { name: 'name' } }, /known here: table, id, userType, lastLogin/],
  ])('refuses %s', (_, schema, message) => {
    for (const dialect of ['postgresql', 'mysql', 'sqlite'] as const) {
      expect(() => sqlLearningSource({ query, dialect, schema: schema as never })).toThrow(message);
    }
  });

  test.each([
    [{ dialect: 'postgresql' }, /sqlLearningSource\.query/],
    [{ query }, /sqlLearningSource\.dialect/],
    [{ query, dialect: 'oracle' }, /'postgresql', 'mysql', 'mariadb' or 'sqlite'/],
    [{ query, dialect: 'mysql', durationUnit: 'interval' }, /only PostgreSQL has intervals/],
    [{ query, dialect: 'mysql', durationUnit: 'hours' }, /durationUnit/],
    [{ query, dialect: 'mysql', times: 'toString' }, /'iso', 'utc', 'unix' or 'unix_ms'/],
    [undefined, /sqlLearningSource/],
  ])('refuses %j', (options, message) => {
    expect(() => sqlLearningSource(options as never)).toThrow(message);
  });

  test('binds values, and never writes them into a statement', async () => {
    const asked: [string, readonly unknown[]][] = [];
    const source = sqlLearningSource({
      dialect: 'mysql',
      completedStatus: "done' OR '1'='1",
      schema: { sessions: { table: 'reporting.sessions' } },
      query: (sql, values) => {
        asked.push([sql, values]);
        return [];
      },
    });
    await source.completions({ since: 0, now: 1 });

    expect(asked[0]?.[0]).not.toContain('done');
    expect(asked[0]?.[0]).toContain('FROM `reporting`.`sessions` s');
    expect(asked[0]?.[1]).toEqual(["done' OR '1'='1", '1970-01-01 00:00:00']);
  });

  test.each([
    ['nothing', undefined, /gave no rows/],
    ['a text', 'rows', /gave no rows/],
    ['rows as lists', { rows: [[3]] }, /without `users_seen`/],
    ['names in capitals', [{ USERS_SEEN: 3 }], /in lower case/],
    ['no row', [], /without `users_seen`/],
  ])('says what is wrong with an answer: %s', async (_, answer, message) => {
    const source = sqlLearningSource({ dialect: 'sqlite', query: () => answer });

    await expect(source.activeUsers({ since: 0, now: 1 })).rejects.toThrow(message);
  });

  test('takes rows in the forms of drivers, and amounts in theirs', async () => {
    const row = { users_seen: { toString: () => '12' } };
    for (const answer of [[row], { rows: [row] }, [[row], []]]) {
      const source = sqlLearningSource({ dialect: 'sqlite', query: () => Promise.resolve(answer) });
      expect(await source.activeUsers({ since: 0, now: 1 })).toBe('12');
    }
  });
});
