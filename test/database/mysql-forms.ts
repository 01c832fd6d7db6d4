import mysql from 'mysql2';
import { expect, onTestFinished, test } from 'vitest';
import { byCallback, databaseMonitor } from './set-up.js';

/** What runs statements in mysql2's callback API: a pool, its connections, a single connection. */
type Runner = Pick<mysql.Connection, 'query' | 'execute'>;

type Call = (...args: unknown[]) => mysql.Query;

const forms: Record<string, (runner: Runner) => Promise<unknown>> = {
  'query: a text': runner => byCallback(callback => void runner.query('SELECT * FROM users', callback)),
  'query: a text and values': runner => byCallback(callback => void runner.query('SELECT * FROM users WHERE id > ?', [0], callback)),
  'query: an object': runner => byCallback(callback => void runner.query({ sql: 'SELECT * FROM users WHERE id > ?', values: [0] }, callback)),
  'query: an object and values': runner => byCallback(callback => void (runner.query as Call)({ sql: 'SELECT * FROM users WHERE id > ?' }, [0], callback)),
  'query: an emitter': runner => rowsOf(runner.query('SELECT * FROM users')),
  'query: a stream': runner => runner.query('SELECT * FROM users').stream().toArray(),
  'execute: a text': runner => byCallback(callback => void runner.execute('SELECT * FROM users', callback)),
  'execute: a text and values': runner => byCallback(callback => void runner.execute('SELECT * FROM users WHERE id > ?', [0], callback)),
  'execute: an object': runner => byCallback(callback => void runner.execute({ sql: 'SELECT * FROM users WHERE id > ?', values: [0] }, callback)),
};

/** Waits for the end of a query that emits its rows. */
export function rowsOf(query: mysql.Query): Promise<unknown[]> {
  const rows: unknown[] = [];
  return new Promise((resolve, reject) => {
    query.on('result', row => rows.push(row));
    query.on('error', reject);
    query.on('end', () => {
      resolve(rows);
    });
  });
}

/** A server that has a table `users`, with a table `missing` missing. */
export interface MysqlTarget {
  readonly options: mysql.PoolOptions;
}

/** The tests that every MySQL server passes: mysql2's own, and MariaDB. */
export function testEveryForm(target: () => MysqlTarget): void {
  test.each(Object.entries(forms))('counts %s once, on a pool and on its connections', async (_form, run) => {
    const { monitor, queries, faults } = databaseMonitor();
    const pool = monitor.instrumentPool(makePool(target()));
    const expected = await run(makePool(target()));

    expect(JSON.stringify(await run(pool))).toBe(JSON.stringify(expected));
    expect(queries()).toEqual({ 'select users': 1 });

    const connection = await byCallback<mysql.PoolConnection>(callback => {
      pool.getConnection(callback);
    });
    await run(connection);
    connection.release();
    expect(queries()).toEqual({ 'select users': 2 });

    const single = monitor.instrumentPool(mysql.createConnection(target().options));
    onTestFinished(() => {
      single.destroy();
    });
    await run(single);
    expect(queries()).toEqual({ 'select users': 3 });
    expect(faults()).toEqual({});
  });

  test('counts each failure once, and hands on the error', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = monitor.instrumentPool(makePool(target()));
    const failure = { code: 'ER_NO_SUCH_TABLE' };

    await expect(byCallback(callback => void pool.query('SELECT * FROM missing', callback))).rejects.toMatchObject(failure);
    await expect(rowsOf(pool.query('SELECT * FROM missing'))).rejects.toMatchObject(failure);
    await expect(pool.query('SELECT * FROM missing').stream().toArray()).rejects.toMatchObject(failure);
    await expect(byCallback(callback => void pool.execute('SELECT * FROM missing', callback))).rejects.toMatchObject(failure);
    expect(queries()).toEqual({ 'select_error missing': 4 });
  });

  test('counts with the promise API, and what that got from the pool before', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = makePool(target()).promise();
    const before = await pool.getConnection();
    expect(monitor.instrumentPool(pool)).toBe(pool);

    await pool.query('SELECT * FROM users');
    await pool.execute('SELECT * FROM users WHERE id > ?', [0]);
    await expect(pool.query('SELECT * FROM missing')).rejects.toMatchObject({ code: 'ER_NO_SUCH_TABLE' });
    await expect(pool.execute('SELECT * FROM missing')).rejects.toMatchObject({ code: 'ER_NO_SUCH_TABLE' });
    await before.query('SELECT * FROM users');
    before.release();
    const after = await pool.getConnection();
    await after.beginTransaction();
    await after.query('UPDATE users SET id = 1 WHERE id = 1');
    await after.execute('UPDATE users SET id = 1 WHERE id = 1');
    await after.commit();
    after.release();

    expect(queries()).toEqual({ 'select users': 3, 'select_error missing': 2, 'begin other': 1, 'update users': 2, 'commit other': 1 });
  });
}

/** A pool that is closed when the test ends. */
export function makePool({ options }: MysqlTarget, more: mysql.PoolOptions = {}): mysql.Pool {
  const pool = mysql.createPool({ ...options, ...more });
  onTestFinished(() => byCallback<void>(callback => {
    pool.end(error => {
      callback(error, undefined);
    });
  }).catch(() => {}));
  return pool;
}
