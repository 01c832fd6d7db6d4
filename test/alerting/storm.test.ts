import { expect, test } from 'vitest';
import type { AlertInput } from '../../src/alerting/alert.js';
import type { AlertsOptions } from '../../src/alerting/options.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { testMonitor } from '../support/test-monitor.js';
import { SteppingClock } from './delivery/stepping-clock.js';
import { recordingChannel, told, type RecordingChannel } from './set-up.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TWENTY_A_MINUTE = [{ limit: 20, windowMs: MINUTE }];
const EACH_ALONE: NonNullable<AlertsOptions['route']> = { receiver: 'robot', groupBy: ['...'], groupWait: 0, groupInterval: '1m' };
const DOWN = () => Promise.resolve({ delivered: false, retryable: true, reason: 'down' } as const);

function stormy(robot: RecordingChannel, options: AlertsOptions = {}) {
  const clock = new SteppingClock();
  const made = testMonitor({ clock, service: 'shop', alerts: { channels: { robot }, ...options } });
  const times: number[] = [];
  const { send } = robot;
  Object.assign(robot, {
    send: (...given: Parameters<typeof send>) => {
      times.push(clock.monotonic());
      return send(...given);
    },
  });
  return { ...made, alerts: made.monitor.alerts, clock, times };
}

/** Of a thousand faults: every tenth is critical, the others are high or medium. */
function aFault(number: number): AlertInput {
  return { title: `Fault ${number % 25}`, source: 'db', severity: number % 10 === 0 ? 'critical' : number % 3 === 0 ? 'high' : 'medium', labels: { shard: String(number) } };
}

test('100,000 alerts of 1,000 faults: the quota is kept, the critical ones are told first, and all of them', { timeout: 60_000 }, async () => {
  const robot = recordingChannel({ quotas: TWENTY_A_MINUTE });
  const { alerts, clock, times, series } = stormy(robot, { route: EACH_ALONE });
  const began = clock.now();
  for (let i = 0; i < 100_000; i += 1_000) {
    await Promise.all(Array.from({ length: 1_000 }, (_, j) => alerts.fire(aFault((i + j) % 1_000))));
    await clock.pass(100);
  }
  await clock.pass(10 * MINUTE);

  for (let i = 20; i < times.length; i++) expect(times[i]! - times[i - 20]!).toBeGreaterThanOrEqual(MINUTE);
  const all = [...(await alerts.list({}, { limit: 500 })).items, ...(await alerts.list({}, { limit: 500, after: (await alerts.list({}, { limit: 500 })).next! })).items];
  expect(all).toHaveLength(1_000);
  expect(new Set(all.map(({ count }) => count))).toEqual(new Set([100]));
  const toldAfter = (isCritical: boolean): number =>
    Math.max(...all.filter(({ severity }) => (severity === 'critical') === isCritical).map(({ history }) => Number(history.find(({ event }) => event === 'notified')?.at) - began));
  expect(toldAfter(true)).toBeLessThan(16_000);
  expect(toldAfter(false)).toBeLessThan(2 * MINUTE);
  expect(all.every(({ history }) => history.filter(({ event }) => event === 'notified').length === 1)).toBe(true);
  expect(robot.sent.some(({ reason, alerts: [worst] }) => reason === 'digest' && worst?.severity === 'critical')).toBe(true);
  expect(series('alert_delivery_backlog')).toEqual({ robot: 0 });
});

test('the memory of a storm is that of its faults, not of its calls', { timeout: 60_000 }, async () => {
  const robot = recordingChannel({ quotas: TWENTY_A_MINUTE });
  robot.answers.push(...Array.from({ length: 200 }, () => DOWN));
  const { alerts, clock } = stormy(robot, { route: EACH_ALONE });
  const storm = async (): Promise<void> => {
    for (let i = 0; i < 50_000; i += 1_000) {
      await Promise.all(Array.from({ length: 1_000 }, (_, j) => alerts.fire(aFault((i + j) % 1_000))));
      await clock.pass(1_000);
    }
  };
  await storm();
  await collectGarbage();
  const before = process.memoryUsage().heapUsed;
  await storm();
  await collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000);
});

test('what was resolved before it could be delivered is not told any more', async () => {
  const robot = recordingChannel();
  const { alerts, clock } = stormy(robot);
  robot.answers.push(DOWN, DOWN, DOWN);
  const { id } = await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(1);
  await alerts.resolve(id);
  await clock.pass(HOUR);
  expect(told(robot)).toEqual([]);
});

test('an end that could not be delivered yet is not told, when it fires again', async () => {
  const robot = recordingChannel();
  const { alerts, clock } = stormy(robot);
  const { id } = await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(1);
  robot.answers.push(...Array.from({ length: 6 }, () => DOWN));
  await alerts.resolve(id);
  await clock.pass(1);
  await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(HOUR);
  expect(told(robot)).toEqual(['first: Disk']);
});

test('silenced while it waits to be delivered, it is kept back', async () => {
  const robot = recordingChannel();
  const { alerts, clock } = stormy(robot);
  robot.answers.push(...Array.from({ length: 8 }, () => DOWN));
  await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(1);
  await alerts.silences.create({ matchers: ['alertname="Disk"'], duration: '2h', createdBy: 'ada' });
  await clock.pass(HOUR);
  expect(told(robot)).toEqual([]);
  await clock.pass(2 * HOUR);
  expect(told(robot)).toEqual(['first: Disk']);
});

test('kept back after it was told, it is not told as over', async () => {
  const robot = recordingChannel();
  const { alerts, clock } = stormy(robot);
  await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(1);
  await alerts.silences.create({ matchers: ['alertname="Disk"'], duration: '1h', createdBy: 'ada' });
  await clock.pass(3 * HOUR);
  expect(told(robot)).toEqual(['first: Disk']);
});

test('a channel that hangs at each attempt delays nobody else, and is told when it answers', async () => {
  const [robot, mail] = [recordingChannel(), recordingChannel()];
  const { alerts, clock } = stormy(robot, { channels: { robot, mail }, route: { receiver: 'default', groupWait: 0 } });
  robot.answers.push(...Array.from({ length: 4 }, () => () => new Promise<never>(() => {})));
  await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(1);
  expect(told(mail)).toEqual(['first: Disk']);
  await clock.pass(10 * MINUTE);
  expect(told(robot)).toEqual(['first: Disk']);
  expect(mail.sent).toHaveLength(1);
});

test('set back, the clock delays no notification, and repeats none', async () => {
  const robot = recordingChannel();
  const { alerts, clock } = stormy(robot, { route: { receiver: 'robot', groupWait: 0, groupInterval: '5m' } });
  await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(MINUTE);
  clock.setBy(-6 * HOUR);
  await alerts.fire({ title: 'Memory', severity: 'high' });
  await clock.pass(6 * MINUTE);
  expect(told(robot)).toEqual(['first: Disk', 'changed: Memory, Disk']);
  await clock.pass(HOUR);
  expect(robot.sent).toHaveLength(2);
});

test('set forward, it tells nothing twice', async () => {
  const robot = recordingChannel();
  const { alerts, clock } = stormy(robot);
  await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(MINUTE);
  clock.setBy(3 * HOUR);
  await clock.pass(10 * MINUTE);
  clock.setBy(-3 * HOUR);
  await clock.pass(HOUR);
  expect(told(robot)).toEqual(['first: Disk']);
});

test('alerts that become worse are not told under their old severity, where that still waits', async () => {
  const [robot, sms] = [recordingChannel(), recordingChannel()];
  const { alerts, clock } = stormy(robot, { channels: { robot, sms }, severityChannels: { medium: ['robot'], critical: ['sms'] }, selfCheck: false });
  robot.answers.push(...Array.from({ length: 12 }, () => DOWN));
  await alerts.fire({ title: 'Disk', severity: 'medium' });
  await clock.pass(1);
  await alerts.fire({ title: 'Disk', severity: 'critical' });
  await clock.pass(HOUR);
  expect(told(sms)).toEqual(['first: Disk']);
  expect(told(robot)).toEqual([]);
});

test('closed while a channel hangs, it ends soon', async () => {
  const robot = recordingChannel();
  const { alerts, clock } = stormy(robot);
  robot.answers.push(() => new Promise<never>(() => {}));
  await alerts.fire({ title: 'Disk', severity: 'high' });
  await clock.pass(1);
  let isClosed = false;
  const closing = alerts.close().then(() => (isClosed = true));
  await clock.pass(2_000);
  expect(isClosed).toBe(true);
  await closing;
  expect(clock.waiting).toBe(0);
});
