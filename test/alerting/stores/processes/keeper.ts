// A process of its own for snapshot-file.kill.test.ts: tells alerts without end, numbered on from those in its snapshot,
// and prints how many there are whenever one begins to be written.
import { setTimeout as pause } from 'node:timers/promises';
import { MemoryAlertStore } from '../../../../src/alerting/stores/memory-alert-store.js';
import { SnapshotFile } from '../../../../src/alerting/stores/snapshot-file.js';
import { systemClock, type Clock } from '../../../../src/core/clock.js';
import { Diagnostics } from '../../../../src/core/diagnostics.js';
import { told } from '../told.js';

let count = 0;
let writes = 0;
const clock: Clock = {
  ...systemClock,
  schedule: (callback, delayMs) =>
    systemClock.schedule(() => {
      process.stdout.write(`write ${++writes}: ${count}\n`);
      callback();
    }, delayMs),
};
const diagnostics = new Diagnostics(console, systemClock);
const snapshot = new SnapshotFile({ path: process.argv[2] as string, diagnostics, clock, intervalMs: 2 });
const store = new MemoryAlertStore({ snapshot });
count = store.size;
for (;;) {
  const id = `a${count + 1}`;
  await store.fire(told(id), new Date());
  count++;
  await store.joinGroup(`group of ${id}`, id, new Date());
  if (count % 5 === 0) await pause(1);
}
