import type { Alerts } from '../../../src/alerting/alerts.js';
import { routingLabels } from '../../../src/alerting/alert.js';
import type { AlertsOptions } from '../../../src/alerting/options.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { testAlerts } from '../../alerting/set-up.js';
import { LENGTH, receiversOf, TIME_INTERVALS, TIMES, toldOf, type Outcome, type Scenario, type Step } from './scenario.js';

/** Plays all scenarios at once, in virtual time. */
export async function playOurs(scenarios: readonly Scenario[]): Promise<Outcome> {
  const told: Record<string, string[]> = {};
  const { alerts, clock, pass } = testAlerts(optionsOf(scenarios, (receiver, { groupKey, alerts: all }) => {
    (told[`${receiver} ${groupKey}`] ??= []).push(toldOf(all.map(alert => ({ labels: routingLabels(alert), isResolved: alert.status === 'resolved' }))));
  }));
  for (let second = 0; second <= LENGTH; second++) {
    for (const { name, steps } of scenarios) for (const step of steps) if (step.at === second) await make(step, name, alerts, clock.now());
    await pass(1_000);
  }
  return told;
}

function optionsOf(scenarios: readonly Scenario[], tell: (receiver: string, notification: Notification) => void): AlertsOptions {
  const receivers = [...new Set(scenarios.flatMap(({ route }) => receiversOf(route)))];
  const channel = (receiver: string): NonNullable<AlertsOptions['channels']>[string] => ({
    kind: 'scenario',
    quotas: [],
    send: async notification => {
      tell(receiver, notification);
      return { delivered: true };
    },
  });
  return {
    channels: Object.fromEntries(receivers.map(receiver => [receiver, channel(receiver)])),
    receivers: { nobody: [] },
    timeIntervals: TIME_INTERVALS,
    inhibitRules: scenarios.flatMap(({ inhibitRules = [] }) => inhibitRules),
    flapping: false,
    route: {
      receiver: 'nobody',
      ...TIMES,
      routes: scenarios.map(({ name, route }) => ({ ...route, match: [`scenario="${name}"`] })),
    },
  };
}

async function make(step: Step, scenario: string, alerts: Alerts, now: number): Promise<void> {
  if ('silence' in step) {
    const seconds = step.until - step.at;
    await alerts.silences.create({ matchers: [`scenario="${scenario}"`, ...step.silence], duration: seconds * 1_000, createdBy: 'a test' });
    return;
  }
  const { title, severity, source, labels, isOldBy = 0 } = 'fire' in step ? step.fire : step.resolve;
  const all = { scenario, ...labels };
  if ('fire' in step) await alerts.fire({ title, severity, source, labels: all, startsAt: new Date(now - isOldBy * 1_000) });
  else await alerts.resolve({ title, source, labels: all });
}
