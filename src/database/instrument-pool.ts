import { describe, SightlineError } from '../core/errors.js';
import { aFunction, aText, checkOptions, type OptionRule } from '../core/options.js';
import { recogniseDriver, unwrapPromiseApi } from './driver.js';
import { observePoolGauges } from './pool-gauges.js';
import { PoolObserver } from './pool-observer.js';
import type { DatabaseMonitorParts } from './query-observation.js';
import { createSqlSummaryCache, type SqlSummary } from './sql-summary.js';
import { queryText } from './query-text.js';

/** Settings of `instrumentPool`. All of them may be left out. */
export interface InstrumentPoolOptions {
  /** The label `pool` of the pool's gauges. Default: the database's name, else `default`. */
  readonly name?: string;
  /** OpenTelemetry's `db.system.name` in spans. Default: told by the driver: `postgresql`, `mysql`. */
  readonly system?: string;
  /** Names operation and table of a statement, in place of Sightline's reading. Keep both to a few values. */
  readonly summarize?: (sql: string) => SqlSummary;
}

const OPTION_RULES: Readonly<Record<keyof InstrumentPoolOptions, OptionRule>> = {
  name: aText,
  system: aText,
  summarize: aFunction,
};
const OTHER: SqlSummary = { operation: 'other', table: 'other' };

/** Makes `instrumentPool` for whatever monitor `partsOf` gives at the time of a query. */
export function createInstrumentPool(
  partsOf: () => DatabaseMonitorParts,
): <P extends object>(pool: P, options?: InstrumentPoolOptions) => P {
  const summarizeSql = createSqlSummaryCache();
  const instrumented = new WeakSet();
  return (pool, options = {}) => {
    checkOptions('', options, OPTION_RULES);
    const target = queryable(pool);
    if (instrumented.has(target)) return pool;
    instrumented.add(target);

    const driver = recogniseDriver(target);
    const { name = driver.namespace ?? 'default', system = driver.system, summarize = summarizeSql } = options;
    const { reader } = driver;
    // Only when the pool is used, because a pool may be made before the shared monitor is set up.
    let shownBy: DatabaseMonitorParts['metrics'] | undefined;
    const observer = new PoolObserver({
      partsOf,
      onUse(parts) {
        if (parts.metrics === shownBy) return;
        shownBy = parts.metrics;
        if (!reader) return;
        parts.diagnostics.guard('database', 'a pool could not be shown', () => {
          observePoolGauges(parts, target, reader, name);
        });
      },
      describe(args, { diagnostics }) {
        const { operation, table } =
          diagnostics.guard('database', 'a statement could not be summarized', () => checked(summarize(queryText(args)))) ?? OTHER;
        return { operation, table, system, namespace: driver.namespace };
      },
    });
    observer.attempt(() => {
      observer.adopt(target);
      for (const method of ['connect', 'getConnection', 'transaction']) observer.adoptFrom(target, method);
      if (reader) observer.adoptConnections(target, reader);
    });
    return pool;
  };
}

/** The object whose `query()` is to be observed. */
function queryable(pool: object): object {
  const target = typeof pool === 'object' && (pool as object | null) !== null ? unwrapPromiseApi(pool) : {};
  if (typeof (target as { query?: unknown }).query === 'function') return target;
  throw new SightlineError(
    'SIGHTLINE_INVALID_TARGET',
    'instrumentPool() takes a pool, client or connection of pg, mysql2 or PGlite, or any object whose query() takes SQL; ' +
      // A string might be a connection string, with its password.
      `got ${typeof pool === 'string' ? 'a string' : describe(pool)}, which has no query().`,
  );
}

function checked(summary: SqlSummary): SqlSummary {
  if (typeof summary.operation === 'string' && typeof summary.table === 'string') return summary;
  throw new TypeError('summarize() has to return { operation, table }, two strings');
}
