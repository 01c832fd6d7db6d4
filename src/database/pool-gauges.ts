import type { Diagnostics } from '../core/diagnostics.js';
import type { GaugeName } from '../metrics/catalogue.js';
import type { Gauge } from '../metrics/gauge.js';
import type { PoolFigures, PoolReader } from './driver.js';

/** The gauges of a pool, each with the figure it shows. */
const GAUGES = {
  db_pool_connections: 'connections',
  db_pool_connections_idle: 'idle',
  db_pool_connections_max: 'max',
  db_pool_requests_waiting: 'waiting',
} as const satisfies Partial<Record<GaugeName, keyof PoolFigures>>;

/** The pools that have a label value, by the gauge that shows them: two monitors may share a registry. */
const named = new WeakMap<Gauge, Map<string, WeakRef<object>>>();

/** What {@link observePoolGauges} needs of a monitor. */
export interface GaugeParts {
  readonly metrics: { gauge(name: GaugeName): Gauge };
  readonly diagnostics: Diagnostics;
}

/**
 * Shows a pool in the gauges `db_pool_*{pool}` until it is collected as garbage: it is held weakly,
 * and read at each scrape. Where another pool has the name, it becomes `name-2`, `name-3`, …
 */
export function observePoolGauges({ metrics, diagnostics }: GaugeParts, pool: object, reader: PoolReader, name: string): void {
  const label = reserveName(metrics.gauge('db_pool_connections'), pool, name);
  const known = reader.figures(pool);
  // No closure here may use `pool` itself: the gauge keeps them all.
  const figures = weakFigures(new WeakRef(pool), reader, diagnostics);
  for (const [gauge, figure] of Object.entries(GAUGES) as [keyof typeof GAUGES, keyof PoolFigures][]) {
    if (known[figure] !== undefined) metrics.gauge(gauge).observe({ pool: label }, () => figures()?.[figure]);
  }
}

function weakFigures(weak: WeakRef<object>, reader: PoolReader, diagnostics: Diagnostics): () => PoolFigures | undefined {
  return () => {
    const pool = weak.deref();
    try {
      return pool && reader.figures(pool);
    } catch (error) {
      diagnostics.fault('database', 'a pool could not be read', error);
      throw error;
    }
  };
}

function reserveName(gauge: Gauge, pool: object, name: string): string {
  const names = named.get(gauge) ?? new Map<string, WeakRef<object>>();
  named.set(gauge, names);
  for (const [taken, weak] of names) if (weak.deref() === undefined) names.delete(taken);
  const isFree = (candidate: string): boolean => [undefined, pool].includes(names.get(candidate)?.deref());
  let free = name;
  for (let n = 2; !isFree(free); n++) free = `${name}-${n}`;
  names.set(free, new WeakRef(pool));
  return free;
}
