import { expect, test } from 'vitest';
import { MINUTE, recordingChannel, testAlerts, told } from '../alerting/set-up.js';

test('become worse and told to others, an alert’s end is told to those who were told before', async () => {
  const [team, pager] = [recordingChannel(), recordingChannel()];
  const { alerts, pass } = testAlerts({ channels: { team, pager }, severityChannels: { low: ['team'], critical: ['pager'] } });
  await alerts.fire({ title: 'Disk fills up', severity: 'low' });
  await pass(MINUTE);
  const { id } = await alerts.fire({ title: 'Disk fills up', severity: 'critical' });
  await pass(MINUTE);
  await alerts.resolve(id);
  await pass(5 * MINUTE);
  expect(told(pager)).toEqual(['first: Disk fills up', 'resolved: Disk fills up (resolved)']);
  expect(told(team).at(-1)).toBe('resolved: Disk fills up (resolved)');
});
