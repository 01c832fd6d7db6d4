import { SeededRandom } from '../../support/random.js';
import type { RouteOptions } from '../../../src/alerting/routing/route-tree.js';
import type { Scenario, ScenarioAlert, Step } from './scenario.js';

const disk = (labels: Record<string, string> = {}, more: Partial<ScenarioAlert> = {}): ScenarioAlert => ({ title: 'Disk', severity: 'high', source: 'db', labels, ...more });
const [A, B, C] = [disk({ disk: 'a' }), disk({ disk: 'b' }), disk({ disk: 'c' })];
const fire = (at: number, alert: ScenarioAlert): Step => ({ at, fire: alert });
const resolve = (at: number, alert: ScenarioAlert): Step => ({ at, resolve: alert });

/** What Alertmanager's own tests are about, one thing each. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'one', route: { receiver: 'one' }, steps: [fire(0, A), resolve(6, A)] },
  { name: 'comes-and-goes', route: { receiver: 'comes-and-goes' }, steps: [fire(0, A), fire(0, B), fire(4, C), resolve(6, A), resolve(8, B), resolve(8, C), fire(12, A)] },
  { name: 'grouped', route: { receiver: 'grouped', groupBy: ['disk', 'missing'] }, steps: [fire(0, A), fire(0, B), fire(2, disk({ disk: 'a', part: '1' })), resolve(4, A)] },
  { name: 'by-all', route: { receiver: 'by-all', groupBy: ['...'] }, steps: [fire(0, A), fire(0, B), resolve(4, B)] },
  { name: 'old-at-once', route: { receiver: 'old-at-once', groupWait: '30s' }, steps: [fire(0, disk({ disk: 'old' }, { isOldBy: 60 })), fire(4, A)] },
  { name: 'repeated', route: { receiver: 'repeated', repeatInterval: '3s' }, steps: [fire(0, A), resolve(12, A)] },
  { name: 'gone-before-told', route: { receiver: 'gone-before-told', groupWait: '3s' }, steps: [fire(0, A), resolve(2, A), fire(8, B)] },
  { name: 'told-again', route: { receiver: 'told-again' }, steps: [fire(0, A), fire(2, A), fire(4, A), fire(6, A)] },
  {
    name: 'continue',
    route: {
      receiver: 'continue-1',
      routes: [
        { receiver: 'continue-2', match: ['disk=~"a|b"'], continue: true },
        { receiver: 'continue-3', match: ['disk="a"'], groupBy: ['alertname'], routes: [{ receiver: 'continue-4', match: ['severity!="high"'] }] },
        { match: ['disk!~"a|b"', 'missing=""'], groupBy: ['disk'] },
      ],
    },
    steps: [fire(0, A), fire(0, B), fire(2, C), fire(4, disk({ disk: 'a' }, { title: 'Memory', severity: 'critical' })), resolve(6, A), resolve(6, C)],
  },
  {
    name: 'muted',
    route: {
      receiver: 'muted',
      routes: [
        { match: ['disk="a"'], muteTimes: ['always'] },
        { match: ['disk="b"'], activeTimes: ['never'] },
        { match: ['disk="c"'], activeTimes: ['never', 'always'], muteTimes: ['never'] },
      ],
    },
    steps: [fire(0, A), fire(0, B), fire(0, C), resolve(4, A), resolve(4, C)],
  },
  {
    name: 'inhibited',
    route: { receiver: 'inhibited', groupBy: ['alertname', 'disk'] },
    inhibitRules: [{ sourceMatch: ['scenario="inhibited"', 'severity="critical"'], targetMatch: ['severity=~"high|critical"'], equal: ['scenario', 'disk', 'missing'] }],
    steps: [
      fire(0, disk({ disk: 'a' }, { title: 'Dead', severity: 'critical' })),
      fire(0, disk({ disk: 'a' }, { title: 'Dead too', severity: 'critical' })),
      fire(0, A),
      fire(0, B),
      resolve(4, disk({ disk: 'a' }, { title: 'Dead', severity: 'critical' })),
      fire(6, disk({ disk: 'b' }, { title: 'Dead', severity: 'critical' })),
      resolve(8, disk({ disk: 'a' }, { title: 'Dead too', severity: 'critical' })),
      resolve(10, B),
    ],
  },
  { name: 'silenced', route: { receiver: 'silenced' }, steps: [{ at: 0, silence: ['disk="a"'], until: 8.5 }, fire(0, A), fire(0, B), fire(4, C), resolve(12, A)] },
  { name: 'silenced-later', route: { receiver: 'silenced-later' }, steps: [fire(0, A), fire(0, B), { at: 2, silence: ['disk=~"a|x"'], until: 8.5 }, fire(4, C), resolve(12, B)] },
  { name: 'resolved-in-silence', route: { receiver: 'resolved-in-silence' }, steps: [fire(0, A), { at: 2, silence: ['disk!="b"'], until: 10.5 }, resolve(4, A), fire(12, B)] },
  // Told again before its group's next turn, it never ended.
  { name: 'back-in-time', route: { receiver: 'back-in-time', groupInterval: '6s' }, steps: [fire(0, A), resolve(2, A), fire(4, A), resolve(12, A)] },
];

/** What was resolved before anybody was told that it fires: Alertmanager tells of its end, we don't. */
export const DIFFERENT: readonly Scenario[] = [
  { name: 'never-told', route: { receiver: 'never-told', groupWait: '3s' }, steps: [fire(0, A), fire(0, B), resolve(2, B)] },
  { name: 'never-told-later', route: { receiver: 'never-told-later', groupInterval: '6s' }, steps: [fire(0, A), fire(2, B), resolve(4, B), fire(8, C)] },
];

function unlike(routes: readonly RouteOptions[]): RouteOptions[] {
  const key = ({ match = [] }: RouteOptions): string => [...match].sort().join();
  return routes.filter((route, i) => routes.findIndex(each => key(each) === key(route)) === i);
}

/** Any routes, rules, silences and alerts. */
export function randomScenario(seed: number): Scenario {
  const random = new SeededRandom(seed);
  const name = `random-${seed}`;
  const alerts = (['Disk', 'Memory'] as const).flatMap(title =>
    (['critical', 'high', 'medium'] as const).map((severity, i): ScenarioAlert => ({ title, severity, source: random.pick(['db', 'api']), labels: { disk: 'abc'.charAt(i), region: random.pick(['eu', 'us']) } })),
  );
  const matcher = (): string =>
    random.pick(['severity="critical"', 'severity!="critical"', 'disk=~"a|b"', 'disk!~"a"', 'region="eu"', 'alertname="Disk"', 'source!="api"', 'missing=""', 'missing!=""', 'region=~"e.*"', 'disk=~".+"']);
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: random.below(most + 1) }, make);
  const route = (depth: number): RouteOptions => ({
    ...(random.below(3) > 0 && { receiver: `${name}-${random.below(3)}` }),
    ...(random.below(3) > 0 && { groupBy: random.pick([['alertname'], ['disk'], ['region', 'severity'], ['missing'], ['...']]) }),
    ...(depth > 0 && { match: [matcher(), ...some(1, matcher)], continue: random.below(3) === 0, ...(random.below(8) === 0 && { muteTimes: ['always'] }) }),
    // Of two with the same matchers ours have keys of their own.
    ...(depth < 2 && { routes: unlike(some(3, () => route(depth + 1))) }),
  });
  const steps: Step[] = [];
  const firing = new Set<ScenarioAlert>();
  for (let at = 0; at <= 12; at += 2) {
    for (const alert of alerts) {
      const chance = random.below(10);
      if (chance < 3) {
        steps.push({ at, fire: alert });
        firing.add(alert);
      } else if (chance < 6 && firing.delete(alert)) steps.push({ at, resolve: alert });
    }
    if (random.below(6) === 0) steps.push({ at, silence: [matcher(), ...some(1, matcher)], until: at + random.pick([2.5, 4.5, 6.5]) });
  }
  return {
    name,
    route: { receiver: `${name}-0`, ...route(0) },
    inhibitRules: some(2, () => ({ sourceMatch: [`scenario="${name}"`, matcher()], targetMatch: [matcher()], equal: ['scenario', ...random.pick([[], ['region'], ['disk', 'missing']])] })),
    steps,
  };
}
