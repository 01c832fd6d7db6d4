import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dingTalk, type DingTalkOptions } from '../../../src/alerting/channels/dingtalk.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { standIn, status, type Reply } from '../../support/stand-in.js';
import { aContext, anAlert, aNotification, aResolvedAlert, someAlerts } from '../samples.js';
import { hostileLabels, hostileText } from './hostile-texts.js';

const OK = { errcode: 0, errmsg: 'ok' };
const ZONE = { timeZone: 'Asia/Shanghai' };

async function send(notification: Notification = aNotification(), options: Partial<DingTalkOptions> = {}, ...replies: Reply[]) {
  const { url, requests } = await standIn(...(replies.length > 0 ? replies : [OK]));
  const channel = dingTalk({ webhookUrl: `${url}/robot/send?access_token=tok_1234567890`, ...ZONE, ...options });
  const delivery = await channel.send(notification, aContext());
  return { delivery, requests, body: requests[0]?.json };
}

describe('a message', () => {
  test("is the plan's", async () => {
    const { delivery, requests, body } = await send(aNotification({ alerts: [anAlert({ title: '支付失败', description: '连续三次失败' })] }));

    expect(delivery).toEqual({ delivered: true });
    expect(requests[0]).toMatchObject({ method: 'POST', path: '/robot/send' });
    expect(body).toEqual({
      msgtype: 'markdown',
      markdown: {
        title: '🚨 支付失败',
        text: `### 🚨 系统告警

**告警标题**: 支付失败

**严重程度**: <font color="#FF0000">CRITICAL</font>

**告警描述**: 连续三次失败

**告警来源**: billing

**触发时间**: 2026-11-22 17:05:00

**标签信息**:
- region: eu

---

请及时处理此告警！`,
      },
      at: { atMobiles: [], isAtAll: false },
    });
  });

  test('that it is over is the plan’s, too', async () => {
    const { body } = await send(aNotification({ alerts: [aResolvedAlert({ resolvedAt: new Date('2026-11-22T09:07:05Z') })] }));

    expect(body.markdown).toEqual({
      title: '✅ 告警已解决: Payment provider down',
      text: '### ✅ 告警已解决\n\n**告警标题**: Payment provider down\n\n**解决时间**: 2026-11-22 17:07:05\n\n**持续时长**: 2分钟5秒\n\n---\n\n告警已自动解决。',
    });
  });

  test('has links to acknowledge and resolve', async () => {
    const links = { [anAlert().id]: { acknowledge: 'https://app.example/ack?t=a_b*c', resolve: 'https://app.example/r' } };
    const { body } = await send(aNotification({ alerts: [anAlert()], links }), { locale: 'en' });

    expect(body.markdown.text).toContain('[Acknowledge](https://app.example/ack?t=a_b%2Ac)\n\n[Resolve](https://app.example/r)');
  });

  test('is what the app’s own template makes of it', async () => {
    const template = () => ({ title: 'T', head: [{ type: 'text', text: 'own *text*' } as const], sections: [], foot: [] });
    const { body } = await send(aNotification(), { template });

    expect(body.markdown).toEqual({ title: 'T', text: 'own \\*text\\*' });
  });

  test.each([
    ['throws', () => { throw new TypeError('x'); }, 'TypeError'],
    ['gives nothing', () => undefined as never, 'it gave no message'],
    ['gives blocks of another kind', () => ({ title: 'T', head: [{ type: 'image' }], sections: [], foot: [] }) as never, 'it gave no message'],
  ])('is the default one where a template %s, and says so', async (_, template, fault) => {
    const { body } = await send(aNotification(), { template });

    expect(body.markdown.text).toContain('Payment provider down');
    expect(body.markdown.text).toContain(`template failed: ${fault}`);
  });
});

describe('the signature', () => {
  test('is the known one, and that of the time of each attempt', async () => {
    const { url, requests } = await standIn(OK);
    const channel = dingTalk({ webhookUrl: `${url}/robot/send?access_token=t`, secret: 'this is secret' });

    await channel.send(aNotification(), aContext({ now: 1_577_262_236_757 }));
    await channel.send(aNotification(), aContext({ now: 1_577_262_236_758 }));

    expect(requests[0]?.query.get('timestamp')).toBe('1577262236757');
    expect(encodeURIComponent(requests[0]?.query.get('sign') ?? '')).toBe('hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D');
    expect(requests[0]?.query.get('access_token')).toBe('t');
    expect(requests[1]?.query.get('timestamp')).toBe('1577262236758');
    expect(requests[1]?.query.get('sign')).not.toBe(requests[0]?.query.get('sign'));
  });

  test('is not there without a secret', async () => {
    const { requests } = await send();

    expect([...(requests[0]?.query.keys() ?? [])]).toEqual(['access_token']);
  });
});

describe('mentions', () => {
  const MOBILES = { atMobiles: ['13800138000', '+852-51234567'] };

  test('stand in the text and in `at`', async () => {
    const { body } = await send(aNotification(), MOBILES);

    expect(body.at).toEqual({ ...MOBILES, isAtAll: false });
    expect(body.markdown.text).toMatch(/\n\n@13800138000 @\+852-51234567$/);
  });

  test('of all are from a severity on', async () => {
    const isAtAll = async (severity: 'critical' | 'high' | 'medium', atAll: DingTalkOptions['atAll']): Promise<boolean> =>
      (await send(aNotification({ alerts: [anAlert({ severity })] }), atAll === undefined ? {} : { atAll })).body.at.isAtAll;

    expect(await isAtAll('critical', 'high')).toBe(true);
    expect(await isAtAll('high', 'high')).toBe(true);
    expect(await isAtAll('medium', 'high')).toBe(false);
    expect(await isAtAll('medium', true)).toBe(true);
    expect(await isAtAll('critical', undefined)).toBe(false);
  });

  test.each<[string, Notification]>([
    ['is over', aNotification({ alerts: [aResolvedAlert()] })],
    ['is over in part', aNotification({ alerts: [anAlert(), aResolvedAlert({ id: 'b' })], reason: 'some_resolved' })],
    ['somebody looks at', aNotification({ alerts: [anAlert({ status: 'acknowledged' })], reason: 'acknowledged' })],
  ])('are not for what %s', async (_, notification) => {
    const { body } = await send(notification, { ...MOBILES, atAll: true });

    expect(body.at).toEqual({ atMobiles: [], isAtAll: false });
    expect(body.markdown.text).not.toContain('@');
  });

  test('come from the options only, whatever the alert says', async () => {
    const { body } = await send(aNotification({ alerts: [anAlert({ title: '@all @13800138000', description: '@所有人' })] }), MOBILES);

    expect(body.markdown.text.match(/@(?:all|\d|\+|所有人)/g)).toEqual(['@1', '@+']);
  });
});

describe('an answer with status 200', () => {
  test.each([
    [310000, { retryable: false, misconfigured: true }],
    [300001, { retryable: false, misconfigured: true }],
    [90030, { retryable: false, misconfigured: true }],
    [130101, { retryable: true, retryAfterMs: 600_000 }],
    [410100, { retryable: true, retryAfterMs: 60_000 }],
    [-1, { retryable: true }],
    [430102, { retryable: false }],
    [987654, { retryable: true }],
  ])('and errcode %d is %o', async (errcode, meaning) => {
    const { delivery } = await send(aNotification(), {}, { errcode, errmsg: 'the words' });

    const { reason, ...rest } = delivery as { reason: string };
    expect(rest).toEqual({ delivered: false, ...meaning });
    expect(reason).toMatch(`DingTalk refused: ${errcode} — the words`);
  });

  test.each(['', '<html>sign in</html>', '[]', 'null', '{"errcode":"0"}', '{"ok":true}'])('and %j is not delivered, and may be tried again', async body => {
    const { delivery } = await send(aNotification(), {}, status(200, body));

    expect(delivery).toEqual({ delivered: false, retryable: true, reason: 'DingTalk answered 200 without errcode' });
  });

  test('that repeats the token does not show it', async () => {
    const { delivery } = await send(aNotification(), { secret: 'SECabcdef' }, { errcode: 310000, errmsg: 'bad tok_1234567890 SECabcdef' });

    expect(JSON.stringify(delivery)).not.toMatch(/tok_1234567890|SECabcdef/);
  });
});

describe('another answer', () => {
  test.each([
    [status(500, 'oops'), { retryable: true, reason: 'DingTalk answered 500: oops' }],
    [status(503, '', { 'retry-after': '7' }), { retryable: true, reason: 'DingTalk answered 503', retryAfterMs: 7_000 }],
    [status(429, '', { 'retry-after': 'Sun, 22 Nov 2026 09:06:20 GMT' }), { retryable: true, reason: 'DingTalk answered 429', retryAfterMs: 20_000 }],
    [status(408), { retryable: true, reason: 'DingTalk answered 408' }],
    [status(425), { retryable: true, reason: 'DingTalk answered 425' }],
    [status(400, 'bad'), { retryable: false, reason: 'DingTalk answered 400: bad' }],
    [status(403), { retryable: false, reason: 'DingTalk answered 403', misconfigured: true }],
    [status(404), { retryable: false, reason: 'DingTalk answered 404', misconfigured: true }],
    [status(302, '', { location: 'http://127.0.0.1:1/' }), { retryable: false, reason: 'DingTalk answered 302', misconfigured: true }],
    // Its code is more exact than the status
    [status(400, '{"errcode":130101,"errmsg":"slow down"}'), { retryable: true, reason: 'DingTalk refused: 130101 — slow down', retryAfterMs: 600_000 }],
  ])('%#', async (reply, expected) => {
    const { delivery } = await send(aNotification(), {}, reply);

    expect(delivery).toEqual({ delivered: false, ...expected });
  });

  test('that does not come ends with the signal', async () => {
    const { url } = await standIn(() => {});
    const channel = dingTalk({ webhookUrl: `${url}/robot/send?access_token=tok_1234567890` });

    const delivery = await channel.send(aNotification(), aContext({ now: 0, signal: AbortSignal.timeout(20) }));

    expect(delivery).toEqual({ delivered: false, retryable: true, reason: expect.stringMatching(/^DingTalk: POST 127\.0\.0\.1:\d+: no answer in time$/) });
  });
});

describe('the size', () => {
  test('is at most 20,000 bytes, and close to it: of a thousand alerts those that fit are shown', async () => {
    const alerts = someAlerts(1_000, { description: '描述'.repeat(50) });
    const { requests, body } = await send(aNotification({ alerts }), { atMobiles: ['13800138000'] });

    const bytes = Buffer.byteLength(requests[0]?.text ?? '');
    expect(bytes).toBeLessThanOrEqual(20_000);
    expect(bytes).toBeGreaterThan(19_000);
    const shown = body.markdown.text.match(/### Fault/g).length as number;
    expect(body.markdown.text).toContain(`……另有 ${1_000 - shown} 条告警未列出`);
    expect(body.markdown.text).toMatch(/请及时处理此告警！\n\n@13800138000$/);
  });

  test('of one huge alert is kept, too', async () => {
    const labels = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`label_${index}`, '值*_`<'.repeat(500)]));
    const { requests, body } = await send(aNotification({ alerts: [anAlert({ title: '标题'.repeat(5_000), description: '👩‍👩‍👧‍👦'.repeat(5_000), labels })] }));

    expect(Buffer.byteLength(requests[0]?.text ?? '')).toBeLessThanOrEqual(20_000);
    expect(body.markdown.text).toContain('严重程度');
    expect(body.markdown.text).not.toContain('\ufffd');
  });

  test('that is too long all the same is halved at once', async () => {
    const alerts = someAlerts(1_000, { description: 'x'.repeat(100) });
    const { delivery, requests } = await send(aNotification({ alerts }), { secret: 's' }, { errcode: 460101, errmsg: 'too long' }, OK);

    expect(delivery).toEqual({ delivered: true });
    expect(requests.map(({ text }) => Buffer.byteLength(text) <= 10_000)).toEqual([false, true]);
  });

  test('that is too long twice is given up', async () => {
    const { delivery, requests } = await send(aNotification(), {}, { errcode: 460101, errmsg: 'too long' });

    expect(delivery).toMatchObject({ delivered: false, retryable: false });
    expect(requests).toHaveLength(2);
  });
});

test('whatever an alert holds, it is delivered, and is within the limits', async () => {
  const { url, requests } = await standIn((request, response) => {
    const isSound = Buffer.byteLength(request.text) <= 20_000 && request.json.markdown.text !== '' && !/\p{Surrogate}|(?!\n)\p{Cc}/u.test(request.json.markdown.text);
    response.end(JSON.stringify({ errcode: isSound ? 0 : 400 }));
  });
  const channel = dingTalk({ webhookUrl: url });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ title: hostileText, description: hostileText, source: hostileText, labels: hostileLabels, annotations: hostileLabels }), { maxLength: 4 }), async given => {
      const alerts = given.map((fields, index) => anAlert({ ...fields, id: `a-${index}` }));
      expect(await channel.send(aNotification({ alerts }), aContext())).toEqual({ delivered: true });
    }),
    { numRuns: 60 },
  );
  expect(requests.length).toBeGreaterThan(0);
});

describe('options', () => {
  const URL_OPTION = { webhookUrl: 'https://oapi.dingtalk.com/robot/send?access_token=tok_1234567890' };
  test.each<[string, unknown]>([
    ['dingTalk', undefined],
    ['dingTalk', 'https://oapi.dingtalk.com/robot/send?access_token=tok_1234567890'],
    ['dingTalk.webhookUrl', {}],
    ['dingTalk.webhookUrl', { webhookUrl: 'tok_1234567890' }],
    ['dingTalk.webhookUrl', { webhookUrl: 'http://oapi.dingtalk.com/robot/send?access_token=tok_1234567890' }],
    ['dingTalk.webhookUrl', { webhookUrl: 'https://user:tok_1234567890@example.com' }],
    ['dingTalk.secret', { ...URL_OPTION, secret: '' }],
    ['dingTalk.secret', { ...URL_OPTION, secret: 'tok_1234567890\n' }],
    ['dingTalk.secrett', { ...URL_OPTION, secrett: 'tok_1234567890' }],
    ['dingTalk.atMobiles', { ...URL_OPTION, atMobiles: [] }],
    ['dingTalk.atMobiles', { ...URL_OPTION, atMobiles: ['x\n# y'] }],
    ['dingTalk.atAll', { ...URL_OPTION, atAll: 'urgent' }],
    ['dingTalk.locale', { ...URL_OPTION, locale: 'fr' }],
    ['dingTalk.timeZone', { ...URL_OPTION, timeZone: 'Mars/Olympus' }],
    ['dingTalk.template', { ...URL_OPTION, template: 'x' }],
    ['dingTalk.fetch', { ...URL_OPTION, fetch: 1 }],
  ])('%s is refused by name, without secrets', (option, options) => {
    let error: unknown;
    try {
      dingTalk(options as DingTalkOptions);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'SIGHTLINE_INVALID_OPTION', option });
    expect(String(error)).not.toContain('tok_');
  });

  test('have the quota that DingTalk documents', () => {
    expect(dingTalk(URL_OPTION)).toMatchObject({ kind: 'dingtalk', quotas: [{ limit: 20, windowMs: 60_000 }] });
  });
});
