import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/alerting/fingerprint.js';
import type { Labels } from '../../src/alerting/alert.js';

describe('the fingerprint is the one that Alertmanager 0.25 gave the same labels', () => {
  test.each<[string, Labels, string]>([
    ['one label', { alertname: 'X' }, 'd2aeefc389ca7746'],
    [
      'five labels',
      { alertname: 'HighErrorRate', severity: 'critical', source: 'billing', region: 'eu', instance: 'web-1:3000' },
      '93a2ffeaf017cd1c',
    ],
    ['names out of order, in capitals, one the beginning of another', { zebra: '1', alpha: '2', Beta: '3', _x: '4', a1: '5', a: '6' }, '1a852c3ccb73352c'],
    ['Chinese', { alertname: '支付服务不可用', severity: 'critical', source: '支付' }, '731585985a6d63ed'],
    ['one to four bytes in UTF-8, at their limits', { alertname: 'emoji 😀 and ünïcödé', a: '߿ࠀ\uffff' }, '459c1db6eac17609'],
    ['empty labels, which count as missing', { alertname: 'empty is missing', region: '', zone: '' }, '075accab3569f879'],
    ['control characters and quotes', { alertname: 'line\nbreak\t"quoted" \\ back', b: '\u0000' }, 'db2f1cd0198daaad'],
    ['a long value', { alertname: 'long', text: 'x'.repeat(3_000) }, '7bd83f68200144df'],
  ])('%s', (_, labels, fingerprint) => {
    expect(fingerprintOf(labels)).toBe(fingerprint);
  });
});

test('the order in which labels are given does not matter', () => {
  const names = Array.from({ length: 40 }, (_, i) => `label_${(i * 17) % 40}`);
  const there = Object.fromEntries(names.map(name => [name, name]));
  const back = Object.fromEntries(names.toReversed().map(name => [name, name]));

  expect(fingerprintOf(back)).toBe(fingerprintOf(there));
});

test('what stands on which side of a border between labels matters', () => {
  const fingerprints = [{ a: 'bc' }, { ab: 'c' }, { a: 'b', c: 'd' }, { a: 'bc', d: 'e' }, { a: 'd', c: 'b' }].map(fingerprintOf);

  expect(new Set(fingerprints).size).toBe(fingerprints.length);
});

test('no labels have a fingerprint too: the beginning of the hash', () => {
  expect(fingerprintOf({})).toBe('cbf29ce484222325');
});

test('it is the hash as arithmetic on whole numbers gives it, for any text', () => {
  const exactly = (labels: Labels): string => {
    const bytes = Object.entries(labels).flatMap(([name, value]) => [...Buffer.from(name), 0xff, ...Buffer.from(value), 0xff]);
    const hash = bytes.reduce((state, byte) => BigInt.asUintN(64, (state ^ BigInt(byte)) * 0x100000001b3n), 0xcbf29ce484222325n);
    return hash.toString(16).padStart(16, '0');
  };
  let state = 7;
  const next = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const limits = [0x80, 0x800, 0x10000, 0x110000];

  for (let round = 0; round < 2_000; round++) {
    // Surrogates stand alone here now and then: Buffer writes them as U+FFFD.
    const value = Array.from({ length: next(12) }, () => String.fromCodePoint(next(limits[next(4)] ?? 1))).join('');
    const labels = value === '' ? { name: 'x' } : { name: value, other: `${value}!` };
    expect(fingerprintOf(labels), JSON.stringify(value)).toBe(exactly(labels));
  }
});
