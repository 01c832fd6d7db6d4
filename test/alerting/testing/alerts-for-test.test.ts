import { expect, onTestFinished, test, vi } from 'vitest';
import { dingTalk, pagerDuty } from '../../../src/alerting/index.js';
import { alertsForTest, recordingChannel, type AlertsForTest, type RecordingChannel } from '../../../src/alerting/testing/index.js';

const DOWN = { title: 'Payment provider down', severity: 'critical', source: 'billing' } as const;

function closed<T extends AlertsForTest>(made: T): T {
  onTestFinished(() => made.close());
  return made;
}

function told(channel: RecordingChannel): string[] {
  return channel.takeAll().map(({ reason, at, alerts }) => `${at.toISOString().slice(11, 16)} ${reason}: ${alerts.map(({ title }) => title).join(', ')}`);
}

test('without options one channel is told of what is fired, at the time of the clock', async () => {
  const { alerts, clock, channels } = closed(alertsForTest());
  await alerts.fire({ title: 'Disk full', severity: 'high' });
  await clock.advance(0);
  expect(channels.test.notifications).toMatchObject([{ reason: 'first', at: new Date('2026-01-05T09:00:00Z'), alerts: [{ title: 'Disk full', source: 'test' }] }]);
});

test("an app's own options are tried over a night without its channels", async () => {
  const fetch = vi.fn();
  const { alerts, clock, channels, log } = closed(
    alertsForTest({
      start: '2026-11-22T20:00:00Z',
      service: 'shop',
      channels: { dingtalk: dingTalk({ webhookUrl: 'https://oapi.dingtalk.com/robot/send?access_token=x', fetch }), oncall: pagerDuty({ routingKey: 'R'.repeat(32), fetch }) },
      route: {
        receiver: 'dingtalk',
        groupBy: ['source'],
        groupWait: '30s',
        groupInterval: '5m',
        repeatInterval: '4h',
        routes: [{ match: ['severity="critical"'], receiver: 'oncall' }],
      },
      escalations: [{ name: 'nobody', match: ['severity="critical"'], levels: [{ after: '15m', channels: ['dingtalk'] }] }],
    }),
  );
  await alerts.fire({ title: 'Queue long', severity: 'medium' });
  await clock.advance('10s');
  await alerts.fire({ title: 'Queue longer', severity: 'medium' });
  const { id } = await alerts.fire(DOWN);
  await clock.advance('12h');
  expect(told(channels.dingtalk)).toEqual([
    '20:00 first: Queue long, Queue longer',
    '20:15 escalation: Payment provider down',
    '00:00 repeat: Queue long, Queue longer',
    '04:00 repeat: Queue long, Queue longer',
  ]);
  await alerts.acknowledge(id, 'ann');
  await clock.advance(0);
  expect(told(channels.oncall).at(-1)).toBe('08:00 acknowledged: Payment provider down');
  expect(channels.dingtalk.quotas).toEqual([{ limit: 20, windowMs: 60_000 }]);
  expect(fetch).not.toHaveBeenCalled();
  expect(log).toEqual([]);
});

test('each run is the same, with failures and their pauses, too', async () => {
  const run = async (): Promise<unknown> => {
    const { alerts, clock, channels, log } = closed(alertsForTest({ channels: ['dingtalk'] }));
    channels.dingtalk.answerNext('fail', 'fail', 'throw', 'fail');
    const { id } = await alerts.fire(DOWN);
    await clock.advance('1h');
    return [log, (await alerts.get(id))?.history, channels.dingtalk.takeAll()];
  };
  expect(await run()).toEqual(await run());
});

test('quotas are kept in virtual time', async () => {
  const { alerts, clock, channels } = closed(alertsForTest({ channels: { dingtalk: recordingChannel({ quotas: [{ limit: 2, windowMs: 60_000 }] }) } }));
  for (let i = 0; i < 10; i++) await alerts.fire({ title: `Alert ${i}`, severity: 'critical' });
  await clock.advance('10s');
  const early = channels.dingtalk.takeAll();
  await clock.advance('10m');
  const late = channels.dingtalk.takeAll();
  expect(early.length).toBeLessThanOrEqual(2);
  const titles = [...early, ...late].flatMap(({ alerts: all }) => all.map(({ title }) => title));
  expect(new Set(titles).size).toBe(10);
});

test('thousands of groups that are due at once are all told before the clock goes on', async () => {
  const { alerts, clock, channels } = closed(alertsForTest({ route: { receiver: 'test', groupBy: ['alertname'], groupWait: '30s' } }));
  for (let i = 0; i < 3_000; i++) await alerts.fire({ title: `Alert ${i}` });
  await clock.advance('30s');
  expect(channels.test.takeAll()).toHaveLength(3_000);
});

test('a channel that records already stays as it was made', () => {
  const dingtalk = recordingChannel({ fail: true });
  expect(closed(alertsForTest({ channels: { dingtalk } })).channels.dingtalk).toBe(dingtalk);
});

test('it closes whatever hangs, and tells nobody while it does', async () => {
  const made = alertsForTest({ channels: ['dingtalk'] });
  made.channels.dingtalk.answerNext('hang');
  await made.alerts.fire(DOWN);
  await made.clock.advance('1s');
  await made.alerts.fire({ title: 'Another', severity: 'high' });
  await made.close();
  await made.close();
  expect(made.clock.waiting).toBe(0);
});

test('its metrics can be read', async () => {
  const { alerts, registry } = closed(alertsForTest());
  await alerts.fire(DOWN);
  expect(await registry.metrics()).toContain('alerts_fired_total{severity="critical",source="billing",change="new"} 1');
});

test('options are checked as those of a monitor', () => {
  expect(() => alertsForTest({ fallbackChannel: 'sms' })).toThrow(expect.objectContaining({ option: 'alerts.fallbackChannel' }));
  expect(() => alertsForTest({ routes: {} } as never)).toThrow(expect.objectContaining({ option: 'alerts.routes' }));
});
