import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aliyunSms, type AliyunSmsOptions } from '../../../src/alerting/channels/aliyun-sms.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { aNotification, anAlert, aResolvedAlert } from '../samples.js';
import { aService, deliver, type Reply } from './service.js';
import type { Received } from '../../support/stand-in.js';

const accessKeyId = ['LT', 'AI5tTestKeyId'].join('');
const accessKeySecret = ['s3cr', 'et-of-the-key'].join('');
const OK: Reply = { body: { Code: 'OK', Message: 'OK', BizId: '1^0', RequestId: 'r' } };

async function sent(notification: Notification, reply = OK, options: Partial<AliyunSmsOptions> = {}) {
  const { url, got } = await aService(() => reply);
  const channel = aliyunSms({
    accessKeyId,
    accessKeySecret,
    signName: '四级训练',
    templateCode: 'SMS_1',
    phoneNumbers: ['+8613800138000', '13900139000'],
    endpoint: url,
    timeZone: 'Asia/Shanghai',
    ...options,
  });
  const delivery = await deliver(channel, notification);
  const { query } = got[0]!;
  return { delivery, got: got[0]!, query, variables: JSON.parse(query.get('TemplateParam')!) };
}

/** The signature that the server works out from what it got, in the order of the documentation. */
function signatureOf({ method, target, headers }: Received, signedHeaders: string): string {
  const [pathname, query] = target.split('?');
  const lines = signedHeaders.split(';').map(name => `${name}:${headers[name] as string}\n`);
  const canonical = `${method}\n${pathname}\n${query}\n${lines.join('')}\n${signedHeaders}\n${headers['x-acs-content-sha256'] as string}`;
  const hashed = createHash('sha256').update(canonical).digest('hex');
  return createHmac('sha256', accessKeySecret).update(`ACS3-HMAC-SHA256\n${hashed}`).digest('hex');
}

describe('what is sent', () => {
  test('SendSms to all numbers, with a signature over what the server gets', async () => {
    const { delivery, got, query, variables } = await sent(aNotification({ alerts: [anAlert({ title: "支付失败 (50%) it's *bad*" })] }));

    expect(delivery).toEqual({ delivered: true });
    expect(Object.fromEntries(query)).toMatchObject({ PhoneNumbers: '8613800138000,13900139000', SignName: '四级训练', TemplateCode: 'SMS_1' });
    expect(variables).toEqual({ severity: 'CRITICAL', title: "支付失败 (50%) it's *bad*", source: 'billing', time: '17:05' });
    expect(got).toMatchObject({
      method: 'POST',
      text: '',
      headers: { 'x-acs-action': 'SendSms', 'x-acs-version': '2017-05-25', 'x-acs-date': '2026-11-22T09:06:00Z', 'x-acs-content-sha256': createHash('sha256').digest('hex') },
    });
    const [, signedHeaders = '', signature] = /SignedHeaders=([^,]+),Signature=(.+)$/.exec(got.headers.authorization ?? '') ?? [];
    expect(signedHeaders.split(';')).toEqual(['host', 'x-acs-action', 'x-acs-content-sha256', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-version']);
    expect(signature).toBe(signatureOf(got, signedHeaders));
  });

  test('each attempt has a nonce of its own', async () => {
    const nonces = await Promise.all([1, 2].map(async () => (await sent(aNotification())).got.headers['x-acs-signature-nonce']));
    expect(new Set(nonces).size).toBe(2);
  });

  test('variables are one line, hold no address, and are cut', async () => {
    const title = async (text: string) => (await sent(aNotification({ alerts: [anAlert({ title: text })] }))).variables.title;
    expect(await title('see https://evil.example/x?y now')).toBe('see now');
    expect(await title('api.example.com and 10.0.0.1:80 are down, 99.5 % of v1.2')).toMatch(/^api example com and 10 0 0 1:80/);
    expect(await title('rate 99.5 of v1.2')).toBe('rate 99.5 of v1.2');
    expect(await title('a\r\nb\u0000【x】')).toBe('a b[x]');
    expect(await title('字'.repeat(40))).toBe(`${'字'.repeat(34)}…`);
    expect(await title('👩‍👩‍👧‍👦'.repeat(9))).toMatch(/^(?:👩‍👩‍👧‍👦)+…$/);
  });

  test('how many alerts there are is not lost with the end of a title', async () => {
    const alerts = [anAlert({ title: '字'.repeat(40) }), anAlert({ title: 'b' })];
    const { variables } = await sent(aNotification({ alerts, truncatedAlerts: 8 }));
    expect(variables.title).toMatch(/^字+… 等 10 条告警$/);
    expect(variables.title.length).toBeLessThanOrEqual(35);
  });

  test('what is over says so', async () => {
    const { variables } = await sent(aNotification({ alerts: [aResolvedAlert()] }));
    expect(variables).toMatchObject({ severity: '已解决', time: '17:06' });
  });

  test("a template's own variables are used, cleaned, and never empty", async () => {
    const { variables } = await sent(aNotification(), OK, { templateParam: ({ alerts }) => ({ name: alerts[0]!.title, link: 'http://a.example/b', count: 3 as any }) });
    expect(variables).toEqual({ name: 'Payment provider down', link: '-', count: '3' });
  });
});

describe('what became of it', () => {
  test.each<[string, Reply, object]>([
    ['a limit of a minute', { body: { Code: 'isv.BUSINESS_LIMIT_CONTROL', Message: '触发分钟级流控Permits:1' } }, { retryable: true, retryAfterMs: 60_000 }],
    ['a limit of a day', { body: { Code: 'isv.BUSINESS_LIMIT_CONTROL', Message: '触发天级流控Permits:50' } }, { retryable: true, retryAfterMs: 3_600_000 }],
    ['no money', { body: { Code: 'isv.AMOUNT_NOT_ENOUGH', Message: '账户余额不足' } }, { retryable: false, misconfigured: true, reason: expect.stringContaining('账户余额不足') }],
    ['a text that is not allowed', { body: { Code: 'isv.BLACK_KEY_CONTROL_LIMIT', Message: '黑名单' } }, { retryable: false }],
    ['a fault of its own', { body: { Code: 'isp.SYSTEM_ERROR', Message: 'x' } }, { retryable: true }],
    ['a fault of its own, as a status', { status: 503, body: { Code: 'ServiceUnavailable', Message: 'x' } }, { retryable: true }],
    ['too fast', { status: 400, body: { Code: 'Throttling.User', Message: 'x' } }, { retryable: true, retryAfterMs: 1_000 }],
    ['a bad key', { status: 400, body: { Code: 'SignatureDoesNotMatch', Message: 'x' } }, { retryable: false, misconfigured: true }],
    ['a wrong clock', { status: 400, body: { Code: 'InvalidTimeStamp.Expired', Message: 'x' } }, { misconfigured: true, reason: expect.stringContaining('clock') }],
    ['200 without a code', { body: '<html>' }, { retryable: true }],
    ['500 without a code', { status: 500, body: '<html>' }, { retryable: true }],
    ['a code that is none', { body: { Code: null } }, { retryable: true }],
  ])('%s', async (_, reply, delivery) => {
    expect((await sent(aNotification(), reply)).delivery).toMatchObject({ delivered: false, ...delivery });
  });

  test('secrets and phone numbers are shown nowhere', async () => {
    const { delivery } = await sent(aNotification(), { status: 400, body: { Code: 'X', Message: `${accessKeyId} ${accessKeySecret} 8613800138000 13900139000` } });
    expect(JSON.stringify(delivery)).not.toMatch(/LTAI|s3cr|138001|139001/);
  });
});

test('50 a day are taken', () => {
  const channel = aliyunSms({ accessKeyId, accessKeySecret, signName: 's', templateCode: 't', phoneNumbers: ['13800138000'] });
  expect(channel.quotas).toEqual([{ limit: 50, windowMs: 86_400_000 }]);
});

test.each([
  [{ accessKeySecret: '密' }, 'aliyunSms.accessKeySecret'],
  [{ phoneNumbers: [] }, 'aliyunSms.phoneNumbers'],
  [{ phoneNumbers: ['138 0013'] }, 'aliyunSms.phoneNumbers'],
  [{ phoneNumbers: Array(1_001).fill('13800138000') }, 'aliyunSms.phoneNumbers'],
  [{ signName: '' }, 'aliyunSms.signName'],
  [{ templateCode: undefined }, 'aliyunSms.templateCode'],
  [{ endpoint: 'dysmsapi.aliyuncs.com' }, 'aliyunSms.endpoint'],
  [{ timeZone: 'Mars' }, 'aliyunSms.timeZone'],
])('%j is refused', (options, option) => {
  const all = { accessKeyId, accessKeySecret, signName: 's', templateCode: 't', phoneNumbers: ['13800138000'], ...options };
  expect(() => aliyunSms(all as any)).toThrow(expect.objectContaining({ option }));
});
