import type { OpenCount } from './alert-store.js';
import { statusOf, type StoredAlert } from './stored-alert.js';

/** Counts open alerts as they come by. */
export class OpenCounts {
  /** By severity, then status, then source: to join them to one key would make a string for each alert. */
  readonly #counts = new Map<string, Map<string, Map<string, number>>>();

  add(alert: Pick<StoredAlert, 'severity' | 'source' | 'resolvedAt' | 'acknowledgedAt' | 'suppressedFor'>): void {
    const status = statusOf(alert);
    if (status === 'resolved') return;
    const bySource = within(within(this.#counts, alert.severity), status);
    bySource.set(alert.source, (bySource.get(alert.source) ?? 0) + 1);
  }

  all(): readonly OpenCount[] {
    return [...this.#counts].flatMap(([severity, byStatus]) =>
      [...byStatus].flatMap(([status, bySource]) => [...bySource].map(([source, count]) => ({ severity, status, source, count }) as OpenCount)),
    );
  }
}

function within<T>(maps: Map<string, Map<string, T>>, key: string): Map<string, T> {
  const found = maps.get(key) ?? new Map<string, T>();
  maps.set(key, found);
  return found;
}
