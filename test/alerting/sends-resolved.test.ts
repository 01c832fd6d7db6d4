import { expect, test } from 'vitest';
import { MINUTE, recordingChannel, testAlerts, told, type RecordingChannel } from './set-up.js';

const ROUTE = { receiver: 'team', groupWait: '1s', groupInterval: '1m', repeatInterval: '1h' } as const;
const fault = (title: string) => ({ title, source: 'db', severity: 'high' }) as const;

function team(quiet: RecordingChannel) {
  const all = recordingChannel();
  return { all, ...testAlerts({ channels: { quiet, all }, route: ROUTE, receivers: { team: ['quiet', 'all'] }, flapping: false }) };
}

const quietChannel = (): RecordingChannel => ({ ...recordingChannel(), sendsResolved: false });

test('a channel that does not send resolved alerts hears of none, and of each that fires again', async () => {
  const quiet = quietChannel();
  const { alerts, pass, all } = team(quiet);
  await alerts.fire(fault('A'));
  await alerts.fire(fault('B'));
  await pass(MINUTE);
  await alerts.resolve(fault('A'));
  await pass(2 * MINUTE);
  expect(told(quiet)).toEqual(['first: A, B']);
  await alerts.fire(fault('C'));
  await alerts.resolve(fault('B'));
  await pass(2 * MINUTE);
  await alerts.resolve(fault('C'));
  await pass(2 * MINUTE);
  await alerts.fire(fault('C'));
  await pass(2 * MINUTE);

  expect(told(quiet)).toEqual(['first: A, B', 'changed: C', 'first: C']);
  expect(quiet.sent.map(({ status }) => status)).toEqual(['firing', 'firing', 'firing']);
  expect(told(all)).toEqual(['first: A, B', 'some_resolved: B, A (resolved)', 'changed: C, B (resolved)', 'resolved: C (resolved)', 'first: C']);
});

test('it is told again of what still fires, without what is over', async () => {
  const quiet = quietChannel();
  const { alerts, pass } = team(quiet);
  await alerts.fire(fault('A'));
  await alerts.fire(fault('B'));
  await pass(MINUTE);
  await alerts.resolve(fault('A'));
  for (let minute = 0; minute < 70; minute++) await pass(MINUTE);

  expect(told(quiet)).toEqual(['first: A, B', 'repeat: B']);
});

test('what waits for it is taken back when it is over', async () => {
  const quiet = quietChannel();
  quiet.answers.push({ delivered: false, retryable: true, reason: 'busy', retryAfterMs: 30 * MINUTE });
  const { alerts, pass, all } = team(quiet);
  await alerts.fire(fault('A'));
  await pass(MINUTE);
  await alerts.resolve(fault('A'));
  for (let minute = 0; minute < 60; minute++) await pass(MINUTE);

  expect(told(quiet)).toEqual([]);
  expect(told(all)).toEqual(['first: A', 'resolved: A (resolved)']);
});

test('what is being delivered to it while it ends is over for it, too: it hears of it when it fires again', async () => {
  const quiet = quietChannel();
  let deliver = (): void => {};
  quiet.answers.push(() => new Promise(resolve => {
    deliver = () => {
      resolve({ delivered: true });
    };
  }));
  const { alerts, pass } = team(quiet);
  await alerts.fire(fault('A'));
  await pass(2_000);
  await alerts.resolve(fault('A'));
  await pass(5_000);
  deliver();
  await pass(3 * MINUTE);
  await alerts.fire(fault('A'));
  await pass(MINUTE);

  expect(told(quiet)).toEqual(['first: A']);
});
