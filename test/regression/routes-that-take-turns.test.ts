import { expect, test } from 'vitest';
import { HOUR, MINUTE, recordingChannel, testAlerts, told } from '../alerting/set-up.js';

const NIGHT = [{ times: [{ startTime: '00:00', endTime: '13:00' }] }];

test('muted for one of its routes and told by another, an alert fires: the two don’t take turns to write on it', async () => {
  const [mail, robot] = [recordingChannel(), recordingChannel()];
  const { alerts, pass, series } = testAlerts({
    channels: { mail, robot },
    timeIntervals: { night: NIGHT },
    route: { receiver: 'robot', groupInterval: '1m', routes: [{ receiver: 'mail', continue: true, muteTimes: ['night'] }, { receiver: 'robot' }] },
  });
  const { id } = await alerts.fire({ title: 'Disk fills up' });
  await pass(30 * MINUTE);
  const alert = await alerts.get(id);
  expect(alert?.status).toBe('firing');
  expect(alert?.history.map(({ event }) => event)).toEqual(['fired', 'notified']);
  expect(series('alerts_suppressed_total')).toEqual({});
  expect([told(mail), told(robot)]).toEqual([[], ['first: Disk fills up']]);
  await pass(HOUR);
  expect(told(mail)).toEqual(['first: Disk fills up']);
});

test('muted for all of its routes, it is suppressed by the first one’s reason, once, and released by the first that tells it', async () => {
  const [mail, robot] = [recordingChannel(), recordingChannel()];
  const { alerts, pass } = testAlerts({
    channels: { mail, robot },
    timeIntervals: { night: NIGHT, never: [{}] },
    route: { receiver: 'robot', groupInterval: '1m', routes: [{ receiver: 'mail', continue: true, muteTimes: ['never'] }, { receiver: 'robot', muteTimes: ['night'] }] },
  });
  const { id } = await alerts.fire({ title: 'Disk fills up' });
  await pass(30 * MINUTE);
  expect((await alerts.get(id))?.status).toBe('suppressed');
  await pass(HOUR);
  const alert = await alerts.get(id);
  expect(alert?.status).toBe('firing');
  expect(alert?.history.map(({ event, reason }) => `${event}: ${reason}`)).toEqual([
    'fired: told for the first time',
    'suppressed: time_interval: the mute time never',
    'released: nothing keeps it back any more',
    'notified: first: delivered',
  ]);
});
