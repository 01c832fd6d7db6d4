import { expect, test } from 'vitest';
import { consoleChannel } from '../../src/alerting/channels/console.js';
import { HOUR, MINUTE, recordingChannel, testAlerts, told } from './set-up.js';

const DOWN = { title: 'Payment provider down', description: 'No answer.', severity: 'critical', source: 'billing', labels: { region: 'eu' } } as const;

test('an alert is told at once to the channels of its severity, and kept', async () => {
  const [dingtalk, email] = [recordingChannel(), recordingChannel()];
  const { alerts, pass, series } = testAlerts({ channels: { dingtalk, email } });
  const alert = await alerts.fire(DOWN);
  await alerts.fire({ ...DOWN, title: 'Slow', severity: 'low' });
  await pass(0);

  expect(alert).toMatchObject({ ...DOWN, status: 'firing', count: 1, id: alert.fingerprint });
  expect(told(dingtalk)).toEqual(['first: Payment provider down', 'first: Slow']);
  expect(told(email)).toEqual(['first: Payment provider down']);
  expect(await alerts.get(alert.id)).toMatchObject({ title: DOWN.title, history: [{ event: 'fired' }, { event: 'notified' }, { event: 'notified' }] });
  expect(series('alerts_fired_total')).toEqual({ 'critical billing new': 1, 'low billing new': 1 });
  expect(series('alert_notifications_total')).toMatchObject({ 'dingtalk delivered': 2, 'email delivered': 1, 'email failed': 0 });
});

test('told again it is the same alert: counted, and not notified again before the repeat interval', async () => {
  const channel = recordingChannel();
  const { alerts, pass } = testAlerts({ channels: { dingtalk: channel } });
  for (let i = 0; i < 100; i++) await alerts.fire(DOWN);
  await pass(3 * HOUR);
  expect(told(channel)).toEqual(['first: Payment provider down']);
  expect((await alerts.list()).items).toMatchObject([{ count: 100 }]);

  await pass(HOUR + MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down', 'repeat: Payment provider down']);
});

test('a higher severity is told at once, a lower one changes nothing', async () => {
  const channel = recordingChannel();
  const { alerts, pass } = testAlerts({ channels: { dingtalk: channel } });
  await alerts.fire({ ...DOWN, severity: 'medium' });
  await pass(1_000);
  await alerts.fire({ ...DOWN, severity: 'critical' });
  await alerts.fire({ ...DOWN, severity: 'low' });
  await pass(1_000);

  expect(channel.sent.map(({ alerts: [alert] }) => alert?.severity)).toEqual(['medium', 'critical']);
});

test('resolved, it is told to every channel that heard of it; fired again, it is open again', async () => {
  const [dingtalk, email] = [recordingChannel(), recordingChannel()];
  const { alerts, pass } = testAlerts({ channels: { dingtalk, email } });
  const { id } = await alerts.fire(DOWN);
  await pass(10 * MINUTE);
  expect(await alerts.resolve({ title: DOWN.title, source: DOWN.source, labels: DOWN.labels })).toMatchObject({ id, status: 'resolved' });
  await pass(2 * MINUTE);
  expect(await alerts.resolve(id)).toBeUndefined();
  await alerts.fire(DOWN);
  await pass(2 * MINUTE);

  const all = ['first: Payment provider down', 'resolved: Payment provider down (resolved)', 'first: Payment provider down'];
  expect(told(dingtalk)).toEqual(all);
  expect(told(email)).toEqual(all);
});

test('resolved by the app it is over by itself; resolved by somebody, by them', async () => {
  const texts: string[] = [];
  const inEnglish = consoleChannel({ logger: { info: text => texts.push(text), warn: () => undefined } });
  const inChinese = consoleChannel({ locale: 'zh-CN', logger: { info: text => texts.push(text), warn: () => undefined } });
  const { alerts, pass } = testAlerts({ channels: { inEnglish, inChinese } });
  const { id } = await alerts.fire(DOWN);
  await pass(0);
  expect((await alerts.resolve(id))?.history.at(-1)).toEqual({ at: expect.any(Date), event: 'resolved', reason: 'the app says that it is over' });
  await pass(2 * MINUTE);
  expect(texts.splice(0)).toEqual([expect.stringMatching(/The alert has resolved by itself\.$/), expect.stringMatching(/告警已自动解决。$/)]);

  await alerts.fire(DOWN);
  await pass(2 * MINUTE);
  expect((await alerts.resolve(id, 'ann'))?.history.at(-1)).toMatchObject({ event: 'resolved', by: 'ann' });
  await pass(2 * MINUTE);
  expect(texts).toEqual([expect.stringMatching(/Resolved by ann\.$/), expect.stringMatching(/告警已由 ann 解决。$/)]);
});

test('acknowledged, it is not repeated, and its services are told', async () => {
  const [dingtalk, pager] = [recordingChannel(), recordingChannel({ takesAcknowledgements: true })];
  const { alerts, pass } = testAlerts({ channels: { dingtalk, pager }, severityChannels: { critical: ['dingtalk', 'pager'] } });
  const { id } = await alerts.fire(DOWN);
  await pass(MINUTE);
  expect(await alerts.acknowledge(id, 'ada')).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada' });
  await pass(9 * HOUR);

  expect(told(dingtalk)).toEqual(['first: Payment provider down']);
  expect(told(pager)).toEqual(['first: Payment provider down', 'acknowledged: Payment provider down (acknowledged)']);
  expect(await alerts.unacknowledge(id, 'ada')).toMatchObject({ status: 'firing' });
});

test('what a window of maintenance keeps back is told when the window is over and it still fires', async () => {
  const channel = recordingChannel();
  const { alerts, pass, clock, series } = testAlerts({ channels: { dingtalk: channel } });
  await alerts.maintenanceWindows.add({ name: 'release', start: new Date(clock.now()), end: new Date(clock.now() + 30 * MINUTE) });
  await alerts.fire({ ...DOWN, title: 'Slow', severity: 'medium' });
  await alerts.fire(DOWN);
  await pass(29 * MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down']);
  expect((await alerts.list({ status: 'suppressed' })).items.map(({ title }) => title)).toEqual(['Slow']);
  expect(series('alerts_suppressed_total')).toEqual({ maintenance: 1 });

  await pass(3 * MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down', 'first: Slow']);
});

test('a silence keeps back what it matches until it ends, or is ended', async () => {
  const channel = recordingChannel();
  const { alerts, pass } = testAlerts({ channels: { dingtalk: channel } });
  const silence = await alerts.silences.create({ matchers: ['source="billing"', 'region=~"eu|us"'], duration: '2h', createdBy: 'ada', comment: 'known' });
  const { id } = await alerts.fire(DOWN);
  await pass(MINUTE);
  expect(told(channel)).toEqual([]);
  expect(await alerts.get(id)).toMatchObject({ status: 'suppressed', history: [{ event: 'fired' }, { event: 'suppressed', reason: `silence: silence ${silence.id} by ada: known` }] });

  expect(await alerts.silences.expire(silence.id)).toBe(true);
  await pass(MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down']);
});

test('a LOW alert is kept back while another of its title and source is not five minutes old', async () => {
  const channel = recordingChannel();
  const { alerts, pass } = testAlerts({ channels: { dingtalk: channel } });
  await alerts.fire({ title: 'Disk', severity: 'low', source: 'db', labels: { disk: 'a' } });
  await pass(MINUTE);
  await alerts.fire({ title: 'Disk', severity: 'low', source: 'db', labels: { disk: 'b' } });
  await pass(MINUTE);
  expect(told(channel)).toEqual(['first: Disk']);

  await pass(5 * MINUTE);
  expect(told(channel)).toEqual(['first: Disk', 'changed: Disk, Disk']);
});

test('an alert that another one explains is kept back', async () => {
  const channel = recordingChannel();
  const { alerts, pass } = testAlerts({
    channels: { dingtalk: channel },
    inhibitRules: [{ name: 'dead database', sourceMatch: ['alertname="Database down"'], targetMatch: ['severity=~"high|medium"'], equal: ['region'] }],
  });
  await alerts.fire({ title: 'Database down', severity: 'critical', source: 'db', labels: { region: 'eu' } });
  await alerts.fire({ title: 'Slow', severity: 'high', source: 'api', labels: { region: 'eu' } });
  await alerts.fire({ title: 'Slow', severity: 'high', source: 'api', labels: { region: 'us' } });
  await pass(MINUTE);
  expect(told(channel)).toEqual(['first: Database down', 'first: Slow']);

  await alerts.resolve({ title: 'Database down', source: 'db', labels: { region: 'eu' } });
  await pass(2 * MINUTE);
  expect(told(channel)).toContain('changed: Slow, Slow');
});

test('an alert that opens again and again is told until it flaps, and again when it holds still', async () => {
  const channel = recordingChannel();
  const { alerts, pass } = testAlerts({ channels: { dingtalk: channel }, flapping: { times: 3, within: '30m' } });
  for (let i = 0; i < 10; i++) {
    const { id } = await alerts.fire(DOWN);
    await pass(MINUTE);
    if (i < 9) await alerts.resolve(id);
    await pass(MINUTE);
  }
  const before = channel.sent.length;
  expect(before).toBeLessThan(10);
  expect((await alerts.list()).items).toMatchObject([{ status: 'suppressed' }]);

  await pass(HOUR);
  expect(told(channel).slice(before)).toEqual(['first: Payment provider down']);
});

test('an alert whose end has come is over, unless it was told again', async () => {
  const channel = recordingChannel();
  const { alerts, pass, clock } = testAlerts({ channels: { dingtalk: channel } });
  const tell = (): Promise<unknown> => alerts.fire({ ...DOWN, endsAt: new Date(clock.now() + 5 * MINUTE) });
  await tell();
  await pass(4 * MINUTE);
  await tell();
  await pass(4 * MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down']);
  await pass(3 * MINUTE);
  expect(told(channel)).toEqual(['first: Payment provider down', 'resolved: Payment provider down (resolved)']);
});

test('explain says what each stage says, where it goes and what happened', async () => {
  const { alerts, pass } = testAlerts({ channels: { dingtalk: recordingChannel() } });
  await alerts.silences.create({ matchers: ['region="eu"'], duration: '1h', createdBy: 'ada' });
  const { id } = await alerts.fire(DOWN);
  await pass(1_000);
  const explanation = await alerts.explain(id);

  expect(explanation?.routes).toMatchObject([{ route: { receiver: 'severity critical' } }]);
  expect(explanation?.routes[0]?.judgements.map(({ stage, verdict }) => [stage, verdict.passes])).toEqual([
    ['duplicate', true],
    ['maintenance', true],
    ['silence', false],
    ['flapping', true],
  ]);
  expect(await alerts.explain('none')).toBeUndefined();
});

test('what nobody acknowledges is escalated, level by level, until somebody does', async () => {
  const [team, boss] = [recordingChannel(), recordingChannel()];
  const { alerts, pass, series } = testAlerts({
    channels: { team, boss },
    severityChannels: { critical: ['team'] },
    escalations: [{ name: 'on call', match: ['severity="critical"'], levels: [{ after: '5m', channels: ['team'] }, { after: '15m', channels: ['boss'] }], repeat: 1 }],
  });
  const { id } = await alerts.fire(DOWN);
  await pass(16 * MINUTE);
  expect(told(team)).toEqual(['first: Payment provider down', 'escalation: Payment provider down']);
  expect(told(boss)).toEqual(['escalation: Payment provider down']);
  await pass(5 * MINUTE);
  expect(told(team)).toHaveLength(3);
  await alerts.acknowledge(id, 'ada');
  await pass(HOUR);

  expect([team.sent.length, boss.sent.length]).toEqual([3, 1]);
  expect(series('alert_escalations_total')).toEqual({ 'on call 1': 1, 'on call 2': 1, 'on call 3': 1, 'on call 4': 0 });
});

test('a response runs when its alert fires, and may resolve it', async () => {
  const channel = recordingChannel();
  const { alerts, pass, series } = testAlerts({ channels: { dingtalk: channel } });
  const ran: string[] = [];
  alerts.respond({
    name: 'restart the worker',
    match: ['alertname="Worker stuck"'],
    run: async (alert, { resolve }) => {
      ran.push(alert.title);
      await resolve('it runs again');
      return 'restarted';
    },
  });
  const { id } = await alerts.fire({ title: 'Worker stuck', severity: 'high' });
  await alerts.fire(DOWN);
  await pass(2 * MINUTE);

  expect(ran).toEqual(['Worker stuck']);
  expect(await alerts.get(id)).toMatchObject({ status: 'resolved' });
  expect((await alerts.get(id))?.history.map(({ event, reason }) => `${event}: ${reason}`)).toContain('remediated: restart the worker: restarted');
  expect(series('alert_remediation_runs_total')).toEqual({ 'restart the worker succeeded': 1 });
});

test('an alert without a title is refused, and a call that nobody awaits ends no process', async () => {
  const { alerts, log } = testAlerts({ channels: {} });
  await expect(alerts.fire({} as never)).rejects.toThrow(/alert\.title.*what is wrong, in a few words/s);
  void alerts.fire({ title: 'x', severity: 'urgent' as never });
  await new Promise(resolve => setImmediate(resolve));
  expect(log[0]).toContain('an alert could not be fired');
});

test('100,000 calls of one alert are one notification', { timeout: 60_000 }, async () => {
  const channel = recordingChannel();
  const { alerts, pass } = testAlerts({ channels: { dingtalk: channel } });
  await Promise.all(Array.from({ length: 100_000 }, () => alerts.fire(DOWN)));
  await pass(HOUR);
  expect(told(channel)).toEqual(['first: Payment provider down']);
});

const ON_CALL = { name: 'on call', levels: [{ after: '5m', channels: [] }] } as const;

test.each([
  ['a channel that is none', { channels: { a: {} as never } }, /alerts\.channels\.a.*createChannel/s],
  ['a channel that no one has', { channels: {}, fallbackChannel: 'x' }, /alerts\.fallbackChannel.*there are no channels/s],
  ['a receiver of a route that is none', { channels: {}, route: { receiver: 'nobody' } }, /alerts\.route\.receiver/],
  ['two policies of one name', { channels: {}, escalations: [ON_CALL, ON_CALL] }, /alerts\.escalations\[1\]\.name.*that no other policy has/],
  ['an option that is none', { channel: {} } as never, /no such option; known here: channels/],
])('refuses %s', (_what, options, message) => {
  expect(() => testAlerts(options)).toThrow(message);
});

test("an alert of Prometheus', whose label says its severity in another word, is told to the channels of that severity", async () => {
  const [dingtalk, email] = [recordingChannel(), recordingChannel()];
  const { alerts, pass } = testAlerts({ channels: { dingtalk, email } });
  await alerts.fire({ title: 'A', severity: 'high', labels: { severity: 'page' } });
  await alerts.fire({ title: 'B', severity: 'medium', labels: { severity: 'warning' } });
  await alerts.fire({ title: 'C', severity: 'medium', labels: { severity: 'odd' } });
  await pass(1_000);

  expect(told(dingtalk)).toEqual(['first: A', 'first: B', 'first: C']);
  expect(told(email)).toEqual(['first: A']);
});
