import { expect, test } from 'vitest';
import '../../../src/alerting/index.js';
import { createVirtualClock, recordingChannel } from '../../../src/alerting/testing/index.js';
import type { Channel, Delivery } from '../../../src/alerting/channels/channel.js';
import { testMonitor } from '../../support/test-monitor.js';
import { aNotification } from '../samples.js';

const send = (channel: Channel, id = 'n-1'): Promise<Delivery> => channel.send(aNotification({ id }), { signal: new AbortController().signal, now: 0 });

test('it keeps what was delivered until it is taken', async () => {
  const channel = recordingChannel();
  await send(channel, 'a');
  await send(channel, 'b');
  expect(channel.notifications.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(channel.takeAll().map(({ id }) => id)).toEqual(['a', 'b']);
  expect([channel.takeAll(), channel.notifications, channel.attempts]).toEqual([[], [], 2]);
});

test('next() takes the first that there is, else waits; two that wait get one each', async () => {
  const channel = recordingChannel();
  await send(channel, 'a');
  expect((await channel.next()).id).toBe('a');
  const [second, third] = [channel.next(), channel.next()];
  await send(channel, 'b');
  await send(channel, 'c');
  await send(channel, 'd');
  expect([(await second).id, (await third).id]).toEqual(['b', 'c']);
  expect(channel.takeAll().map(({ id }) => id)).toEqual(['d']);
});

test('the next attempts get what they are told to, and then it delivers', async () => {
  const channel = recordingChannel();
  channel.answerNext('fail', 'refuse', { retryAfter: '30s' }, { delivered: false, retryable: false, misconfigured: true, reason: 'no such robot' }, 'throw', 'deliver');
  expect(await send(channel)).toMatchObject({ delivered: false, retryable: true });
  expect(await send(channel)).toMatchObject({ delivered: false, retryable: false });
  expect(await send(channel)).toMatchObject({ delivered: false, retryable: true, retryAfterMs: 30_000 });
  expect(await send(channel)).toMatchObject({ misconfigured: true, reason: 'no such robot' });
  await expect(send(channel)).rejects.toThrow('told to throw');
  expect(channel.notifications).toEqual([]);
  expect(await send(channel)).toEqual({ delivered: true });
  expect(await send(channel)).toEqual({ delivered: true });
  expect([channel.notifications.length, channel.attempts]).toEqual([2, 7]);
});

test('it fails until it is told otherwise, with a reason where one is given', async () => {
  const channel = recordingChannel({ fail: 'the group was dissolved' });
  expect(await send(channel)).toMatchObject({ retryable: true, reason: 'the group was dissolved' });
  channel.answerNext('deliver');
  expect(await send(channel)).toEqual({ delivered: true });
  channel.fail = true;
  expect(await send(channel)).toMatchObject({ retryable: true, reason: 'the recording channel was told to fail' });
  channel.fail = false;
  expect(await send(channel)).toEqual({ delivered: true });
});

test('a monitor tells it as any channel: through failures, a service that asks for time, one that throws and one that hangs', async () => {
  const clock = createVirtualClock();
  const channel = recordingChannel();
  const { monitor, log } = testMonitor({ clock, alerts: { channels: { dingtalk: channel } } });
  channel.answerNext('throw', { retryAfter: '30s' }, 'hang');
  const next = channel.next();
  await monitor.alerts.fire({ title: 'Payment provider down', severity: 'critical' });
  await clock.advance('2m');
  expect((await next).alerts[0]?.title).toBe('Payment provider down');
  expect(channel.attempts).toBe(4);
  expect(log[0]).toContain('send threw Error: the recording channel was told to throw');
});

test('a monitor whose channel hangs closes as its clock moves on', async () => {
  const clock = createVirtualClock();
  const channel = recordingChannel();
  const { monitor } = testMonitor({ clock, alerts: { channels: { dingtalk: channel } } });
  channel.answerNext('hang');
  await monitor.alerts.fire({ title: 'Payment provider down', severity: 'critical' });
  await clock.advance(0);
  await Promise.all([monitor.close(), clock.advance('10s')]);
  expect(channel.attempts).toBe(1);
});

test.each([
  [{ fail: 1 }, 'recordingChannel.fail'],
  [{ fail: '' }, 'recordingChannel.fail'],
  [{ quotas: [{ limit: 0, windowMs: 1 }] }, 'recordingChannel.quotas'],
  [{ kind: '' }, 'recordingChannel.kind'],
  [{ fails: true }, 'recordingChannel.fails'],
])('%j is refused by the name of the option', (options, option) => {
  expect(() => recordingChannel(options as never)).toThrow(expect.objectContaining({ name: 'InvalidOptionError', option }));
});

test.each([['succeed', 'answerNext'], [null, 'answerNext'], [{}, 'answerNext'], [{ retryAfter: 'soon' }, 'answerNext.retryAfter']])('the answer %j is refused, and with it those beside it', async (answer, option) => {
  const channel = recordingChannel();
  expect(() => {
    channel.answerNext('fail', answer as never);
  }).toThrow(expect.objectContaining({ option }));
  expect(await send(channel)).toEqual({ delivered: true });
});
