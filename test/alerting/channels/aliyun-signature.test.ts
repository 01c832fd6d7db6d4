import { expect, test } from 'vitest';
import { aliyunAuthorization, canonicalQuery, sha256Hex } from '../../../src/alerting/channels/aliyun-signature.js';

/** Requests of the official SDK (@alicloud/dysmsapi20170525 with openapi-core 1.0.1) to a server of this machine, for these keys. */
const ID = ['test', 'AccessKeyId'].join('');
const KEY = ['test', 'AccessKeySecret'].join('');
const headers = {
  host: '127.0.0.1:34007',
  'x-acs-version': '2017-05-25',
  'x-acs-action': 'SendSms',
  'user-agent': 'AlibabaCloud (linux; x64) Node.js/v20.20.2 Core/1.0.1 TeaDSL/2',
  'x-acs-date': '2026-11-22T22:52:51Z',
  accept: 'application/json',
  'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'x-acs-credentials-provider': 'static_ak',
};
const SIGNED = 'host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version';

test.each([
  [
    'Chinese text and JSON',
    { PhoneNumbers: '13800138000', SignName: '阿里云', TemplateCode: 'SMS_123456789', TemplateParam: '{"code":"1234"}' },
    'f344b7d449debacb70a36da46fb5cec6bc76f52cef69fca27a01af8c7dd04a7d',
    'ffaedd6c26ab5d6372ac69784b7b27fc015f77c383e949d07a6d622f40196abf',
  ],
  [
    'all that must be escaped',
    {
      PhoneNumbers: '13800138000,8613900139000',
      SignName: "It's a (test)*!~",
      TemplateCode: 'SMS_1',
      TemplateParam: '{"title":"支付 & 失败 +50% \\"quoted\\" /\\\\ 😀","time":"12:30","severity":"CRITICAL"}',
      OutId: 'a=b&c',
    },
    'e674ffcde8b9115a7ce8dd0c3df7c2a251af3105c7ac72c7a1957a9f72d10b20',
    'a9466dd7e241ebba558dfd1a9bb8beed1c0753283b6e5c58a5b9916dd3da276e',
  ],
])('a request is signed as the official SDK signs it: %s', (_, query, nonce, signature) => {
  const request = { method: 'POST', path: '/', query, headers: { ...headers, 'x-acs-signature-nonce': nonce }, bodyHash: sha256Hex('') };
  expect(aliyunAuthorization(request, ID, KEY)).toBe(`ACS3-HMAC-SHA256 Credential=${ID},SignedHeaders=${SIGNED},Signature=${signature}`);
});

test('half of a character can be signed', () => {
  expect(canonicalQuery({ b: 'x\ud83d', a: '' })).toBe('a=&b=x%EF%BF%BD');
});
