import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type mysql from 'mysql2';
import pg from 'pg';
import { beforeEach, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { startMysqlServer } from '../support/mysql-server.js';
import { makePool as makePoolOf, rowsOf } from './mysql-forms.js';
import { byCallback, tracedMonitor } from './set-up.js';

let port: number;
const makePool = (more?: mysql.PoolOptions): mysql.Pool =>
  makePoolOf({ options: { host: '127.0.0.1', port, user: 'root', password: 'hunter2', database: 'shop' } }, more);

beforeEach(async () => {
  ({ port } = await startMysqlServer());
});

const names = (spans: readonly ReadableSpan[]): string[] => spans.map(({ name }) => name);

/** Each span with its parent's name: `update users < select users`. */
function lineage(spans: readonly ReadableSpan[]): string[] {
  const nameOf = (id: string | undefined): string => spans.find(span => span.spanContext().spanId === id)?.name ?? 'none';
  return spans.map(span => `${span.name} < ${nameOf(span.parentSpanContext?.spanId)}`).sort();
}

test('a query is one client span, below the span that is active', async () => {
  const { monitor, spans } = tracedMonitor();
  const pool = monitor.instrumentPool(makePool().promise());
  await monitor.traceFunction('request')(async () => {
    await pool.query('SELECT * FROM users WHERE id = ?', [1]);
    await pool.execute('DELETE FROM users WHERE id = ?', [1]);
  })();
  const finished = await spans();

  expect(lineage(finished)).toEqual(['delete users < request', 'request < none', 'select users < request']);
  const [query] = finished;
  expect(query?.kind).toBe(SpanKind.CLIENT);
  expect(query?.status.code).toBe(SpanStatusCode.UNSET);
  expect(query?.attributes).toEqual({
    'db.system.name': 'mysql',
    'db.namespace': 'shop',
    'db.operation.name': 'select',
    'db.collection.name': 'users',
    'db.query.summary': 'select users',
  });
});

test('a query that fails says so, without the message, which may quote values', async () => {
  const { monitor, spans } = tracedMonitor();
  const pool = monitor.instrumentPool(makePool().promise());
  await pool.query("SELECT * FROM missing WHERE email = 'ada@example.org'").catch(() => {});
  const [span] = await spans();

  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(span?.attributes['error.type']).toBe('ER_NO_SUCH_TABLE');
});

test('what a callback does is traced below its caller, whoever opened the connection', async () => {
  const { monitor, spans } = tracedMonitor();
  const pool = monitor.instrumentPool(makePool({ connectionLimit: 1 }));
  const request = (name: string): Promise<unknown> =>
    monitor.traceFunction(name)(() => byCallback(callback => {
      pool.query('SELECT * FROM users', () => {
        pool.getConnection((_error, connection) => {
          connection.query(`UPDATE ${name} SET a = 1`, (error, result) => {
            connection.release();
            callback(error, result);
          });
        });
      });
    }))();
  await Promise.all([request('one'), request('two'), request('three')]);

  const all = lineage(await spans());
  for (const name of ['one', 'two', 'three']) {
    expect(all).toContain(`update ${name} < ${name}`);
    expect(all).toContain(`select users < ${name}`);
  }
  expect(all).toHaveLength(9);
});

test('a query that gets no connection, and one in emitter form, are spans too', async () => {
  const { monitor, spans } = tracedMonitor();
  await rowsOf(monitor.instrumentPool(makePool()).query('SELECT * FROM users'));
  await monitor.instrumentPool(new pg.Pool({ host: '127.0.0.1', port: await freePort(), database: 'shop' })).query('SELECT 1').catch(() => {});
  const finished = await spans();

  expect(names(finished)).toEqual(['select users', 'select']);
  expect(finished[1]?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.namespace': 'shop',
    'db.operation.name': 'select',
    'db.query.summary': 'select',
    'error.type': 'ECONNREFUSED',
  });
});

test('`system` names what the driver does not tell', async () => {
  const { monitor, spans } = tracedMonitor();
  await monitor.instrumentPool({ query: async (sql: string) => sql }, { system: 'mssql' }).query('SELECT 1');

  expect((await spans())[0]?.attributes).toMatchObject({ 'db.system.name': 'mssql' });
});

test('nothing of a statement, a value, a message or a password is in a span', async () => {
  const { monitor, spans, log } = tracedMonitor();
  const pool = monitor.instrumentPool(makePool().promise());
  await pool.query("SELECT * FROM users WHERE password = 'hunter2'");
  await pool.query("SELECT * FROM missing WHERE password = 'hunter2'").catch(() => {});
  await pool.execute('SELECT * FROM users WHERE password = ?', ['hunter2']);
  const told = (await spans()).map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));

  expect(told).toHaveLength(3);
  expect(JSON.stringify(told) + log.join()).not.toMatch(/hunter2|password|WHERE|doesn't exist/);
});

test('the query does not become the active span of what the driver opens for it', async () => {
  const { monitor, spans } = tracedMonitor();
  let active: unknown = 'not asked';
  const pool = monitor.instrumentPool({
    query: async () => {
      active = trace.getActiveSpan();
    },
  });
  await pool.query();

  expect(active).toBeUndefined();
  expect(names(await spans())).toEqual(['other']);
});
