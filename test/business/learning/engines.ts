import { PGlite } from '@electric-sql/pglite';
import type { SqlDialect, SqlLearningSourceOptions } from '../../../src/business/index.js';
import { MariadbServer } from '../../support/mariadb-server.js';
import { findServer } from '../../support/servers.mjs';
import { openSqlite } from '../../support/sqlite-database.js';
import type { Platform } from './platform.js';

type Value = string | number | boolean | null;
type Query = (sql: string, values: readonly (string | number)[]) => Promise<unknown>;

/** A database with the tables of the platform, named as the schema has it by default, or all of them otherwise. */
export interface Engine extends AsyncDisposable {
  readonly dialect: SqlDialect;
  /** As its driver gives rows. */
  readonly query: Query;
  readonly more: Pick<SqlLearningSourceOptions, 'times' | 'durationUnit'>;
  exec(sql: string): Promise<void>;
}

export interface Kind {
  readonly name: string;
  readonly canStart: boolean;
  open(): Promise<Engine>;
  readonly types: { readonly time: string; readonly text: string; readonly amount: string; readonly truth: string; readonly duration: string };
  time(ms: number): Value;
  duration(minutes: number): Value;
}

const mariadb = findServer('mariadbd');
const utc = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);

export const ENGINES: readonly Kind[] = [
  {
    name: 'PostgreSQL (PGlite), intervals',
    canStart: true,
    types: { time: 'timestamptz', text: 'text', amount: 'numeric(14,6)', truth: 'boolean', duration: 'interval' },
    time: ms => new Date(ms).toISOString(),
    duration: minutes => `${minutes} minutes`,
    async open() {
      const database = await PGlite.create();
      // Not UTC: what is right must not depend on it.
      await database.exec("set timezone = 'America/New_York'");
      return {
        dialect: 'postgresql',
        more: { durationUnit: 'interval' },
        query: (sql, values) => database.query(sql, [...values]),
        exec: async sql => void (await database.exec(sql)),
        [Symbol.asyncDispose]: () => database.close(),
      };
    },
  },
  {
    name: 'MariaDB, seconds',
    canStart: mariadb !== undefined,
    types: { time: 'datetime(3)', text: 'varchar(50)', amount: 'decimal(14,6)', truth: 'boolean', duration: 'int' },
    time: utc,
    duration: minutes => minutes * 60,
    async open() {
      const server = await MariadbServer.start(mariadb as string);
      return {
        dialect: 'mariadb',
        more: {},
        query: (sql, values) => server.pool.execute(sql, [...values]),
        exec: async sql => void (await server.pool.query(sql)),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: 'SQLite, texts and microseconds',
    canStart: true,
    types: { time: 'text', text: 'text', amount: 'numeric', truth: 'boolean', duration: 'integer' },
    // As CURRENT_TIMESTAMP writes it, where it is a full second.
    time: ms => utc(ms).replace(/\.000$/, ''),
    duration: minutes => minutes * 60_000_000,
    open: () => openSqliteEngine({ durationUnit: 'microseconds' }),
  },
  {
    name: 'SQLite, numbers since the epoch',
    canStart: true,
    types: { time: 'integer', text: 'text', amount: 'real', truth: 'integer', duration: 'real' },
    time: ms => ms,
    duration: minutes => minutes,
    open: () => openSqliteEngine({ times: 'unix_ms', durationUnit: 'minutes' }),
  },
];

function openSqliteEngine(more: Engine['more']): Promise<Engine> {
  const database = openSqlite();
  return Promise.resolve({
    dialect: 'sqlite',
    more,
    query: (sql, values) => database.run(sql, values),
    exec: async sql => void (await database.run(sql)),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  });
}

/** What tables and columns are called. */
export interface Names {
  readonly users: readonly [table: string, id: string, type: string, lastLogin: string];
  readonly courses: readonly [table: string, id: string, type: string, difficulty: string];
  readonly sessions: readonly [table: string, user: string, course: string, status: string, duration: string, at: string];
  readonly usage: readonly [table: string, service: string, model: string, cost: string, at: string, counted: string];
  readonly feedback: readonly [table: string, user: string, feature: string, rating: string, at: string];
}

export const USUAL_NAMES: Names = {
  users: ['users', 'id', 'user_type', 'last_login'],
  courses: ['courses', 'id', 'type', 'difficulty'],
  sessions: ['learning_sessions', 'user_id', 'course_id', 'status', 'duration', 'created_at'],
  usage: ['ai_service_usage', 'service_name', 'model_name', 'cost', 'created_at', 'is_counted'],
  feedback: ['user_feedback', 'user_id', 'feature', 'rating', 'created_at'],
};

/** Words of SQL, capitals, and letters of other scripts. */
export const ODD_NAMES: Names = {
  users: ['user', 'key', 'group', 'Last'],
  courses: ['order', 'select', 'table', '难度'],
  sessions: ['from', 'who', 'what', 'case', 'interval', 'timestamp'],
  usage: ['limit', 'desc', 'column', 'values', 'time', 'check'],
  feedback: ['where', 'u', 'union', 'rank', 'date'],
};

/** Makes the tables and writes the rows into them. */
export async function fill(engine: Engine, kind: Kind, names: Names, platform: Platform): Promise<void> {
  const quoted = (name: string): string => (engine.dialect === 'mariadb' ? `\`${name}\`` : `"${name}"`);
  const { time, text, amount, truth, duration } = kind.types;
  const make = async (columns: readonly string[], types: readonly string[], rows: readonly (readonly Value[])[]): Promise<void> => {
    const [table = '', ...others] = columns;
    await engine.exec(`CREATE TABLE ${quoted(table)} (${others.map((column, i) => `${quoted(column)} ${types[i] ?? ''}`).join(', ')})`);
    const values = rows.map(row => `(${row.map(literal).join(', ')})`);
    if (values.length > 0) await engine.exec(`INSERT INTO ${quoted(table)} VALUES ${values.join(', ')}`);
  };
  const at = (ms: number | null): Value => (ms === null ? null : kind.time(ms));
  await make(names.users, ['int', text, time], platform.users.map(({ id, type, lastLogin }) => [id, type, at(lastLogin)]));
  await make(names.courses, ['int', text, text], platform.courses.map(({ id, type, difficulty }) => [id, type, difficulty]));
  await make(names.sessions, ['int', 'int', text, duration, time], platform.sessions.map(({ userId, courseId, status, minutes, at: when }) => [
    userId, courseId, status, minutes === null ? null : kind.duration(minutes), at(when),
  ]));
  await make(names.usage, [text, text, amount, time, truth], platform.usage.map(({ service, model, millionths, at: when, isCounted }) => [
    service, model, millionths === null ? null : (millionths / 1e6).toFixed(6), at(when), isCounted,
  ]));
  await make(names.feedback, ['int', text, 'int', time], platform.feedback.map(({ userId, feature, rating, at: when }) => [userId, feature, rating, at(when)]));
}

function literal(value: Value): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
