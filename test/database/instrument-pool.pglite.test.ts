import { PGlite } from '@electric-sql/pglite';
import { live } from '@electric-sql/pglite/live';
import { identifier, raw, sql } from '@electric-sql/pglite/template';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.js';
import { databaseMonitor, tracedMonitor } from './set-up.js';

// PGlite takes seconds to start, so all tests have one: each with a monitor of its own.
const open = () => PGlite.create({ extensions: { live } });
let database: Awaited<ReturnType<typeof open>>;

beforeAll(async () => {
  database = await open();
  await database.exec('CREATE TABLE pupils (id int PRIMARY KEY, email text); INSERT INTO pupils SELECT n FROM generate_series(1, 3) n');
}, 60_000);
afterAll(() => database.close());

test('counts query, exec and sql, and gives what they give', async () => {
  const { monitor, queries, faults } = databaseMonitor();
  expect(monitor.instrumentPool(database)).toBe(database);

  expect((await database.query('SELECT id FROM pupils WHERE id > $1', [2])).rows).toEqual([{ id: 3 }]);
  expect((await database.sql`SELECT id FROM pupils WHERE id > ${2}`).rows).toEqual([{ id: 3 }]);
  expect(await database.exec('UPDATE pupils SET email = NULL; SELECT 1')).toHaveLength(2);
  expect(queries()).toEqual({ 'select pupils': 2, 'update pupils': 1 });
  expect(faults()).toEqual({});
});

test("reads a template's identifiers and nested statements", async () => {
  const { monitor, queries } = databaseMonitor();
  monitor.instrumentPool(database);
  await database.sql`SELECT * FROM ${identifier`pupils`} WHERE id = ${1}`;
  await database.sql`${raw`DELETE FROM pupils`} ${sql`WHERE id = ${99}`}`;

  expect(queries()).toEqual({ 'select pupils': 1, 'delete pupils': 1 });
});

test('counts what a transaction runs, and leaves its result and its error alone', async () => {
  const { monitor, queries } = databaseMonitor();
  monitor.instrumentPool(database);
  const failure = new Error('undo');
  let transactionClosed: boolean | undefined;

  const result = await database.transaction(async tx => {
    await tx.query('SELECT * FROM pupils');
    await tx.exec("UPDATE pupils SET email = 'x'");
    await tx.sql`DELETE FROM ${identifier`pupils`} WHERE id = ${99}`;
    transactionClosed = tx.closed;
    return { query: () => 'mine' };
  });
  expect(result.query()).toBe('mine');
  expect(transactionClosed).toBe(false);
  await expect(database.transaction(async tx => {
    await tx.query('SELECT * FROM nowhere').catch(() => {});
    throw failure;
  })).rejects.toBe(failure);

  expect(queries()).toEqual({ 'select pupils': 1, 'update pupils': 1, 'delete pupils': 1, 'select_error nowhere': 1 });
});

test('counts a query that fails under <operation>_error', async () => {
  const { monitor, queries } = databaseMonitor();
  monitor.instrumentPool(database);
  await expect(database.query('INSERT INTO pupils VALUES (1)')).rejects.toMatchObject({ code: '23505' });
  await expect(database.exec('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '42P01' });

  expect(queries()).toEqual({ 'insert_error pupils': 1, 'select_error nowhere': 1 });
});

test('live queries go on as they do without it', async () => {
  const { monitor, queries, faults } = databaseMonitor();
  monitor.instrumentPool(database);
  const results: number[] = [];
  const { unsubscribe } = await database.live.query('SELECT * FROM pupils WHERE id < 1000', [], ({ rows }) => results.push(rows.length));
  await database.query('INSERT INTO pupils VALUES (100)');
  await until(() => results.length === 2);
  await unsubscribe();

  expect(results).toEqual([3, 4]);
  expect(queries()).toMatchObject({ 'insert pupils': 1 });
  expect(faults()).toEqual({});
});

test('1,000 queries at once are told apart', async () => {
  const { monitor, queries } = databaseMonitor();
  monitor.instrumentPool(database);
  await Promise.allSettled(Array.from({ length: 1_000 }, (_, i) => database.query(i % 10 === 0 ? 'SELECT * FROM nowhere' : 'SELECT 1 FROM pupils')));

  expect(queries()).toEqual({ 'select pupils': 900, 'select_error nowhere': 100 });
}, 30_000);

test('a query is a client span, and says what database it went to', async () => {
  const { monitor, spans } = tracedMonitor();
  monitor.instrumentPool(database);
  await database.query('SELECT * FROM pupils WHERE id = $1', [1]);
  const [span] = await spans();

  expect(span?.name).toBe('select pupils');
  expect(span?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.operation.name': 'select',
    'db.collection.name': 'pupils',
    'db.query.summary': 'select pupils',
  });
});
