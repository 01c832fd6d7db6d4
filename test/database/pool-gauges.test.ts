import pg from 'pg';
import { Gauge as PromGauge, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { collectGarbage } from '../support/collect-garbage.js';
import { freePort } from '../support/free-port.js';
import { startMysqlServer } from '../support/mysql-server.js';
import { readerOf } from '../support/test-monitor.js';
import { until } from '../support/until.js';
import { makePool } from './mysql-forms.js';
import { databaseMonitor } from './set-up.js';

const NAMES = ['db_pool_connections', 'db_pool_connections_idle', 'db_pool_connections_max', 'db_pool_requests_waiting'] as const;

/** The four gauges, by pool. */
function figures(test: Pick<ReturnType<typeof databaseMonitor>, 'series'>): Record<string, (number | undefined)[]> {
  const all = NAMES.map(name => test.series(name));
  const pools = new Set(all.flatMap(series => Object.keys(series)));
  return Object.fromEntries(Array.from(pools, pool => [pool, all.map(series => series[pool])]));
}

/** A pool of pg whose queries all fail at once. */
function endedPool(settings: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool(settings);
  void pool.end();
  return pool;
}

async function use(pool: pg.Pool): Promise<void> {
  await pool.query('SELECT 1').catch(() => {});
}

test('shows connections, idle ones, the limit and who waits', async () => {
  const monitored = databaseMonitor();
  const { port } = await startMysqlServer();
  const pool = monitored.monitor.instrumentPool(makePool({ options: { host: '127.0.0.1', port, database: 'shop' } }, { connectionLimit: 2 }).promise());
  const first = await pool.getConnection();
  expect(figures(monitored)).toEqual({ shop: [1, 0, 2, 0] });

  const second = await pool.getConnection();
  const third = pool.getConnection();
  expect(figures(monitored)).toEqual({ shop: [2, 0, 2, 1] });

  second.release();
  (await third).release();
  expect(figures(monitored)).toEqual({ shop: [2, 1, 2, 0] });
  first.release();
  expect(figures(monitored)).toEqual({ shop: [2, 2, 2, 0] });
});

test('shows no limit where there is none', async () => {
  const monitored = databaseMonitor();
  const { port } = await startMysqlServer();
  const pool = monitored.monitor.instrumentPool(makePool({ options: { host: '127.0.0.1', port } }, { connectionLimit: 0 }).promise(), { name: 'main' });
  await pool.query('SELECT 1');

  await until(() => figures(monitored)['main']?.[1] === 1);
  expect(figures(monitored)).toEqual({ main: [1, 1, undefined, 0] });
});

test("a pool's name is the given one, else its database's, else default", async () => {
  const monitored = databaseMonitor();
  const { instrumentPool } = monitored.monitor;
  await use(instrumentPool(endedPool({ database: 'shop', max: 1 }), { name: 'reports' }));
  await use(instrumentPool(endedPool({ database: 'shop', max: 2 })));
  await use(instrumentPool(endedPool({ connectionString: 'postgres://app:hunter2@db.example/my%20shop?ssl=true', max: 3 })));
  await use(instrumentPool(endedPool({ connectionString: 'not a URL', max: 4 })));

  expect(monitored.series('db_pool_connections_max')).toEqual({ reports: 1, shop: 2, 'my shop': 3, default: 4 });
});

test('pools of one name are told apart', async () => {
  const monitored = databaseMonitor();
  for (const max of [1, 2, 3]) await use(monitored.monitor.instrumentPool(endedPool({ database: 'shop', max })));

  expect(monitored.series('db_pool_connections_max')).toEqual({ shop: 1, 'shop-2': 2, 'shop-3': 3 });
});

test('monitors that share a registry share a pool, and tell two pools apart', async () => {
  const registry = new Registry();
  const one = databaseMonitor({ registry });
  const other = databaseMonitor({ registry });
  const shared = endedPool({ max: 1 });
  await use(one.monitor.instrumentPool(shared));
  await use(other.monitor.instrumentPool(shared));
  await use(other.monitor.instrumentPool(endedPool({ max: 2 })));

  expect(one.series('db_pool_connections_max')).toEqual({ default: 1, 'default-2': 2 });
});

test('a pool that nobody keeps can be collected; its series vanish and its name is free', async () => {
  const monitored = databaseMonitor();
  const kept = monitored.monitor.instrumentPool(endedPool({ max: 1 }));
  await use(kept);
  await (async () => {
    await use(monitored.monitor.instrumentPool(endedPool({ max: 2 })));
  })();
  expect(figures(monitored)).toEqual({ default: [0, 0, 1, 0], 'default-2': [0, 0, 2, 0] });

  await collectGarbage();
  expect(figures(monitored)).toEqual({ default: [0, 0, 1, 0] });

  await use(monitored.monitor.instrumentPool(endedPool({ max: 3 })));
  expect(figures(monitored)).toEqual({ default: [0, 0, 1, 0], 'default-2': [0, 0, 3, 0] });
  expect(kept.ended).toBe(true);
});

test('a pool that cannot be read costs its own series only', async () => {
  const monitored = databaseMonitor();
  const broken = monitored.monitor.instrumentPool(endedPool(), { name: 'broken' });
  await use(broken);
  await use(monitored.monitor.instrumentPool(endedPool(), { name: 'fine' }));
  const options = broken.options;
  Object.defineProperty(broken, 'options', {
    configurable: true,
    get() {
      throw new Error('gone');
    },
  });
  expect(Object.keys(figures(monitored))).toEqual(['fine']);
  expect(monitored.faults()).toEqual({ database: 4 });
  expect(monitored.log).toEqual(['[sightline] database: a pool could not be read: Error: gone']);

  Object.defineProperty(broken, 'options', { value: options });
  expect(Object.keys(figures(monitored)).sort()).toEqual(['broken', 'fine']);
});

test('a registry that has other metrics of these names costs the gauges, not the queries', async () => {
  const registry = new Registry();
  registry.registerMetric(new PromGauge({ name: 'db_pool_connections', help: "The app's own.", registers: [] }));
  const monitored = databaseMonitor({ registry });
  await use(monitored.monitor.instrumentPool(endedPool()));

  expect(monitored.queries()).toEqual({ 'select_error other': 1 });
  expect(monitored.log).toEqual([expect.stringContaining('a pool could not be shown')]);
});

test('a pool shows up with its first use, so that the monitor may be set up after the pool', async () => {
  const monitored = databaseMonitor();
  const pool = monitored.monitor.instrumentPool(new pg.Pool({ host: '127.0.0.1', port: await freePort() }));
  expect(figures(monitored)).toEqual({});

  await pool.connect().catch(() => {});
  expect(figures(readerOf(monitored.monitor))).toEqual({ default: [0, 0, 10, 0] });
});
