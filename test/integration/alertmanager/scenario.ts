import type { InhibitRule } from '../../../src/alerting/routing/inhibition.js';
import type { RouteOptions } from '../../../src/alerting/routing/route-tree.js';
import type { AlertSeverity } from '../../../src/alerting/severity.js';

/** An alert of a scenario. */
export interface ScenarioAlert {
  readonly title: string;
  readonly severity: AlertSeverity;
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds before it is told that it began. Default: 0. */
  readonly isOldBy?: number;
}

/** What happens at a time. Groups are looked at at odd seconds, so it happens at even ones, and silences end between. */
export type Step = { readonly at: number } & (
  | { readonly fire: ScenarioAlert }
  | { readonly resolve: ScenarioAlert }
  | { readonly silence: readonly string[]; readonly until: number }
);

/** A part of the routing tree, and what happens to alerts that it takes: of one configuration with all other scenarios. */
export interface Scenario {
  readonly name: string;
  /** Without matchers: it takes the alerts of this scenario. */
  readonly route: Omit<RouteOptions, 'match'>;
  readonly inhibitRules?: readonly InhibitRule[];
  readonly steps: readonly Step[];
}

/** A notification, as both can be compared: `firing: A, B | resolved: C`. */
export type Told = string;

/** At the end of the key of a channel that wants no resolved alerts. */
export const FIRING_ONLY = ' (firing only)';

/** What receivers were told, by `receiver groupKey`, in turn. */
export type Outcome = Readonly<Record<string, readonly Told[]>>;

/** Seconds that every scenario takes. */
export const LENGTH = 20;
/** Of both: the first and the second look at a group. */
export const TIMES = { groupWait: '1s', groupInterval: '2s', repeatInterval: '1h' } as const;
export const TIME_INTERVALS = { always: [{ weekdays: ['sunday:saturday'] }], never: [{ years: ['2000'] }] };

/** The labels that both know an alert by. */
export function labelsOf({ title, severity, source, labels }: ScenarioAlert, scenario: string): Record<string, string> {
  return { alertname: title, severity, source, scenario, ...labels };
}

/** Receivers that a route and those below it name. */
export function receiversOf({ receiver, routes = [] }: RouteOptions): string[] {
  return [...(receiver === undefined ? [] : [receiver]), ...routes.flatMap(receiversOf)];
}

/** @param alerts their labels and whether they are resolved */
export function toldOf(alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly isResolved: boolean }[]): Told {
  const list = (isResolved: boolean): string => {
    const names = alerts.filter(alert => alert.isResolved === isResolved).map(({ labels }) => JSON.stringify(Object.entries(labels).sort()));
    return names.sort().join(', ');
  };
  return `firing: ${list(false)} | resolved: ${list(true)}`;
}
