import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { expect, expectTypeOf, test } from 'vitest';
import { createMonitorDbQuery } from '../../src/database/monitor-db-query.js';
import { ManualClock } from '../support/manual-clock.js';
import { databaseMonitor, tracedMonitor } from './set-up.js';

interface User {
  id: string;
}

test('counts and times a wrapped query, and leaves its type, this, name and length alone', async () => {
  const clock = new ManualClock();
  const { monitor, queries, value } = databaseMonitor({ clock });
  async function findUser(this: { prefix: string }, id: string): Promise<User> {
    clock.advance(250);
    return Promise.resolve({ id: this.prefix + id });
  }
  const monitored = monitor.monitorDbQuery('select', 'users')(findUser);

  expectTypeOf(monitored).toEqualTypeOf(findUser);
  expect(await monitored.call({ prefix: 'user-' }, '7')).toEqual({ id: 'user-7' });
  expect([monitored.name, monitored.length]).toEqual(['findUser', 1]);
  expect(queries()).toEqual({ 'select users': 1 });
  expect(value('db_query_duration_seconds', { operation: 'select', table: 'users' }, '_sum')).toBe(0.25);
});

test('a query that fails counts under <operation>_error, and its error is the same object', async () => {
  const { monitor, queries } = databaseMonitor();
  const refused = new Error('refused');
  const instrument = monitor.monitorDbQuery('insert', 'essays');

  await expect(instrument(async () => { throw refused; })()).rejects.toBe(refused);
  expect(() => instrument((): void => { throw refused; })()).toThrow(refused);
  expect(queries()).toEqual({ 'insert_error essays': 2 });
});

test('a synchronous query counts when it returns', () => {
  const { monitor, queries } = databaseMonitor();
  const rows = [{ id: 1 }];

  expect(monitor.monitorDbQuery('select', 'users')(() => rows)()).toBe(rows);
  expect(queries()).toEqual({ 'select users': 1 });
});

test('a generator counts when it ends, and when it is left early', async () => {
  const { monitor, queries } = databaseMonitor();
  const pages = monitor.monitorDbQuery('select', 'pages')(async function* () {
    yield* [1, 2, 3];
  });
  const whole = [];
  for await (const page of pages()) whole.push(page);
  for await (const page of pages()) if (page === 1) break;

  expect(whole).toEqual([1, 2, 3]);
  expect(queries()).toEqual({ 'select pages': 2 });
});

test('a lazy query builder runs when it is awaited, once, and stays itself', async () => {
  const { monitor, queries } = databaseMonitor();
  let runs = 0;
  const builder = {
    then(resolve: (rows: string) => void) {
      runs++;
      resolve('rows');
    },
  };
  const find = monitor.monitorDbQuery('select', 'users')(() => builder);

  expect(find()).toBe(builder);
  expect(runs).toBe(0);
  expect(queries()).toEqual({});
  expect(await (find() as unknown as Promise<string>)).toBe('rows');
  expect(runs).toBe(1);
});

test('decorates methods and fields', async () => {
  const { monitor, queries } = databaseMonitor();
  class Users {
    readonly #rows = ['ada'];
    @monitor.monitorDbQuery('select', 'users')
    async all(): Promise<string[]> {
      return Promise.resolve(this.#rows);
    }
    @monitor.monitorDbQuery('delete', 'users')
    removeAll = async (): Promise<number> => Promise.resolve(this.#rows.splice(0).length);
  }
  const users = new Users();

  expect(await users.all()).toEqual(['ada']);
  expect(await users.removeAll()).toBe(1);
  expect(queries()).toEqual({ 'select users': 1, 'delete users': 1 });
});

test('is a client span, below which the spans of the query stand', async () => {
  const { monitor, spans } = tracedMonitor();
  const inner = monitor.traceFunction('inner')(async () => Promise.resolve());
  await monitor.monitorDbQuery('select', 'users', { system: 'postgresql', namespace: 'shop' })(inner)();
  const [below, query] = await spans();

  expect(query).toMatchObject({ name: 'select users', kind: SpanKind.CLIENT });
  expect(query?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.namespace': 'shop',
    'db.operation.name': 'select',
    'db.collection.name': 'users',
    'db.query.summary': 'select users',
  });
  expect(below?.parentSpanContext?.spanId).toBe(query?.spanContext().spanId);
});

test('a span of a failed query holds the kind of error, not its message', async () => {
  const { monitor, spans } = tracedMonitor();
  const fail = monitor.monitorDbQuery('insert', 'users')(async () => {
    throw Object.assign(new Error("Duplicate entry 'ada@example.org'"), { code: 'ER_DUP_ENTRY' });
  });
  await fail().catch(() => {});
  const [span] = await spans();

  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(span?.attributes['error.type']).toBe('ER_DUP_ENTRY');
  expect(JSON.stringify([span?.attributes, span?.events])).not.toContain('ada');
});

test.each([
  [['', 'users'], /`operation`.*what the query does/],
  [['select', undefined], /`table`.*the table/],
  [['select', 'users', { database: 'shop' }], /`database`.*known here: system, namespace/],
  [['select', 'users', { system: '' }], /`system`/],
])('refuses %j', (args, message) => {
  const { monitorDbQuery } = databaseMonitor().monitor;
  expect(() => (monitorDbQuery as (...args: unknown[]) => unknown)(...args)).toThrow(message);
});

test('a monitor that fails does not touch the query', async () => {
  const instrument = createMonitorDbQuery(() => {
    throw new Error('no monitor');
  })('select', 'users');

  expect(await instrument(async () => Promise.resolve('rows'))()).toBe('rows');
});
