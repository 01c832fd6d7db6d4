import { expect, test } from 'vitest';
import { recordingChannel, testAlerts } from '../alerting/set-up.js';

// Each was taken without a word, and did nothing or something else; some threw what named no option.
test.each([
  ['a severity that there is not', { severityChannels: { critcal: ['team'] } }, /alerts\.severityChannels\.critcal.*critical, high, medium, low, info/],
  ['a severity with a text', { severityChannels: { critical: 'team' } }, /alerts\.severityChannels\.critical.*a list/],
  ['a severity with a channel that there is not', { severityChannels: { critical: ['tam'] } }, /alerts\.severityChannels\.critical.*team/],
  ['a receiver with a text', { receivers: { boss: 'team' } }, /alerts\.receivers\.boss.*a list/],
  ['a receiver with nothing', { receivers: { boss: null } }, /alerts\.receivers\.boss.*a list/],
  ['a flapping rule with another key', { flapping: { time: 3 } }, /alerts\.flapping\.time.*times, within/],
  ['a flapping rule with a text', { flapping: { times: 'six' } }, /alerts\.flapping\.times.*whole number/],
  ['a time interval that is no list', { timeIntervals: { nights: {} } }, /alerts\.timeIntervals\.nights.*a list/],
  ['a level with another key', { escalations: [{ name: 'on call', levels: [{ after: '1m', channels: [], chanels: ['team'] }] }] }, /levels\[0\]\.chanels.*after, channels/],
  ['a level without channels', { escalations: [{ name: 'on call', levels: [{ after: '1m' }] }] }, /levels\[0\]\.channels.*a list/],
  ['a level that is a text', { escalations: [{ name: 'on call', levels: ['team'] }] }, /levels\[0\].*after and channels/],
])('%s is refused by name', (_what, options, message) => {
  expect(() => testAlerts({ channels: { team: recordingChannel() }, ...(options as object) }).alerts).toThrow(message);
});

test('a response with another key is refused by name', () => {
  const { alerts } = testAlerts({});
  const response = { name: 'restart', match: [], run: () => {}, cooldwn: '1h' };
  expect(() => {
    alerts.respond(response);
  }).toThrow(/respond\.cooldwn.*cooldown/);
});
