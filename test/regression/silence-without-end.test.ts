import { expect, test } from 'vitest';
import { MINUTE, recordingChannel, testAlerts, told } from '../alerting/set-up.js';

test('a silence of a length that no date can hold is refused, and keeps no other alert back', async () => {
  const team = recordingChannel();
  const { alerts, pass } = testAlerts({ channels: { team } });
  const silence = { matchers: ['alertname="Noise"'], createdBy: 'ann' };
  await expect(alerts.silences.create({ ...silence, duration: 1e300 })).rejects.toThrow(/silence\.duration.*before the year 10000/);
  await expect(alerts.silences.create({ ...silence, duration: '9000y' })).rejects.toThrow(/silence\.duration.*before the year 10000/);
  await alerts.fire({ title: 'Noise', severity: 'critical' });
  await alerts.fire({ title: 'Database down', severity: 'critical' });
  await pass(MINUTE);
  expect(told(team)).toEqual(['first: Noise', 'first: Database down']);
});

test.each([
  ['without who made it', { createdBy: undefined }, /silence\.createdBy/],
  ['that begins at a text', { startsAt: '2026-11-22' }, /silence\.startsAt.*a Date/],
  ['that begins at no date', { startsAt: new Date(NaN) }, /silence\.startsAt.*a Date/],
  ['with a comment that is none', { comment: 5 }, /silence\.comment/],
  ['with an end in place of a duration', { endsAt: new Date() }, /silence\.endsAt.*no such option/],
])('a silence %s is refused', async (_what, options, message) => {
  const { alerts } = testAlerts({});
  await expect(alerts.silences.create({ matchers: ['a=b'], duration: '1h', createdBy: 'ann', ...options } as never)).rejects.toThrow(message);
});

test('a page of a part of an alert, or of none, is refused: it had no end', async () => {
  const { alerts } = testAlerts({});
  await Promise.all([1, 2, 3].map(i => alerts.fire({ title: `Fault ${i}` })));
  for (const limit of [1.5, NaN, 0, -1]) await expect(alerts.list({}, { limit })).rejects.toThrow(/`limit`.*from 1 to 500/);
  expect((await alerts.list({}, { limit: 2 })).items).toHaveLength(2);
});
