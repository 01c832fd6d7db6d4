import { InvalidOptionError } from '../../core/errors.js';
import { aFunction, anObject, aText, checkOptions, type OptionRule } from '../../core/options.js';
import type { Amount, LearningSource } from './learning-source.js';
import type { SqlDialect } from './sql-names.js';
import { minutesOf, quoteSchema, type DurationUnit, type LearningSchema } from './sql-schema.js';

/** A value of a statement. */
export type SqlParameter = string | number;

/** Settings of {@link sqlLearningSource}. */
export interface SqlLearningSourceOptions {
  /**
   * Runs a statement with its values, in their order, and gives the rows, in any of the forms of drivers: a list of objects
   * (better-sqlite3, Knex, Prisma), `{ rows }` (pg, PGlite) or `[rows, fields]` (mysql2).
   */
  query(sql: string, values: readonly SqlParameter[]): unknown;
  /** Decides on quotes and on places of values: `$1` in PostgreSQL, else `?`. */
  readonly dialect: SqlDialect;
  /** What tables and columns are called. Default: see {@link LearningSchema}. */
  readonly schema?: LearningSchema;
  /**
   * How instants are kept. `iso`: `2026-11-23T02:00:00.000Z`, which PostgreSQL's own types take. `utc`: the same as
   * `2026-11-23 02:00:00`, as in MySQL's DATETIME and SQLite's CURRENT_TIMESTAMP, in UTC. `unix`, `unix_ms`: numbers since the
   * epoch. Default: `iso` for PostgreSQL, else `utc`.
   */
  readonly times?: 'iso' | 'utc' | 'unix' | 'unix_ms';
  /** How the lengths of sessions are kept. Default: `seconds`. */
  readonly durationUnit?: DurationUnit;
  /** What `status` says of a completed session. Default: `completed`. */
  readonly completedStatus?: string;
}

const DIALECTS: readonly unknown[] = ['postgresql', 'mysql', 'mariadb', 'sqlite'] satisfies SqlDialect[];
const TIMES: Readonly<Record<NonNullable<SqlLearningSourceOptions['times']>, (ms: number) => SqlParameter>> = {
  iso: ms => new Date(ms).toISOString(),
  // As texts are compared in SQLite, a full second must not carry a fraction.
  utc: ms => new Date(ms).toISOString().slice(0, -1).replace('T', ' ').replace(/\.000$/, ''),
  unix: ms => ms / 1_000,
  unix_ms: ms => ms,
};
const anything: OptionRule = { allowed: 'a value', accepts: () => true };
const RULES: Readonly<Record<keyof SqlLearningSourceOptions, OptionRule>> = {
  query: aFunction,
  dialect: { allowed: "'postgresql', 'mysql', 'mariadb' or 'sqlite'", accepts: value => DIALECTS.includes(value) },
  schema: anObject,
  times: { allowed: "'iso', 'utc', 'unix' or 'unix_ms'", accepts: value => typeof value === 'string' && Object.hasOwn(TIMES, value) },
  durationUnit: anything,
  completedStatus: aText,
};

/**
 * A learning platform's data in PostgreSQL, MySQL, MariaDB or SQLite. All five queries only read; names are checked and quoted,
 * values are bound.
 *
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 * @example
 * const source = sqlLearningSource({
 *   dialect: 'postgresql',
 *   query: (sql, values) => pool.query(sql, [...values]),
 *   schema: { users: { table: 'accounts', lastLogin: 'seen_at' } },
 * });
 */
export function sqlLearningSource(options: SqlLearningSourceOptions): LearningSource {
  checkOptions('sqlLearningSource', options ?? null, RULES);
  const { dialect, schema = {}, durationUnit = 'seconds', completedStatus = 'completed' } = options;
  for (const key of ['query', 'dialect'] as const) {
    if (options[key] === undefined) throw new InvalidOptionError(`sqlLearningSource.${key}`, undefined, RULES[key].allowed);
  }
  const { users, courses, sessions, aiUsage, feedback, instrumented } = quoteSchema(schema, dialect);
  const time = TIMES[options.times ?? (dialect === 'postgresql' ? 'iso' : 'utc')];
  const at = (place: number): string => (dialect === 'postgresql' ? `$${place}` : '?');
  const minutes = minutesOf(`s.${sessions.duration}`, durationUnit, dialect);
  const notCounted = instrumented === undefined ? '' : ` AND (u.${instrumented} IS NULL OR NOT u.${instrumented})`;
  const ask = async (sql: string, ...values: readonly SqlParameter[]): Promise<readonly Row[]> => rowsOf(await options.query(sql, values));

  // The names of the results are the only ones that are not quoted: none of them is a word of SQL, and all are in lower case.
  const activeUsers = `SELECT COUNT(*) AS users_seen FROM ${users.table} u WHERE u.${users.lastLogin} >= ${at(1)}`;
  const completions =
    `SELECT c.${courses.type} AS course_type, c.${courses.difficulty} AS course_difficulty, COUNT(*) AS sessions_all, ` +
    `SUM(CASE WHEN s.${sessions.status} = ${at(1)} THEN 1 ELSE 0 END) AS sessions_completed ` +
    `FROM ${sessions.table} s LEFT JOIN ${courses.table} c ON c.${courses.id} = s.${sessions.courseId} ` +
    `WHERE s.${sessions.createdAt} >= ${at(2)} GROUP BY c.${courses.type}, c.${courses.difficulty}`;
  const durations =
    `SELECT u.${users.userType} AS type_of_user, COUNT(*) AS sessions_all, SUM(${minutes}) AS minutes_all ` +
    `FROM ${sessions.table} s LEFT JOIN ${users.table} u ON u.${users.id} = s.${sessions.userId} ` +
    `WHERE s.${sessions.createdAt} >= ${at(1)} AND s.${sessions.duration} IS NOT NULL GROUP BY u.${users.userType}`;
  const aiCosts =
    `SELECT u.${aiUsage.service} AS service_used, u.${aiUsage.model} AS model_used, SUM(u.${aiUsage.cost}) AS cost_all ` +
    `FROM ${aiUsage.table} u WHERE u.${aiUsage.createdAt} >= ${at(1)} AND u.${aiUsage.createdAt} < ${at(2)}${notCounted} ` +
    `GROUP BY u.${aiUsage.service}, u.${aiUsage.model}`;
  const satisfaction =
    `SELECT f.${feedback.feature} AS feature_rated, u.${users.userType} AS type_of_user, COUNT(*) AS ratings_all, SUM(f.${feedback.rating}) AS rating_sum ` +
    `FROM ${feedback.table} f LEFT JOIN ${users.table} u ON u.${users.id} = f.${feedback.userId} ` +
    `WHERE f.${feedback.createdAt} >= ${at(1)} AND f.${feedback.rating} IS NOT NULL GROUP BY f.${feedback.feature}, u.${users.userType}`;

  return {
    knowsCountedCalls: instrumented !== undefined,
    async activeUsers({ since }) {
      const [row] = await ask(activeUsers, time(since));
      return amount(row, 'users_seen');
    },
    async completions({ since }) {
      return (await ask(completions, completedStatus, time(since))).map(row => ({
        courseType: text(row, 'course_type'),
        difficulty: text(row, 'course_difficulty'),
        sessions: amount(row, 'sessions_all'),
        completed: amount(row, 'sessions_completed'),
      }));
    },
    async durations({ since }) {
      return (await ask(durations, time(since))).map(row => ({
        userType: text(row, 'type_of_user'),
        sessions: amount(row, 'sessions_all'),
        minutes: amount(row, 'minutes_all'),
      }));
    },
    async aiCosts({ since, until }) {
      return (await ask(aiCosts, time(since), time(until))).map(row => ({
        service: text(row, 'service_used'),
        model: text(row, 'model_used'),
        cost: amount(row, 'cost_all'),
      }));
    },
    async satisfaction({ since }) {
      return (await ask(satisfaction, time(since))).map(row => ({
        feature: text(row, 'feature_rated'),
        userType: text(row, 'type_of_user'),
        ratings: amount(row, 'ratings_all'),
        total: amount(row, 'rating_sum'),
      }));
    },
  };
}

type Row = Readonly<Record<string, unknown>>;

/** The rows of a driver's answer. @throws TypeError where there are none to be seen */
function rowsOf(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) {
    const [first] = answer as readonly unknown[];
    // mysql2 gives [rows, fields]; rows themselves are objects.
    return (Array.isArray(first) ? first : answer) as readonly Row[];
  }
  const { rows } = (answer ?? {}) as { rows?: unknown };
  if (!Array.isArray(rows)) throw new TypeError('`query` gave no rows: a list of objects, { rows } or [rows, fields] is expected');
  return rows as readonly Row[];
}

function valueOf(row: Row | undefined, column: string): unknown {
  if (typeof row !== 'object' || !(column in row)) throw new TypeError(`\`query\` gave a row without \`${column}\`: rows are expected as objects, by names in lower case`);
  return row[column];
}

function text(row: Row, column: string): string | null {
  const value = valueOf(row, column);
  return value === null || value === undefined ? null : `${value as string}`;
}

function amount(row: Row | undefined, column: string): Amount {
  const value = valueOf(row, column) as Amount | object | undefined;
  if (value === null || value === undefined) return null;
  // A Decimal or the like, of Prisma or Sequelize.
  return typeof value === 'object' ? `${value as unknown as string}` : value;
}
