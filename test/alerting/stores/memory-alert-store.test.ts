import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryAlertStore } from '../../../src/alerting/stores/memory-alert-store.js';
import { SnapshotFile } from '../../../src/alerting/stores/snapshot-file.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { ManualClock } from '../../support/manual-clock.js';
import { testAlertStore } from './alert-store-suite.js';
import { at, START, told } from './told.js';

/** As many stores as processes have, where one process has all. */
function four(store: MemoryAlertStore): readonly MemoryAlertStore[] {
  return [store, store, store, store];
}

describe('alerts in memory', () => {
  testAlertStore({ open: async limit => four(new MemoryAlertStore(limit === undefined ? {} : { limit })) });

  test('are bounded by 50,000, whatever is told', async () => {
    const store = new MemoryAlertStore();
    for (let i = 0; i < 60_000; i++) {
      const id = `a${i}`;
      await store.fire(told(id), at(i));
      await store.resolve(id, at(i), { at: at(i), event: 'resolved', reason: '' });
    }

    expect(store.size).toBe(50_000);
    expect(await store.get('a9999')).toBeUndefined();
    expect(await store.get('a10000')).toBeDefined();
  });
});

describe('alerts in memory, read from a snapshot after each step', () => {
  let folder: string;
  let faults: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sightline-alerts-'));
    faults = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    expect(faults).toEqual([]);
  });

  function openStore(limit?: number): readonly MemoryAlertStore[] {
    const clock = new ManualClock(START);
    const diagnostics = new Diagnostics({ warn: line => faults.push(line) }, clock);
    const snapshot = new SnapshotFile({ path: join(folder, 'alerts.snapshot'), diagnostics, clock });
    return four(new MemoryAlertStore({ snapshot, ...(limit === undefined ? {} : { limit }) }));
  }

  testAlertStore({
    open: async limit => {
      rmSync(join(folder, 'alerts.snapshot'), { force: true });
      return openStore(limit);
    },
    restarted: async ([store]) => {
      await store?.close();
      return openStore();
    },
  });
});
