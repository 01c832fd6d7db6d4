import { expect, test } from 'vitest';
import { Remediator, type Remediation, type RemediationContext } from '../../src/alerting/remediation.js';
import { parseMatchers } from '../../src/alerting/routing/matcher.js';
import { MemoryAlertStore } from '../../src/alerting/stores/memory-alert-store.js';
import type { Alert } from '../../src/alerting/alert.js';
import { Diagnostics } from '../../src/core/diagnostics.js';
import { deferred, type Deferred } from '../support/deferred.js';
import { SteppingClock } from './delivery/stepping-clock.js';
import { testAlerts, MINUTE, recordingChannel, told } from './set-up.js';

/** A remediator over a store of alerts; outcomes as `name of the alert: outcome: detail`. */
function remediation(options: Partial<Remediation> = {}) {
  const clock = new SteppingClock();
  const store = new MemoryAlertStore();
  const outcomes: string[] = [];
  const log: string[] = [];
  const claims = new Set<string>();
  const faults: { claim?: Error; release?: Error; outcome?: Error } = {};
  const now = (): Date => new Date(clock.now());
  const remediator = new Remediator({
    clock,
    diagnostics: new Diagnostics({ warn: line => log.push(line) }, clock),
    get: id => store.get(id),
    contextOf: (alert, name, signal) => ({
      signal,
      resolve: async reason => void (await store.resolve(alert.id, now(), { at: now(), event: 'resolved', reason, by: name })),
      escalate: async (channels, reason) => void outcomes.push(`escalated to ${channels.join(', ')}: ${reason}`),
    }),
    claim: async key => {
      if (faults.claim) throw faults.claim;
      if (claims.has(key)) return undefined;
      claims.add(key);
      return async () => {
        claims.delete(key);
        if (faults.release) throw faults.release;
      };
    },
    onOutcome: async (alert, name, outcome, detail) => {
      if (faults.outcome) throw faults.outcome;
      outcomes.push(`${alert.title}: ${outcome}: ${detail}`);
      await store.note(alert.id, { at: now(), event: 'remediated', reason: `${name}: ${outcome === 'succeeded' ? detail : `${outcome}: ${detail}`}` });
    },
  });
  const add = (more: Partial<Remediation>): void => {
    remediator.add({ name: 'restart', matchers: parseMatchers('severity="high"'), run: () => 'restarted', cooldownMs: 5 * MINUTE, timeoutMs: MINUTE, maxRuns: 3, concurrency: 1, ...more });
  };
  add(options);
  return {
    clock,
    store,
    outcomes,
    log,
    claims,
    faults,
    remediator,
    add,
    fire: async (title = 'Stuck', severity: Alert['severity'] = 'high') => {
      const { alert } = await store.fire(
        { fingerprint: title, title, description: '', severity, source: 'db', labels: {}, annotations: {}, startsAt: now(), endsAt: undefined, generatorUrl: undefined },
        now(),
      );
      await Promise.race([remediator.respond(alert), clock.pass(0)]);
    },
    resolve: async (title = 'Stuck') => store.resolve(title, now(), { at: now(), event: 'resolved', reason: '' }),
  };
}

test('runs for what matches, and says how that ended', async () => {
  const { fire, outcomes } = remediation();
  await fire();
  await fire('Slow', 'medium');
  expect(outcomes).toEqual(['Stuck: succeeded: restarted']);
});

test.each<[string, () => unknown, string]>([
  ['nothing', () => undefined, 'succeeded: done'],
  ['an object', () => ({ pid: 7 }), 'succeeded: done'],
  ['a long text', () => 'x'.repeat(10_000), `succeeded: ${'x'.repeat(500)}`],
])('a run that returns %s has helped', async (_what, run, outcome) => {
  const { fire, outcomes } = remediation({ run });
  await fire();
  expect(outcomes).toEqual([`Stuck: ${outcome}`]);
});

test.each<[string, unknown, string]>([
  ['an error', new Error('no such worker'), 'no such worker'],
  ['a text', 'gone', 'gone'],
  ['nothing', undefined, 'undefined'],
  ['what cannot be shown', Object.create(null), 'an error that cannot be shown'],
  ['an error with a secret', new Error('connect redis://:hunter2@db failed'), 'connect redis://[redacted]@db failed'],
])('a run that throws %s has failed, at once or later', async (_what, thrown, detail) => {
  const { fire, add, outcomes, claims } = remediation({
    run: () => {
      throw thrown;
    },
  });
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever an app throws
  add({ name: 'later', run: () => Promise.reject(thrown) });
  await fire();
  expect(outcomes.sort()).toEqual([`Stuck: failed: ${detail}`, `Stuck: failed: ${detail}`]);
  expect(claims.size).toBe(0);
});

test('a run that never ends is told to, no longer counts, and is not begun again beside itself', async () => {
  let context: RemediationContext | undefined;
  let begun = 0;
  const { fire, resolve, clock, outcomes, store } = remediation({
    cooldownMs: 0,
    run: (_alert, given) => {
      context = given;
      begun++;
      return new Promise(() => {});
    },
  });
  await fire();
  await clock.pass(59_000);
  expect(context?.signal.aborted).toBe(false);
  await clock.pass(1_000);
  expect(context?.signal.aborted).toBe(true);
  expect(outcomes).toEqual(['Stuck: timed_out: it took longer than 60 s']);
  await expect(context?.resolve('it has helped after all')).rejects.toThrow('no longer counts');
  await expect(context?.escalate(['team'], 'it has not')).rejects.toThrow('no longer counts');
  expect(await store.get('Stuck')).toMatchObject({ status: 'firing' });

  await resolve();
  await fire();
  expect([begun, outcomes.at(-1)]).toEqual([1, 'Stuck: skipped: it is running already']);
  await fire('Another');
  expect(begun).toBe(2);
});

test('runs for one alert keep apart by the cooldown, across episodes', async () => {
  const { fire, resolve, clock, outcomes } = remediation();
  await fire();
  await resolve();
  await clock.pass(4 * MINUTE);
  await fire();
  await resolve();
  await clock.pass(2 * MINUTE);
  await fire();
  expect(outcomes).toEqual(['Stuck: succeeded: restarted', 'Stuck: skipped: it ran a short while ago', 'Stuck: succeeded: restarted']);
});

test('runs in one episode are counted, what was skipped is not, and the next episode has its own', async () => {
  const { fire, resolve, clock, outcomes, remediator, store } = remediation({ maxRuns: 2, cooldownMs: 2 * MINUTE });
  await fire();
  const again = async (): Promise<void> => {
    await clock.pass(MINUTE);
    await remediator.respond((await store.get('Stuck'))!);
  };
  for (let i = 0; i < 5; i++) await again();
  expect(outcomes.map(each => each.slice(7))).toEqual([
    'succeeded: restarted',
    'skipped: it ran a short while ago',
    'succeeded: restarted',
    'skipped: it ran 2 times, which is all it may',
    'skipped: it ran 2 times, which is all it may',
    'skipped: it ran 2 times, which is all it may',
  ]);
  await resolve();
  await clock.pass(MINUTE);
  await fire();
  expect(outcomes.at(-1)).toBe('Stuck: succeeded: restarted');
});

test('more alerts than may run at once have their turn one after the other, unless they are over by then', async () => {
  const runs: Deferred<string>[] = [];
  const { fire, resolve, clock, outcomes } = remediation({
    concurrency: 2,
    run: () => {
      const run = deferred<string>();
      runs.push(run);
      return run.promise;
    },
  });
  for (const title of ['a', 'b', 'c', 'd']) await fire(title);
  expect(runs).toHaveLength(2);
  await resolve('c');
  runs[0]?.resolve('first');
  await clock.pass(0);
  expect(outcomes).toEqual(['a: succeeded: first', 'c: skipped: it is resolved']);
  expect(runs).toHaveLength(3);
  runs[1]?.resolve('second');
  runs[2]?.resolve('third');
  await clock.pass(0);
  expect(outcomes.slice(2).sort()).toEqual(['b: succeeded: second', 'd: succeeded: third']);
});

test('what another process runs, or ran since, is not run here', async () => {
  const { fire, claims, outcomes, faults } = remediation();
  claims.add('restart\nStuck');
  await fire();
  claims.clear();
  faults.claim = new Error('no connection');
  await fire();
  expect(outcomes).toEqual(['Stuck: skipped: it is running already', 'Stuck: skipped: it could not be claimed: no connection']);
});

test('a store that is down ends nothing but the record', async () => {
  const { fire, faults, log, claims, clock, outcomes } = remediation();
  faults.outcome = new Error('no connection');
  await fire();
  expect(log.join()).toContain('could not be recorded');
  delete faults.outcome;
  faults.release = new Error('no connection');
  await clock.pass(10 * MINUTE);
  await fire('Another');
  expect(log.join()).toContain('could not be given back');
  expect(claims.size).toBe(0);
  expect(outcomes).toEqual(['Another: succeeded: restarted']);
});

test('closed, what runs is told to end and nothing begins', async () => {
  let signal: AbortSignal | undefined;
  const { fire, remediator, outcomes, clock } = remediation({
    run: (_alert, context) => {
      signal = context.signal;
      return new Promise(() => {});
    },
  });
  await fire('a');
  await fire('b');
  remediator.close();
  await clock.pass(0);
  expect(signal?.aborted).toBe(true);
  expect(outcomes).toEqual(['a: failed: the app ended before it did']);
  expect(clock.waiting).toBe(0);
});

test('a response may tell others that it has not helped', async () => {
  const boss = recordingChannel();
  const { alerts, pass } = testAlerts({ channels: { team: recordingChannel(), boss }, severityChannels: { high: ['team'] } });
  alerts.respond({ name: 'restart', match: ['severity="high"'], run: async (_alert, { escalate }) => escalate(['boss'], 'it did not start') });
  const { id } = await alerts.fire({ title: 'Stuck', severity: 'high' });
  await pass(MINUTE);
  expect(told(boss)).toEqual(['escalation: Stuck']);
  expect((await alerts.get(id))?.history.map(({ event, reason }) => `${event}: ${reason}`)).toContain('escalated: restart: it did not start');
});

test.each([
  ['without a name', { name: '' }, /respond\.name/],
  ['with a name twice', { name: 'once' }, /respond\.name.*no other response/s],
  ['without matchers', { match: undefined }, /respond\.match/],
  ['that may never run', { maxRuns: 0 }, /respond\.maxRuns/],
  ['that nobody may run', { concurrency: NaN }, /respond\.concurrency/],
])('a response %s is refused', (_what, options, message) => {
  const { alerts } = testAlerts({});
  const run = (): void => {};
  alerts.respond({ name: 'once', match: [], run });
  expect(() => alerts.respond({ name: 'twice', match: [], run, ...options } as never)).toThrow(message);
});

test('told again, an alert is responded to again: after the cooldown, while nobody takes care, and without a word where it is not', async () => {
  let runs = 0;
  const { alerts, pass } = testAlerts({ channels: {} });
  alerts.respond({ name: 'restart', match: ['severity="high"'], cooldown: '5m', maxRuns: 3, run: () => `run ${++runs}` });
  const ranAfter = async (minutes: number): Promise<number> => {
    await pass(minutes * MINUTE);
    await alerts.fire({ title: 'Stuck', severity: 'high' });
    await pass(1);
    return runs;
  };
  expect([await ranAfter(0), await ranAfter(1), await ranAfter(5)]).toEqual([1, 1, 2]);
  const { id } = await alerts.fire({ title: 'Stuck', severity: 'high' });
  await alerts.acknowledge(id, 'ada');
  expect(await ranAfter(6)).toBe(2);
  await alerts.unacknowledge(id, 'ada');
  expect([await ranAfter(6), await ranAfter(6)]).toEqual([3, 3]);
  const responses = (await alerts.get(id))?.history.filter(({ event }) => event === 'remediated').map(({ reason }) => reason);
  expect(responses).toEqual(['restart: run 1', 'restart: run 2', 'restart: run 3']);
});
