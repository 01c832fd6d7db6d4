import { expect, test } from 'vitest';
import { webhookHeaders, webhookKey } from '../../../src/alerting/channels/standard-webhooks.js';

const SECRET = ['whsec', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('_');
const OTHER = ['whsec', Buffer.from('a second secret of 32 bytes, yes').toString('base64')].join('_');

function keyOf(secret: string): Buffer {
  return webhookKey(secret) ?? expect.fail('no key');
}

// Signatures by the npm package `standardwebhooks` 1.0.
test('a request is signed as Standard Webhooks does', () => {
  expect(webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}', [keyOf(SECRET)])).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each of several secrets signs, text of any script too', () => {
  expect(webhookHeaders('msg_1', 1_700_000_000_999, '{"title":"支付失败 😀"}', [SECRET, OTHER].map(keyOf))['webhook-signature']).toBe(
    'v1,kckxpe2y44A/z/WGNHhHQlwonASauxiWeiYeU1pJm0w= v1,XngB3HB3FTRER7LwOfL10Lk/HXSAUkmxpwIjqsHtU9I=',
  );
});

test('an id that may not stand in a header, or holds a dot, becomes one that may, the same each time', () => {
  const ids = ['a.b', 'a\r\nx: 1', '组', 'a'.repeat(1_000)].map(id => webhookHeaders(id, 0, '', [])['webhook-id']);
  expect(ids.every(id => /^[\da-f]{32}$/.test(id ?? ''))).toBe(true);
  expect(new Set(ids).size).toBe(4);
  expect(webhookHeaders('a.b', 0, '', [])['webhook-id']).toBe(ids[0]);
});

test('a secret is base64 of 24 to 64 bytes, with its prefix or without', () => {
  expect(keyOf(SECRET)).toEqual(keyOf(SECRET.slice('whsec_'.length)));
  for (const secret of ['', 'whsec_', 'my secret', 'c2hvcnQ=', Buffer.alloc(65).toString('base64')]) expect(webhookKey(secret)).toBeUndefined();
});
