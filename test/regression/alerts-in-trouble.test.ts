import { expect, test, vi } from 'vitest';
import { Escalator } from '../../src/alerting/escalation/escalation.js';
import { Outbox } from '../../src/alerting/outbox.js';
import { AlertStoreFullError } from '../../src/alerting/stores/alert-store.js';
import { RedisPatience } from '../../src/alerting/stores/redis-patience.js';
import { toldWith } from '../../src/alerting/told-channels.js';
import { Diagnostics } from '../../src/core/diagnostics.js';
import type { RedisClient } from '../../src/core/redis.js';
import { told } from '../alerting/stores/told.js';
import { MemoryAlertStore } from '../../src/alerting/stores/memory-alert-store.js';
import { testAlerts, recordingChannel } from '../alerting/set-up.js';
import { ManualClock } from '../support/manual-clock.js';

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

test('a write that the store refuses each time does not keep the others waiting', async () => {
  const clock = new ManualClock();
  const outbox = new Outbox({ clock, diagnostics: new Diagnostics({ warn() {} }, clock) });
  const done: string[] = [];
  let isFull = true;
  outbox.keep('alert one', 'fire', () => (isFull ? Promise.reject(new AlertStoreFullError('alerts', 5)) : Promise.resolve(done.push('one'))));
  outbox.keep('alert two', 'resolve', () => Promise.resolve(done.push('two')));
  clock.advance(1_000);
  await settled();
  expect(done).toEqual(['two']);
  isFull = false;
  clock.advance(10_000);
  await settled();
  expect(done).toEqual(['two', 'one']);
});

test('a write that fails for a reason of its own has the others go first the next time', async () => {
  const clock = new ManualClock();
  const outbox = new Outbox({ clock, diagnostics: new Diagnostics({ warn() {} }, clock) });
  const done: string[] = [];
  outbox.keep('alert one', 'fire', () => Promise.reject(new TypeError('what Redis holds there can’t be read')));
  outbox.keep('alert two', 'resolve', () => Promise.resolve(done.push('two')));
  for (let i = 0; i < 2; i++) {
    clock.advance(10_000);
    await settled();
  }
  expect(done).toEqual(['two']);
});

function silentRedis() {
  const clock = new ManualClock();
  const client = { status: 'ready' };
  const answers: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const patience = new RedisPatience(client as unknown as RedisClient, clock);
  const ask = (): Promise<string> => patience.wait(() => new Promise((resolve, reject) => answers.push({ resolve, reject })));
  return { clock, client, answers, ask };
}

test('nobody waits in turn for a Redis that hangs, nothing piles up, and its first answer ends that', async () => {
  const { clock, answers, ask } = silentRedis();
  const first = expect(ask()).rejects.toThrow('did not answer in 4.5 s');
  clock.advance(4_500);
  await first;
  for (let i = 0; i < 100; i++) await expect(ask()).rejects.toThrow('Redis does not answer');
  expect(answers).toHaveLength(1);
  // One asks whether it is back.
  clock.advance(1_000);
  const probe = ask();
  await expect(ask()).rejects.toThrow('Redis does not answer');
  expect(answers).toHaveLength(2);
  answers[0]?.resolve('late');
  await settled();
  const next = ask();
  answers[1]?.resolve('on time');
  answers[2]?.resolve('as before');
  expect(await Promise.all([probe, next])).toEqual(['on time', 'as before']);
});

test('a refusal is an answer', async () => {
  const { clock, answers, ask } = silentRedis();
  const first = expect(ask()).rejects.toThrow('did not answer');
  clock.advance(4_500);
  await first;
  answers[0]?.reject(Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' }));
  await settled();
  const next = ask();
  answers[1]?.resolve('on time');
  expect(await next).toBe('on time');
});

test('nothing is given to a client that has lost its connection: it would keep it without a bound', async () => {
  const { client, answers, ask } = silentRedis();
  client.status = 'reconnecting';
  await expect(ask()).rejects.toThrow('no connection to Redis: it is "reconnecting"');
  expect(answers).toEqual([]);
});

test('each process sees to it that alerts of dead ones are looked for, even where Redis has lost that work', async () => {
  const clock = new ManualClock();
  const scheduled: string[] = [];
  const escalator = new Escalator({
    policies: [{ name: 'on call', matchers: [], levels: [{ afterMs: 60_000, channels: ['team'] }], repeat: 0, ackTimeoutMs: undefined }],
    queue: { schedule: ({ kind }, at) => Promise.resolve(void scheduled.push(`${kind} ${at.getTime() - clock.now()}`)), process() {}, close: () => Promise.resolve() },
    clock,
    diagnostics: new Diagnostics({ warn() {} }, clock),
    get: () => Promise.resolve(undefined),
    active: () => Promise.resolve([]),
    escalate: () => Promise.resolve(),
    isShared: true,
    unacknowledge: () => Promise.resolve(),
  });
  escalator.start();
  for (let i = 0; i < 3; i++) {
    clock.advance(300_000);
    await settled();
  }
  expect(scheduled).toHaveLength(4);
  escalator.close();
  clock.advance(3_600_000);
  expect(scheduled).toHaveLength(4);
});

test('channels that were told of an alert with another group are found, whichever receiver it had', async () => {
  const store = new MemoryAlertStore();
  const { alert } = await store.fire(told('a', { severity: 'critical' }), new Date(0));
  await store.recordNotification('old', 'team', 'chat', { at: new Date(5), firing: { a: 'high' }, resolved: [] });
  await store.recordNotification('old', 'on call', 'sms', { at: new Date(7), firing: { b: 'high' }, resolved: ['a'] });
  const receivers = { team: ['chat', 'email'], 'on call': ['sms', 'chat'] };
  expect(await toldWith('old', alert, { store, receivers })).toEqual({ to: new Map([['chat', 5]]), as: 'high' });
});

test('two notifications in the same millisecond, or by a clock that is behind, are two in the log', async () => {
  const team = recordingChannel();
  const { alerts, clock, pass } = testAlerts({ channels: { team }, route: { receiver: 'team', groupWait: '0s', groupInterval: '1s' } });
  const fire = (title: string) => alerts.fire({ title, severity: 'critical', source: 'shop' });
  const logs = vi.spyOn(alerts.parts.store, 'recordNotification');
  await fire('one');
  await pass(0);
  // As another process has it, whose clock is a minute ahead.
  const [key, receiver, channel, entry] = logs.mock.calls[0] as (typeof logs.mock.calls)[number];
  await alerts.parts.store.recordNotification(key, receiver, channel, { ...entry, at: new Date(clock.now() + 60_000) });
  await fire('two');
  await pass(2_000);
  const log = await alerts.parts.store.notificationLog(key, receiver, channel);
  expect(Object.keys(log?.firing ?? {})).toHaveLength(2);
  expect(log?.at.getTime()).toBeGreaterThan(entry.at.getTime() + 60_000);
});
