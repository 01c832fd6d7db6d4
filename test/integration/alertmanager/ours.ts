import { alertmanagerConfig } from '../../../src/alerting/alertmanager-config.js';
import type { Alerts } from '../../../src/alerting/alerts.js';
import { testAlerts } from '../../alerting/set-up.js';
import { configOf, toldByWebhook } from './config.js';
import { LENGTH, type Outcome, type Scenario, type Step } from './scenario.js';

/** Plays all scenarios at once, in virtual time, with the file that the real one is given. */
export async function playOurs(scenarios: readonly Scenario[]): Promise<Outcome> {
  const told: Record<string, string[]> = {};
  const file = JSON.stringify(configOf(scenarios, 'http://bridge.example'), null, 1);
  const options = alertmanagerConfig(file, {
    fetch: async (url, { body = '' }) => {
      const [key, text] = toldByWebhook(url, body);
      (told[key] ??= []).push(text);
      return Promise.resolve({ status: 200, headers: new Headers(), text: async () => Promise.resolve('') });
    },
  });
  const { alerts, clock, pass } = testAlerts(options);
  for (let second = 0; second <= LENGTH; second++) {
    for (const { name, steps } of scenarios) for (const step of steps) if (step.at === second) await make(step, name, alerts, clock.now());
    await pass(1_000);
  }
  return told;
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
