import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { MetricRegistry } from './registry.js';

/**
 * prom-client's metrics of this process (CPU, memory, event loop, garbage collection, handles), into
 * any of the registries we work with. An app that collects them already keeps its own.
 */
export function collectProcessMetrics(registry: MetricRegistry): void {
  if (registry.getSingleMetric('process_cpu_user_seconds_total') !== undefined) return;
  collectDefaultMetrics({ register: registry as unknown as Registry });
}
