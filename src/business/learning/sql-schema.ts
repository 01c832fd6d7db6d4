import { InvalidOptionError } from '../../core/errors.js';
import { anObject, checkOptions, type OptionRule } from '../../core/options.js';
import { quoteColumn, quoteTable, type SqlDialect } from './sql-names.js';

/** Tables, each with its columns, by what they are called unless the schema says otherwise. */
const TABLES = {
  users: { table: 'users', id: 'id', userType: 'user_type', lastLogin: 'last_login' },
  courses: { table: 'courses', id: 'id', type: 'type', difficulty: 'difficulty' },
  sessions: { table: 'learning_sessions', userId: 'user_id', courseId: 'course_id', status: 'status', duration: 'duration', createdAt: 'created_at' },
  aiUsage: { table: 'ai_service_usage', service: 'service_name', model: 'model_name', cost: 'cost', createdAt: 'created_at' },
  feedback: { table: 'user_feedback', userId: 'user_id', feature: 'feature', rating: 'rating', createdAt: 'created_at' },
} as const;

type Tables = typeof TABLES;

/**
 * What tables and columns are called: `{ users: { table: 'accounts', lastLogin: 'seen_at' } }`. All of it may be left out. Defaults:
 * `users(id, user_type, last_login)`, `courses(id, type, difficulty)`,
 * `learning_sessions(user_id, course_id, status, duration, created_at)`,
 * `ai_service_usage(service_name, model_name, cost, created_at)` and `user_feedback(user_id, feature, rating, created_at)`.
 */
export interface LearningSchema {
  readonly users?: { readonly table?: string; readonly id?: string; readonly userType?: string; readonly lastLogin?: string };
  readonly courses?: { readonly table?: string; readonly id?: string; readonly type?: string; readonly difficulty?: string };
  readonly sessions?: {
    readonly table?: string;
    readonly userId?: string;
    readonly courseId?: string;
    readonly status?: string;
    readonly duration?: string;
    readonly createdAt?: string;
  };
  readonly aiUsage?: {
    readonly table?: string;
    readonly service?: string;
    readonly model?: string;
    readonly cost?: string;
    readonly createdAt?: string;
    /**
     * A column that is true where the AI instruments have counted the call. With it the database's other rows are counted, of
     * whichever service. Default: none; all of a service is left out whose calls the instruments count.
     */
    readonly instrumented?: string;
  };
  readonly feedback?: {
    readonly table?: string;
    readonly userId?: string;
    readonly feature?: string;
    readonly rating?: string;
    readonly createdAt?: string;
  };
}

/** Names as they stand in a statement. */
export type QuotedSchema = { readonly [T in keyof Tables]: { readonly [C in keyof Tables[T]]: string } } & {
  readonly instrumented: string | undefined;
};

const anything: OptionRule = { allowed: 'a name', accepts: () => true };
const EXTRA: Readonly<Record<string, readonly string[]>> = { aiUsage: ['instrumented'] };

/** @throws InvalidOptionError for what is unknown, and for what is no name */
export function quoteSchema(schema: LearningSchema, dialect: SqlDialect): QuotedSchema {
  const path = 'sqlLearningSource.schema';
  checkOptions(path, schema, Object.fromEntries(Object.keys(TABLES).map(table => [table, anObject])));
  const quoted = Object.entries(TABLES).map(([table, columns]) => {
    const given: Readonly<Record<string, string | undefined>> = schema[table as keyof Tables] ?? {};
    checkOptions(`${path}.${table}`, given, Object.fromEntries([...Object.keys(columns), ...(EXTRA[table] ?? [])].map(column => [column, anything])));
    const names = Object.entries(columns).map(([column, usual]) => {
      const quote = column === 'table' ? quoteTable : quoteColumn;
      return [column, quote(given[column] ?? usual, dialect, `${path}.${table}.${column}`)];
    });
    return [table, Object.fromEntries(names)] as const;
  });
  const { instrumented } = schema.aiUsage ?? {};
  return {
    ...(Object.fromEntries(quoted) as QuotedSchema),
    instrumented: instrumented === undefined ? undefined : quoteColumn(instrumented, dialect, `${path}.aiUsage.instrumented`),
  };
}

/** How a length of time is kept. */
export type DurationUnit = 'seconds' | 'minutes' | 'milliseconds' | 'microseconds' | 'interval';

/** A column's length of time, in minutes. @throws InvalidOptionError for a unit that there is not */
export function minutesOf(column: string, unit: unknown, dialect: SqlDialect): string {
  const path = 'sqlLearningSource.durationUnit';
  switch (unit as DurationUnit) {
    case 'minutes':
      return column;
    case 'seconds':
      return `${column} / 60.0`;
    case 'milliseconds':
      return `${column} / 60000.0`;
    case 'microseconds':
      return `${column} / 60000000.0`;
    case 'interval':
      if (dialect !== 'postgresql') throw new InvalidOptionError(path, unit, 'seconds, minutes, milliseconds or microseconds: only PostgreSQL has intervals');
      return `EXTRACT(EPOCH FROM ${column}) / 60.0`;
    default:
      throw new InvalidOptionError(path, unit, "'seconds', 'minutes', 'milliseconds', 'microseconds' or 'interval'");
  }
}
