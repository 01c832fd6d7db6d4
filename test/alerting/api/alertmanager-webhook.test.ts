import { expect, test } from 'vitest';
import { alertmanagerPayload } from '../../../src/alerting/channels/alertmanager-payload.js';
import { fingerprintOf } from '../../../src/alerting/fingerprint.js';
import { HOUR, MINUTE, told } from '../set-up.js';
import { testApi } from './set-up.js';

const NOT_ENDED = '0001-01-01T00:00:00Z';
const LABELS = { alertname: 'HighLatency', severity: 'critical' };
const FIRING = { status: 'firing', labels: LABELS, annotations: { summary: 's' }, startsAt: '2026-11-22T11:58:00Z', endsAt: NOT_ENDED, generatorURL: '', fingerprint: '0000' };
const payload = (...alerts: unknown[]): object => ({
  receiver: 'app',
  status: 'firing',
  alerts,
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  version: '4',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
});

test("an Alertmanager's alerts fire until it says that they are over", async () => {
  const { ask, alerts, pass, channel } = await testApi();
  const other = { ...FIRING, labels: { alertname: 'Other', severity: 'critical' } };
  expect(await ask('POST /webhooks/alertmanager', payload(FIRING, other))).toMatchObject({ status: 200, json: { taken: 2 } });
  await pass(3 * HOUR);
  expect(told(channel)).toEqual(['first: HighLatency', 'first: Other']);
  expect(await alerts.get(fingerprintOf(LABELS))).toMatchObject({ status: 'firing', endsAt: undefined, generatorUrl: undefined, timestamp: new Date(FIRING.startsAt) });

  const over = { ...FIRING, status: 'resolved', endsAt: '2026-11-22T14:59:00Z' };
  expect(await ask('POST /webhooks/alertmanager', payload(over, other))).toMatchObject({ status: 200 });
  await pass(MINUTE);
  expect(told(channel).at(-1)).toBe('resolved: HighLatency (resolved)');
});

test('what it says of an end counts more than its clock', async () => {
  const { ask, alerts } = await testApi();
  await ask('POST /webhooks/alertmanager', payload({ ...FIRING, startsAt: '2026-11-22T12:05:00Z' }));
  await ask('POST /webhooks/alertmanager', payload({ ...FIRING, status: 'resolved', startsAt: '2026-11-22T12:05:00Z', endsAt: '2026-11-22T12:06:00Z' }));
  expect(await alerts.get(fingerprintOf(LABELS))).toMatchObject({ status: 'resolved', resolvedAt: new Date('2026-11-22T12:00:00Z') });
});

test('what we send to webhooks can be taken by us', async () => {
  const there = await testApi();
  const here = await testApi();
  await there.alerts.fire({ title: 'Payment provider down', severity: 'critical', source: 'billing', labels: { region: 'eu' } });
  await there.pass(0);
  const body = alertmanagerPayload(there.channel.sent[0]!);
  expect(await here.ask('POST /webhooks/alertmanager', body)).toMatchObject({ status: 200 });
  await here.pass(0);
  expect(here.channel.sent[0]?.alerts).toMatchObject([{ title: 'Payment provider down', severity: 'critical', source: 'billing' }]);
});

test('what can be read is taken, whatever the rest is', async () => {
  const { ask, alerts } = await testApi();
  const answer = await ask('POST /webhooks/alertmanager', payload({ ...FIRING, status: 'on' }, FIRING, { ...FIRING, labels: {} }, { ...FIRING, status: undefined }, 5));
  expect(answer.status).toBe(400);
  expect(answer.json.error).toMatch(/`body\.alerts\[0\]\.status`: got "on", expected firing or resolved.*at least one label pair.*`body\.alerts\[3\]\.status`.*`body\.alerts\[4\]`/);
  expect((await alerts.list()).items).toHaveLength(1);
});

test.each([
  [{ alerts: [] }, /body\.version/],
  [{ version: '3', alerts: [] }, /body\.version`: got "3", expected '4'/],
  [{ version: '4' }, /body\.alerts/],
  [{ version: '4', alerts: {} }, /body\.alerts/],
  [[], /`body`: got an array of 0, expected an object/],
  [null, /expected an object/],
])('a payload of %j is refused', async (body, message) => {
  const { ask } = await testApi();
  expect(await ask('POST /webhooks/alertmanager', body)).toMatchObject({ status: 400, json: { error: expect.stringMatching(message) } });
});
