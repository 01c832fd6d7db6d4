import { describe, expect, test } from 'vitest';
import type { Labels } from '../../../src/alerting/alert.js';
import { groupKey, groupLabels, type Route } from '../../../src/alerting/routing/route.js';

const route: Route = {
  key: '{}/{team="x"}',
  receiver: 'default',
  groupBy: ['alertname', 'a', 'a1', 'missing', 'empty'],
  groupWaitMs: 0,
  groupIntervalMs: 1,
  repeatIntervalMs: 1,
  muteTimes: [],
  activeTimes: [],
};

test('a group has those labels of groupBy that the alert has', () => {
  expect(groupLabels(route, { alertname: 'X', a: '1', empty: '', other: 'y' })).toEqual({ alertname: 'X', a: '1' });
  expect(groupLabels({ ...route, groupBy: [] }, { alertname: 'X' })).toEqual({});
  expect(groupLabels({ ...route, groupBy: ['constructor'] }, { alertname: 'X' })).toEqual({});
});

test('grouped by all, it has every label that is not empty', () => {
  expect(groupLabels({ ...route, groupBy: 'all' }, { alertname: 'X', empty: '', other: 'y' })).toEqual({ alertname: 'X', other: 'y' });
});

describe('the key of a group is the one that Alertmanager 0.25 sent', () => {
  const text =
    'tab\t nl\n cr\r bell\u0007 nul\u0000 del\u007f esc\u001b back\\ quote" ünï 支付 😀 nbsp\u00a0 zwsp\u200b bom\ufeff priv\ue000 bad\ufffd math𝒳 unas\u0378 nel\u0085 tag\u{e0001}';
  test.each<[string, Route['groupBy'], Labels, string]>([
    ['without labels', [], { alertname: 'plain' }, ':{}'],
    ['with some', ['alertname', 'a', 'a1'], { a: '3', alertname: 'crit2', b: '1' }, ':{a="3", alertname="crit2"}'],
    ['with all, by name', 'all', { alertname: 'none', a1: 'x', a_b: 'y', ab: 'z', A: '1' }, ':{A="1", a1="x", a_b="y", ab="z", alertname="none"}'],
    [
      'with escapes',
      ['text', 'alertname'],
      { alertname: 'text', text },
      ':{alertname="text", text="tab\\t nl\\n cr\\r bell\\a nul\\x00 del\\x7f esc\\x1b back\\\\ quote\\" ünï 支付 😀 nbsp\\u00a0 zwsp\\u200b bom\\ufeff priv\\ue000 bad� math𝒳 unas\\u0378 nel\\u0085 tag\\U000e0001"}',
    ],
  ])('%s', (_, groupBy, labels, end) => {
    expect(groupKey({ ...route, groupBy }, labels)).toBe(`{}/{team="x"}${end}`);
  });
});

test('alerts that differ in a label of groupBy have different keys, others the same', () => {
  const key = (labels: Labels): string => groupKey(route, labels);

  expect(key({ alertname: 'X', a: '1', other: '1' })).toBe(key({ other: '2', a: '1', alertname: 'X' }));
  expect(key({ alertname: 'X', a: '1' })).not.toBe(key({ alertname: 'X', a1: '1' }));
  expect(key({ alertname: 'X", a="1' })).not.toBe(key({ alertname: 'X', a: '1' }));
});
