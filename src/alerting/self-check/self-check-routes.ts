import { OWN_ALERTS, OWN_SOURCE } from './own-alerts.js';
import { formatMatcher } from '../routing/matcher.js';
import type { RouteOptions } from '../routing/route-tree.js';

/** Where alerts of the dispatcher's own failures go. */
export interface SelfCheckRoutes {
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  readonly routes: readonly RouteOptions[];
}

/** Told at once, whatever the routes around them wait for. */
const GROUPING = { groupBy: ['...'], groupWait: 0, groupInterval: '1m', repeatInterval: '4h' } as const;

/**
 * Routes for the dispatcher's own alerts: what tells of a channel goes to the others.
 *
 * @param channels all there are
 * @param among those that are to be told; where that is only the failing one, all others are
 */
export function selfCheckRoutes(channels: readonly string[], among: readonly string[]): SelfCheckRoutes {
  const receivers: Record<string, readonly string[]> = {};
  const routes: RouteOptions[] = [];
  const add = (receiver: string, told: readonly string[], labels: Readonly<Record<string, string>>): void => {
    if (told.length === 0) return;
    receivers[receiver] = told;
    const match = Object.entries({ ...labels, source: OWN_SOURCE }).map(([name, value]) => formatMatcher({ name, operator: '=', value }));
    routes.push({ ...GROUPING, receiver, match });
  };
  for (const channel of channels) {
    const others = [among, channels].map(list => list.filter(name => name !== channel)).find(list => list.length > 0) ?? [];
    for (const alertname of [OWN_ALERTS.channel, OWN_ALERTS.backlog]) add(`sightline self-check of ${channel}`, others, { alertname, channel });
  }
  add('sightline self-check', among, { alertname: OWN_ALERTS.store });
  return { receivers, routes };
}
