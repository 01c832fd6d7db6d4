import type { InhibitRule } from '../../../src/alerting/routing/inhibition.js';
import type { RouteOptions } from '../../../src/alerting/routing/route-tree.js';
import { FIRING_ONLY, receiversOf, TIME_INTERVALS, TIMES, toldOf, type Scenario, type Told } from './scenario.js';

/**
 * The configuration of all scenarios, as Alertmanager's file has it: both are run by the same. Each receiver has two
 * webhooks, one of which wants no resolved alerts.
 */
export function configOf(scenarios: readonly Scenario[], bridge: string): object {
  const receivers = [...new Set(scenarios.flatMap(({ route }) => receiversOf(route)))];
  return {
    route: {
      receiver: 'nobody',
      group_wait: TIMES.groupWait,
      group_interval: TIMES.groupInterval,
      repeat_interval: TIMES.repeatInterval,
      routes: scenarios.map(({ name, route }) => routeOf({ ...route, match: [`scenario="${name}"`] })),
    },
    receivers: [{ name: 'nobody' }, ...receivers.map(name => ({ name, webhook_configs: [{ url: `${bridge}/all` }, { url: `${bridge}/firing`, send_resolved: false }] }))],
    time_intervals: Object.entries(TIME_INTERVALS).map(([name, time_intervals]) => ({ name, time_intervals })),
    inhibit_rules: scenarios.flatMap(({ inhibitRules = [] }) => inhibitRules.map(inhibitRuleOf)),
  };
}

interface Payload {
  readonly receiver: string;
  readonly groupKey: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Record<string, string> }[];
}

/** What one of the webhooks was told, and by which key. */
export function toldByWebhook(url: string, body: string): [key: string, told: Told] {
  const { receiver, groupKey, alerts } = JSON.parse(body) as Payload;
  const told = toldOf(alerts.map(({ status, labels }) => ({ labels, isResolved: status === 'resolved' })));
  return [`${receiver} ${groupKey}${url.endsWith('/firing') ? FIRING_ONLY : ''}`, told];
}

function routeOf({ receiver, groupBy, groupWait, groupInterval, repeatInterval, match, muteTimes, activeTimes, routes, ...rest }: RouteOptions): object {
  return {
    ...(receiver !== undefined && { receiver }),
    ...(groupBy !== undefined && { group_by: groupBy }),
    ...(groupWait !== undefined && { group_wait: groupWait }),
    ...(groupInterval !== undefined && { group_interval: groupInterval }),
    ...(repeatInterval !== undefined && { repeat_interval: repeatInterval }),
    ...(match !== undefined && { matchers: match }),
    ...(muteTimes !== undefined && { mute_time_intervals: muteTimes }),
    ...(activeTimes !== undefined && { active_time_intervals: activeTimes }),
    ...(rest.continue !== undefined && { continue: rest.continue }),
    ...(routes !== undefined && { routes: routes.map(routeOf) }),
  };
}

function inhibitRuleOf({ sourceMatch, targetMatch, equal = [] }: InhibitRule): object {
  return { source_matchers: sourceMatch, target_matchers: targetMatch, equal };
}
