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
  const weak = new WeakRef(pool);
  for (const [gauge, figure] of Object.entries(GAUGES)) {
    if (reader.figures(pool)[figure] === undefined) continue;
    observeFigure(metrics.gauge(gauge as GaugeName), label, weak, () => undefined);
  }
  void diagnostics;
  void observeFigure;
}
