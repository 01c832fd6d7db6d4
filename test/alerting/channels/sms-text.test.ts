import { describe, expect, test } from 'vitest';
import { smsText, type SmsTextOptions } from '../../../src/alerting/channels/sms-text.js';
import { TimeFormat } from '../../../src/alerting/templates/times.js';
import { aNotification, anAlert, aResolvedAlert } from '../samples.js';

function textOf(title: string, options: SmsTextOptions = {}, others = 0): string {
  const alerts = [anAlert({ title }), ...Array.from({ length: others }, (_, i) => anAlert({ title: `${i}` }))];
  return smsText(aNotification({ alerts }), new TimeFormat('UTC'), options);
}

test("is the plan's text", () => {
  expect(textOf('Payment provider down')).toBe('[CRITICAL] Payment provider down - 09:05');
  expect(smsText(aNotification(), new TimeFormat('Asia/Shanghai'), {})).toMatch(/17:05$/);
});

test('says when it is over, and of how many alerts it is', () => {
  expect(smsText(aNotification({ alerts: [aResolvedAlert()] }), new TimeFormat('UTC'), {})).toBe('[RESOLVED] Payment provider down - 09:06');
  expect(textOf('a', {}, 2)).toBe('[CRITICAL] a and 2 more - 09:05');
  expect(textOf('支付失败', { locale: 'zh-CN' }, 2)).toBe('[CRITICAL] 支付失败 等 3 条告警 - 09:05');
});

test('is one line, whatever the title holds', () => {
  expect(textOf('a\r\nb\u0000\u202ec')).toBe('[CRITICAL] a bc - 09:05');
});

describe('fits into its messages', () => {
  // Each bracket takes two places.
  test('160 letters, cut without a letter that would make it 70', () => {
    expect(textOf('x'.repeat(139))).toBe(`[CRITICAL] ${'x'.repeat(139)} - 09:05`);
    expect(textOf('x'.repeat(140))).toBe(`[CRITICAL] ${'x'.repeat(136)}... - 09:05`);
  });

  test('letters that take two places count twice', () => {
    expect(textOf('€'.repeat(200))).toBe(`[CRITICAL] ${'€'.repeat(68)}... - 09:05`);
  });

  test('70 where one letter is not in the old alphabet', () => {
    expect(textOf('字'.repeat(100))).toBe(`[CRITICAL] ${'字'.repeat(50)}… - 09:05`);
    expect(textOf('字'.repeat(51))).toHaveLength(70);
  });

  test('153 and 67 in each of several', () => {
    expect(textOf('x'.repeat(1_000), { maxSegments: 3 })).toHaveLength(459 - 2);
    expect(textOf('字'.repeat(1_000), { maxSegments: 3 })).toHaveLength(201);
  });

  test('never cuts through a character, and keeps the count', () => {
    const text = textOf('👩‍👩‍👧‍👦'.repeat(20), {}, 3);
    expect(text).toMatch(/^\[CRITICAL\] (?:👩‍👩‍👧‍👦)+… and 3 more - 09:05$/u);
    expect(text.length).toBeLessThanOrEqual(70);
  });
});
