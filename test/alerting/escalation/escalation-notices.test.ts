import { expect, test } from 'vitest';
import { EscalationNotices } from '../../../src/alerting/escalation/escalation-notices.js';
import { MemoryWorkQueue } from '../../../src/alerting/queue/memory-work-queue.js';
import { MemoryAlertStore } from '../../../src/alerting/stores/memory-alert-store.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { SteppingClock } from '../delivery/stepping-clock.js';
import { told } from '../stores/told.js';

type End = 'delivered' | 'failed' | 'left';

/** A step that is to be told by channels, which answer as the test says. */
async function notices(...ends: readonly (End | (() => Promise<End>))[]) {
  const clock = new SteppingClock();
  const store = new MemoryAlertStore();
  const queue = new MemoryWorkQueue({ clock, diagnostics: new Diagnostics({ warn() {} }, clock) });
  const now = (): Date => new Date(clock.now());
  const { alert } = await store.fire({ ...told('a1'), startsAt: now() }, now());
  const tried: string[] = [];
  const answers = [...ends];
  const made = new EscalationNotices({
    queue,
    store,
    clock,
    deliver: async (channel, { id }, receiver) => {
      tried.push(`${receiver}: ${id} to ${channel}`);
      const answer = answers.shift() ?? 'delivered';
      return typeof answer === 'function' ? answer() : Promise.resolve(answer);
    },
    onEscalated: () => {},
  });
  made.start();
  const step = { policy: 'on call', step: 1, at: clock.now(), channels: ['team', 'boss'] };
  return { clock, store, queue, tried, now, escalate: () => made.escalate(alert, step) };
}

const BOTH = ['on call 1: a1 to team', 'on call 1: a1 to boss'];

test('each channel of a step is told once, however often the step is begun', async () => {
  const { escalate, clock, tried, store, queue } = await notices();
  await escalate();
  await escalate();
  await clock.pass(1_000);
  await escalate();
  await clock.pass(60_000);
  expect(tried).toEqual(BOTH);
  expect((await store.get('a1'))?.history.filter(({ event }) => event === 'escalated').map(({ reason }) => reason)).toContain('on call: step 1, to team, boss');
  expect(queue.size).toBe(0);
});

test('a channel that was left by a process that ends is told again, one that has refused it is not', async () => {
  const { escalate, clock, tried } = await notices('left', 'failed');
  await escalate();
  await clock.pass(60_000);
  expect(tried).toEqual([...BOTH, BOTH[0]]);
});

test('a channel that takes its time keeps no other waiting', async () => {
  const { escalate, clock, tried, queue } = await notices(() => new Promise(() => {}));
  await escalate();
  await clock.pass(60_000);
  expect(tried).toEqual(BOTH);
  expect(queue.size).toBe(1);
});

test('what somebody took care of meanwhile is not told any more', async () => {
  const { escalate, clock, tried, store, now, queue } = await notices('left', 'left');
  await escalate();
  await clock.pass(100);
  await store.acknowledge('a1', now(), 'ada');
  await clock.pass(60_000);
  expect(tried).toEqual(BOTH);
  expect(queue.size).toBe(0);
});

test('what is suppressed meanwhile is told when it is released', async () => {
  const { escalate, clock, tried, store, now } = await notices();
  await store.note('a1', { at: now(), event: 'suppressed', reason: 'a silence' }, 'suppressed');
  await escalate();
  await clock.pass(10 * 60_000);
  expect(tried).toEqual([]);
  await store.note('a1', { at: now(), event: 'released', reason: '' }, 'firing');
  await clock.pass(2 * 60_000);
  expect(tried).toEqual(BOTH);
});
