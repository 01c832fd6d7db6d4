import { once } from 'node:events';
import pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { ManualClock } from '../support/manual-clock.js';
import { startPgliteServer, type PgliteServer } from '../support/pglite-server.js';
import { until } from '../support/until.js';
import { byCallback, databaseMonitor, nextProcessEvent } from './set-up.js';

const SELECT = 'SELECT * FROM pupils WHERE id > $1';
const url = process.env['SIGHTLINE_TEST_POSTGRES_URL'];

// The real driver, once against PGlite behind a socket, once against the server that the environment names.
describe.each(['PGlite', ...(url === undefined ? [] : ['PostgreSQL'])])('instrumentPool, with pg on %s', backend => {
  let server: PgliteServer | undefined;
  const open: { end(): Promise<void> }[] = [];

  const config = (): pg.PoolConfig =>
    server ? { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' } : { connectionString: url };
  function makePool(settings: pg.PoolConfig = {}): pg.Pool {
    const pool = new pg.Pool({ ...config(), ...settings });
    pool.on('error', () => {}); // a lost idle connection
    open.push(pool);
    return pool;
  }
  async function makeClient(settings: pg.ClientConfig = {}): Promise<pg.Client> {
    const client = new pg.Client({ ...config(), ...settings });
    client.on('error', () => {});
    await client.connect();
    open.push(client);
    return client;
  }

  beforeAll(async () => {
    if (backend === 'PGlite') server = await startPgliteServer();
    const pool = makePool();
    await pool.query('DROP TABLE IF EXISTS pupils');
    await pool.query('CREATE TABLE pupils (id int PRIMARY KEY, email text)');
    await pool.query('INSERT INTO pupils SELECT n, n::text FROM generate_series(1, 1000) n');
  }, 60_000);
  afterEach(async () => {
    await Promise.all(open.splice(0).map(each => each.end().catch(() => {})));
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  let names = 0;
  type Runner = Pick<pg.Client, 'query'>;
  const forms: Record<string, (runner: Runner) => Promise<unknown>> = {
    'a text': runner => runner.query('SELECT * FROM pupils'),
    'a text and values': runner => runner.query(SELECT, [998]),
    'a config object': runner => runner.query({ text: SELECT, values: [998] }),
    'a config object and values': runner => runner.query({ text: SELECT }, [998]),
    'a prepared statement': runner => runner.query({ name: `prepared ${++names}`, text: SELECT, values: [998] }),
    'rows as arrays': runner => runner.query({ text: SELECT, values: [998], rowMode: 'array' }),
    'a text and a callback': runner => byCallback(callback => void runner.query('SELECT * FROM pupils', callback as () => void)),
    'a text, values and a callback': runner => byCallback(callback => void runner.query(SELECT, [998], callback as () => void)),
    'a config object and a callback': runner =>
      byCallback(callback => void (runner.query as (...args: unknown[]) => void)({ text: SELECT, values: [998] }, callback)),
  };

  test.each(Object.entries(forms))('counts %s once, on a pool and on its clients', async (_form, run) => {
    const { monitor, queries, faults } = databaseMonitor();
    const plain = makePool();
    const pool = monitor.instrumentPool(makePool());
    const expected = await run(plain);

    expect(JSON.stringify(await run(pool))).toBe(JSON.stringify(expected));
    expect(queries()).toEqual({ 'select pupils': 1 });

    const client = await pool.connect();
    await run(client);
    client.release();
    expect(queries()).toEqual({ 'select pupils': 2 });

    const other = await byCallback<pg.PoolClient>(callback => void pool.connect(callback as () => void));
    await run(other);
    other.release();
    expect(queries()).toEqual({ 'select pupils': 3 });

    await run(monitor.instrumentPool(await makeClient()));
    expect(queries()).toEqual({ 'select pupils': 4 });
    expect(faults()).toEqual({});
  });

  test('counts a query that fails under <operation>_error, and hands on the very error', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = makePool();
    const original = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown> | undefined;
    let thrown: unknown;
    const query = (...args: unknown[]): unknown =>
      original(...args)?.catch((error: unknown) => {
        thrown = error;
        throw error;
      });
    Object.assign(pool, { query });
    monitor.instrumentPool(pool);

    const caught: unknown = await pool.query('SELECT * FROM nowhere').catch((error: unknown) => error);
    expect(caught).toBe(thrown);
    expect(caught).toBeInstanceOf(pg.DatabaseError);
    await expect(byCallback(callback => void pool.query("INSERT INTO pupils VALUES ($1, 'x')", [1], callback as () => void))).rejects.toMatchObject({
      code: '23505',
    });
    expect(queries()).toEqual({ 'select_error nowhere': 1, 'insert_error pupils': 1 });
  });

  test('counts a prepared statement each time it is used, without its text too', async () => {
    const { monitor, queries } = databaseMonitor();
    const client = monitor.instrumentPool(await makeClient());
    for (const text of [SELECT, SELECT, undefined]) await client.query({ name: 'again', text: text as string, values: [998] });

    expect(queries()).toEqual({ 'select pupils': 2, 'other other': 1 });
  });

  test('counts every statement of a transaction', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = monitor.instrumentPool(makePool());
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('UPDATE pupils SET email = $1 WHERE id = $2', ['secret', 1]);
    await client.query('SELECT * FROM nowhere').catch(() => {});
    await client.query('ROLLBACK');
    client.release();

    expect(queries()).toEqual({ 'begin other': 1, 'update pupils': 1, 'select_error nowhere': 1, 'rollback other': 1 });
  });

  test('a query that gets no connection counts as failed', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = monitor.instrumentPool(new pg.Pool({ host: '127.0.0.1', port: await freePort() }));

    await expect(pool.query('SELECT * FROM pupils')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(byCallback(callback => void pool.query('DELETE FROM pupils', callback as () => void))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(pool.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(queries()).toEqual({ 'select_error pupils': 1, 'delete_error pupils': 1 });
  });

  test('a query on an ended pool counts as failed, and one that its callback makes at once counts too', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = monitor.instrumentPool(makePool());
    await pool.end();

    await expect(pool.query('SELECT * FROM pupils')).rejects.toThrow('after calling end');
    const inner = byCallback(callback => {
      pool.query('SELECT * FROM pupils', () => {
        pool.query('DELETE FROM pupils', callback as () => void);
      });
    });
    await expect(inner).rejects.toThrow('after calling end');
    expect(queries()).toEqual({ 'select_error pupils': 2, 'delete_error pupils': 1 });
  });

  test("the time of a pool's query includes the wait for a connection", async () => {
    const clock = new ManualClock();
    const { monitor, value } = databaseMonitor({ clock });
    const pool = monitor.instrumentPool(makePool({ max: 1 }));
    const client = await pool.connect();
    const waiting = pool.query('SELECT * FROM pupils');
    clock.advance(2_000);
    client.release();
    await waiting;

    expect(value('db_query_duration_seconds', { operation: 'select', table: 'pupils' }, '_sum')).toBe(2);
  });

  test('knows the clients that were there before it: checked out, idle, and those of listeners', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = makePool();
    const taken = await pool.connect();
    await pool.query('SELECT 1'); // leaves an idle one
    pool.on('connect', client => void client.query('SET application_name = sightline'));
    monitor.instrumentPool(pool);

    await taken.query('SELECT * FROM pupils');
    await pool.query('SELECT * FROM pupils');
    expect(queries()).toEqual({ 'select pupils': 2 });

    const idle = await pool.connect();
    await pool.query('SELECT * FROM pupils'); // on a new one
    taken.release();
    idle.release();
    expect(queries()).toEqual({ 'select pupils': 3, 'set other': 1 });
  });

  test('counts what a pool runs on each new client', async () => {
    const { monitor, queries } = databaseMonitor();
    const onConnect = (client: pg.ClientBase): unknown => client.query('SET application_name = sightline');
    const pool = monitor.instrumentPool(makePool({ onConnect: onConnect }));
    await pool.query('SELECT * FROM pupils');
    await pool.query('SELECT * FROM pupils');

    expect(queries()).toEqual({ 'set other': 1, 'select pupils': 2 });
  });

  test('a cursor counts when it is read to its end, when it is closed early and when it fails', async () => {
    const { monitor, queries } = databaseMonitor();
    const client = monitor.instrumentPool(await makeClient());

    const whole = new Cursor(SELECT, [998]);
    expect(client.query(whole)).toBe(whole);
    expect(await whole.read(10)).toHaveLength(2);
    await until(() => queries()['select pupils'] === 1);

    const part = client.query(new Cursor('SELECT * FROM pupils'));
    expect(await part.read(10)).toHaveLength(10);
    await part.close();
    expect(queries()).toEqual({ 'select pupils': 2 });

    // Nobody listens for its 'error', so it emits none.
    await expect(client.query(new Cursor('SELECT * FROM nowhere')).read(10)).rejects.toMatchObject({ code: '42P01' });
    expect(queries()).toEqual({ 'select pupils': 2, 'select_error nowhere': 1 });
  });

  test('a stream counts when it ends, when it is destroyed early and when it fails', async () => {
    const { monitor, queries } = databaseMonitor();
    const client = await monitor.instrumentPool(makePool()).connect();
    expect(await client.query(new QueryStream('SELECT * FROM pupils')).toArray()).toHaveLength(1_000);
    await until(() => queries()['select pupils'] === 1);

    const stream = client.query(new QueryStream('SELECT * FROM pupils'));
    for await (const row of stream) {
      expect(row).toHaveProperty('email');
      break;
    }
    await until(() => queries()['select pupils'] === 2);

    await expect(client.query(new QueryStream('SELECT * FROM nowhere')).toArray()).rejects.toMatchObject({ code: '42P01' });
    client.release();
    expect(queries()).toEqual({ 'select pupils': 2, 'select_error nowhere': 1 });
  });

  test('a query object counts, whether it has a callback or listeners', async () => {
    const { monitor, queries } = databaseMonitor();
    const client = monitor.instrumentPool(await makeClient());
    const { Query } = pg as unknown as { Query: new (config: object | string, callback?: () => void) => pg.Submittable & NodeJS.EventEmitter };

    const emitting = client.query(new Query('SELECT * FROM pupils'));
    await once(emitting, 'end');
    const failing = client.query(new Query('SELECT * FROM nowhere'));
    await expect(once(failing, 'end')).rejects.toMatchObject({ code: '42P01' });
    await byCallback(callback => void client.query(new Query('SELECT * FROM pupils', callback as () => void)));
    await byCallback(callback => void (client.query as (...args: unknown[]) => void)(new Query('SELECT * FROM pupils'), callback));
    await makeClient();

    expect(queries()).toEqual({ 'select pupils': 3, 'select_error nowhere': 1 });
  });

  test('a callback in the config object is called, and the object stays as it was', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = monitor.instrumentPool(makePool());
    const client = await pool.connect();
    const answers: unknown[] = [];
    const callback = (error: unknown): void => void answers.push(error);
    const given = { text: 'SELECT * FROM pupils', callback };

    expect(client.query(given)).toBeUndefined();
    expect(given.callback).toBe(callback);
    await until(() => answers.length === 1);
    // A pool promises its result whatever the object says.
    const { rows } = await pool.query(given);
    client.release();

    expect(rows).toHaveLength(1_000);
    expect(answers).toHaveLength(1);
    expect(queries()).toEqual({ 'select pupils': 2 });
  });

  test('a lost connection counts each query that it breaks once', async () => {
    const { monitor, queries } = databaseMonitor();
    const client = monitor.instrumentPool(await makeClient());
    const broken = [
      client.query('SELECT * FROM pupils'),
      client.query('SELECT * FROM pupils'),
      client.query(new Cursor('SELECT * FROM pupils')).read(1),
    ];
    const settled = Promise.allSettled(broken);
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();

    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(client.query('DELETE FROM pupils')).rejects.toThrow('not queryable');
    expect(queries()).toEqual({ 'select_error pupils': 3, 'delete_error pupils': 1 });
  });

  test('a query that times out counts once, as failed', async () => {
    const { monitor, queries } = databaseMonitor();
    const client = await makeClient({ query_timeout: 1 });
    // The client believes that it waits for an answer, so nothing is sent.
    Object.assign(client, { readyForQuery: false });
    monitor.instrumentPool(client);

    await expect(client.query('SELECT * FROM pupils')).rejects.toThrow('Query read timeout');
    Object.assign(client, { readyForQuery: true });
    expect(queries()).toEqual({ 'select_error pupils': 1 });
  });

  test('what a callback throws, and a rejection that nobody handles, reach the process as without it', async () => {
    const { monitor, queries } = databaseMonitor();
    const thrown = new Error('from a callback');
    for (const pool of [makePool(), monitor.instrumentPool(makePool())]) {
      const throwing = (): void => {
        throw thrown;
      };
      expect(await nextProcessEvent('uncaughtException', () => void pool.query('SELECT * FROM pupils', throwing))).toBe(thrown);
      expect(await nextProcessEvent('unhandledRejection', () => void pool.query('SELECT * FROM nowhere'))).toMatchObject({ code: '42P01' });
    }
    expect(queries()).toEqual({ 'select pupils': 1, 'select_error nowhere': 1 });
  });

  test('its gauges show connections, idle ones, the limit and who waits', async () => {
    const { monitor, value } = databaseMonitor();
    const pool = monitor.instrumentPool(makePool({ max: 2 }), { name: 'main' });
    const figures = (): unknown[] =>
      (['db_pool_connections', 'db_pool_connections_idle', 'db_pool_connections_max', 'db_pool_requests_waiting'] as const).map(name =>
        value(name, { pool: 'main' }),
      );
    const [first, second] = [await pool.connect(), await pool.connect()];
    const third = pool.connect();
    expect(figures()).toEqual([2, 0, 2, 1]);

    first.release();
    (await third).release();
    expect(figures()).toEqual([2, 1, 2, 0]);
    second.release();
    await pool.end();
    expect(figures()).toEqual([0, 0, 2, 0]);
  });

  test('500 queries at once, a part of them failing, are told apart', async () => {
    const { monitor, queries } = databaseMonitor();
    const pool = monitor.instrumentPool(makePool({ max: 5 }));
    const all = Array.from({ length: 500 }, (_, i) => (i % 5 === 0 ? pool.query('SELECT * FROM nowhere') : pool.query(SELECT, [998])));
    await Promise.allSettled(all);

    expect(queries()).toEqual({ 'select pupils': 400, 'select_error nowhere': 100 });
  }, 20_000);

  test('bad arguments fail as they do without it', async () => {
    const { monitor, queries } = databaseMonitor();
    const outcomes = [];
    for (const pool of [makePool(), monitor.instrumentPool(makePool())]) {
      const client = await pool.connect();
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      const outcome = async (call: () => unknown): Promise<string> => {
        try {
          return String(await call());
        } catch (error) {
          return String(error);
        }
      };
      outcomes.push([
        await outcome(() => query()),
        await outcome(() => query(null)),
        await outcome(() => query({ values: [1] })),
        await outcome(() => query('SELECT $1::int', 'no array')),
        await outcome(() => (pool.query as (fn: unknown) => unknown)(undefined)),
      ]);
      client.release();
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(queries()).toEqual({ 'other_error other': 4, 'select_error other': 1 });
  });
});
