import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../src/alerting/alert.js';
import type { Delivery } from '../../../src/alerting/channels/channel.js';
import type { AlertsOptions } from '../../../src/alerting/options.js';
import { HOUR, MINUTE, recordingChannel, testAlerts, told, type AlertsTest, type RecordingChannel } from '../set-up.js';

const DOWN: Delivery = { delivered: false, retryable: true, reason: 'status 503' };
const REFUSED: Delivery = { delivered: false, retryable: false, reason: 'status 400' };
const BAD_KEY: Delivery = { delivered: false, retryable: false, misconfigured: true, reason: 'the signature is wrong' };

type Test = AlertsTest & Readonly<Record<'a' | 'b' | 'c', RecordingChannel>>;

/** Three channels, of which every alert of the app goes to `a` alone. */
function threeChannels(options: AlertsOptions = {}): Test {
  const [a, b, c] = [recordingChannel(), recordingChannel(), recordingChannel()];
  return { ...testAlerts({ channels: { a, b, c }, route: { receiver: 'a', groupBy: ['alertname'], groupWait: 0 }, ...options }), a, b, c };
}

async function own({ alerts }: AlertsTest): Promise<readonly Alert[]> {
  return (await alerts.list({ source: 'sightline' })).items;
}

async function shown(test: AlertsTest): Promise<string[]> {
  return (await own(test)).map(({ title, labels, status }) => `${title} ${labels['channel']} ${status}`).sort();
}

describe('a channel that fails', () => {
  test('is told of to the others, and not to itself; that it works again, too', async () => {
    const all = threeChannels();
    const { a, b, c, alerts, pass } = all;
    a.answers.push(DOWN, DOWN, DOWN, DOWN, DOWN);
    await alerts.fire({ title: 'Payment provider down' });
    await pass(6_000);
    expect(await shown(all)).toEqual([]);
    await pass(24_000);

    for (const channel of [b, c]) expect(told(channel)).toEqual(['first: AlertChannelFailing']);
    expect(b.sent[0]?.alerts).toMatchObject([{ severity: 'high', source: 'sightline', labels: { channel: 'a', service: 'shop' }, description: expect.stringContaining('status 503') }]);
    expect(told(a)).toEqual([]);
    expect(await shown(all)).toEqual(['AlertChannelFailing a firing']);

    await pass(5 * MINUTE);
    expect(told(a)).toEqual(['first: Payment provider down']);
    expect(await shown(all)).toEqual(['AlertChannelFailing a resolved']);
    for (const channel of [b, c]) expect(told(channel)).toEqual(['first: AlertChannelFailing', 'resolved: AlertChannelFailing (resolved)']);
  });

  test.each<[string, Delivery, string]>([
    ['is not set up as it must be', BAD_KEY, "can't work as it is set up, which somebody must see to: the signature is wrong"],
    ['refuses a notification', REFUSED, 'is not tried again: status 400'],
    ['does not reach all of its recipients', { delivered: true, warning: '1 of 3 did not get it: unknown number' }, "Some of its recipients don't get its notifications: 1 of 3"],
  ])('is told of at once where it %s', async (_, answer, words) => {
    const all = threeChannels();
    all.a.answers.push(answer);
    await all.alerts.fire({ title: 'One' });
    await all.pass(1_000);
    expect(all.b.sent.flatMap(({ alerts }) => alerts)).toMatchObject([{ title: 'AlertChannelFailing', description: expect.stringContaining(words) }]);

    await all.alerts.fire({ title: 'Two' });
    await all.pass(2 * MINUTE);
    expect(await shown(all)).toEqual(['AlertChannelFailing a resolved']);
  });

  test('and goes on failing is told of once, and open again when somebody resolves that it fails', async () => {
    const all = threeChannels();
    all.a.answers.push(...Array.from({ length: 100 }, () => DOWN));
    await all.alerts.fire({ title: 'One' });
    await all.pass(HOUR);
    expect(told(all.b)).toEqual(['first: AlertChannelFailing']);

    await all.alerts.resolve((await own(all))[0]!.id, 'ada');
    await all.pass(30 * MINUTE);
    expect(await shown(all)).toEqual(['AlertChannelFailing a firing']);
  });

  test('a partial delivery stands in the history of the alert', async () => {
    const { a, alerts, pass } = threeChannels();
    a.answers.push({ delivered: true, warning: '1 of 3 did not get it: unknown number' });
    const { id } = await alerts.fire({ title: 'One' });
    await pass(1_000);

    expect((await alerts.get(id))?.history).toMatchObject([
      { event: 'fired' },
      { event: 'notified', channel: 'a', reason: 'first: delivered, but 1 of 3 did not get it: unknown number' },
    ]);
  });
});

describe('there is no loop', () => {
  test('an alert of ours that can not be delivered raises no other', async () => {
    const all = threeChannels({ selfCheck: { channels: ['b'] } });
    all.a.answers.push(...Array.from({ length: 200 }, () => BAD_KEY));
    all.b.answers.push(...Array.from({ length: 200 }, () => DOWN));
    await all.alerts.fire({ title: 'One' });
    await all.pass(3 * HOUR);

    expect(await shown(all)).toEqual(['AlertChannelFailing a firing']);
    expect(told(all.c)).toEqual([]);
  });

  test('all channels failing makes one alert of each, however long it lasts', async () => {
    const all = threeChannels({ route: { receiver: 'default', groupBy: ['alertname'], groupWait: 0 } });
    for (const channel of [all.a, all.b, all.c]) channel.answers.push(...Array.from({ length: 5_000 }, () => DOWN));
    await all.alerts.fire({ title: 'One' });
    await all.pass(12 * HOUR);

    expect(await shown(all)).toEqual(['AlertChannelFailing a firing', 'AlertChannelFailing b firing', 'AlertChannelFailing c firing']);
  });

  test('neither an escalation nor the fallback brings it to the channel it is about', async () => {
    const all = threeChannels({
      selfCheck: { channels: ['b'] },
      fallbackChannel: 'a',
      escalations: [{ name: 'on call', match: ['alertname="AlertChannelFailing"'], levels: [{ after: '5m', channels: ['a'] }] }],
    });
    const asked: string[] = [];
    all.a.send = async ({ alerts }) => {
      asked.push(...alerts.map(({ title }) => title));
      return BAD_KEY;
    };
    all.b.answers.push(...Array.from({ length: 50 }, () => DOWN));
    await all.alerts.fire({ title: 'One' });
    for (let i = 0; i < 10; i++) await all.pass(MINUTE);

    expect(new Set(asked)).toEqual(new Set(['One']));
    const [alert] = await own(all);
    expect(alert?.history).toContainEqual(expect.objectContaining({ event: 'failed', channel: 'a', reason: 'it tells of `a` itself' }));
  });
});

describe('who is told', () => {
  test('the channels given, with the severity given; of one that is the only one given, all others', async () => {
    const all = threeChannels({ selfCheck: { channels: ['a', 'c'], severity: 'critical' } });
    all.a.answers.push(REFUSED);
    await all.alerts.fire({ title: 'One' });
    await all.pass(MINUTE);
    expect([told(all.b), told(all.c)]).toEqual([[], ['first: AlertChannelFailing']]);
    expect(all.c.sent[0]?.alerts[0]?.severity).toBe('critical');

    const alone = threeChannels({ selfCheck: { channels: ['a'] } });
    alone.a.answers.push(REFUSED);
    await alone.alerts.fire({ title: 'One' });
    await alone.pass(MINUTE);
    expect([told(alone.b), told(alone.c)]).toEqual([['first: AlertChannelFailing'], ['first: AlertChannelFailing']]);
  });

  test('nobody where it is off, or there is no other channel', async () => {
    for (const options of [{ selfCheck: false as const }, { channels: { a: recordingChannel() } }, { channels: { a: recordingChannel() }, selfCheck: {} }]) {
      const all = threeChannels(options);
      const a = (options.channels?.a ?? all.a);
      a.answers.push(BAD_KEY);
      await all.alerts.fire({ title: 'One' });
      await all.pass(HOUR);
      expect(await shown(all)).toEqual([]);
    }
  });

  test.each<[object, string]>([
    [{ selfCheck: { channels: ['x'] } }, 'names of channels (a, b, c)'],
    [{ selfCheck: { channels: [] } }, 'at least one'],
    [{ selfCheck: { severity: 'worst' } }, 'critical, high, medium, low, info'],
    [{ selfCheck: { backlog: 0 } }, 'a whole number of at least 1'],
    [{ selfCheck: true }, 'false or an object'],
    [{ selfCheck: { chanels: [] } }, 'no such option'],
    // Ours stand before them, which is no business of who wrote them.
    [{ route: { receiver: 'a', routes: [{ match: ['nonsense'] }] } }, '`alerts.route.routes[0].match[0]`'],
  ])('%j is refused', (options, words) => {
    expect(() => threeChannels(options)).toThrow(words);
  });
});

test('more than may wait for a channel is an alert, until half of that is gone', async () => {
  const a = recordingChannel({ quotas: [{ limit: 1, windowMs: HOUR }], keepsIncidents: true });
  const all = threeChannels({ channels: { a, b: recordingChannel() }, selfCheck: { backlog: 4 } });
  for (let i = 0; i < 6; i++) await all.alerts.fire({ title: `Alert ${i}` });
  await all.pass(MINUTE);
  expect(await shown(all)).toEqual(['AlertBacklog a firing']);
  expect((await own(all))[0]?.description).toContain('5 notifications wait for it; 4 may');

  for (let i = 0; i < 119; i++) await all.pass(MINUTE);
  expect(await shown(all)).toEqual(['AlertBacklog a firing']);
  for (let i = 0; i < 121; i++) await all.pass(MINUTE);
  expect(await shown(all)).toEqual(['AlertBacklog a resolved']);
});
