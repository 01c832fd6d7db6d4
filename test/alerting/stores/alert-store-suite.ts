import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Alert, HistoryEntry } from '../../../src/alerting/alert.js';
import { AlertStoreFullError, type AlertStore, type FireChange, type StoreFilter } from '../../../src/alerting/stores/alert-store.js';
import { at, DAY, MINUTE, silence, told } from './told.js';

/** A store to be tested. */
export interface StoresUnderTest {
  /** Makes four stores over the same, empty alerts, each with a connection of its own where there are connections. */
  open(limit?: number): Promise<readonly AlertStore[]>;
  /** Gives the stores as they are after a restart, where that is what is tested. */
  restarted?(stores: readonly AlertStore[]): Promise<readonly AlertStore[]>;
}

/** What holds of every {@link AlertStore}. */
export function testAlertStore({ open, restarted = stores => Promise.resolve(stores) }: StoresUnderTest): void {
  let stores: readonly AlertStore[];
  let store: AlertStore;
  beforeEach(async () => {
    stores = await open();
    store = stores[0] as AlertStore;
  });

  /** The process is started again. */
  async function restart(): Promise<void> {
    stores = await restarted(stores);
    store = stores[0] as AlertStore;
  }

  const resolvedEntry = (ms: number): HistoryEntry => ({ at: at(ms), event: 'resolved', reason: 'it is over' });
  const notified = (ms: number, reason = 'first'): HistoryEntry => ({ at: at(ms), event: 'notified', reason, channel: 'email' });
  const resolve = (id: string, ms: number): Promise<Alert | undefined> => store.resolve(id, at(ms), resolvedEntry(ms));
  const events = (alert: Alert | undefined): string[] => (alert?.history ?? []).map(({ event }) => event);
  const ids = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id);

  describe('an alert that is told', () => {
    test('for the first time is new, and is kept with all there is to know of it', async () => {
      const labels = { region: 'eu', 'quote"': 'a "b" {c}\n中文 🚨', ['__proto__']: 'x' };
      const fired = await store.fire(
        told('a1', {
          title: 'Zahlung "fällt" aus\n🚨',
          description: '',
          severity: 'high',
          labels,
          annotations: { runbook_url: 'https://example.org/?a=1&b=2' },
          startsAt: at(-5_000),
          endsAt: at(MINUTE),
          generatorUrl: 'https://example.org/graph',
        }),
        at(0),
      );
      await restart();

      expect(fired.change).toBe('new');
      expect(fired.alert).toEqual({
        id: 'a1',
        fingerprint: 'a1',
        title: 'Zahlung "fällt" aus\n🚨',
        description: '',
        severity: 'high',
        status: 'firing',
        source: 'billing',
        timestamp: at(-5_000),
        labels,
        annotations: { runbook_url: 'https://example.org/?a=1&b=2' },
        resolvedAt: undefined,
        count: 1,
        firstSeen: at(0),
        lastSeen: at(0),
        endsAt: at(MINUTE),
        generatorUrl: 'https://example.org/graph',
        acknowledgedBy: undefined,
        acknowledgedAt: undefined,
        history: [{ at: at(0), event: 'fired', reason: expect.any(String) }],
      });
      expect(await store.get('a1')).toEqual(fired.alert);
      expect(await store.get('a2')).toBeUndefined();
    });

    test('again is merged: counted, with what was told last of it', async () => {
      await store.fire(told('a1', { generatorUrl: 'https://example.org/old' }), at(0));
      await restart();
      const fired = await store.fire(
        told('a1', { title: 'new title', description: 'new text', labels: { region: 'us' }, annotations: { a: 'b' }, startsAt: at(1_000) }),
        at(2_000),
      );

      expect(fired.change).toBe('merged');
      expect(fired.alert).toMatchObject({
        title: 'new title',
        description: 'new text',
        labels: { region: 'us' },
        annotations: { a: 'b' },
        generatorUrl: undefined,
        timestamp: at(0),
        firstSeen: at(0),
        lastSeen: at(2_000),
        count: 2,
      });
      expect(events(fired.alert)).toEqual(['fired']);
      expect(await store.get('a1')).toEqual(fired.alert);
    });

    test('began when it began earliest, and was last seen latest, in whatever order that is told', async () => {
      await store.fire(told('a1', { startsAt: at(0) }), at(1_000));
      await store.fire(told('a1', { startsAt: at(-9_000) }), at(500));
      await store.fire(told('a1', { startsAt: at(-3_000) }), at(200));

      expect(await store.get('a1')).toMatchObject({ timestamp: at(-9_000), lastSeen: at(1_000), count: 3 });
    });

    test.each<[string, number | undefined, number | undefined, number | undefined]>([
      ['the later', 60_000, 90_000, 90_000],
      ['the later, told first', 90_000, 60_000, 90_000],
      ['none, told first', undefined, 60_000, undefined],
      ['none, told last', 60_000, undefined, undefined],
    ])('ends at the latest of its ends: %s', async (_, first, second, expected) => {
      const end = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : at(ms));
      await store.fire(told('a1', { endsAt: end(first) }), at(0));
      await store.fire(told('a1', { endsAt: end(second) }), at(0));
      await restart();

      expect((await store.get('a1'))?.endsAt).toEqual(end(expected));
      expect(await store.nextEnd()).toEqual(end(expected));
    });

    test('as worse is raised, and as milder it stays as bad as it was', async () => {
      const changes: FireChange[] = [];
      for (const severity of ['low', 'high', 'info', 'high', 'critical'] as const) changes.push((await store.fire(told('a1', { severity }), at(0))).change);

      expect(changes).toEqual(['new', 'raised', 'merged', 'merged', 'raised']);
      const alert = await store.get('a1');
      expect(alert).toMatchObject({ severity: 'critical', count: 5 });
      expect(alert?.history.map(({ event, reason }) => [event, event === 'raised' ? reason : ''])).toEqual([
        ['fired', ''],
        ['raised', 'low → high'],
        ['raised', 'high → critical'],
      ]);
    });

    test('after it was resolved is open again: a new episode with the same id', async () => {
      await store.fire(told('a1', { severity: 'high' }), at(0));
      await store.acknowledge('a1', at(10), 'ada');
      await store.note('a1', { at: at(20), event: 'suppressed', reason: 'silence s1' }, 'suppressed');
      await resolve('a1', 1_000);
      await restart();
      const { alert, change } = await store.fire(told('a1', { severity: 'low', startsAt: at(2_000), endsAt: at(MINUTE) }), at(2_500));

      expect(change).toBe('reopened');
      expect(alert).toMatchObject({
        status: 'firing',
        severity: 'low',
        timestamp: at(2_000),
        endsAt: at(MINUTE),
        resolvedAt: undefined,
        count: 1,
        firstSeen: at(0),
        lastSeen: at(2_500),
        acknowledgedBy: undefined,
        acknowledgedAt: undefined,
      });
      expect(events(alert)).toEqual(['fired', 'acknowledged', 'suppressed', 'resolved', 'reopened']);
      expect(await store.get('a1')).toEqual(alert);
      expect(ids(await store.active())).toEqual(['a1']);
    });

    test('again shows what has happened to it meanwhile in another process', async () => {
      const other = stores[1] as AlertStore;
      for (const each of [store, other, store]) await each.fire(told('a1'), at(0));
      await other.note('a1', notified(1));
      expect(events((await store.fire(told('a1'), at(2))).alert)).toEqual(['fired', 'notified']);
      await other.acknowledge('a1', at(3), 'ada');
      const { alert } = await store.fire(told('a1', { generatorUrl: 'https://example.org/', endsAt: at(9) }), at(4));

      expect(events(alert)).toEqual(['fired', 'notified', 'acknowledged']);
      expect(await other.get('a1')).toEqual(alert);
      await other.note('a1', { at: at(5), event: 'suppressed', reason: 'silence s1' }, 'suppressed');
      await store.fire(told('a1'), at(6));
      const again = await store.fire(told('a1'), at(7));
      expect(again.alert).toEqual(await other.get('a1'));
      expect(again.alert).toMatchObject({ acknowledgedBy: 'ada', acknowledgedAt: at(3), count: 7 });
    });

    test('again after it was forgotten, and was told in another process, has the history that it has there', async () => {
      await store.fire(told('a1'), at(0));
      await store.expire(at(40 * DAY));
      expect((await (stores[1] as AlertStore).fire(told('a1'), at(40 * DAY))).change).toBe('new');

      expect((await store.fire(told('a1'), at(40 * DAY))).alert.history).toMatchObject([{ at: at(40 * DAY), event: 'fired' }]);
    });

    test('by four processes at once is new for one of them, and nothing is lost', async () => {
      const fired = await Promise.all(Array.from({ length: 100 }, (_, i) => (stores[i % stores.length] as AlertStore).fire(told('a1', { startsAt: at(i) }), at(i))));

      expect(fired.filter(({ change }) => change === 'new')).toHaveLength(1);
      expect(fired.filter(({ change }) => change === 'merged')).toHaveLength(99);
      expect(await store.get('a1')).toMatchObject({ count: 100, timestamp: at(0), lastSeen: at(99) });
    });

    test('by four processes at once is reopened for one of them, and raised for one', async () => {
      await store.fire(told('a1', { severity: 'low' }), at(0));
      const raise = await Promise.all(stores.map(each => each.fire(told('a1', { severity: 'high' }), at(1))));
      await resolve('a1', 2);
      const reopen = await Promise.all(stores.map(each => each.fire(told('a1'), at(3))));

      expect(raise.map(({ change }) => change).sort()).toEqual(['merged', 'merged', 'merged', 'raised']);
      expect(reopen.map(({ change }) => change).sort()).toEqual(['merged', 'merged', 'merged', 'reopened']);
    });
  });

  describe('resolving', () => {
    test('is the doing of one process; it ends the episode and is written down', async () => {
      await store.fire(told('a1'), at(0));
      const resolved = await Promise.all(stores.map(each => each.resolve('a1', at(1_000), { ...resolvedEntry(1_000), by: 'ada' })));
      await restart();

      expect(resolved.filter(alert => alert !== undefined)).toHaveLength(1);
      expect(await store.get('a1')).toMatchObject({ status: 'resolved', resolvedAt: at(1_000), count: 1 });
      expect((await store.get('a1'))?.history.at(-1)).toEqual({ at: at(1_000), event: 'resolved', reason: 'it is over', by: 'ada' });
      expect(await resolve('a1', 2_000)).toBeUndefined();
      expect(await resolve('none', 2_000)).toBeUndefined();
      expect(await store.active()).toEqual([]);
    });

    test('happens by itself to those whose end has come, each by one process', async () => {
      for (let i = 0; i < 10; i++) await store.fire(told(`a${i}`, { endsAt: at(1_000 + i) }), at(0));
      await store.fire(told('endless'), at(0));
      await store.fire(told('told-again', { endsAt: at(1_000) }), at(0));
      await store.fire(told('told-again', { endsAt: at(9_000) }), at(0));
      await restart();

      expect(await store.nextEnd()).toEqual(at(1_000));
      expect(await store.resolveEnded(at(999), 100)).toEqual([]);
      const ended = (await Promise.all(stores.map(each => each.resolveEnded(at(1_005), 100)))).flat();
      expect(ids(ended).sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a5']);
      expect(ended.find(({ id }) => id === 'a3')).toMatchObject({ status: 'resolved', resolvedAt: at(1_003) });
      expect(ended[0]?.history.at(-1)).toMatchObject({ at: at(1_005), event: 'expired' });
      expect(await store.nextEnd()).toEqual(at(1_006));
      expect(await store.resolveEnded(at(5_000), 2)).toHaveLength(2);
      expect(await store.resolveEnded(at(5_000), 100)).toHaveLength(2);
      expect(await store.nextEnd()).toEqual(at(9_000));
    });
  });

  describe('acknowledging', () => {
    beforeEach(async () => {
      await store.fire(told('a1'), at(0));
    });

    test('is the doing of the one who came first, and can be taken back once', async () => {
      const acknowledged = await Promise.all(stores.map((each, i) => each.acknowledge('a1', at(i), `user ${i}`)));
      await restart();
      const [first] = acknowledged.filter(alert => alert !== undefined);
      expect(acknowledged.filter(alert => alert !== undefined)).toHaveLength(1);
      expect(first).toMatchObject({ status: 'acknowledged', acknowledgedBy: expect.stringMatching(/^user \d$/) });
      expect(await store.get('a1')).toEqual(first);

      const back = await Promise.all(stores.map(each => each.unacknowledge('a1', at(1_000), 'ada')));
      expect(back.filter(alert => alert !== undefined)).toHaveLength(1);
      expect(await store.get('a1')).toMatchObject({ status: 'firing', acknowledgedBy: undefined, acknowledgedAt: undefined });
      expect((await store.get('a1'))?.history.at(-1)).toMatchObject({ event: 'unacknowledged', by: 'ada' });
    });

    test('has no effect on what is resolved or unknown', async () => {
      await resolve('a1', 1);

      expect(await store.acknowledge('a1', at(2), 'ada')).toBeUndefined();
      expect(await store.unacknowledge('a1', at(2), 'ada')).toBeUndefined();
      expect(await store.acknowledge('none', at(2), 'ada')).toBeUndefined();
      expect(await store.unacknowledge('none', at(2), 'ada')).toBeUndefined();
      expect(events(await store.get('a1'))).toEqual(['fired', 'resolved']);
    });

    test('lasts while it is told again, and ends when it becomes worse', async () => {
      await store.acknowledge('a1', at(1), '');
      expect((await store.fire(told('a1'), at(2))).alert).toMatchObject({ status: 'acknowledged', acknowledgedBy: '', acknowledgedAt: at(1) });

      const { alert, change } = await store.fire(told('a1', { severity: 'critical' }), at(3));
      expect(change).toBe('raised');
      expect(alert).toMatchObject({ status: 'firing', acknowledgedBy: undefined, acknowledgedAt: undefined });
    });

    test('outlasts its resolving, so that it can be seen who took care', async () => {
      await store.acknowledge('a1', at(1), 'ada');

      expect(await resolve('a1', 2)).toMatchObject({ status: 'resolved', acknowledgedBy: 'ada', acknowledgedAt: at(1) });
    });
  });

  describe('a note', () => {
    const suppressed = (reason: string): HistoryEntry => ({ at: at(1), event: 'suppressed', reason });
    const released: HistoryEntry = { at: at(2), event: 'released', reason: 'the silence has ended' };
    beforeEach(async () => {
      await store.fire(told('a1'), at(0));
    });

    test('is added to the history, of whatever alert there is', async () => {
      await resolve('a1', 1);
      expect(await store.note('a1', { ...notified(2), by: 'ada' })).toBe(true);
      expect(await store.note('none', notified(2))).toBe(false);
      await restart();

      expect((await store.get('a1'))?.history.at(-1)).toEqual({ at: at(2), event: 'notified', reason: 'first', channel: 'email', by: 'ada' });
      expect(await store.get('none')).toBeUndefined();
    });

    test('suppresses and releases, and is written down by one process, once for each reason', async () => {
      const added = async (entry: HistoryEntry, status: 'firing' | 'suppressed'): Promise<number> =>
        (await Promise.all(stores.map(each => each.note('a1', entry, status)))).filter(Boolean).length;

      expect(await added(released, 'firing')).toBe(0);
      expect(await added(suppressed('silence s1'), 'suppressed')).toBe(1);
      await restart();
      expect((await store.get('a1'))?.status).toBe('suppressed');
      expect(await added(suppressed('silence s1'), 'suppressed')).toBe(0);
      expect(await added(suppressed(''), 'suppressed')).toBe(1);
      expect(await added(suppressed(''), 'suppressed')).toBe(0);
      expect((await store.get('a1'))?.status).toBe('suppressed');
      expect(await added(released, 'firing')).toBe(1);
      expect((await store.get('a1'))?.status).toBe('firing');
      expect(events(await store.get('a1'))).toEqual(['fired', 'suppressed', 'suppressed', 'released']);
    });

    test('leaves an acknowledged alert acknowledged, and shows when it no longer is', async () => {
      await store.acknowledge('a1', at(1), 'ada');
      expect(await store.note('a1', suppressed('silence s1'), 'suppressed')).toBe(true);
      expect((await store.get('a1'))?.status).toBe('acknowledged');

      expect((await store.unacknowledge('a1', at(3), 'ada'))?.status).toBe('suppressed');
    });

    test('does not suppress what is resolved', async () => {
      await resolve('a1', 1);

      expect(await store.note('a1', suppressed('silence s1'), 'suppressed')).toBe(false);
      expect((await store.get('a1'))?.status).toBe('resolved');
    });

    test('makes the oldest be forgotten but the first, beyond fifty', async () => {
      for (let i = 1; i < 120; i++) await store.note('a1', notified(i, `number ${i}`));
      await restart();

      const history = (await store.get('a1'))?.history ?? [];
      expect(history).toHaveLength(50);
      expect(history[0]).toMatchObject({ event: 'fired' });
      expect(history.slice(1).map(({ reason }) => reason)).toEqual(Array.from({ length: 49 }, (_, i) => `number ${i + 71}`));
    });

    test('keeps what was done about it, however often it was notified since', async () => {
      const escalated = (step: number): HistoryEntry => ({ at: at(step), event: 'escalated', reason: `policy: step ${step}` });
      await store.note('a1', notified(1));
      for (let step = 1; step <= 3; step++) await store.note('a1', escalated(step));
      for (let i = 10; i < 120; i++) await store.note('a1', notified(i, `number ${i}`));
      const noisy = (await store.get('a1'))?.history ?? [];
      expect(noisy).toHaveLength(50);
      expect(noisy.slice(0, 5).map(({ reason }) => reason)).toEqual(['told for the first time', 'policy: step 1', 'policy: step 2', 'policy: step 3', 'number 74']);

      for (let step = 4; step <= 99; step++) await store.note('a1', escalated(step));
      await restart();
      const busy = (await store.get('a1'))?.history ?? [];
      expect(busy.map(({ reason }) => reason)).toEqual(['told for the first time', ...Array.from({ length: 49 }, (_, i) => `policy: step ${i + 51}`)]);
    });
  });

  describe('what a store gives', () => {
    test('can be changed without changing what it holds', async () => {
      const labels = { region: 'eu' };
      const startsAt = at(0);
      const { alert } = await store.fire(told('a1', { labels, startsAt, endsAt: at(MINUTE) }), at(0));
      await store.putSilence(silence('s1'));
      await store.joinGroup('g', 'a1', at(0));
      const asItWas = structuredClone(await store.get('a1'));
      labels.region = 'changed';
      startsAt.setTime(0);
      for (const given of [alert, (await store.get('a1')) as Alert, (await store.active())[0] as Alert]) {
        const spoil = (what: () => void): void => {
          try {
            what();
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
          }
        };
        spoil(() => ((given.labels as Record<string, string>)['region'] = 'spoilt'));
        spoil(() => ((given.annotations as Record<string, string>)['new'] = 'spoilt'));
        spoil(() => (given.history as HistoryEntry[]).pop());
        spoil(() => Object.assign(given.history[0] as HistoryEntry, { reason: 'spoilt' }));
        spoil(() => Object.assign(given, { severity: 'spoilt' }));
        for (const date of [given.timestamp, given.firstSeen, given.lastSeen, given.endsAt, given.history[0]?.at]) date?.setTime(1);
      }
      (await store.silences())[0]?.startsAt.setTime(1);
      ((await store.silences())[0]?.matchers as string[]).pop();
      ((await store.group('g'))?.alertIds as string[]).pop();

      expect(await store.get('a1')).toEqual(asItWas);
      expect(await store.silences()).toEqual([silence('s1')]);
      expect((await store.group('g'))?.alertIds).toEqual(['a1']);
    });

    test('by ids are those there are, in their order', async () => {
      for (const id of ['a1', 'a2', 'a3']) await store.fire(told(id), at(0));
      await restart();

      expect(ids(await store.getAll(['a3', 'none', 'a1']))).toEqual(['a3', 'a1']);
      expect(await store.getAll([])).toEqual([]);
    });
  });

  describe('the open alerts', () => {
    test('are counted by severity, source and status; the resolved are not', async () => {
      expect(await store.countActive()).toEqual([]);
      for (let i = 0; i < 450; i++) await store.fire(told(`a${i}`, { severity: i % 2 === 0 ? 'high' : 'low', source: i < 3 ? 'a "b"\n中文' : 'billing' }), at(i));
      await resolve('a4', 1_000);
      await resolve('a6', 1_000);
      await store.acknowledge('a8', at(1_000), 'ada');
      await store.note('a5', { at: at(1_000), event: 'suppressed', reason: 'silence: x' }, 'suppressed');
      await store.note('a8', { at: at(1_000), event: 'suppressed', reason: 'silence: x' }, 'suppressed');
      await restart();

      const counts = await store.countActive();
      expect(counts).toHaveLength(6);
      expect(counts).toEqual(
        expect.arrayContaining([
          { severity: 'high', source: 'a "b"\n中文', status: 'firing', count: 2 },
          { severity: 'low', source: 'a "b"\n中文', status: 'firing', count: 1 },
          { severity: 'high', source: 'billing', status: 'firing', count: 220 },
          { severity: 'high', source: 'billing', status: 'acknowledged', count: 1 },
          { severity: 'low', source: 'billing', status: 'firing', count: 223 },
          { severity: 'low', source: 'billing', status: 'suppressed', count: 1 },
        ]),
      );
    });
  });

  describe('a list', () => {
    async function pages(filter: StoreFilter, limit: number): Promise<string[][]> {
      const all: string[][] = [];
      for (let after: string | undefined; ; ) {
        const page = await store.list(filter, { limit, ...(after === undefined ? {} : { after }) });
        all.push(ids(page.items));
        if (page.next === undefined) return all;
        after = page.next;
      }
    }

    test('begins with what began last, and comes in pages', async () => {
      for (const [i, id] of ['a1', 'a2', 'a3', 'a4', 'a5'].entries()) await store.fire(told(id, { startsAt: at(i === 4 ? 0 : i) }), at(0));
      await restart();

      expect(await pages({}, 2)).toEqual([['a4', 'a3'], ['a2', 'a5'], ['a1']]);
      expect(await pages({}, 5)).toEqual([['a4', 'a3', 'a2', 'a5', 'a1']]);
      expect(await pages({}, 1)).toEqual([['a4'], ['a3'], ['a2'], ['a5'], ['a1']]);
    });

    test('of alerts that all began at once has each of them once', async () => {
      const all = Array.from({ length: 450 }, (_, i) => `a${String(i).padStart(3, '0')}`);
      await Promise.all(all.map(id => store.fire(told(id), at(0))));

      expect((await pages({}, 40)).flat()).toEqual(all.toReversed());
      expect((await pages({ accepts: ({ id }) => id.endsWith('7') }, 4)).flat()).toEqual(all.filter(id => id.endsWith('7')).toReversed());
    });

    test('goes on where it was when the alert that ended a page is gone or began earlier than was known', async () => {
      for (let i = 0; i < 6; i++) await store.fire(told(`a${i}`, { startsAt: at(0) }), at(i === 3 ? -40 * DAY : 0));
      const { next = '' } = await store.list({}, { limit: 3 });
      await store.expire(at(0));
      expect(ids((await store.list({}, { limit: 3, after: next })).items)).toEqual(['a2', 'a1', 'a0']);

      const second = await store.list({}, { limit: 2 });
      expect(ids(second.items)).toEqual(['a5', 'a4']);
      await store.fire(told('a4', { startsAt: at(-1) }), at(1));
      expect(ids((await store.list({}, { limit: 9, after: second.next ?? '' })).items)).toEqual(['a2', 'a1', 'a0', 'a4']);
      expect(await pages({ status: 'active' }, 9)).toEqual([['a5', 'a2', 'a1', 'a0', 'a4']]);
    });

    test('can be of a status, a severity, a source, or of what a function accepts', async () => {
      await store.fire(told('firing', { startsAt: at(5), severity: 'high' }), at(0));
      await store.fire(told('acknowledged', { startsAt: at(4), source: 'search' }), at(0));
      await store.fire(told('suppressed', { startsAt: at(3) }), at(0));
      await store.fire(told('resolved', { startsAt: at(2), severity: 'high' }), at(0));
      await store.acknowledge('acknowledged', at(1), 'ada');
      await store.note('suppressed', { at: at(1), event: 'suppressed', reason: 'silence s1' }, 'suppressed');
      await resolve('resolved', 1);
      await restart();

      for (const status of ['firing', 'acknowledged', 'suppressed', 'resolved'] as const) expect(await pages({ status }, 9)).toEqual([[status]]);
      expect(await pages({ status: 'active' }, 9)).toEqual([['firing', 'acknowledged', 'suppressed']]);
      expect(await pages({ severity: 'high' }, 9)).toEqual([['firing', 'resolved']]);
      expect(await pages({ severity: 'high', status: 'active' }, 9)).toEqual([['firing']]);
      expect(await pages({ source: 'search' }, 9)).toEqual([['acknowledged']]);
      expect(await pages({ accepts: ({ status }) => status.endsWith('ed') }, 2)).toEqual([['acknowledged', 'suppressed'], ['resolved']]);
      expect(await pages({ source: 'none' }, 9)).toEqual([[]]);
    });

    test('is refused where its place is none', async () => {
      await expect(store.list({}, { limit: 1, after: 'yesterday' })).rejects.toThrow('Invalid option `after`');
    });
  });

  describe('silences', () => {
    test('are kept, replaced by their id, and forgotten a day after their end', async () => {
      await store.putSilence(silence('s1'));
      await store.putSilence(silence('s2', { endsAt: at(2 * MINUTE) }));
      await store.putSilence(silence('s1', { endsAt: at(MINUTE), matchers: ['a="b"', 'c!~"d.*"'], comment: 'done "early"' }));
      await restart();
      const byId = async (): Promise<unknown[]> => [...(await store.silences())].sort((a, b) => (a.id < b.id ? -1 : 1));

      expect(await byId()).toEqual([
        silence('s1', { endsAt: at(MINUTE), matchers: ['a="b"', 'c!~"d.*"'], comment: 'done "early"' }),
        silence('s2', { endsAt: at(2 * MINUTE) }),
      ]);
      await store.expire(at(MINUTE + DAY - 1));
      expect(await byId()).toHaveLength(2);
      await store.expire(at(MINUTE + DAY));
      expect(await byId()).toMatchObject([{ id: 's2' }]);
    });
  });

  describe('windows of maintenance', () => {
    const nightly = { name: 'nightly "backups"', every: ['monday:friday'], at: '03:00', duration: '90m', timeZone: 'Asia/Shanghai', match: ['service="db"'] } as const;
    const move = { name: 'move', start: at(0), end: at(MINUTE), severities: ['low', 'high'] } as const;
    const byName = async (): Promise<unknown[]> => [...(await store.windows())].sort((a, b) => (a.name < b.name ? -1 : 1));

    test('are kept as they are given, replaced by their name, removed, and forgotten a day after their end', async () => {
      await store.putWindow(nightly);
      await store.putWindow({ ...move, end: at(1) });
      await store.putWindow(move);
      await store.putWindow({ name: 'other', during: { times: [{ startTime: '09:00', endTime: '17:00' }], location: 'Europe/Berlin' } });
      await restart();

      expect(await byName()).toEqual([move, nightly, { name: 'other', during: { times: [{ startTime: '09:00', endTime: '17:00' }], location: 'Europe/Berlin' } }]);
      expect(await store.removeWindow('other')).toBe(true);
      expect(await store.removeWindow('other')).toBe(false);
      await store.expire(at(MINUTE + DAY - 1));
      expect(await byName()).toHaveLength(2);
      await store.expire(at(MINUTE + DAY));
      expect(await byName()).toEqual([nightly]);
    });

    test('that are given are copies', async () => {
      await store.putWindow(move);
      (await store.windows())[0]?.start?.setTime(1);
      expect(await store.windows()).toEqual([move]);
    });
  });

  describe('a claim', () => {
    test('is one holder’s at a time, who may have it longer, and is free when given back', async () => {
      const claims = await Promise.all(stores.map((each, i) => each.claim('restart a1', `p${i}`, MINUTE)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      const holder = `p${claims.indexOf(true)}`;
      expect(await store.claim('restart a1', holder, MINUTE)).toBe(true);
      expect(await store.claim('restart a2', 'another', MINUTE)).toBe(true);

      await store.unclaim('restart a1', 'another');
      expect(await store.claim('restart a1', 'another', MINUTE)).toBe(false);
      await store.unclaim('restart a1', holder);
      expect(await store.claim('restart a1', 'another', MINUTE)).toBe(true);
    });

    test('ends by itself, because its holder may have died', async () => {
      expect(await store.claim('restart a1', 'one', 20)).toBe(true);
      await vi.waitFor(async () => {
        expect(await store.claim('restart a1', 'another', MINUTE)).toBe(true);
      });
    });
  });

  describe('the claim to tell a channel of a group', () => {
    const claim = (by: string, seen?: Date, forMs = MINUTE, each = store): Promise<string> => each.claimNotification('g', 'team', 'email', seen, { by, forMs });

    test('is one process’s at a time, and another channel’s is another', async () => {
      const claims = await Promise.all(stores.map((each, i) => claim(`p${i}`, undefined, MINUTE, each)));
      expect([...claims].sort()).toEqual(['busy', 'busy', 'busy', 'claimed']);
      expect(await claim(`p${claims.indexOf('claimed')}`)).toBe('claimed');
      expect(await store.claimNotification('g', 'team', 'sms', undefined, { by: 'another', forMs: MINUTE })).toBe('claimed');
    });

    test('is nobody’s whose news is old: the channel was told since', async () => {
      expect(await claim('one')).toBe('claimed');
      await store.recordNotification('g', 'team', 'email', { at: at(1), firing: { a1: 'high' }, resolved: [] });
      expect(await claim('another')).toBe('told');
      expect(await claim('another', at(0))).toBe('told');
      expect(await claim('another', at(1))).toBe('claimed');
      expect(await claim('one', at(1))).toBe('busy');
      expect(await store.notificationLog('g', 'team', 'email')).toEqual({ at: at(1), firing: { a1: 'high' }, resolved: [] });
    });

    test('ends by itself, because who has it may have died', async () => {
      expect(await claim('one', undefined, 20)).toBe('claimed');
      await vi.waitFor(async () => {
        expect(await claim('another')).toBe('claimed');
      });
    });
  });

  describe('a group', () => {
    const LEASE = 10_000;
    /** Looks at what is due, as a process does. */
    const take = async (ms: number, limit = 100): Promise<string[]> => (await store.takeDueGroups(at(ms), at(ms + LEASE), limit)).map(({ key }) => key);
    beforeEach(async () => {
      for (const id of ['a1', 'a2', 'a3']) await store.fire(told(id), at(0));
    });

    test('is due when its first alert says, or earlier where another one does, until it was looked at', async () => {
      expect(await store.joinGroup('g', 'a1', at(30_000))).toEqual(at(30_000));
      expect(await store.joinGroup('g', 'a2', at(40_000))).toEqual(at(30_000));
      expect(await store.joinGroup('g', 'a3', at(20_000))).toEqual(at(20_000));
      await restart();

      expect(await store.nextDue()).toEqual(at(20_000));
      const group = await store.group('g');
      expect(group).toMatchObject({ key: 'g', dueAt: at(20_000), isFlushed: false });
      expect([...(group?.alertIds ?? [])].sort()).toEqual(['a1', 'a2', 'a3']);
      expect(await store.group('none')).toBeUndefined();
    });

    test('keeps its clock once it was looked at, unless an alert is urgent', async () => {
      await store.joinGroup('g', 'a1', at(0));
      await take(0);
      expect(await store.settleGroup('g', { dueAt: at(300_000), drop: [] })).toBe(true);
      await restart();

      expect(await store.joinGroup('g', 'a2', at(1_000))).toEqual(at(300_000));
      expect(await store.group('g')).toMatchObject({ dueAt: at(300_000), isFlushed: true });
      expect(await store.joinGroup('g', 'a3', at(2_000), true)).toEqual(at(2_000));
      expect(await store.nextDue()).toEqual(at(2_000));
    });

    test('can be hastened, never put off', async () => {
      await store.joinGroup('g', 'a1', at(30_000));
      await store.hastenGroup('g', at(40_000));
      expect(await store.nextDue()).toEqual(at(30_000));
      await store.hastenGroup('g', at(10_000));
      expect(await store.nextDue()).toEqual(at(10_000));
      await store.hastenGroup('none', at(0));
      expect(await store.nextDue()).toEqual(at(10_000));
    });

    test('that is due is claimed by one process, the longest due first', async () => {
      for (let i = 0; i < 40; i++) await store.joinGroup(`g${i}`, 'a1', at(1_000 - i));
      expect(await take(0)).toEqual([]);
      expect(await take(1_000, 3)).toEqual(['g39', 'g38', 'g37']);

      const taken = await Promise.all(stores.flatMap(each => [each, each].map(one => one.takeDueGroups(at(1_000), at(1_000 + LEASE), 10))));
      const keys = taken.flat().map(({ key }) => key);
      expect(new Set(keys).size).toBe(37);
      expect(keys).toHaveLength(37);
      expect(taken.flat().every(({ alertIds, isFlushed }) => alertIds.join() === 'a1' && !isFlushed)).toBe(true);
      expect(await store.nextDue()).toEqual(at(1_000 + LEASE));
    });

    test('whose process died goes to another one when the claim ends', async () => {
      await store.joinGroup('g', 'a1', at(0));
      await take(0);
      expect(await take(LEASE - 1)).toEqual([]);
      expect(await take(LEASE)).toEqual(['g']);

      // The first one has only been slow.
      expect(await store.settleGroup('g', { dueAt: at(300_000), drop: [{ id: 'a1' }], leaseUntil: at(LEASE) })).toBe(false);
      expect(await store.group('g')).toMatchObject({ alertIds: ['a1'], dueAt: at(2 * LEASE) });
      expect(await store.settleGroup('g', { dueAt: at(300_000), drop: [], leaseUntil: at(2 * LEASE) })).toBe(true);
      expect(await store.settleGroup('g', { dueAt: at(400_000), drop: [], leaseUntil: at(2 * LEASE) })).toBe(false);
      expect(await store.nextDue()).toEqual(at(300_000));
    });

    test('that is claimed stays so, and is due after that when it was asked to be', async () => {
      await store.joinGroup('g', 'a1', at(0));
      await take(0);
      expect(await store.joinGroup('g', 'a2', at(1_000))).toEqual(at(LEASE));
      expect(await store.joinGroup('g', 'a3', at(2_000), true)).toEqual(at(2_000));
      await store.hastenGroup('g', at(1_500));
      await store.hastenGroup('g', at(3_000));
      expect(await take(5_000)).toEqual([]);
      await store.settleGroup('g', { dueAt: at(300_000), drop: [] });

      expect(await store.nextDue()).toEqual(at(1_500));
      expect(await take(5_000)).toEqual(['g']);
      await store.settleGroup('g', { dueAt: at(400_000), drop: [] });
      expect(await store.nextDue()).toEqual(at(400_000));
    });

    test('that was asked to be due while it was claimed has had that, when another process claims it', async () => {
      await store.joinGroup('g', 'a1', at(0));
      await take(0);
      await store.hastenGroup('g', at(1_000));
      expect(await take(LEASE)).toEqual(['g']);
      await store.settleGroup('g', { dueAt: at(300_000), drop: [] });

      expect(await store.nextDue()).toEqual(at(300_000));
    });

    test('loses what is resolved, but not what was told again since, and is forgotten when it is empty', async () => {
      for (const id of ['a1', 'a2', 'a3']) await store.joinGroup('g', id, at(0));
      await resolve('a1', 1_000);
      await resolve('a2', 1_000);
      await take(2_000);
      await store.fire(told('a2'), at(2_500));
      await restart();
      const drop = ['a1', 'a2', 'a3', 'none'].map(id => ({ id, resolvedAt: at(1_000) }));
      expect(await store.settleGroup('g', { dueAt: at(300_000), drop })).toBe(true);

      expect([...((await store.group('g'))?.alertIds ?? [])].sort()).toEqual(['a2', 'a3']);
      expect(await store.groupsOf('a1')).toEqual([]);
      expect(await store.groupsOf('a2')).toEqual(['g']);
      await store.settleGroup('g', { dueAt: at(300_000), drop: [{ id: 'a2' }, { id: 'a3' }] });
      expect(await store.group('g')).toBeUndefined();
      expect(await store.nextDue()).toBeUndefined();
      expect(await store.settleGroup('g', { dueAt: at(300_000), drop: [] })).toBe(false);
      expect(await store.groupsOf('a2')).toEqual([]);

      expect(await store.joinGroup('g', 'a3', at(7_000))).toEqual(at(7_000));
      expect(await store.group('g')).toMatchObject({ isFlushed: false });
    });

    test('loses an alert that was resolved, told and resolved again only when that is seen', async () => {
      await store.joinGroup('g', 'a1', at(0));
      await resolve('a1', 1_000);
      await store.fire(told('a1'), at(2_000));
      await resolve('a1', 3_000);

      await store.settleGroup('g', { dueAt: at(9_000), drop: [{ id: 'a1', resolvedAt: at(1_000) }] });
      expect((await store.group('g'))?.alertIds).toEqual(['a1']);
      await store.settleGroup('g', { dueAt: at(9_000), drop: [{ id: 'a1', resolvedAt: at(3_000) }] });
      expect(await store.group('g')).toBeUndefined();
    });

    test('loses alerts that are forgotten', async () => {
      await store.joinGroup('g', 'a1', at(0));
      await store.joinGroup('g', 'never-told', at(0));
      await store.settleGroup('g', { dueAt: at(9_000), drop: [] });
      expect((await store.group('g'))?.alertIds).toEqual(['a1']);
      await store.expire(at(40 * DAY));
      await store.settleGroup('g', { dueAt: at(9_000), drop: [] });
      expect(await store.group('g')).toBeUndefined();
    });

    test('can be of many alerts, and an alert in many groups', async () => {
      const many = Array.from({ length: 1_000 }, (_, i) => `m${i}`);
      await Promise.all(many.map(id => store.fire(told(id), at(0))));
      await Promise.all(many.map(id => store.joinGroup('g', id, at(0))));
      await Promise.all(many.map((_, i) => store.joinGroup(`of a1, ${i}`, 'a1', at(0))));
      expect((await store.group('g'))?.alertIds).toHaveLength(1_000);
      expect(await store.groupsOf('a1')).toHaveLength(1_000);
      await Promise.all(many.map(id => resolve(id, 1)));
      await store.settleGroup('g', { dueAt: at(9_000), drop: many.slice(1).map(id => ({ id, resolvedAt: at(1) })) });

      expect((await store.group('g'))?.alertIds).toEqual(['m0']);
    });
  });

  describe('what was told and not put into its groups', () => {
    const owed = async (ms: number): Promise<string[]> => ids(await store.takeUnrouted(at(ms), at(ms + 5_000), 100)).sort();

    test('is given to one other process, after a while', async () => {
      for (const id of ['a1', 'a2', 'a3']) await store.fire(told(id), at(0), at(1_000));
      await store.routed('a2', at(1_000));
      expect(await owed(999)).toEqual([]);

      const taken = await Promise.all(stores.map(each => each.takeUnrouted(at(1_000), at(6_000), 100)));
      expect(ids(taken.flat()).sort()).toEqual(['a1', 'a3']);
      await store.routed('a3', at(6_000));
      expect(await owed(5_999)).toEqual([]);
      expect(await owed(6_000)).toEqual(['a1']);
    });

    test('is what is new, reopened or raised, not what is merged, resolved, or fired without it', async () => {
      await store.fire(told('a1'), at(0), at(1_000));
      await store.routed('a1', at(1_000));
      await store.fire(told('a1'), at(0), at(1_000));
      await store.fire(told('a2'), at(0));
      expect(await owed(2_000)).toEqual([]);

      await store.fire(told('a1', { severity: 'critical' }), at(2_000), at(3_000));
      expect(await owed(3_000)).toEqual(['a1']);
      await resolve('a1', 4_000);
      expect(await owed(99_000)).toEqual([]);
      await store.fire(told('a1'), at(5_000), at(6_000));
      expect(await owed(99_000)).toEqual(['a1']);
    });

    test('stays owed where it was told again while it was routed', async () => {
      await store.fire(told('a1', { severity: 'low' }), at(0), at(1_000));
      await store.fire(told('a1', { severity: 'high' }), at(500), at(1_500));
      await store.routed('a1', at(1_000));

      expect(await owed(1_500)).toEqual(['a1']);
    });
  });

  describe('the notification log', () => {
    test('has the latest of each group, receiver and channel', async () => {
      const entry = { at: at(1_000), firing: { a1: 'high', 'a"2': 'low' }, resolved: ['a3'] } as const;
      await store.recordNotification('g', 'team', 'email', { ...entry, at: at(500), firing: {} });
      await store.recordNotification('g', 'team', 'email', entry);
      await store.recordNotification('g', 'team', 'email', { ...entry, at: at(999), firing: {} });
      await store.recordNotification('g', 'team', 'sms', { at: at(1), firing: {}, resolved: [] });
      await restart();

      expect(await store.notificationLog('g', 'team', 'email')).toEqual(entry);
      expect(await store.notificationLog('g', 'team', 'sms')).toEqual({ at: at(1), firing: {}, resolved: [] });
      expect(await store.notificationLog('g', 'other', 'email')).toBeUndefined();
      expect(await store.notificationLog('g","team', '', 'email')).toBeUndefined();
    });
  });

  describe('time', () => {
    test('makes alerts be forgotten thirty days after their last event', async () => {
      for (const id of ['untouched', 'told', 'resolved', 'noted', 'acknowledged']) await store.fire(told(id), at(0), at(1));
      await store.fire(told('told'), at(DAY));
      await resolve('resolved', DAY);
      await store.note('noted', notified(DAY));
      await store.acknowledge('acknowledged', at(DAY), 'ada');
      await restart();
      const left = async (): Promise<string[]> => ids((await store.list({}, { limit: 9 })).items).sort();

      await store.expire(at(30 * DAY - 1));
      expect(await left()).toHaveLength(5);
      await store.expire(at(30 * DAY));
      expect(await left()).toEqual(['acknowledged', 'noted', 'resolved', 'told']);
      expect(await store.get('untouched')).toBeUndefined();
      expect(ids(await store.takeUnrouted(at(0), at(0), 9))).not.toContain('untouched');
      await store.expire(at(31 * DAY));
      expect(await left()).toEqual([]);
      expect(await store.active()).toEqual([]);
      expect((await store.fire(told('told'), at(31 * DAY))).change).toBe('new');
    });
  });

  describe('a store that is full', () => {
    beforeEach(async () => {
      stores = await open(5);
      store = stores[0] as AlertStore;
      for (let i = 0; i < 5; i++) await store.fire(told(`a${i}`), at(i));
    });

    test('refuses what is new, and takes what it knows', async () => {
      await expect(store.fire(told('new'), at(9))).rejects.toThrow(AlertStoreFullError);
      await expect(store.fire(told('new'), at(9))).rejects.toMatchObject({ code: 'SIGHTLINE_ALERT_STORE_FULL', message: expect.stringContaining('5 alerts') });
      expect((await store.fire(told('a3', { severity: 'high' }), at(9))).change).toBe('raised');
      expect(await store.get('new')).toBeUndefined();
    });

    test('forgets nothing that is open again', async () => {
      await resolve('a1', 10);
      await store.fire(told('a1'), at(20));

      await expect(store.fire(told('new'), at(30))).rejects.toThrow(AlertStoreFullError);
      expect(await store.get('a1')).toBeDefined();
    });

    test('forgets what was resolved longest ago', async () => {
      await resolve('a3', 10);
      await resolve('a1', 20);
      await resolve('a2', 15);
      await store.fire(told('a3'), at(30));
      await resolve('a3', 40);
      for (const id of ['new1', 'new2']) expect((await store.fire(told(id), at(50))).change).toBe('new');

      expect(ids((await store.list({}, { limit: 9 })).items).sort()).toEqual(['a0', 'a3', 'a4', 'new1', 'new2']);
      expect(await store.get('a1')).toBeUndefined();
    });
  });
}
