import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryAlertStore } from '../../../src/alerting/stores/memory-alert-store.js';
import { SnapshotFile, type SnapshotFileOptions } from '../../../src/alerting/stores/snapshot-file.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { ManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';
import { at, silence, START, told } from './told.js';

let folder: string;
let path: string;
let clock: ManualClock;
let faults: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-snapshot-'));
  path = join(folder, 'alerts.snapshot');
  clock = new ManualClock(START);
  faults = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Starts a process that keeps its alerts in the file. */
function openStore(options: Partial<SnapshotFileOptions> = {}): MemoryAlertStore {
  const diagnostics = new Diagnostics({ warn: line => faults.push(line) }, clock);
  return new MemoryAlertStore({ snapshot: new SnapshotFile({ path, diagnostics, clock, ...options }) });
}

async function idsIn(store: MemoryAlertStore): Promise<string[]> {
  return (await store.list({}, { limit: 1_000_000 })).items.map(({ id }) => id).sort();
}

/** A file of three alerts, a group, a silence and an entry of the log. */
async function writeFile(): Promise<string> {
  const store = openStore();
  for (const id of ['a1', 'a2', 'a3']) await store.fire(told(id), at(0), at(1));
  await store.joinGroup('g', 'a1', at(0));
  await store.putSilence(silence('s1'));
  await store.recordNotification('g', 'team', 'email', { at: at(0), firing: { a1: 'high' }, resolved: ['a2'] });
  await store.close();
  return readFileSync(path, 'utf8');
}

const asides = (): string[] => readdirSync(folder).filter(name => name.includes('.corrupt-'));

describe('a snapshot', () => {
  test('is written an interval after the first change, and no sooner', async () => {
    const store = openStore({ intervalMs: 500 });
    expect(clock.waiting).toBe(0);
    await store.fire(told('a1'), at(0));
    clock.advance(400);
    await store.fire(told('a2'), at(400));
    clock.advance(99);
    expect(existsSync(path)).toBe(false);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    await until(() => existsSync(path));

    expect(await idsIn(openStore())).toEqual(['a1', 'a2']);
    expect(faults).toEqual([]);
  });

  test('is of one moment, and what is changed while it is written comes with the next', async () => {
    const store = openStore();
    for (let i = 0; i < 1_000; i++) await store.fire(told(`a${i}`), at(0));
    clock.advance(1_000);
    for (let i = 0; i < 1_000; i++) await store.resolve(`a${i}`, at(1), { at: at(1), event: 'resolved', reason: '' });
    await store.fire(told('later'), at(1));
    await until(() => existsSync(path));

    const first = openStore();
    expect(await first.active()).toHaveLength(1_000);
    expect(await first.get('later')).toBeUndefined();
    await until(() => clock.waiting === 1);
    clock.advance(1_000);
    await store.close();
    expect(await openStore().active()).toMatchObject([{ id: 'later' }]);
    expect(faults).toEqual([]);
  });

  test('is written at the end, by one file and for its owner only', async () => {
    path = join(folder, 'new', 'folder', 'alerts.snapshot');
    const store = openStore();
    await store.fire(told('a1'), at(0));
    await Promise.all([store.close(), store.close()]);

    expect(readdirSync(join(folder, 'new', 'folder'))).toEqual(['alerts.snapshot']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await idsIn(openStore())).toEqual(['a1']);
  });

  test('is left alone while nothing changes', async () => {
    const before = await writeFile();
    const { ino } = statSync(path);
    const store = openStore();
    await store.list({}, { limit: 9 });
    await store.note('none', { at: at(0), event: 'notified', reason: '' });
    expect(clock.waiting).toBe(0);
    await store.close();

    expect(statSync(path).ino).toBe(ino);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('does not follow a link that somebody put where it is written', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'precious');
    symlinkSync(other, `${path}.tmp`);
    await writeFile();

    expect(readFileSync(other, 'utf8')).toBe('precious');
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
  });

  test('that can’t be written is told of and tried again after a while', async () => {
    mkdirSync(`${path}.tmp`);
    const store = openStore();
    await store.fire(told('a1'), at(0));
    clock.advance(1_000);
    await until(() => clock.waiting === 1);
    expect(faults).toEqual([expect.stringContaining('could not be written')]);
    rmSync(`${path}.tmp`, { recursive: true });
    clock.advance(29_999);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    await until(() => existsSync(path));

    expect(await idsIn(openStore())).toEqual(['a1']);
  });

  test('of a store that is closed changes no more', async () => {
    await writeFile();
    const store = openStore();
    await store.close();
    await store.fire(told('late'), at(0));
    await store.close();

    expect(clock.waiting).toBe(0);
    expect(await idsIn(openStore())).toEqual(['a1', 'a2', 'a3']);
  });

  test('has a greatest size: resolved alerts are left out, those told longest ago first, and that is told of', async () => {
    const store = openStore({ limitBytes: 20_000 });
    for (let i = 100; i < 200; i++) {
      await store.fire(told(`a${i}`), at(i));
      if (i % 10 > 0) await store.resolve(`a${i}`, at(i), { at: at(i), event: 'resolved', reason: '' });
    }
    await store.close();

    expect(statSync(path).size).toBeLessThanOrEqual(20_000);
    expect(statSync(path).size).toBeGreaterThan(19_000);
    expect(faults).toEqual([expect.stringMatching(/is full \(20000 bytes\), and \d\d records are left out/)]);
    faults = [];
    const restored = openStore({ limitBytes: 20_000 });
    expect(await restored.active()).toHaveLength(10);
    const resolved = (await idsIn(restored)).filter(id => !id.endsWith('0'));
    expect(resolved.length).toBeGreaterThan(10);
    const youngest = Array.from({ length: 100 }, (_, i) => `a${i + 100}`).filter(id => !id.endsWith('0'));
    expect(resolved).toEqual(youngest.slice(-resolved.length));
    expect(faults).toEqual([]);
  });
});

describe('what a process had claimed', () => {
  test('is due for the next process when it was before', async () => {
    const store = openStore();
    await store.fire(told('a1'), at(0), at(5_000));
    await store.joinGroup('g', 'a1', at(1_000));
    await store.takeDueGroups(at(1_000), at(61_000), 9);
    await store.close();
    const next = openStore();

    expect(await next.nextDue()).toEqual(at(1_000));
    expect(await next.takeDueGroups(at(1_001), at(61_001), 9)).toMatchObject([{ key: 'g', isFlushed: false }]);
    expect(await next.takeUnrouted(at(1), at(9), 9)).toMatchObject([{ id: 'a1' }]);
  });
});

describe('a file that is no whole snapshot', () => {
  test.each<[string, string]>([
    ['is empty', ''],
    ['is of something else', '{"name":"sightline"}\n'],
    ['is no text', '\0\x01\x02'.repeat(100)],
    ['is JSON of another kind', 'null'],
    ['is of a later version', '{"format":"sightline-alerts","version":2}\n["end",0]\n'],
    ['is too large', 'x'.repeat(5_000)],
  ])('is set aside, told of and replaced, where it %s', async (_, content) => {
    writeFileSync(path, content);
    const store = openStore({ limitBytes: 4_000 });
    expect(await idsIn(store)).toEqual([]);
    expect(asides()).toEqual(['alerts.snapshot.corrupt-2026-11-22T08-00-00-000Z']);
    expect(readFileSync(join(folder, asides()[0] as string), 'utf8')).toBe(content);
    expect(faults).toEqual([expect.stringContaining('is damaged')]);
    await store.fire(told('a1'), at(0));
    await store.close();

    expect(await idsIn(openStore())).toEqual(['a1']);
    expect(readFileSync(join(folder, asides()[0] as string), 'utf8')).toBe(content);
    expect(faults).toHaveLength(1);
  });

  test('is taken over as far as it goes, wherever it is cut', async () => {
    const whole = await writeFile();
    const counts = new Set<number>();
    for (let length = 0; length < whole.length; length += 3) {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      faults = [];
      writeFileSync(path, whole.slice(0, length));
      const store = openStore();
      const ids = await idsIn(store);
      counts.add(ids.length);
      expect(ids).toEqual(['a1', 'a2', 'a3'].slice(0, ids.length));
      expect(faults).toHaveLength(1);
      expect(readFileSync(join(folder, asides()[0] as string), 'utf8')).toBe(whole.slice(0, length));
    }
    expect([...counts].sort()).toEqual([0, 1, 2, 3]);
  });

  test('is known by the number of its records, where one is missing', async () => {
    const lines = (await writeFile()).split('\n');
    writeFileSync(path, lines.filter(line => !line.includes('"id":"a2"')).join('\n'));

    expect(await idsIn(openStore())).toEqual(['a1', 'a3']);
    expect(faults).toEqual([expect.stringContaining('is damaged')]);
    expect(asides()).toHaveLength(1);
  });

  test('is kept where it is until what was taken over is written', async () => {
    const whole = await writeFile();
    writeFileSync(path, whole.slice(0, -5));
    const store = openStore();
    expect(readFileSync(path, 'utf8')).toBe(whole.slice(0, -5));
    clock.advance(1_000);
    await store.close();

    expect(readFileSync(path, 'utf8')).toBe(whole);
    expect(asides()).toHaveLength(1);
  });

  test.each<[string, string]>([
    ['severity', '"medium"'],
    ['count', '1'],
    ['startsAt', String(START)],
    ['labels', '{"region":"eu"}'],
    ['title', '"fault a2"'],
    ['history', '[{'],
  ])('loses an alert whose %s is of another kind, and no other', async (field, value) => {
    const lines = (await writeFile()).split('\n');
    const spoilt = lines.map(line => (line.includes('"id":"a2"') ? line.replace(`"${field}":${value}`, `"${field}":-0.5,"_":${value}`) : line));
    expect(spoilt).not.toEqual(lines);
    writeFileSync(path, spoilt.join('\n'));
    const store = openStore();

    expect(await idsIn(store)).toEqual(['a1', 'a3']);
    expect(await store.silences()).toEqual([silence('s1')]);
    expect(await store.groupsOf('a1')).toEqual(['g']);
    expect(faults).toEqual([expect.stringContaining('1 of its records can\'t be read')]);
    expect(asides()).toHaveLength(1);
  });

  test.each(['silence', 'group', 'log', 'unrouted'])('loses a %s that can’t be read, and no other record', async kind => {
    const lines = (await writeFile()).split('\n');
    writeFileSync(path, lines.map(line => (line.startsWith(`["${kind}"`) ? `["${kind}",{"id":7}]` : line)).join('\n'));

    expect(await idsIn(openStore())).toEqual(['a1', 'a2', 'a3']);
    expect(faults).toEqual([expect.stringContaining(`${kind === 'unrouted' ? 3 : 1} of its records can't be read`)]);
  });

  test('never takes the place of one that was set aside before', async () => {
    for (const content of ['first', 'second', 'third']) {
      rmSync(path, { force: true });
      writeFileSync(path, content);
      openStore();
    }

    expect(asides().map(name => readFileSync(join(folder, name), 'utf8')).sort()).toEqual(['first', 'second', 'third']);
  });

  test('is left as it is where it can’t be read, and none is written', async () => {
    mkdirSync(path);
    const store = openStore();
    await store.fire(told('a1'), at(0));
    expect(clock.waiting).toBe(0);
    await store.close();

    expect(faults).toEqual([expect.stringContaining("can't be read, so none is kept")]);
    expect(statSync(path).isDirectory()).toBe(true);
    expect(await idsIn(store)).toEqual(['a1']);
  });
});
