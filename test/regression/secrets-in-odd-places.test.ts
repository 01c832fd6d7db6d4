import { describe, expect, test } from 'vitest';
import { redact } from '../../src/core/redact.js';

const SECRET = ['hunter', '2'].join('');

describe('a secret is masked', () => {
  test.each([
    ['in a URL, with @ in it', `postgres://app:p@${SECRET}@db/x`, 'postgres://[redacted]@db/x'],
    ['in a URL, with what should have been escaped', `postgres://app:a/b#${SECRET}@db/x`, 'postgres://[redacted]@db/x'],
    ['in a URL, where it is long as a token of a cloud is', `postgres://app:${SECRET.repeat(100)}@db/x`, 'postgres://[redacted]@db/x'],
    ['where it is long', `token=${SECRET.repeat(100)} x`, 'token=[redacted] x'],
    ['where it is long and in quotes', `{"password":"${SECRET.repeat(100)}"}`, '{"password":[redacted]}'],
    ['with a quote in it', `{"password":"a\\"${SECRET}"}`, '{"password":[redacted]}'],
    ['in JSON within a string', JSON.stringify({ data: JSON.stringify({ password: SECRET, user: 'ada' }) }), '{"data":"{\\"password\\":[redacted],\\"user\\":\\"ada\\"}"}'],
    ['where the text was cut off', `{"password":"${SECRET}`, '{"password":[redacted]'],
    ['behind any scheme', `Authorization: Token ${SECRET}`, 'Authorization: [redacted]'],
    ['in a digest', `authorization: Digest username="u", response="${SECRET}"\nAccept: */*`, 'authorization: [redacted]\nAccept: */*'],
    ['in cookies', `Set-Cookie: theme=dark; sid=${SECRET}\nAccept: */*`, 'Set-Cookie: [redacted]\nAccept: */*'],
    ['in the path of a webhook', `POST https://hooks.slack.com/services/T0/B0/${SECRET} failed`, 'POST https://hooks.slack.com/services/[redacted] failed'],
    ['in the path of a bot', `https://api.telegram.org/bot1:${SECRET}/send`, 'https://api.telegram.org/bot[redacted]'],
    ['in the query of a webhook', `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${SECRET}`, 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=[redacted]'],
    [
      'as a private key',
      `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY----- follows`,
      '[redacted] follows',
    ],
  ])('%s', (_, text, safe) => {
    expect(redact(text)).toBe(safe);
  });
});

test('a word of tokens one after another takes time in proportion to its length', () => {
  // Was quadratic, which would be longer than a test may take.
  expect(redact('-eyJ'.repeat(100_000), 800_000)).toHaveLength(400_000);
});
