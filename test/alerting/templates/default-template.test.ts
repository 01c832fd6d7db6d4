import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../src/alerting/alert.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { createTemplate, defaultEmailTemplate, defaultTemplate } from '../../../src/alerting/templates/default-template.js';
import { plainText } from '../../../src/alerting/templates/plain-text.js';
import type { Locale } from '../../../src/alerting/templates/template.js';
import { anAlert, aNotification, aResolvedAlert, someAlerts } from '../samples.js';

const chat = createTemplate({ timeZone: 'Asia/Shanghai' });
const email = createTemplate({ timeZone: 'Asia/Shanghai', layout: 'email' });

function text(notification: Notification, locale: Locale, template = chat): string {
  const message = template(notification, locale);
  return `${message.title}\n====\n${plainText(message, locale)}`;
}

describe('one alert', () => {
  test("is the plan's DingTalk layout in Chinese", () => {
    expect(text(aNotification({ alerts: [anAlert({ title: '支付失败' })] }), 'zh-CN')).toBe(`🚨 支付失败
====
🚨 系统告警

告警标题: 支付失败
严重程度: CRITICAL
告警描述: No payment has gone through for 5 minutes.
告警来源: billing
触发时间: 2026-11-22 17:05:00

标签信息:
- region: eu

请及时处理此告警！`);
  });

  test("is the plan's email layout in Chinese", () => {
    expect(text(aNotification({ alerts: [anAlert({ title: '支付失败', labels: {} })] }), 'zh-CN', email)).toBe(`[CRITICAL] 支付失败
====
系统告警通知

告警标题: 支付失败
严重程度: CRITICAL
告警描述: No payment has gone through for 5 minutes.
告警来源: billing
触发时间: 2026-11-22 17:05:00

标签信息:
无

请及时登录系统查看详细信息并处理此告警。`);
  });

  test('is the same in English, with the offset of its times', () => {
    expect(text(aNotification(), 'en')).toBe(`🚨 Payment provider down
====
🚨 System alert

Title: Payment provider down
Severity: CRITICAL
Description: No payment has gone through for 5 minutes.
Source: billing
Fired at: 2026-11-22 17:05:00 UTC+08:00

Labels:
- region: eu

Please look into this alert!`);
  });

  test('that is over says when, and how long it took', () => {
    expect(text(aNotification({ alerts: [aResolvedAlert({ resolvedAt: new Date('2026-11-22T09:07:05Z') })] }), 'zh-CN')).toBe(`✅ 告警已解决: Payment provider down
====
✅ 告警已解决

告警标题: Payment provider down
解决时间: 2026-11-22 17:07:05
持续时长: 2分钟5秒

告警已自动解决。`);
  });

  test('that somebody resolved names them', () => {
    const history: Alert['history'] = [{ at: new Date(0), event: 'resolved', reason: 'by hand', by: 'ada' }];

    expect(text(aNotification({ alerts: [aResolvedAlert({ history })] }), 'zh-CN')).toContain('告警已由 ada 解决。');
    expect(text(aNotification({ alerts: [aResolvedAlert({ history })] }), 'en', email)).toContain('Resolved by ada.');
  });

  test('whose end came by itself names nobody, whoever resolved it before', () => {
    const history: Alert['history'] = [
      { at: new Date(0), event: 'resolved', reason: 'by hand', by: 'ada' },
      { at: new Date(1), event: 'expired', reason: 'it was not told again' },
    ];

    expect(text(aNotification({ alerts: [aResolvedAlert({ history })] }), 'zh-CN')).toContain('告警已自动解决。');
    expect(text(aNotification({ alerts: [aResolvedAlert({ history })] }), 'en')).toContain('The alert has resolved by itself.');
  });

  test('shows a text once that is its description and an annotation, too', () => {
    const alert = anAlert({ description: 'Disk is full.', annotations: { summary: 'Disk is full.', runbook_url: 'https://wiki/disk' } });
    const shown = text(aNotification({ alerts: [alert] }), 'en');

    expect(shown.split('Disk is full.')).toHaveLength(2);
    expect(shown).toContain('Annotations:\n- runbook_url: https://wiki/disk');
    expect(text(aNotification({ alerts: [anAlert({ description: 'Full.', annotations: { summary: 'Full.' } })] }), 'en')).not.toContain('Annotations');
  });

  test('shows what else is known of it', () => {
    const alert = anAlert({ count: 7, annotations: { runbook_url: 'https://wiki/x' }, generatorUrl: 'https://prometheus.example/graph', description: '' });
    const links = { [alert.id]: { acknowledge: 'https://app.example/ack', resolve: 'https://app.example/resolve' } };

    expect(text(aNotification({ alerts: [alert], links, externalUrl: 'https://app.example/alerts' }), 'en')).toContain(`Description: none
Source: billing
Fired at: 2026-11-22 17:05:00 UTC+08:00
Occurrences: 7

Labels:
- region: eu

Annotations:
- runbook_url: https://wiki/x

Acknowledge: https://app.example/ack
Resolve: https://app.example/resolve
Where it comes from: https://prometheus.example/graph

All alerts: https://app.example/alerts

Please look into this alert!`);
  });
});

describe('the reason', () => {
  test.each<[Notification['reason'], string, string]>([
    ['escalation', '🚨 告警升级: Payment provider down', '此告警尚无人确认，现升级通知。'],
    ['repeat', '🚨 Payment provider down', '告警仍未解决，已持续 6分钟51秒。'],
    ['digest', '🚨 告警汇总: 1 条告警', '因渠道限流，多条通知已合并为一条。'],
  ])('%s is said', (reason, title, note) => {
    const shown = text(aNotification({ at: new Date('2026-11-22T09:11:51Z'), reason }), 'zh-CN');

    expect(shown.split('\n')[0]).toBe(title);
    expect(shown).toContain(`系统告警\n\n${note}\n\n`);
  });

  test('acknowledged names who', () => {
    const alert = anAlert({ status: 'acknowledged', acknowledgedBy: 'ada', acknowledgedAt: new Date('2026-11-22T06:04:00Z') });
    const shown = text(aNotification({ alerts: [alert], reason: 'acknowledged' }), 'zh-CN');

    expect(shown).toMatch(/^👀 告警已确认: Payment provider down\n/);
    expect(shown).toContain('确认人: ada\n确认时间: 2026-11-22 14:04:00');
    expect(shown).not.toContain('请及时处理');
  });
});

describe('several alerts', () => {
  test('stand one below the other, with what they share once', () => {
    const alerts = [
      anAlert({ id: 'a', title: 'Disk full', labels: { region: 'eu', host: 'a' } }),
      anAlert({ id: 'b', title: 'Disk slow', severity: 'low', description: '', labels: { region: 'eu', host: 'b' } }),
      aResolvedAlert({ id: 'c', title: 'Fan loud', labels: { region: 'eu' }, resolvedAt: new Date('2026-11-22T09:07:05Z') }),
    ];
    const links = { a: { acknowledge: 'https://app.example/ack/a' } };

    expect(text(aNotification({ alerts, reason: 'some_resolved', links }), 'zh-CN')).toBe(`🚨 Disk full 等 3 条告警
====
🚨 系统告警（3 条）

1 条已解决，2 条仍在触发。

共同标签:
- region: eu

Disk full

严重程度: CRITICAL
告警描述: No payment has gone through for 5 minutes.
告警来源: billing
触发时间: 2026-11-22 17:05:00

标签信息:
- host: a

确认告警: https://app.example/ack/a

Disk slow

严重程度: LOW
告警来源: billing
触发时间: 2026-11-22 17:05:00

标签信息:
- host: b

✅ Fan loud

解决时间: 2026-11-22 17:07:05
持续时长: 2分钟5秒

请及时处理此告警！`);
  });

  test('that were too many are counted', () => {
    const shown = text(aNotification({ alerts: someAlerts(2), truncatedAlerts: 5 }), 'en');

    expect(shown).toMatch(/^🚨 Fault 0 and 6 more\n/);
    expect(shown).toContain('… and 5 more alerts');
  });

  test('that are all over have no call to act', () => {
    expect(text(aNotification({ alerts: [aResolvedAlert(), aResolvedAlert({ id: 'b' })] }), 'en')).toMatch(/^✅ Resolved: Payment provider down and 1 more\n/);
    expect(text(aNotification({ alerts: [aResolvedAlert(), aResolvedAlert({ id: 'b' })] }), 'en')).not.toMatch(/please|by itself/i);
  });

  test('with the same label in their own words keep it', () => {
    const notification = aNotification({ alerts: [anAlert({ labels: { host: 'a' } }), anAlert({ id: 'b', labels: { host: 'b' } })], commonLabels: { host: 'other' } });

    expect(text(notification, 'en')).toContain('- host: a');
    expect(text(notification, 'en')).toContain('- host: b');
  });
});

test('a notification without alerts still has a title', () => {
  expect(text(aNotification({ alerts: [], status: 'resolved', truncatedAlerts: 1 }), 'zh-CN')).toContain('告警已解决: {}:{source="billing"}');
});

test('a date that is none costs a dash, not the notification', () => {
  const broken = new Date(NaN);

  expect(text(aNotification({ alerts: [anAlert({ timestamp: broken })] }), 'en')).toContain('Fired at: —');
  expect(text(aNotification({ alerts: [aResolvedAlert({ timestamp: broken })] }), 'en')).toContain('Duration: 0s');
});

test('the shared templates write in the zone of the process', () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [chatHere, emailHere] = [createTemplate({ timeZone: zone }), createTemplate({ timeZone: zone, layout: 'email' })];

  expect(defaultTemplate(aNotification(), 'en')).toEqual(chatHere(aNotification(), 'en'));
  expect(defaultEmailTemplate(aNotification(), 'en')).toEqual(emailHere(aNotification(), 'en'));
});

test('an unknown zone is refused', () => {
  expect(() => createTemplate({ timeZone: 'Mars/Olympus' })).toThrow(RangeError);
});
