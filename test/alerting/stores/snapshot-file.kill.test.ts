import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryAlertStore } from '../../../src/alerting/stores/memory-alert-store.js';
import { SnapshotFile } from '../../../src/alerting/stores/snapshot-file.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { ManualClock } from '../../support/manual-clock.js';
import { startProgram } from '../../support/program.js';
import { SeededRandom } from '../../support/random.js';
import { buildScript, type BuiltScript } from './processes/build.js';

let script: BuiltScript;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-killed-'));
  script = await buildScript(new URL('./processes/keeper.ts', import.meta.url));
}, 30_000);
afterAll(() => {
  script.remove();
  rmSync(folder, { recursive: true });
});

test('a process that is killed at any moment loses what was told since its last write but one, and nothing else', { timeout: 60_000 }, async () => {
  const random = new SeededRandom(11);
  const path = join(folder, 'alerts.snapshot');
  let before = 0;
  for (let round = 0; round < 12; round++) {
    const keeper = startProgram(process.execPath, script.path, path);
    await keeper.line(new RegExp(`^write ${2 + random.below(6)}:`));
    // In the middle of a write, or between two.
    for (let turns = random.below(200); turns > 0; turns--) await nextTurn();
    keeper.signal('SIGKILL');
    await keeper.ended;
    // One begins when the one before has ended.
    const written = Array.from(keeper.output.matchAll(/^write \d+: (\d+)$/gm), ([, count]) => Number(count)).at(-2) as number;

    const faults: string[] = [];
    const clock = new ManualClock();
    const diagnostics = new Diagnostics({ warn: line => faults.push(line) }, clock);
    const store = new MemoryAlertStore({ snapshot: new SnapshotFile({ path, diagnostics, clock }) });
    expect(faults).toEqual([]);
    expect(keeper.output).not.toContain('sightline');
    expect(store.size).toBeGreaterThanOrEqual(Math.max(before, written));
    const ids = new Set((await store.active()).map(({ id }) => id));
    for (let n = 1; n <= store.size; n++) expect(ids.has(`a${n}`)).toBe(true);
    // Of one moment: whatever was told before the last alert was put into its group too.
    for (let n = 1; n < store.size; n++) expect(await store.groupsOf(`a${n}`)).toHaveLength(1);
    before = store.size;
  }
  expect(before).toBeGreaterThan(100);
});
