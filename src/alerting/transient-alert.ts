import type { Alert } from './alert.js';
import type { FiredAlert } from './stores/alert-store.js';

/** An alert that no store could take, as it would have been new; it says so. */
export function transientAlert(told: FiredAlert, now: Date): Alert {
  const { fingerprint, title, description, severity, source, labels, annotations, startsAt, endsAt, generatorUrl } = told;
  return {
    id: fingerprint,
    fingerprint,
    title,
    description,
    severity,
    source,
    labels,
    annotations: { ...annotations, sightline: 'The store of alerts could not take this one: it is listed once the store is back.' },
    status: 'firing',
    timestamp: startsAt,
    resolvedAt: undefined,
    count: 1,
    firstSeen: now,
    lastSeen: now,
    endsAt,
    generatorUrl,
    acknowledgedBy: undefined,
    acknowledgedAt: undefined,
    history: [{ at: now, event: 'fired', reason: 'told directly: the store could not take it' }],
  };
}
