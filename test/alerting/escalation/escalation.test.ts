import { expect, test } from 'vitest';
import { escalationReason, Escalator, type EscalationPolicy } from '../../../src/alerting/escalation/escalation.js';
import { MemoryWorkQueue } from '../../../src/alerting/queue/memory-work-queue.js';
import { parseMatchers } from '../../../src/alerting/routing/matcher.js';
import type { AlertSeverity } from '../../../src/alerting/severity.js';
import type { Fired } from '../../../src/alerting/stores/alert-store.js';
import { MemoryAlertStore } from '../../../src/alerting/stores/memory-alert-store.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { SteppingClock } from '../delivery/stepping-clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const POLICY: EscalationPolicy = {
  name: 'on call',
  matchers: parseMatchers('severity=~"critical|high"'),
  levels: [
    { afterMs: 5 * MINUTE, channels: ['team'] },
    { afterMs: 15 * MINUTE, channels: ['boss', 'sms'] },
  ],
  repeat: 1,
  ackTimeoutMs: undefined,
};

/** An escalator over a store of alerts; what it does, with the minute. */
function escalation(policy: Partial<EscalationPolicy> = {}, isShared = false) {
  const clock = new SteppingClock();
  const store = new MemoryAlertStore();
  const began = clock.monotonic();
  const done: string[] = [];
  const log: string[] = [];
  const faults: (() => void)[] = [];
  const fault = (): void => faults.shift()?.();
  const refusals: (() => void)[] = [];
  const now = (): Date => new Date(clock.now());
  const say = (what: string): void => {
    done.push(`${Math.round((clock.monotonic() - began) / MINUTE)}: ${what}`);
  };
  const policies = [{ ...POLICY, ...policy }];
  const diagnostics = new Diagnostics({ warn: line => log.push(line) }, clock);
  /** A process, with its queue. */
  const start = (): { readonly escalator: Escalator; readonly queue: MemoryWorkQueue } => {
    const queue = new MemoryWorkQueue({ clock, diagnostics });
    const escalator = new Escalator({
      policies,
      queue: {
        schedule: async (work, at) => (refusals.shift()?.(), queue.schedule(work, at)),
        process: (kind, handler) => {
          queue.process(kind, handler);
        },
        close: () => queue.close(),
      },
      isShared,
      clock,
      diagnostics,
      get: async id => (fault(), store.get(id)),
      active: async () => (fault(), store.active()),
      escalate: async (alert, { policy: name, step, channels }) => {
        fault();
        say(`step ${step} to ${channels.join(', ')}`);
        await store.note(alert.id, { at: now(), event: 'escalated', reason: escalationReason(name, step, channels) });
      },
      unacknowledge: async alert => {
        say('unacknowledged');
        await store.unacknowledge(alert.id, now(), 'a policy');
      },
    });
    escalator.start();
    return { escalator, queue };
  };
  const tell = (severity: AlertSeverity, startsAt: Date): Promise<Fired> =>
    store.fire(
      { fingerprint: '1', title: 'Down', description: '', severity, source: 'db', labels: {}, annotations: {}, startsAt, endsAt: undefined, generatorUrl: undefined },
      now(),
    );
  let { escalator, queue } = start();
  const close = async (): Promise<void> => {
    escalator.close();
    await queue.close();
  };
  return {
    clock,
    store,
    done,
    log,
    faults,
    refusals,
    schedule: (key: string) => queue.schedule({ kind: 'escalation', key }, now()),
    /** A process tells it, and dies. */
    fireAndDie: () => tell('critical', now()),
    note: async (event: 'suppressed' | 'released' | 'notified', status?: 'suppressed' | 'firing') => {
      await store.note('1', { at: now(), event, reason: event === 'suppressed' ? `for ${clock.now()}` : '' }, status);
    },
    fire: async (severity: AlertSeverity = 'critical', startsAt = now()) => {
      const { alert } = await tell(severity, startsAt);
      await escalator.watch(alert);
    },
    acknowledge: async () => {
      const alert = await store.acknowledge('1', now(), 'ada');
      if (alert) await escalator.watch(alert);
    },
    unacknowledge: async () => {
      const alert = await store.unacknowledge('1', now(), 'ada');
      if (alert) await escalator.watch(alert);
    },
    resolve: async () => store.resolve('1', now(), { at: now(), event: 'resolved', reason: '' }),
    restart: async () => {
      await close();
      ({ escalator, queue } = start());
    },
    close,
  };
}

const ALL = ['5: step 1 to team', '15: step 2 to boss, sms', '20: step 3 to team', '30: step 4 to boss, sms'];

test('level by level, and all again as often as the policy says', async () => {
  const { fire, clock, done } = escalation();
  await fire();
  await clock.pass(5 * HOUR);
  expect(done).toEqual(ALL);
  expect(clock.waiting).toBe(0);
});

test('what the policy does not match, or matches no more, is not escalated', async () => {
  const { fire, clock, done } = escalation({ matchers: parseMatchers('severity="high"') });
  await fire('medium');
  await clock.pass(HOUR);
  await fire('high');
  await clock.pass(6 * MINUTE);
  expect(done).toEqual(['65: step 1 to team']);
  await fire('critical');
  await clock.pass(HOUR);
  expect(done).toHaveLength(1);
});

test.each(['acknowledge', 'resolve'] as const)('%s stops it', async stop => {
  const made = escalation();
  await made.fire();
  await made.clock.pass(6 * MINUTE);
  await made[stop]();
  await made.clock.pass(5 * HOUR);
  expect(made.done).toEqual(ALL.slice(0, 1));
  expect(made.clock.waiting).toBe(0);
});

test('taken back, an acknowledgement stops nothing any more: the next step is made, and one after the other', async () => {
  const { fire, acknowledge, unacknowledge, clock, done } = escalation({ repeat: 0 });
  await fire();
  await clock.pass(MINUTE);
  await acknowledge();
  await clock.pass(HOUR);
  await unacknowledge();
  await clock.pass(HOUR);
  expect(done).toEqual(['61: step 1 to team', '71: step 2 to boss, sms']);
});

test('an acknowledgement that holds for too long ends, where the alert still fires', async () => {
  const { fire, acknowledge, clock, done, store } = escalation({ ackTimeoutMs: HOUR, repeat: 0 });
  await fire();
  await clock.pass(6 * MINUTE);
  await acknowledge();
  await clock.pass(59 * MINUTE);
  expect(done).toHaveLength(1);
  await clock.pass(HOUR);
  expect(done).toEqual(['5: step 1 to team', '66: unacknowledged', '66: step 2 to boss, sms']);
  expect(await store.get('1')).toMatchObject({ status: 'firing' });
});

test('while it is suppressed nothing happens, and that time does not count', async () => {
  const { fire, note, clock, done } = escalation({ repeat: 0 });
  await fire();
  await clock.pass(6 * MINUTE);
  await note('suppressed', 'suppressed');
  await clock.pass(HOUR);
  expect(done).toEqual(['5: step 1 to team']);
  await note('released', 'firing');
  await clock.pass(8 * MINUTE);
  expect(done).toHaveLength(1);
  await clock.pass(3 * MINUTE);
  expect(done).toEqual(['5: step 1 to team', '76: step 2 to boss, sms']);
});

test('become worse, it is escalated from then on', async () => {
  const { fire, clock, done } = escalation({ repeat: 0 });
  await fire('medium');
  await clock.pass(HOUR);
  await fire('critical');
  await clock.pass(HOUR);
  expect(done).toEqual(['65: step 1 to team', '75: step 2 to boss, sms']);
});

test('fired again after it was resolved, it begins anew', async () => {
  const { fire, resolve, clock, done } = escalation();
  await fire();
  await clock.pass(16 * MINUTE);
  await resolve();
  await clock.pass(MINUTE);
  // It says that it began before the other ended.
  await fire('critical', new Date(clock.now() - 10 * MINUTE));
  await clock.pass(6 * MINUTE);
  expect(done.slice(2)).toEqual(['17: step 1 to team']);
});

test('another process goes on where this one was', async () => {
  const { fire, restart, clock, done } = escalation();
  await fire();
  await clock.pass(16 * MINUTE);
  await restart();
  await clock.pass(5 * HOUR);
  expect(done).toEqual(ALL);
});

test('what became due while no process ran is made up for, one step after the other', async () => {
  const { fire, close, restart, clock, done } = escalation({ repeat: 0 });
  await fire();
  await close();
  await clock.pass(HOUR);
  await restart();
  await clock.pass(HOUR);
  expect(done).toEqual(['60: step 1 to team', '70: step 2 to boss, sms']);
});

test('a long history does not make it begin again', async () => {
  const { fire, note, clock, done } = escalation();
  await fire();
  for (let i = 0; i < 60; i++) {
    await clock.pass(MINUTE);
    for (let entries = 0; entries < 10; entries++) await note('notified');
  }
  await clock.pass(HOUR);
  expect(done).toEqual(ALL);
});

test('a policy whose name begins like another one counts its own steps', async () => {
  const { fire, store, clock, done } = escalation({ repeat: 0 });
  await fire();
  await store.note('1', { at: new Date(clock.now()), event: 'escalated', reason: escalationReason('on call: second', 2, ['x']) });
  await store.note('1', { at: new Date(clock.now()), event: 'escalated', reason: 'on call: a restart has not helped' });
  await clock.pass(HOUR);
  expect(done).toEqual(ALL.slice(0, 2));
});

test('a store that is down for a while delays it, and ends nothing', async () => {
  const { fire, faults, clock, done, log } = escalation({ repeat: 0 });
  await fire();
  const down = (): never => {
    throw new Error('no connection');
  };
  faults.push(down, down, down);
  await clock.pass(HOUR);
  expect(done.map(each => each.replace(/^\d+: /, ''))).toEqual(['step 1 to team', 'step 2 to boss, sms']);
  expect(log[0]).toContain('the work "escalation" failed and is tried again: Error: no connection');
});

test('a store that is down at the start is asked again', async () => {
  const { fire, faults, restart, clock, done } = escalation({ repeat: 0 });
  await fire();
  faults.push(() => {
    throw new Error('no connection');
  });
  await restart();
  await clock.pass(HOUR);
  expect(done).toEqual(ALL.slice(0, 2));
});

test('what changes while a step is made is not lost', async () => {
  const { fire, acknowledge, unacknowledge, faults, clock, done } = escalation({ repeat: 0 });
  await fire();
  const nothing = (): void => {};
  // It is read after the step as acknowledged, which is taken back at once.
  faults.push(nothing, nothing, () => {
    void acknowledge();
    queueMicrotask(() => void unacknowledge());
  });
  await clock.pass(HOUR);
  expect(done).toEqual(ALL.slice(0, 2));
});

test('levels without a time between them do not become a storm', async () => {
  const { fire, clock, done } = escalation({ levels: [{ afterMs: 0, channels: ['team'] }], repeat: 3 });
  await fire();
  await clock.pass(HOUR);
  expect(done).toEqual(['0: step 1 to team', '1: step 2 to team', '2: step 3 to team', '3: step 4 to team']);
});

test('closed, nothing is left to do', async () => {
  const { fire, close, clock, done } = escalation();
  await fire();
  await close();
  await fire('critical');
  await clock.pass(HOUR);
  expect(done).toEqual([]);
  expect(clock.waiting).toBe(0);
});

test('an alert of a process that died before it was scheduled is found by those that share it', async () => {
  const { fireAndDie, clock, done } = escalation({ repeat: 0 }, true);
  await fireAndDie();
  await clock.pass(HOUR);
  expect(done.map(each => each.replace(/^\d+: /, ''))).toEqual(['step 1 to team', 'step 2 to boss, sms']);
  expect(Number(done[0]?.split(':')[0])).toBeLessThanOrEqual(10);
});

test('a queue that takes nothing for a while delays it, and ends nothing', async () => {
  const { fire, refusals, clock, done, log } = escalation({ repeat: 0 });
  const down = (): never => {
    throw new Error('no connection');
  };
  refusals.push(down, down);
  await fire();
  await clock.pass(HOUR);
  expect(done).toEqual(ALL.slice(0, 2));
  expect(log[0]).toContain('alerts could not be scheduled to escalate; it is tried again: Error: no connection');
});

test('work for a policy that only another process knows is left to it', async () => {
  const { fire, resolve, schedule, clock, done } = escalation({ repeat: 0 });
  await fire();
  await schedule(JSON.stringify(['of another version', '1']));
  await clock.pass(HOUR);
  expect(done).toEqual(ALL.slice(0, 2));
  expect(clock.waiting).toBe(1);
  await resolve();
  await clock.pass(2 * MINUTE);
  expect(clock.waiting).toBe(0);
});

test('levels of the same time are told one after the other', async () => {
  const { fire, clock, done } = escalation({ levels: [{ afterMs: MINUTE, channels: ['team'] }, { afterMs: MINUTE, channels: ['boss'] }], repeat: 0 });
  await fire();
  await clock.pass(HOUR);
  expect(done).toEqual(['1: step 1 to team', '1: step 2 to boss']);
});
