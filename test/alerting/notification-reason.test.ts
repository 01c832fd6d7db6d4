import { expect, test } from 'vitest';
import type { Alert } from '../../src/alerting/alert.js';
import { logEntryOf, notificationReason, toldOf } from '../../src/alerting/notification-reason.js';
import { anAlert, aResolvedAlert, NOW } from './samples.js';

const HOUR = 3_600_000;
const [a, b] = [anAlert({ id: 'a' }), anAlert({ id: 'b' })];
const [aOver, bOver] = [aResolvedAlert({ id: 'a' }), aResolvedAlert({ id: 'b' })];
const log = (...told: Alert[]) => logEntryOf(told, new Date(NOW.getTime() - HOUR));

/** Alertmanager's table of its deduplication, and ours below. */
test.each<[string, Alert[], ReturnType<typeof log> | undefined, number, string | undefined]>([
  ['nothing was told, and it fires', [a], undefined, HOUR, 'first'],
  ['nothing was told, and it is over', [aOver], undefined, HOUR, undefined],
  ['the same was told', [a], log(a), 2 * HOUR, undefined],
  ['less fires than was told', [a], log(a, b), 2 * HOUR, undefined],
  ['more fires than was told', [a, b], log(a), 2 * HOUR, 'changed'],
  ['one is over that was told', [a, bOver], log(a, b), 2 * HOUR, 'some_resolved'],
  ['one is over and another fires', [aOver, b], log(a), 2 * HOUR, 'changed'],
  ['one is over, and that was told', [a, bOver], { ...log(a, b), resolved: ['b'] }, 2 * HOUR, undefined],
  ['all are over', [aOver, bOver], log(a, b), 2 * HOUR, 'resolved'],
  ['all are over, and that was told', [aOver], log(aOver), 2 * HOUR, undefined],
  ['all were over, and one fires again', [a], log(aOver), 2 * HOUR, 'first'],
  ['the repeat interval is over', [a], log(a), HOUR, 'repeat'],
  ['the repeat interval of what is over is over', [aOver], log(aOver), HOUR, undefined],
  ['it became worse', [a], log({ ...a, severity: 'low' }), 2 * HOUR, 'changed'],
  ['it became milder', [{ ...a, severity: 'low' }], log(a), 2 * HOUR, undefined],
  ['all are acknowledged', [{ ...a, status: 'acknowledged' }], log(a), HOUR, undefined],
  ['some are acknowledged', [{ ...a, status: 'acknowledged' }, b], log(a, b), HOUR, 'repeat'],
  ['one is over that nobody was told of', [a, bOver], log(a), 2 * HOUR, undefined],
  ['all are kept back', [], log(a), HOUR, undefined],
  ['all are kept back, but for an end that nobody was told of', [bOver], log(a), HOUR, undefined],
  ['the clock was set back', [a], logEntryOf([a], new Date(NOW.getTime() + HOUR)), HOUR, undefined],
])('%s', (_what, alerts, last, repeatIntervalMs, reason) => {
  expect(notificationReason(alerts, last, repeatIntervalMs, NOW)).toBe(reason);
});

test('ids like the names of what every object has are told as any other', () => {
  expect(notificationReason([anAlert({ id: 'constructor' })], log(a), HOUR * 2, NOW)).toBe('changed');
});

test('of what is over only those hear that were told that it fires', () => {
  expect(toldOf([a, bOver], undefined)).toEqual([a]);
  expect(toldOf([a, bOver], log(a))).toEqual([a]);
  expect(toldOf([a, bOver], log(a, b))).toEqual([a, bOver]);
});
