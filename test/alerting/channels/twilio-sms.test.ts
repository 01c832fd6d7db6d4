import { describe, expect, test } from 'vitest';
import { twilioSms } from '../../../src/alerting/channels/twilio-sms.js';
import { aNotification } from '../samples.js';
import { aService, deliver, type Reply } from './service.js';

const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
const authToken = ['t0', 'ken-of-twilio'].join('');
const TAKEN: Reply = { status: 201, body: { sid: 'SM1', status: 'queued', error_code: null, error_message: null } };
const options = { accountSid, authToken, from: '+15005550006', to: ['+4915112345678'], timeZone: 'UTC' };

function numberIn(body: string): string {
  return new URLSearchParams(body).get('To') ?? '';
}

describe('what is sent', () => {
  test('a form for each number, with the credentials', async () => {
    const { url, got } = await aService(() => TAKEN);
    expect(await deliver(twilioSms({ ...options, to: ['+4915112345678', '4915112345679'], baseUrl: url }), aNotification())).toEqual({ delivered: true });

    expect(got.map(({ text }) => numberIn(text)).sort()).toEqual(['+4915112345678', '+4915112345679']);
    expect(got[0]).toMatchObject({
      method: 'POST',
      path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
        'content-type': expect.stringMatching('application/x-www-form-urlencoded'),
      },
    });
    expect(Object.fromEntries(new URLSearchParams(got[0]!.text))).toMatchObject({ From: '+15005550006', Body: '[CRITICAL] Payment provider down - 09:05' });
  });

  test('a messaging service may send', async () => {
    const { url, got } = await aService(() => TAKEN);
    const from = `MG${'0123456789abcdef'.repeat(2)}`;
    await deliver(twilioSms({ ...options, from, baseUrl: url }), aNotification());
    expect(Object.fromEntries(new URLSearchParams(got[0]!.text))).toMatchObject({ MessagingServiceSid: from });
    expect(got[0]!.text).not.toContain('From=');
  });
});

describe('what became of it', () => {
  test.each<[string, Reply, object]>([
    ['bad credentials', { status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } }, { retryable: false, misconfigured: true }],
    ['a number that is none', { status: 400, body: { code: 21211, message: "The 'To' number is not valid", status: 400 } }, { retryable: false, misconfigured: true }],
    ['who wants no more', { status: 400, body: { code: 21610, message: 'unsubscribed' } }, { retryable: false }],
    ['a code that we do not know', { status: 400, body: { code: 99999, message: 'something' } }, { retryable: false, reason: expect.stringContaining('something') }],
    ['too fast', { status: 429, headers: { 'retry-after': '3' }, body: { code: 20429, message: 'Too many' } }, { retryable: true, retryAfterMs: 3_000 }],
    ['a full queue', { status: 400, body: { code: 21611, message: 'queue' } }, { retryable: true, retryAfterMs: 600_000 }],
    ['a fault of its own', { status: 500 }, { retryable: true }],
    ["a proxy's sign-in page", { status: 200, body: '<html>sign in' }, { retryable: true, reason: expect.stringContaining('without the message') }],
    ['taken, and refused', { status: 201, body: { error_code: 30007, error_message: 'filtered' } }, { retryable: false, reason: expect.stringContaining('filtered') }],
  ])('%s', async (_, reply, delivery) => {
    const { url } = await aService(() => reply);
    expect(await deliver(twilioSms({ ...options, baseUrl: url }), aNotification())).toMatchObject({ delivered: false, ...delivery });
  });

  test('the next attempt goes to those who have not got it', async () => {
    let isDown = true;
    const { url, got } = await aService(({ text }) => (isDown && numberIn(text).endsWith('2') ? { status: 503 } : TAKEN));
    const channel = twilioSms({ ...options, to: ['+491511111111', '+491511111112', '+491511111113'], baseUrl: url });
    expect(await deliver(channel, aNotification())).toMatchObject({ delivered: false, retryable: true, reason: expect.stringContaining('1 of 3') });

    isDown = false;
    got.length = 0;
    expect(await deliver(channel, aNotification())).toEqual({ delivered: true });
    expect(got.map(({ text }) => numberIn(text))).toEqual(['+491511111112']);

    got.length = 0;
    await deliver(channel, aNotification({ id: 'n-2' }));
    expect(got).toHaveLength(3);
  });

  test('a number that never gets it keeps no other from it, and is told of', async () => {
    const { url } = await aService(({ text }) => (numberIn(text).endsWith('2') ? { status: 400, body: { code: 21211, message: 'no number' } } : TAKEN));
    const channel = twilioSms({ ...options, to: ['+491511111111', '+491511111112'], baseUrl: url });
    expect(await deliver(channel, aNotification())).toEqual({ delivered: true, warning: expect.stringContaining('1 of 2 did not get it: Twilio refused: 21211') });
  });

  test('neither token nor numbers are shown', async () => {
    const { url } = await aService(() => ({ status: 400, body: { code: 21211, message: `${authToken} +4915112345678` } }));
    expect(JSON.stringify(await deliver(twilioSms({ ...options, baseUrl: url }), aNotification()))).not.toMatch(/t0ken|15112345/);
  });
});

test('a second for each number is taken', () => {
  expect(twilioSms({ ...options, to: Array.from({ length: 7 }, (_, i) => `+4915112345${i}00`) }).quotas).toEqual([{ limit: 8, windowMs: 60_000 }]);
});

test.each([
  [{ accountSid: 'SK1' }, 'twilioSms.accountSid'],
  [{ authToken: '' }, 'twilioSms.authToken'],
  [{ from: undefined }, 'twilioSms.from'],
  [{ to: '+4915112345678' }, 'twilioSms.to'],
  [{ maxSegments: 11 }, 'twilioSms.maxSegments'],
])('%j is refused', (given, option) => {
  expect(() => twilioSms({ ...options, ...given } as any)).toThrow(expect.objectContaining({ option }));
});
