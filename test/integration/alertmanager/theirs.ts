import { setTimeout as pause } from 'node:timers/promises';
import { Alertmanager } from '../../support/alertmanager.js';
import { startHttpTarget } from '../../support/http-target.js';
import { configOf, toldByWebhook } from './config.js';
import { labelsOf, LENGTH, type Outcome, type Scenario, type Step } from './scenario.js';

/** Plays all scenarios at once to an Alertmanager, whose clock is its own: this takes as long as they do. */
export async function playTheirs(program: string, scenarios: readonly Scenario[]): Promise<Outcome> {
  const told: Record<string, string[]> = {};
  const bridge = await startHttpTarget(({ url = '' }, body, response) => {
    const [key, text] = toldByWebhook(url, body.toString());
    (told[key] ??= []).push(text);
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
