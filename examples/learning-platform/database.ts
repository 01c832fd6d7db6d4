import { PGlite } from '@electric-sql/pglite';
import { pg_stat_statements } from '@electric-sql/pglite/contrib/pg_stat_statements';
import { instrumentPool } from 'sightline';
import { SCHEMA, seed } from './seed.js';

export type Database = PGlite;

/** Opens a new PostgreSQL in memory, filled, with every query from here on measured. */
export async function openDatabase(): Promise<Database> {
  const database = await PGlite.create({ extensions: { pg_stat_statements } });
  await database.exec(SCHEMA);
  await seed(database);
  await database.exec('create extension pg_stat_statements; select pg_stat_statements_reset()');
  return instrumentPool(database);
}

/** The first row of a query's result. */
export async function one<Row>(database: Database, sql: string, values: unknown[] = []): Promise<Row | undefined> {
  return (await all<Row>(database, sql, values))[0];
}

/** All rows of a query's result. */
export async function all<Row>(database: Database, sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await database.query<Row>(sql, values)).rows;
}

/** PostgreSQL's own count of the queries it ran, by `operation table`: what the metrics are checked against. */
export async function countedByPostgres(database: Database): Promise<Map<string, number>> {
  const statements = await all<{ query: string; calls: number }>(database, 'select query, calls::int from pg_stat_statements');
  const counts = new Map<string, number>();
  for (const { query, calls } of statements) {
    const [, operation = ''] = /^\s*(\w+)/.exec(query) ?? [];
    const [, table] = /\b(?:from|into|update)\s+(\w+)/i.exec(query) ?? [];
    // Without a table: BEGIN and COMMIT of PGlite's own, and the reset above.
    if (table === undefined || table === 'pg_stat_statements') continue;
    const key = `${operation.toLowerCase()} ${table}`;
    counts.set(key, (counts.get(key) ?? 0) + calls);
  }
  return counts;
}
