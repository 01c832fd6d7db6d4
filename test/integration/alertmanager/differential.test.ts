import { beforeAll, describe, expect, test } from 'vitest';
import { findServer } from '../../support/servers.mjs';
import { playOurs } from './ours.js';
import { DIFFERENT, randomScenario, SCENARIOS } from './scenarios.js';
import { FIRING_ONLY, receiversOf, type Outcome, type Scenario } from './scenario.js';
import { playTheirs } from './theirs.js';

const program = findServer('prometheus-alertmanager');
const RANDOM = Array.from({ length: 100 }, (_, seed) => randomScenario(seed));

describe.skipIf(program === undefined)('the same configuration and the same alerts as a real Alertmanager', () => {
  let theirs: Outcome = {};

  beforeAll(async () => {
    theirs = await playTheirs(program!, [...SCENARIOS, ...DIFFERENT, ...RANDOM]);
  });

  test.each(SCENARIOS.map(scenario => [scenario.name, scenario] as const))('tell the same: %s', async (_name, scenario) => {
    const ours = await playOurs([scenario]);
    expect(ours).toEqual(of(scenario, theirs));
    expect(Object.keys(ours)).not.toEqual([]);
  });

  test('all at once: any routes, groups, rules, silences and times', async () => {
    const ours = await playOurs([...SCENARIOS, ...RANDOM]);
    for (const scenario of RANDOM) {
      expect({ scenario: scenario.name, told: of(scenario, ours) }).toEqual({ scenario: scenario.name, told: toldBefore(of(scenario, theirs)) });
    }
  });

  test.each(DIFFERENT.map(scenario => [scenario.name, scenario] as const))('but for the end of what nobody was told of: %s', async (_name, scenario) => {
    const ours = await playOurs([scenario]);
    expect(ours).not.toEqual(of(scenario, theirs));
    expect(ours).toEqual(toldBefore(of(scenario, theirs)));
  });
});

function of({ route }: Scenario, outcome: Outcome): Outcome {
  const receivers = receiversOf(route);
  return Object.fromEntries(Object.entries(outcome).filter(([key]) => receivers.includes(key.slice(0, key.indexOf(' ')))));
}

/** Without the ends of what was never told as firing, and without notifications that then have no news. */
function toldBefore(outcome: Outcome): Outcome {
  const result: Record<string, string[]> = {};
  const keys = Object.keys(outcome);
  for (const key of keys.filter(each => !each.endsWith(FIRING_ONLY))) {
    let firing: string[] = [];
    for (const { now, ended } of (outcome[key] ?? []).map(partsOf)) {
      const over = ended.filter(alert => firing.includes(alert));
      if (now.every(alert => firing.includes(alert)) && over.length === 0) continue;
      (result[key] ??= []).push(toldText(now, over));
      firing = now;
    }
  }
  // Where nothing of it was left out, so was nothing of what the channel is told that wants no ends.
  for (const key of keys.filter(each => each.endsWith(FIRING_ONLY))) {
    const all = key.slice(0, -FIRING_ONLY.length);
    const isWhole = JSON.stringify(result[all]) === JSON.stringify(outcome[all]);
    result[key] = [...(isWhole ? (outcome[key] ?? []) : firingOnly(result[all] ?? []))];
  }
  return result;
}

/** What of it a channel is told that wants no ends: its log is as it was, unless it was told, or nothing fires. */
function firingOnly(all: readonly string[]): string[] {
  const told: string[] = [];
  let logged: string[] = [];
  for (const { now } of all.map(partsOf)) {
    const isNews = now.some(alert => !logged.includes(alert));
    if (isNews) told.push(toldText(now, []));
    if (isNews || now.length === 0) logged = now;
  }
  return told;
}

function partsOf(told: string): { now: string[]; ended: string[] } {
  const [now = [], ended = []] = told.split(' | ').map(part => part.replace(/^\w+: /, '').split(/(?<=\]\]), /).filter(text => text !== ''));
  return { now, ended };
}

function toldText(now: readonly string[], ended: readonly string[]): string {
  return `firing: ${now.join(', ')} | resolved: ${ended.join(', ')}`;
}
