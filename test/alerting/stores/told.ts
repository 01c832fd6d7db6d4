import type { FiredAlert, Silence } from '../../../src/alerting/stores/alert-store.js';

/** When the tests begin. */
export const START = Date.UTC(2026, 10, 22, 8);
export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** So long after the tests began. */
export function at(ms: number): Date {
  return new Date(START + ms);
}

/** An alert as the dispatcher hands it to a store. */
export function told(fingerprint: string, more: Partial<FiredAlert> = {}): FiredAlert {
  return {
    fingerprint,
    title: `fault ${fingerprint}`,
    description: 'It is broken.',
    severity: 'medium',
    source: 'billing',
    labels: { region: 'eu' },
    annotations: {},
    startsAt: at(0),
    endsAt: undefined,
    generatorUrl: undefined,
    ...more,
  };
}

export function silence(id: string, more: Partial<Silence> = {}): Silence {
  return {
    id,
    matchers: ['alertname="fault"'],
    startsAt: at(0),
    endsAt: at(60 * MINUTE),
    createdBy: 'ada',
    comment: 'being repaired',
    updatedAt: at(0),
    ...more,
  };
}
