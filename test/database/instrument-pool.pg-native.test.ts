import { EventEmitter, once } from 'node:events';
import Module, { createRequire } from 'node:module';
import type pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { byCallback, databaseMonitor } from './set-up.js';

type Callback = (error: Error | null, rows?: unknown[], results?: unknown) => void;

/** The compiled part of `pg.native`, libpq, which tests can't count on. All above it is the real driver. */
class Libpq extends EventEmitter {
  readonly pq = { resultErrorFields: () => ({ sqlState: '42P01' }) };
  connect(_parameters: string, callback: Callback): void {
    setImmediate(callback, null);
  }
  query(sql: string, values: unknown, callback: Callback = values as Callback): void {
    const error = sql.includes('nowhere') ? new Error('relation "nowhere" does not exist') : null;
    setImmediate(callback, error, [], { rows: [] });
  }
  prepare(_name: string, _sql: string, _values: number, callback: Callback): void {
    setImmediate(callback, null);
  }
  execute(_name: string, _values: unknown, callback: Callback): void {
    setImmediate(callback, null, [], { rows: [] });
  }
  end(callback: () => void): void {
    setImmediate(callback);
  }
}

function loadNative(): { Client: typeof pg.Client; Query: new (sql: string, callback?: unknown) => pg.Submittable & EventEmitter } {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const { _load: load } = loader;
  loader._load = (request, ...rest) => (request === 'pg-native' ? Libpq : load(request, ...rest));
  try {
    const Client = createRequire(import.meta.url)('pg/lib/native/index.js') as typeof pg.Client & { Query: never };
    return { Client, Query: Client.Query };
  } finally {
    loader._load = load;
  }
}

const { Client, Query } = loadNative();

function makePool(): pg.Pool {
  const { Pool } = createRequire(import.meta.url)('pg') as typeof pg;
  const pool = new Pool({ Client });
  onTestFinished(() => pool.end());
  return pool;
}

test('counts every form of a call of pg.native once', async () => {
  const { monitor, queries, faults } = databaseMonitor();
  const pool = monitor.instrumentPool(makePool());
  await pool.query('SELECT * FROM pupils');
  await pool.query({ name: 'prepared', text: 'SELECT * FROM pupils' });
  await byCallback(callback => void pool.query('SELECT * FROM pupils', [], callback as () => void));
  await expect(pool.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '42P01' });
  expect(queries()).toEqual({ 'select pupils': 3, 'select_error nowhere': 1 });

  const client = await pool.connect();
  await client.query('SELECT * FROM pupils');
  await byCallback(callback => void client.query('SELECT * FROM pupils', callback as () => void));
  await once(client.query(new Query('SELECT * FROM pupils')), 'end');
  await byCallback(callback => void client.query(new Query('SELECT * FROM pupils', callback)));
  await expect(once(client.query(new Query('SELECT * FROM nowhere')), 'end')).rejects.toMatchObject({ code: '42P01' });
  client.release();

  expect(queries()).toEqual({ 'select pupils': 7, 'select_error nowhere': 2 });
  expect(faults()).toEqual({});
});
