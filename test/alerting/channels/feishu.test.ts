import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feishu, type FeishuOptions } from '../../../src/alerting/channels/feishu.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { standIn, status, type Reply } from '../../support/stand-in.js';
import { aContext, anAlert, aNotification, aResolvedAlert, someAlerts } from '../samples.js';
import { hostileLabels, hostileText } from './hostile-texts.js';

const OK = { code: 0, msg: 'success', data: {} };
const HOOK = '/open-apis/bot/v2/hook/aaaabbbb-1234-5678-cccc-ddddeeee';

async function send(notification: Notification = aNotification(), options: Partial<FeishuOptions> = {}, ...replies: Reply[]) {
  const { url, requests } = await standIn(...(replies.length > 0 ? replies : [OK]));
  const channel = feishu({ webhookUrl: url + HOOK, timeZone: 'Asia/Shanghai', ...options });
  const delivery = await channel.send(notification, aContext({ now: 1_599_360_473_999 }));
  return { delivery, requests, body: requests[0]?.json };
}

describe('a message', () => {
  test('is a card in the colour of the severity', async () => {
    const links = { [anAlert().id]: { acknowledge: 'https://app.example/ack', resolve: 'https://app.example/r' } };
    const { delivery, body } = await send(aNotification({ alerts: [anAlert()], links }));

    expect(delivery).toEqual({ delivered: true });
    expect(body).toEqual({
      msg_type: 'interactive',
      card: {
        config: { wide_screen_mode: true },
        header: { template: 'red', title: { tag: 'plain_text', content: '🚨 Payment provider down' } },
        elements: [
          { tag: 'div', text: { tag: 'plain_text', content: '🚨 系统告警' } },
          { tag: 'hr' },
          {
            tag: 'div',
            text: {
              tag: 'plain_text',
              content:
                '告警标题: Payment provider down\n严重程度: CRITICAL\n告警描述: No payment has gone through for 5 minutes.\n告警来源: billing\n触发时间: 2026-11-22 17:05:00\n\n标签信息:\n- region: eu',
            },
          },
          {
            tag: 'action',
            actions: [
              { tag: 'button', text: { tag: 'plain_text', content: '确认告警' }, type: 'primary', url: 'https://app.example/ack' },
              { tag: 'button', text: { tag: 'plain_text', content: '标记为已解决' }, type: 'default', url: 'https://app.example/r' },
            ],
          },
          { tag: 'hr' },
          { tag: 'div', text: { tag: 'plain_text', content: '请及时处理此告警！' } },
        ],
      },
    });
  });

  test.each([
    [anAlert({ severity: 'high' }), 'orange'],
    [anAlert({ severity: 'info' }), 'blue'],
    [aResolvedAlert(), 'green'],
  ])('has the right colour (%#)', async (alert, color) => {
    expect((await send(aNotification({ alerts: [alert] }))).body.card.header.template).toBe(color);
  });
});

describe('the signature', () => {
  test('is of nothing, with the seconds and the secret as the key', async () => {
    const { body } = await send(aNotification(), { secret: 'demo' });

    expect(body.timestamp).toBe('1599360473');
    expect(body.sign).toBe(createHmac('sha256', '1599360473\ndemo').digest('base64'));
    // Made once with Python's hmac, so that a mistake here isn't made there, too.
    expect(body.sign).toBe('l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=');
  });

  test('is not there without a secret', async () => {
    expect(Object.keys((await send()).body as object)).toEqual(['msg_type', 'card']);
  });
});

test.each([
  [19021, { retryable: false, misconfigured: true }],
  [19022, { retryable: false, misconfigured: true }],
  [19024, { retryable: false, misconfigured: true }],
  [19001, { retryable: false, misconfigured: true }],
  [11232, { retryable: true, retryAfterMs: 15_000 }],
  [19002, { retryable: false }],
  [123456, { retryable: true }],
])('code %d in a 200 is %o', async (code, meaning) => {
  const { delivery } = await send(aNotification(), { secret: 'demo-secret' }, { code, msg: 'words, hook aaaabbbb-1234-5678-cccc-ddddeeee demo-secret' });

  const { reason, ...rest } = delivery as { reason: string };
  expect(rest).toEqual({ delivered: false, ...meaning });
  expect(reason).toMatch(`Feishu refused: ${code} — words`);
  expect(reason).not.toMatch(/aaaabbbb|demo-secret/);
});

test('garbage in a 200 may be tried again; a 429 when it says', async () => {
  expect((await send(aNotification(), {}, status(200, '<html>'))).delivery).toMatchObject({ delivered: false, retryable: true });
  expect((await send(aNotification(), {}, status(429, '', { 'retry-after': '3' }))).delivery).toMatchObject({ retryable: true, retryAfterMs: 3_000 });
});

describe('the size', () => {
  test('is at most 20,000 bytes, and close to it', async () => {
    const { requests } = await send(aNotification({ alerts: someAlerts(500, { description: '描述'.repeat(30) }) }), { secret: 'demo' });

    const bytes = Buffer.byteLength(requests[0]?.text ?? '');
    expect(bytes).toBeLessThanOrEqual(20_000);
    expect(bytes).toBeGreaterThan(19_000);
    expect(requests[0]?.text).toMatch(/……另有 \d+ 条告警未列出/);
  });

  test('that is too much all the same is halved at once', async () => {
    const { delivery, requests } = await send(aNotification({ alerts: someAlerts(500) }), {}, { code: 9499, msg: 'Bad Request' }, OK);

    expect(delivery).toEqual({ delivered: true });
    expect(requests.map(({ text }) => Buffer.byteLength(text) <= 10_000)).toEqual([false, true]);
  });
});

test('whatever an alert holds, it stands in plain text only', async () => {
  const { url, requests } = await standIn(OK);
  const channel = feishu({ webhookUrl: url });
  await fc.assert(
    fc.asyncProperty(hostileText, hostileText, hostileLabels, async (title, description, labels) => {
      const delivery = await channel.send(aNotification({ alerts: [anAlert({ title, description, source: title, labels, generatorUrl: title })] }), aContext());
      expect(delivery).toEqual({ delivered: true });
      const last = requests.at(-1)?.json;
      for (const element of last.card.elements) {
        expect(['div', 'hr', 'action']).toContain(element.tag);
        for (const { tag, content } of texts(element)) {
          expect(tag).toBe('plain_text');
          expect(content).not.toBe('');
        }
      }
    }),
    { numRuns: 60 },
  );
});

function texts(element: any): { tag: string; content: string }[] {
  return element.tag === 'div' ? [element.text] : (element.actions ?? []).map(({ text }: any) => text);
}

test('options are checked, and the quotas are the documented ones', () => {
  expect(() => feishu({} as FeishuOptions)).toThrow(/`feishu\.webhookUrl`/);
  expect(() => feishu({ webhookUrl: `https://open.feishu.cn${HOOK}`, secret: '' })).toThrow(/`feishu\.secret`/);
  expect(feishu({ webhookUrl: `https://open.feishu.cn${HOOK}` })).toMatchObject({
    kind: 'feishu',
    quotas: [
      { limit: 100, windowMs: 60_000 },
      { limit: 5, windowMs: 1_000 },
    ],
  });
});
