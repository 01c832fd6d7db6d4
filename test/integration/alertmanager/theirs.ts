import { setTimeout as pause } from 'node:timers/promises';
import type { InhibitRule } from '../../../src/alerting/routing/inhibition.js';
import type { RouteOptions } from '../../../src/alerting/routing/route-tree.js';
import { Alertmanager } from '../../support/alertmanager.js';
import { startHttpTarget } from '../../support/http-target.js';
import { labelsOf, LENGTH, receiversOf, TIME_INTERVALS, TIMES, toldOf, type Outcome, type Scenario, type Step } from './scenario.js';

interface Payload {
  readonly receiver: string;
  readonly groupKey: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Record<string, string> }[];
}

/** Plays all scenarios at once to an Alertmanager, whose clock is its own: this takes as long as they do. */
export async function playTheirs(program: string, scenarios: readonly Scenario[]): Promise<Outcome> {
  const told: Record<string, string[]> = {};
  const bridge = await startHttpTarget((_, body, response) => {
    const { receiver, groupKey, alerts } = JSON.parse(body.toString()) as Payload;
    (told[`${receiver} ${groupKey}`] ??= []).push(toldOf(alerts.map(({ status, labels }) => ({ labels, isResolved: status === 'resolved' }))));
    response.end();
  });
  const server = await Alertmanager.start(program, { config: configOf(scenarios, bridge.url) });
  try {
    const began = Date.now();
    const starts = new Map<string, string>();
    for (let second = 0; second <= LENGTH; second++) {
      const steps = scenarios.flatMap(({ name, steps }) => steps.filter(({ at }) => at === second).map(step => ({ step, name })));
      for (const { step, name } of steps) if ('silence' in step) await post(server, 'silences', silenceOf(step, name, began));
      const alerts = steps.flatMap(({ step, name }) => ('silence' in step ? [] : [alertOf(step, name, starts)]));
      if (alerts.length > 0) await post(server, 'alerts', alerts);
      await pause(began + (second + 1) * 1_000 - Date.now());
    }
    return told;
  } finally {
    await server.stop();
    await bridge.close();
  }
}

async function post(server: Alertmanager, what: string, body: unknown): Promise<void> {
  const response = await fetch(`${server.url}/api/v2/${what}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
}

function alertOf(step: Exclude<Step, { readonly silence: unknown }>, scenario: string, starts: Map<string, string>): object {
  const alert = 'fire' in step ? step.fire : step.resolve;
  const labels = labelsOf(alert, scenario);
  const key = JSON.stringify(labels);
  const now = Date.now();
  if ('fire' in step) starts.set(key, new Date(now - (alert.isOldBy ?? 0) * 1_000).toISOString());
  const endsAt = new Date('fire' in step ? now + 3_600_000 : now).toISOString();
  return { labels, startsAt: starts.get(key), endsAt };
}

function silenceOf({ silence, until }: Extract<Step, { silence: unknown }>, scenario: string, began: number): object {
  const matchers = [`scenario="${scenario}"`, ...silence].map(text => {
    const [, name, operator = '', value] = /^(\w+)(=~|!=|!~|=)"(.*)"$/.exec(text) ?? [];
    return { name, value, isRegex: operator.includes('~'), isEqual: operator.startsWith('=') };
  });
  return { matchers, startsAt: new Date().toISOString(), endsAt: new Date(began + until * 1_000).toISOString(), createdBy: 'a test', comment: 'of a scenario' };
}

function configOf(scenarios: readonly Scenario[], bridge: string): object {
  const receivers = [...new Set(scenarios.flatMap(({ route }) => receiversOf(route)))];
  return {
    route: {
      receiver: 'nobody',
      group_wait: TIMES.groupWait,
      group_interval: TIMES.groupInterval,
      repeat_interval: TIMES.repeatInterval,
      routes: scenarios.map(({ name, route }) => routeOf({ ...route, match: [`scenario="${name}"`] })),
    },
    receivers: [{ name: 'nobody' }, ...receivers.map(name => ({ name, webhook_configs: [{ url: bridge, send_resolved: true }] }))],
    time_intervals: Object.entries(TIME_INTERVALS).map(([name, time_intervals]) => ({ name, time_intervals })),
    inhibit_rules: scenarios.flatMap(({ inhibitRules = [] }) => inhibitRules.map(inhibitRuleOf)),
  };
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
