import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { weCom, type WeComOptions } from '../../../src/alerting/channels/wecom.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { standIn, status, type Reply } from '../../support/stand-in.js';
import { aContext, anAlert, aNotification, someAlerts } from '../samples.js';
import { hostileLabels, hostileText } from './hostile-texts.js';

const OK = { errcode: 0, errmsg: 'ok' };

async function send(notification: Notification = aNotification(), options: Partial<WeComOptions> = {}, ...replies: Reply[]) {
  const { url, requests } = await standIn(...(replies.length > 0 ? replies : [OK]));
  const channel = weCom({ webhookUrl: `${url}/cgi-bin/webhook/send?key=693a91f6-7xxx`, timeZone: 'Asia/Shanghai', ...options });
  const delivery = await channel.send(notification, aContext());
  return { delivery, requests, content: requests[0]?.json.markdown.content as string };
}

test('a message is Markdown in Chinese', async () => {
  const { delivery, requests, content } = await send(aNotification({ alerts: [anAlert({ description: 'a\nb' })] }));

  expect(delivery).toEqual({ delivered: true });
  expect(requests[0]?.query.get('key')).toBe('693a91f6-7xxx');
  expect(requests[0]?.json.msgtype).toBe('markdown');
  expect(content).toBe(`### 🚨 系统告警
**告警标题**: Payment provider down
**严重程度**: <font color="warning">CRITICAL</font>
**告警描述**:
> a
> b
**告警来源**: billing
**触发时间**: 2026-11-22 17:05:00
**标签信息**:
- region: eu
请及时处理此告警！`);
});

test('links stand in the text', async () => {
  const links = { [anAlert().id]: { acknowledge: 'https://app.example/ack' } };

  expect((await send(aNotification({ alerts: [anAlert()], links }))).content).toContain('[确认告警](https://app.example/ack)');
});

test.each([
  [93000, { retryable: false, misconfigured: true }],
  [93008, { retryable: false, misconfigured: true }],
  [45009, { retryable: true, retryAfterMs: 60_000 }],
  [45033, { retryable: true }],
  [-1, { retryable: true }],
  [40008, { retryable: false }],
  [123456, { retryable: true }],
])('errcode %d in a 200 is %o', async (errcode, meaning) => {
  const { delivery } = await send(aNotification(), {}, { errcode, errmsg: 'words, key 693a91f6-7xxx' });

  const { reason, ...rest } = delivery as { reason: string };
  expect(rest).toEqual({ delivered: false, ...meaning });
  expect(reason).toMatch(`WeCom refused: ${errcode} — words`);
  expect(reason).not.toContain('693a91f6');
});

test('garbage in a 200 may be tried again, and so may a 502', async () => {
  expect((await send(aNotification(), {}, status(200, 'ok'))).delivery).toMatchObject({ delivered: false, retryable: true });
  expect((await send(aNotification(), {}, status(502))).delivery).toMatchObject({ delivered: false, retryable: true });
});

describe('the size', () => {
  test('is at most 4,096 bytes of UTF-8, and close to it', async () => {
    const { content } = await send(aNotification({ alerts: someAlerts(100, { description: '描述'.repeat(20) }) }));

    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4_096);
    expect(Buffer.byteLength(content)).toBeGreaterThan(3_600);
    expect(content).toMatch(/……另有 \d+ 条告警未列出\n请及时处理此告警！$/);
  });

  test('of one long description is kept by cutting it', async () => {
    const { content } = await send(aNotification({ alerts: [anAlert({ description: '故障👩‍👩‍👧‍👦'.repeat(2_000) })] }));

    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4_096);
    expect(content).toMatch(/(?:故障(?:👩‍👩‍👧‍👦)?|👩‍👩‍👧‍👦)…\n\*\*告警来源/);
    expect(content).toContain('请及时处理此告警！');
  });

  test('that is too long all the same is halved at once', async () => {
    const { delivery, requests } = await send(aNotification({ alerts: someAlerts(100) }), {}, { errcode: 40058, errmsg: 'content exceed max length' }, OK);

    expect(delivery).toEqual({ delivered: true });
    expect(requests.map(({ json }) => Buffer.byteLength(json.markdown.content as string) <= 2_048)).toEqual([false, true]);
  });

  test('is kept whatever an alert holds', async () => {
    const { url } = await standIn(({ json }, response) => {
      const content = json.markdown.content as string;
      response.end(JSON.stringify({ errcode: content !== '' && Buffer.byteLength(content) <= 4_096 ? 0 : 93017 }));
    });
    const channel = weCom({ webhookUrl: url });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ title: hostileText, description: hostileText, labels: hostileLabels }), { maxLength: 8 }), async given => {
        const alerts = given.map((fields, index) => anAlert({ ...fields, id: `a-${index}` }));
        expect(await channel.send(aNotification({ alerts }), aContext())).toEqual({ delivered: true });
      }),
      { numRuns: 60 },
    );
  });
});

test('options are checked, and the quota is the documented one', () => {
  expect(() => weCom({ webhookUrl: 'http://qyapi.weixin.qq.com/x?key=693a91f6' })).toThrow(/`weCom\.webhookUrl`: expected a URL that begins with https/);
  expect(() => weCom({ webhookUrl: 'http://qyapi.weixin.qq.com/x?key=693a91f6' })).not.toThrow(/693a91f6/);
  expect(weCom({ webhookUrl: 'https://qyapi.weixin.qq.com/x?key=693a91f6' })).toMatchObject({ kind: 'wecom', quotas: [{ limit: 20, windowMs: 60_000 }] });
});
