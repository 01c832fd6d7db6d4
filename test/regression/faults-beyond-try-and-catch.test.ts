import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Diagnostics } from '../../src/core/diagnostics.js';
import { createInstrument } from '../../src/core/instrument.js';
import { ManualClock } from '../support/manual-clock.js';

let unhandled: unknown[];
let listeners: NodeJS.UnhandledRejectionListener[];
beforeEach(() => {
  unhandled = [];
  listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', error => void unhandled.push(error));
});
afterEach(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

test('a logger that is asynchronous and fails does not end the process', async () => {
  const warn = (): void => Promise.reject(new Error('disk full')) as unknown as void;
  const diagnostics = new Diagnostics({ warn }, new ManualClock());
  diagnostics.notice('http', 'a');
  await nextTurn();
  await nextTurn();

  expect(unhandled).toEqual([]);
});

test('an observer that can tell its own fault to nobody leaves the call alone', () => {
  const refuse = (): never => {
    throw new Error('no monitor can be made');
  };
  const instrument = createInstrument(() => ({ begin: refuse, fault: refuse }));

  expect(instrument((n: number) => n + 1)(1)).toBe(2);
});
