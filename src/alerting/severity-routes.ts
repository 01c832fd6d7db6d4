import type { RouteOptions } from './routing/route-tree.js';
import { SEVERITIES, type AlertSeverity } from './severity.js';
import { spellingsOf } from './severity-names.js';

/** Source: the monitoring plan. */
const PLAN: Readonly<Record<AlertSeverity, readonly string[]>> = {
  critical: ['dingtalk', 'email', 'sms'],
  high: ['dingtalk', 'email'],
  medium: ['dingtalk'],
  low: ['dingtalk'],
  info: [],
};

/** Receivers that stand for the severities, and the routing tree that leads to them. */
export interface SeverityRoutes {
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  readonly route: RouteOptions;
}

/**
 * The plan's map of severities to channels, as a routing tree: alerts of one title and source are one group, that is
 * told at once, of changes within a minute, and again every four hours.
 *
 * @param channels names of those that there are
 * @param given in place of the plan's
 */
export function severityRoutes(channels: readonly string[], given: Readonly<Partial<Record<AlertSeverity, readonly string[]>>>): SeverityRoutes {
  const receivers: Record<string, readonly string[]> = {};
  for (const severity of SEVERITIES) receivers[`severity ${severity}`] = given[severity] ?? plannedChannels(severity, channels);
  return {
    receivers,
    route: {
      // Where nobody can say what a label means, it is medium.
      receiver: 'severity medium',
      groupBy: ['alertname', 'source'],
      groupWait: 0,
      groupInterval: '1m',
      // By the label: an alert of Prometheus' keeps the one it came with, which other routes and silences go by.
      routes: SEVERITIES.filter(severity => severity !== 'medium').map(severity => ({
        match: [`severity=~"${spellingsOf(severity).join('|')}"`],
        receiver: `severity ${severity}`,
      })),
    },
  };
}

/** The plan names channels that an app may not have, or may have named otherwise: then all of its own are told. */
export function plannedChannels(severity: AlertSeverity, channels: readonly string[]): readonly string[] {
  const wanted = PLAN[severity];
  if (wanted.length === 0) return [];
  const known = wanted.filter(name => channels.includes(name));
  return known.length > 0 ? known : channels;
}
