import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../src/alerting/alert.js';
import { Inhibitor } from '../../../src/alerting/routing/inhibition.js';
import { MaintenanceWindow } from '../../../src/alerting/routing/maintenance-window.js';
import { parseMatchers } from '../../../src/alerting/routing/matcher.js';
import { TimeInterval } from '../../../src/alerting/routing/time-interval.js';
import { DuplicateStage } from '../../../src/alerting/stages/duplicate-stage.js';
import { FlappingStage } from '../../../src/alerting/stages/flapping-stage.js';
import { InhibitionStage } from '../../../src/alerting/stages/inhibition-stage.js';
import { MaintenanceStage } from '../../../src/alerting/stages/maintenance-stage.js';
import { SilenceStage } from '../../../src/alerting/stages/silence-stage.js';
import { TimeIntervalStage } from '../../../src/alerting/stages/time-interval-stage.js';
import type { Silence } from '../../../src/alerting/stores/alert-store.js';
import { anAlert, aResolvedAlert, NOW } from '../samples.js';
import { judged } from './judged.js';

const MINUTE = 60_000;
const at = (minutes: number): Date => new Date(NOW.getTime() + minutes * MINUTE);

describe('duplicates', () => {
  const low = (id: string, minutes: number, fields: Partial<Alert> = {}): Alert => anAlert({ id, severity: 'low', timestamp: at(minutes), ...fields });

  test('a LOW alert waits for five minutes after the one before it of its title and source', () => {
    const active = [low('c', -1), low('a', -4), low('b', -2)];
    const stage = new DuplicateStage();
    expect(active.map(alert => stage.judge(judged(alert, { active })))).toEqual([
      { passes: false, reason: 'the same as b, which fired less than 5 minutes ago', until: at(3) },
      { passes: true },
      { passes: false, reason: 'the same as a, which fired less than 5 minutes ago', until: at(1) },
    ]);
  });

  test.each([
    ['it is worse', low('b', 0, { severity: 'medium' })],
    ['its title is another', low('b', 0, { title: 'Slow' })],
    ['its source is another', low('b', 0, { source: 'api' })],
    ['the other is older', low('b', 0), at(2)],
  ])('it does not where %s', (_why, alert, now = NOW) => {
    const active = [low('a', -3), alert];
    expect(new DuplicateStage().judge(judged(alert, { active, now })).passes).toBe(true);
  });

  test('of two that fired at once one passes', () => {
    const active = [low('b', 0), low('a', 0)];
    const stage = new DuplicateStage();
    expect(active.map(alert => stage.judge(judged(alert, { active })).passes)).toEqual([false, true]);
  });

  test('a title that ends as another source begins is not the same', () => {
    const active = [low('a', -1, { source: 'db', title: 'x' }), low('b', 0, { source: 'd', title: 'bx' })];
    expect(new DuplicateStage().judge(judged(active[1]!, { active })).passes).toBe(true);
  });
});

describe('inhibition', () => {
  const stage = (): InhibitionStage => new InhibitionStage(new Inhibitor([{ name: 'dead', sourceMatch: ['severity="critical"'], targetMatch: ['severity="high"'], equal: ['region'] }]));
  const target = anAlert({ id: 'target', severity: 'high' });
  const source = anAlert({ id: 'source', title: 'Dead' });

  test('lasts as long as its cause is active', () => {
    const inhibition = stage();
    expect(inhibition.judge(judged(target, { active: [target] })).passes).toBe(true);
    expect(inhibition.judge(judged(target, { active: [target, source] }))).toEqual({ passes: false, reason: 'dead, while source fires' });
    expect(inhibition.judge(judged(target, { active: [target] })).passes).toBe(true);
  });

  test('sees that an alert became worse, or was replaced by another in the same number', () => {
    const inhibition = stage();
    expect(inhibition.judge(judged(target, { active: [target, { ...source, severity: 'low' }] })).passes).toBe(true);
    expect(inhibition.judge(judged(target, { active: [target, source] })).passes).toBe(false);
    expect(inhibition.judge(judged(target, { active: [target, anAlert({ id: 'other', severity: 'low' })] })).passes).toBe(true);
  });
});

describe('silences', () => {
  const silence = (fields: Partial<Silence>): Silence => ({ id: 's', matchers: ['region="eu"'], startsAt: at(-1), endsAt: at(1), createdBy: 'ada', comment: 'known', updatedAt: NOW, ...fields });
  const stage = new SilenceStage(parseMatchers);
  const judge = (...silences: Silence[]) => stage.judge(judged(anAlert(), { silences }));

  test('hold from their begin to before their end', () => {
    expect(judge(silence({}))).toEqual({ passes: false, reason: 'silence s by ada: known', until: at(1) });
    expect(judge(silence({ startsAt: NOW })).passes).toBe(false);
    expect(judge(silence({ startsAt: at(1), endsAt: at(2) })).passes).toBe(true);
    expect(judge(silence({ endsAt: NOW })).passes).toBe(true);
  });

  test('match where all matchers do, also several in one text', () => {
    expect(judge(silence({ matchers: ['region="eu", source=~"b.*"'] })).passes).toBe(false);
    expect(judge(silence({ matchers: ['region="eu"', 'source="api"'] })).passes).toBe(true);
  });

  test.each([[['region=~"("']], [['region="eu"', 'nonsense']], [['']], [[undefined as never]]])('that cannot be read silence nothing: %j', matchers => {
    expect(judge(silence({ matchers })).passes).toBe(true);
  });
});

describe('flapping', () => {
  const stage = new FlappingStage({ times: 3, withinMs: 30 * MINUTE });
  const opened = (...minutes: number[]): Alert['history'] => minutes.map(minute => ({ at: at(minute), event: 'reopened', reason: '' }));

  test('is what opened again so often in so long, and ends when that was long ago', () => {
    expect(stage.judge(judged(anAlert({ history: opened(-40, -20, -10) }))).passes).toBe(true);
    expect(stage.judge(judged(anAlert({ history: opened(-29, -20, -10) })))).toEqual({
      passes: false,
      reason: 'flapping: it opened again 3 times in 30 minutes',
      until: at(1),
    });
  });

  test('does not hide an end', () => {
    expect(stage.judge(judged(aResolvedAlert({ history: opened(-3, -2, -1) }))).passes).toBe(true);
  });
});

describe('maintenance', () => {
  test('mutes LOW and MEDIUM, and says until when', () => {
    const windows = [new MaintenanceWindow({ name: 'release', start: at(-10), end: at(10) }, 'window')];
    const stage = new MaintenanceStage();
    expect(stage.judge(judged(anAlert({ severity: 'medium' }), { windows }))).toEqual({ passes: false, reason: 'the window release', until: at(10) });
    expect(stage.judge(judged(anAlert({ severity: 'high' }), { windows })).passes).toBe(true);
  });
});

describe('time intervals', () => {
  const hour = (from: number): TimeInterval[] => [new TimeInterval({ times: [{ startTime: `${String(from).padStart(2, '0')}:00`, endTime: `${String(from + 1).padStart(2, '0')}:00` }] })];
  // It is 09:06.
  const stage = new TimeIntervalStage({ nine: hour(9), ten: hour(10) });
  const judge = (muteTimes: string[], activeTimes: string[]) => stage.judge(judged(anAlert(), { muteTimes, activeTimes }));

  test('mute in any of the mute times, and outside of all active times', () => {
    expect(judge([], []).passes).toBe(true);
    expect(judge(['ten', 'nine'], [])).toEqual({ passes: false, reason: 'the mute time nine', until: new Date('2026-11-22T10:00:00Z') });
    expect(judge([], ['ten'])).toEqual({ passes: false, reason: 'outside of the active time ten', until: new Date('2026-11-22T10:00:00Z') });
    expect(judge(['ten'], ['ten', 'nine']).passes).toBe(true);
  });
});
