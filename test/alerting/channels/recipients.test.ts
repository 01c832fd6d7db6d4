import { expect, test } from 'vitest';
import type { Delivery } from '../../../src/alerting/channels/channel.js';
import { Recipients } from '../../../src/alerting/channels/recipients.js';

const DELIVERED: Delivery = { delivered: true };
const LATER: Delivery = { delivered: false, retryable: true, reason: 'busy', retryAfterMs: 5 };
const NEVER: Delivery = { delivered: false, retryable: false, reason: 'unknown', misconfigured: true };

function attempts(deliveries: Readonly<Record<string, Delivery>>) {
  return Object.entries(deliveries).map(([recipient, delivery]) => ({ recipient, delivery }));
}

test('nobody gets a notification twice, while others still may get it', () => {
  const recipients = new Recipients(['a', 'b', 'c', 'a']);
  expect(recipients.left('n')).toEqual(['a', 'b', 'c']);
  expect(recipients.settle('n', attempts({ a: DELIVERED, b: LATER, c: NEVER }))).toEqual({
    delivered: false,
    retryable: true,
    reason: '2 of 3 did not get it: busy; unknown',
    retryAfterMs: 5,
  });
  expect(recipients.left('n')).toEqual(['b', 'c']);
  expect(recipients.left('other')).toEqual(['a', 'b', 'c']);
});

test('it is delivered once somebody has it, with a word on who never will', () => {
  const recipients = new Recipients(['a', 'b']);
  expect(recipients.settle('n', attempts({ a: DELIVERED, b: NEVER }))).toEqual({ delivered: true, warning: '1 of 2 did not get it: unknown' });
  expect(recipients.settle('m', attempts({ a: NEVER, b: NEVER }))).toEqual({
    delivered: false,
    retryable: false,
    misconfigured: true,
    reason: '2 of 2 did not get it: unknown',
  });
});

test('one who had it in an attempt before counts', () => {
  const recipients = new Recipients(['a', 'b']);
  recipients.settle('n', attempts({ a: DELIVERED, b: LATER }));
  expect(recipients.settle('n', attempts({ b: NEVER }))).toMatchObject({ delivered: true });
});

test('what is remembered is bounded', () => {
  const recipients = new Recipients(['a', 'b']);
  for (let i = 0; i < 600; i++) recipients.settle(`n${i}`, attempts({ a: DELIVERED, b: LATER }));
  expect([recipients.left('n0'), recipients.left('n599')]).toEqual([['a', 'b'], ['b']]);
});
