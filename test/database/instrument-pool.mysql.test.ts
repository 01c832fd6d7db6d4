import mysql from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { ManualClock } from '../support/manual-clock.js';
import { startMysqlServer, type MysqlServer } from '../support/mysql-server.js';
import { until } from '../support/until.js';
import { makePool as makePoolOf, rowsOf, testEveryForm } from './mysql-forms.js';
import { byCallback, databaseMonitor, nextProcessEvent } from './set-up.js';

let server: MysqlServer;
const target = (): { options: mysql.PoolOptions } => ({ options: { host: '127.0.0.1', port: server.port, user: 'root', database: 'shop' } });
const makePool = (more?: mysql.PoolOptions): mysql.Pool => makePoolOf(target(), more);

beforeEach(async () => {
  server = await startMysqlServer();
});

testEveryForm(target);

test('counts a connection of the promise API', async () => {
  const { monitor, queries } = databaseMonitor();
  const connection = monitor.instrumentPool(await createConnection({ ...target().options } as mysql.ConnectionOptions));
  onTestFinished(() => {
    connection.destroy();
  });
  await connection.query('SELECT * FROM users');
  await connection.execute('INSERT INTO users VALUES (?)', [1]);

  expect(queries()).toEqual({ 'select users': 1, 'insert users': 1 });
});

test('counts a query made of a command object', async () => {
  const { monitor, queries } = databaseMonitor();
  const connection = monitor.instrumentPool(mysql.createConnection({ ...target().options } as mysql.ConnectionOptions));
  onTestFinished(() => {
    connection.destroy();
  });
  type CreateQuery = (sql: string, values: unknown, callback: unknown, config: object) => mysql.QueryOptions;
  const { createQuery } = mysql as unknown as { createQuery: CreateQuery };
  const run = (sql: string): Promise<unknown> => byCallback(callback => void connection.query(createQuery(sql, [], callback, {})));
  await run('SELECT * FROM users');
  await expect(run('SELECT * FROM missing')).rejects.toMatchObject({ code: 'ER_NO_SUCH_TABLE' });

  expect(queries()).toEqual({ 'select users': 1, 'select_error missing': 1 });
});

test('counts what listeners of a new connection run', async () => {
  const { monitor, queries } = databaseMonitor();
  const pool = makePool();
  pool.on('connection', connection => void connection.query('SET SESSION sql_mode = "STRICT_ALL_TABLES"'));
  monitor.instrumentPool(pool);
  await byCallback(callback => void pool.query('SELECT * FROM users', callback));

  expect(queries()).toEqual({ 'set other': 1, 'select users': 1 });
});

test('a query that gets no connection counts as failed, in every form', async () => {
  const { monitor, queries } = databaseMonitor();
  const pool = monitor.instrumentPool(makePool({ port: await freePort() }));
  const failure = { code: 'ECONNREFUSED' };

  await expect(byCallback(callback => void pool.query('SELECT * FROM users', callback))).rejects.toMatchObject(failure);
  await expect(rowsOf(pool.query('SELECT * FROM users'))).rejects.toMatchObject(failure);
  await expect(byCallback(callback => void pool.execute('SELECT * FROM users', callback))).rejects.toMatchObject(failure);
  await expect(pool.promise().query('SELECT * FROM users')).rejects.toMatchObject(failure);
  await expect(pool.promise().getConnection()).rejects.toMatchObject(failure);
  expect(queries()).toEqual({ 'select_error users': 4 });
});

test('a query on a closed pool, and one beyond the queue limit, count as failed', async () => {
  const { monitor, queries } = databaseMonitor();
  const pool = monitor.instrumentPool(makePool({ connectionLimit: 1, queueLimit: 1 }));
  const run = (): Promise<unknown> => byCallback(callback => void pool.query('SELECT * FROM users', callback));
  const outcomes = await Promise.allSettled([run(), run(), run()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(queries()).toEqual({ 'select users': 2, 'select_error users': 1 });

  await pool.promise().end();
  await expect(run()).rejects.toThrow('Pool is closed');
  expect(queries()).toEqual({ 'select users': 2, 'select_error users': 2 });
});

test("the time of a pool's query includes the wait for a connection", async () => {
  const clock = new ManualClock();
  const { monitor, value } = databaseMonitor({ clock });
  const pool = monitor.instrumentPool(makePool({ connectionLimit: 1 }).promise());
  const connection = await pool.getConnection();
  const waiting = pool.query('SELECT * FROM users');
  clock.advance(2_000);
  connection.release();
  await waiting;

  expect(value('db_query_duration_seconds', { operation: 'select', table: 'users' }, '_sum')).toBe(2);
});

test('a lost connection counts each query that it breaks once, with and without a callback', async () => {
  const { monitor, queries } = databaseMonitor();
  const pool = monitor.instrumentPool(makePool({ connectionLimit: 4 }));
  const connection = monitor.instrumentPool(mysql.createConnection({ ...target().options } as mysql.ConnectionOptions));
  connection.on('error', () => {});
  const failed: Promise<unknown>[] = [
    byCallback(callback => void pool.query('SELECT hang FROM users', callback)),
    byCallback(callback => void pool.execute('SELECT hang FROM users', callback)),
    byCallback(callback => void connection.query('SELECT hang FROM users', callback)),
  ];
  const settled = Promise.allSettled(failed);
  pool.query('SELECT hang FROM users');
  connection.query('SELECT hang FROM users');
  connection.query('SELECT hang FROM users');
  await until(() => server.statements.length === 4);
  server.cut();
  await settled;

  await until(() => queries()['select_error users'] === 6);
});

test('what a callback throws reaches the process as without it', async () => {
  const { monitor, queries } = databaseMonitor();
  const thrown = new Error('from a callback');
  for (const pool of [makePool(), monitor.instrumentPool(makePool())]) {
    const throwing = (): void => {
      throw thrown;
    };
    expect(await nextProcessEvent('uncaughtException', () => void pool.query('SELECT * FROM users', throwing))).toBe(thrown);
  }
  expect(queries()).toEqual({ 'select users': 1 });
});

test('bad arguments fail as they do without it', async () => {
  const { monitor, queries } = databaseMonitor();
  const outcomes = [];
  for (const pool of [makePool().promise(), monitor.instrumentPool(makePool().promise())]) {
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
    const execute = pool.execute.bind(pool) as (...args: unknown[]) => Promise<unknown>;
    const calls = [() => query('SELECT 1', () => {}), () => query(null), () => execute('SELECT ?', [undefined]), () => execute('SELECT ?', { a: 1 })];
    outcomes.push(calls.map(call => new Promise(resolve => { resolve(call()); }).catch(String)));
  }
  const [without, withIt] = await Promise.all(outcomes.map(each => Promise.all(each)));
  expect(withIt).toEqual(without);
  expect(queries()).toEqual({ 'other_error other': 1, 'select_error other': 2 });
});

test('10,000 queries at once, a part of them failing, are told apart', async () => {
  const { monitor, queries } = databaseMonitor();
  const pool = monitor.instrumentPool(makePool({ connectionLimit: 20 }).promise());
  const all = Array.from({ length: 10_000 }, (_, i) => {
    if (i % 10 === 0) return pool.query('SELECT * FROM missing');
    return i % 2 === 0 ? pool.query('UPDATE users SET id = ?', [i]) : pool.execute('DELETE FROM users WHERE id = 1');
  });
  await Promise.allSettled(all);

  expect(queries()).toEqual({ 'select_error missing': 1_000, 'update users': 4_000, 'delete users': 5_000 });
}, 30_000);
