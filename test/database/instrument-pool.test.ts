import { EventEmitter } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isSightlineError } from '../../src/core/errors.js';
import { createInstrumentPool } from '../../src/database/instrument-pool.js';
import { instrumentPool } from '../../src/instruments.js';
import { configureMonitor } from '../../src/shared-monitor.js';
import { readerOf } from '../support/test-monitor.js';
import { byCallback, databaseMonitor, nextProcessEvent } from './set-up.js';

const SELECT = 'SELECT * FROM users';
const refused = new Error('refused');
Object.freeze(refused);

/** The least that can be instrumented. */
const makePool = (answer: (...args: any[]) => any = async () => []): { query: (...args: any[]) => any } => ({ query: answer });

test('gives back the very object, with a query() of the same name, length and properties', () => {
  class Pool {
    async query(_sql: string, _values: unknown[]): Promise<string> {
      return 'rows';
    }
  }
  const { monitor } = databaseMonitor();
  const pool = new Pool();
  Object.assign(pool.query, { tag: 'kept' });

  expect(monitor.instrumentPool(pool)).toBe(pool);
  expect(pool.query).toHaveProperty('name', 'query');
  expect(pool.query).toHaveProperty('length', 2);
  expect(pool.query).toHaveProperty('tag', 'kept');
  expect(pool).toBeInstanceOf(Pool);
  expect(Object.keys(pool)).toEqual([]);
});

test('instrumenting a pool again changes nothing', async () => {
  const { monitor, queries } = databaseMonitor();
  const pool = monitor.instrumentPool(makePool());
  const { query } = pool;

  expect(monitor.instrumentPool(pool).query).toBe(query);
  await pool.query(SELECT);
  expect(queries()).toEqual({ 'select users': 1 });
});

test('passes `this`, arguments and result through, synchronous ones too', () => {
  const { monitor, queries } = databaseMonitor();
  const seen: unknown[] = [];
  const pool = monitor.instrumentPool(
    makePool(function (this: unknown, ...args: unknown[]) {
      seen.push(this, ...args);
      return 42;
    }),
  );

  expect(pool.query(SELECT, [1], { limit: 2 })).toBe(42);
  expect(seen).toEqual([pool, SELECT, [1], { limit: 2 }]);
  expect(queries()).toEqual({ 'select users': 1 });
});

test.each([
  ['thrown', () => makePool(() => { throw refused; })],
  ['rejected with', () => makePool(async () => { throw refused; })],
  ['given to a callback', () => makePool((_sql, callback = () => {}) => callback(refused))],
])('an error that is %s stays the same object', async (_how, make) => {
  const { monitor, queries } = databaseMonitor();
  const pool = monitor.instrumentPool(make());
  const caught = await byCallback(callback => {
    const result: unknown = pool.query(SELECT, callback);
    if (result instanceof Promise) result.catch((error: unknown) => { callback(error as Error, undefined); });
  }).catch((error: unknown) => error);

  expect(caught).toBe(refused);
  expect(queries()).toEqual({ 'select_error users': 1 });
});

test('a rejection that nobody handles is reported once, with the same reason', async () => {
  const { monitor } = databaseMonitor();
  const pool = monitor.instrumentPool(makePool(async () => { throw refused; }));

  expect(await nextProcessEvent('unhandledRejection', () => void pool.query(SELECT))).toBe(refused);
});

test('a lazy thenable is not started by us, and stays the same object', async () => {
  const { monitor, queries } = databaseMonitor();
  const then = vi.fn((resolve: (value: string) => void) => {
    resolve('rows');
  });
  const lazy = { then };
  const pool = monitor.instrumentPool(makePool(() => lazy));

  const result = pool.query(SELECT);
  expect(result).toBe(lazy);
  expect(then).not.toHaveBeenCalled();
  expect(queries()).toEqual({});

  expect(await result).toBe('rows');
  expect(queries()).toEqual({ 'select users': 1 });
});

test('a function that turns out not to be a callback does not end the query', async () => {
  const { monitor, queries } = databaseMonitor();
  const pool = monitor.instrumentPool(
    makePool(async (_sql, toRow: (row: object) => unknown) => {
      await Promise.resolve();
      toRow({ id: 1 });
      throw refused;
    }),
  );

  await expect(pool.query(SELECT, (row: object) => row)).rejects.toBe(refused);
  expect(queries()).toEqual({ 'select_error users': 1 });
});

test.each([
  ['an object with text', [{ text: SELECT }]],
  ['an object with sql', [{ sql: SELECT }]],
  ['a template', [Object.assign(['SELECT * FROM users WHERE id = ', ' AND run = ', ''], { raw: [] }), 1, () => {}]],
])('reads the statement from %s', async (_form, args) => {
  const { monitor, queries } = databaseMonitor();
  await monitor.instrumentPool(makePool()).query(...args);

  expect(queries()).toEqual({ 'select users': 1 });
});

test.each([
  ['nothing', []],
  ['null', [null]],
  ['a number', [42]],
  ['an object without SQL', [{ name: 'prepared' }]],
  ['a list', [['SELECT 1']]],
  ['an object that throws', [{ get text() { throw refused; } }]],
])('counts as other what it cannot read: %s', async (_what, args: unknown[]) => {
  const { monitor, queries } = databaseMonitor();
  expect(await monitor.instrumentPool(makePool(async () => 'rows')).query(...args)).toBe('rows');

  expect(queries()).toEqual({ 'other other': 1 });
});

test('a pool whose query() works on a connection of its own counts once; a connection that is taken counts too', async () => {
  const { monitor, queries } = databaseMonitor();
  class Pool {
    async getConnection(): Promise<{ query(sql: string): Promise<string> }> {
      await Promise.resolve();
      return { query: async () => 'rows' };
    }
    async query(sql: string): Promise<string> {
      const connection = await this.getConnection();
      return connection.query(sql);
    }
  }
  const pool = monitor.instrumentPool(new Pool());

  expect(await Promise.all([pool.query(SELECT), pool.query(SELECT)])).toEqual(['rows', 'rows']);
  expect(queries()).toEqual({ 'select users': 2 });
  const connection = await pool.getConnection();
  await connection.query(SELECT);
  await connection.query(SELECT);
  expect(queries()).toEqual({ 'select users': 4 });
});

test('methods that call each other count once', async () => {
  const { monitor, queries } = databaseMonitor();
  const pool = monitor.instrumentPool({
    query: async () => 'rows',
    execute(sql: string) {
      return (this as { query(sql: string): Promise<string> }).query(sql);
    },
  });
  await pool.execute(SELECT);
  await pool.query();

  expect(queries()).toEqual({ 'select users': 1, 'other other': 1 });
});

test('a connection that its listener uses at once is not mistaken for the query it is taken for', async () => {
  const { monitor, queries } = databaseMonitor();
  const connection = { query: (_sql: string, callback: () => void) => void callback() };
  class Pool extends EventEmitter {
    getConnection(callback: (error: null, given: typeof connection) => void): void {
      this.emit('acquire', connection);
      callback(null, connection);
    }
    query(sql: string, callback: () => void): void {
      this.getConnection((_error, given) => {
        given.query(sql, callback);
      });
    }
  }
  const pool = monitor.instrumentPool(new Pool());
  await byCallback(callback => {
    pool.query(SELECT, callback as () => void);
  });
  pool.on('acquire', (given: typeof connection) => {
    given.query('SET a = 1', () => {});
  });
  await byCallback(callback => {
    // What a callback runs at once is its own.
    pool.query(SELECT, () => {
      pool.query('DELETE FROM users', callback as () => void);
    });
  });

  expect(queries()).toEqual({ 'select users': 2, 'delete users': 1, 'set other': 2 });
});

test('only the first query on a connection is the one it was taken for', async () => {
  const { monitor, queries } = databaseMonitor();
  const answers: (() => void)[] = [];
  const connection = { query: (_sql: string, callback: () => void) => void answers.push(callback) };
  const pool = monitor.instrumentPool({
    getConnection(callback: (error: null, given: typeof connection) => void) {
      callback(null, connection);
    },
    query(sql: string, callback: () => void) {
      this.getConnection((_error, given) => {
        given.query(sql, callback);
      });
    },
  });
  const both = [
    byCallback(callback => { pool.query(SELECT, callback as () => void); }),
    byCallback(callback => { connection.query('SET a = 1', callback as () => void); }),
  ];
  for (const answer of answers) answer();
  await Promise.all(both);

  expect(queries()).toEqual({ 'select users': 1, 'set other': 1 });
});

test('`summarize` names operation and table; where it fails, the query counts as other', async () => {
  const { monitor, queries, faults } = databaseMonitor();
  const answers: any[] = [{ operation: 'report', table: 'sales' }, undefined, { operation: 1, table: 'sales' }];
  const summarize = vi.fn(() => {
    if (answers.length === 0) throw new Error('no more');
    return answers.shift();
  });
  const pool = monitor.instrumentPool(makePool(), { summarize });
  for (let i = 0; i < 4; i++) await pool.query('CALL monthly_report()');

  expect(summarize).toHaveBeenCalledWith('CALL monthly_report()');
  expect(queries()).toEqual({ 'report sales': 1, 'other other': 3 });
  expect(faults()).toEqual({ database: 3 });
});

test.each([undefined, null, 'postgres://app:hunter2@db.example/shop', {}, { query: 'SELECT 1' }, () => {}])('refuses %o, and says what it takes', pool => {
  const { monitor } = databaseMonitor();
  const instrument = (): unknown => monitor.instrumentPool(pool as object);

  expect(instrument).toThrow(/takes a pool, client or connection of pg, mysql2 or PGlite, or any object whose query\(\) takes SQL/);
  expect(instrument).not.toThrow(/hunter2/);
  expect(instrument).toThrow(expect.toSatisfy((error: unknown) => isSightlineError(error) && error.code === 'SIGHTLINE_INVALID_TARGET'));
});

test.each([
  [{ name: '' }, /`name`.*a string/],
  [{ system: 7 }, /`system`.*a string/],
  [{ summarize: 'no' }, /`summarize`.*a function/],
  [{ pool: 'x' }, /`pool`.*known here: name, system, summarize/],
])('refuses the options %o', (options, message) => {
  expect(() => databaseMonitor().monitor.instrumentPool(makePool(), options as object)).toThrow(message);
});

test('a monitor that fails does not touch the queries', async () => {
  const pool = createInstrumentPool(() => {
    throw new Error('no monitor');
  })({ query: async (sql: string) => sql, getConnection: async () => 'connection' });

  expect(await pool.query(SELECT)).toBe(SELECT);
  expect(await pool.getConnection()).toBe('connection');
});

test('what cannot be changed is left alone', async () => {
  const { monitor, faults } = databaseMonitor();
  const pool = monitor.instrumentPool(Object.freeze(makePool(async () => 'rows')));

  expect(await pool.query(SELECT)).toBe('rows');
  expect(faults()).toEqual({ database: 1 });
});

test('two monitors each count a query; two builds of the package with one monitor count it once', async () => {
  const one = databaseMonitor();
  const other = databaseMonitor();
  class Pool {
    connection = { query: async () => 'rows' };
    async getConnection(): Promise<Pool['connection']> {
      return this.connection;
    }
    async query(): Promise<string> {
      return (await this.getConnection()).query();
    }
  }
  const pool = new Pool();
  one.monitor.instrumentPool(pool);
  createInstrumentPool(() => one.monitor)(pool); // as the other build does
  other.monitor.instrumentPool(pool);
  await (pool.query as (sql: string) => Promise<unknown>)(SELECT);
  expect([one.queries(), other.queries()]).toEqual([{ 'select users': 1 }, { 'select users': 1 }]);

  const connection = await pool.getConnection();
  await (connection.query as (sql: string) => Promise<unknown>)(SELECT);
  expect([one.queries(), other.queries()]).toEqual([{ 'select users': 2 }, { 'select users': 2 }]);
});

test('a pool may be instrumented before the shared monitor is set up, and outlives it', async () => {
  const pool = instrumentPool(makePool());
  for (let i = 0; i < 2; i++) {
    const monitor = configureMonitor({ metrics: { process: false }, tracing: false });
    onTestFinished(() => monitor.close());
    await pool.query(SELECT);
    expect(readerOf(monitor).series('db_queries_total')).toEqual({ 'select users': i + 1 }); // both write to the global registry
    await monitor.close();
  }
});

test('tables without end fold into `other`', async () => {
  const { monitor, queries } = databaseMonitor({ metrics: { seriesLimit: 10 } });
  const pool = monitor.instrumentPool(makePool());
  for (let i = 0; i < 100; i++) await pool.query(`SELECT * FROM tenant_${i}`);

  expect(queries()).toMatchObject({ 'select tenant_0': 1, 'select other': 90 });
});

test('neither statements nor values nor messages come into metrics or the log', async () => {
  const { monitor, log } = databaseMonitor();
  const pool = monitor.instrumentPool(makePool(async () => { throw new Error("duplicate key 'hunter2'"); }));
  await pool.query("SELECT * FROM users WHERE password = 'hunter2'").catch(() => {});
  await pool.query({ text: 'INSERT INTO users VALUES ($1)', values: ['hunter2'] }).catch(() => {});
  await pool.query('hunter2').catch(() => {});

  const exposition = await (monitor.registry as unknown as { metrics(): Promise<string> }).metrics();
  expect(exposition).toContain('db_queries_total{operation="insert_error",table="users"} 1');
  expect(exposition + log.join()).not.toMatch(/hunter2|password|WHERE/);
});
