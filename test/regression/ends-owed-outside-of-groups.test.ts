import { expect, test } from 'vitest';
import { MINUTE, recordingChannel, testAlerts, told } from '../alerting/set-up.js';

const ESCALATED = { name: 'on call', levels: [{ after: '5m', channels: ['boss'] }] };

test('channels of an escalation hear that somebody takes care of the alert, and that it is over', async () => {
  const team = recordingChannel();
  const boss = recordingChannel({ takesAcknowledgements: true });
  const { alerts, pass } = testAlerts({ channels: { team, boss }, severityChannels: { critical: ['team'] }, escalations: [ESCALATED] });
  const { id } = await alerts.fire({ title: 'Down', severity: 'critical' });
  await pass(6 * MINUTE);
  await alerts.acknowledge(id, 'ada');
  await pass(MINUTE);
  await alerts.resolve(id);
  await pass(MINUTE);
  expect(told(boss)).toEqual(['escalation: Down', 'acknowledged: Down (acknowledged)', 'resolved: Down (resolved)']);
  // By one key, which is not that of the group: others in it may fire still.
  expect(new Set(boss.sent.map(({ groupKey }) => groupKey))).toEqual(new Set([`alert ${id}`]));
  expect(told(team)).toEqual(['first: Down', 'resolved: Down (resolved)']);
});

test('who was not told hears nothing of the end, and who is told with the group hears it once', async () => {
  const [team, boss] = [recordingChannel(), recordingChannel()];
  const { alerts, pass } = testAlerts({
    channels: { team, boss },
    severityChannels: { critical: ['team'] },
    escalations: [{ name: 'on call', levels: [{ after: '5m', channels: ['team'] }, { after: '20m', channels: ['boss'] }] }],
  });
  const { id } = await alerts.fire({ title: 'Down', severity: 'critical' });
  await pass(6 * MINUTE);
  await alerts.resolve(id);
  await pass(60 * MINUTE);
  expect(told(boss)).toEqual([]);
  expect(told(team)).toEqual(['first: Down', 'escalation: Down', 'resolved: Down (resolved)']);
});

test('fired and over again, it is owed again', async () => {
  const [team, boss] = [recordingChannel(), recordingChannel()];
  const { alerts, pass } = testAlerts({ channels: { team, boss }, severityChannels: { critical: ['team'] }, escalations: [ESCALATED], flapping: false });
  for (let episode = 0; episode < 2; episode++) {
    const { id } = await alerts.fire({ title: 'Down', severity: 'critical' });
    await pass(6 * MINUTE);
    await alerts.resolve(id);
    await pass(MINUTE);
  }
  expect(told(boss)).toEqual(['escalation: Down', 'resolved: Down (resolved)', 'escalation: Down', 'resolved: Down (resolved)']);
});

test('a channel that is down when the alert ends is told when it is back', async () => {
  const [team, boss] = [recordingChannel(), recordingChannel()];
  const { alerts, pass } = testAlerts({ channels: { team, boss }, severityChannels: { critical: ['team'] }, escalations: [ESCALATED], selfCheck: false });
  const { id } = await alerts.fire({ title: 'Down', severity: 'critical' });
  await pass(6 * MINUTE);
  boss.answers.push({ delivered: false, retryable: true, reason: 'down' }, { delivered: false, retryable: true, reason: 'down' });
  await alerts.resolve(id);
  // In steps that an attempt is not too slow for.
  for (let i = 0; i < 30; i++) await pass(10_000);
  expect(told(boss)).toEqual(['escalation: Down', 'resolved: Down (resolved)']);
});
