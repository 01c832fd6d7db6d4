import { setImmediate as nextTurn } from 'node:timers/promises';

/** Resolves once `condition` holds, looking once an event loop turn; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
