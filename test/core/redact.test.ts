import { describe, expect, test } from 'vitest';
import { redact } from '../../src/core/redact.js';

/** Built from parts, so that no scanner takes this file for a leak. */
const SECRET = ['hunter', '2'].join('');
const JWT = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiI0MiJ9', 'abc-DEF_123'].join('.');

describe('masked, and nothing else of the text', () => {
  test.each([
    // URLs
    [`connect postgres://app:${SECRET}@db:5432/x failed`, 'connect postgres://[redacted]@db:5432/x failed'],
    [`redis://:${SECRET}@cache:6379/0`, 'redis://[redacted]@cache:6379/0'],
    [`https://${SECRET}@host/path?x=1`, 'https://[redacted]@host/path?x=1'],
    [`mongodb+srv://u:${SECRET}@a.b.c/x`, 'mongodb+srv://[redacted]@a.b.c/x'],
    // Credentials in headers
    [`Authorization: Bearer ${SECRET}.x-y_z~`, 'Authorization: [redacted]'],
    [`sent Bearer ${SECRET}.x-y_z~ and more`, 'sent Bearer [redacted] and more'],
    [`basic dXNlcjpwYXNz==, and more`, 'basic [redacted], and more'],
    [`{"authorization":"Basic dXNlcjpwYXNz","user":"ada"}`, '{"authorization":[redacted],"user":"ada"}'],
    // Names with values
    [`password=${SECRET}&user=ada`, 'password=[redacted]&user=ada'],
    [`password: ${SECRET}, user: ada`, 'password: [redacted], user: ada'],
    [`{"password":"${SECRET}","user":"ada"}`, '{"password":[redacted],"user":"ada"}'],
    [`{'passwd' : '${SECRET}', 'user': 'ada'}`, "{'passwd' : [redacted], 'user': 'ada'}"],
    [`PGPASSWORD=${SECRET} psql`, 'PGPASSWORD=[redacted] psql'],
    [`api_key=${SECRET}`, 'api_key=[redacted]'],
    [`x-api-key: ${SECRET}`, 'x-api-key: [redacted]'],
    [`apiKey: '${SECRET}'`, 'apiKey: [redacted]'],
    [`client_secret=${SECRET};`, 'client_secret=[redacted];'],
    [`refresh_token=${SECRET}`, 'refresh_token=[redacted]'],
    [`https://oapi.dingtalk.com/robot/send?access_token=${SECRET}&sign=ab%2Bc`, 'https://oapi.dingtalk.com/robot/send?access_token=[redacted]&sign=[redacted]'],
    [`Signature=${SECRET}&Action=SendSms`, 'Signature=[redacted]&Action=SendSms'],
    // Well-known forms
    [`key sk-proj-${'a1B2'.repeat(8)} was refused`, 'key [redacted] was refused'],
    [`ghp_${'a1B2'.repeat(9)}`, '[redacted]'],
    [`xoxb-${'1234567890-'.repeat(2)}abc`, '[redacted]'],
    [`AKIA${'ABCD'.repeat(4)} denied`, '[redacted] denied'],
    [`AIza${'a1B2'.repeat(9)}`, '[redacted]'],
    [`jwt ${JWT} expired`, 'jwt [redacted] expired'],
  ])('%s', (text, safe) => {
    expect(redact(text)).toBe(safe);
  });

  test('every secret of a text', () => {
    expect(redact(`password=${SECRET} token=${SECRET} postgres://a:${SECRET}@h`)).not.toContain(SECRET);
  });
});

test.each([
  'ECONNREFUSED 127.0.0.1:5432',
  'Cannot read properties of undefined (reading "id")',
  'GET http://example.com:8080/users/7?page=2 answered 404',
  'duplicate key value violates unique constraint "users_email_key"',
  'max_tokens must be at most 4096',
  'Unexpected token } in JSON at position 12',
  'user ada@example.org was not found',
  'task-with-a-rather-long-name-in-it failed',
  '',
  '日本語 🎉 \u0000 \ud800',
])('%j is left as it is', text => {
  expect(redact(text)).toBe(text);
});

describe('a long text', () => {
  test('is cut', () => {
    expect(redact('x'.repeat(1_024))).toBe('x'.repeat(1_024));
    expect(redact('x'.repeat(1_025))).toBe(`${'x'.repeat(1_023)}…`);
    expect(redact('x'.repeat(1_000_000))).toHaveLength(1_024);
    expect(redact('x y '.repeat(10), 10)).toBe('x y x y x…');
  });

  test('says so also where masking made it short enough', () => {
    const safe = redact(`password=${'x'.repeat(5_000)}`, 1_024);

    expect(safe).toBe('password=[redacted]…');
  });

  test('is masked before it is cut: no half secret is left at its end', () => {
    expect(redact(`${'x'.repeat(1_000)} password=${SECRET.repeat(20)}`)).not.toContain(SECRET);
  });
});

describe('a hostile text costs time in proportion to its length', () => {
  const LENGTH = 100_000;
  // Read again and again from each position, one of these takes minutes: the test's time runs out.
  test.each([
    'a',
    'a.',
    'a://',
    'a://b:',
    'a://b:c',
    'postgres://',
    'http://a@',
    ':',
    '@',
    'bearer ',
    'bearer',
    'bearer    ',
    'password',
    'password=',
    'password="',
    'password=\\"',
    `password='`,
    'password   ',
    `password="password='`,
    'password=\\',
    '?key=',
    'cookie:',
    'cookie: a\n',
    'cookie:"',
    `cookie:"\ncookie:'`,
    'authorization=\\',
    'token',
    'sk-',
    'ghp_',
    'xoxb-',
    'AKIA',
    'eyJ',
    '-eyJ',
    '-eyJaaaaaaaa',
    'eyJaaaaaaaa.',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN A ',
    '-----BEGIN ',
    'hooks.slack.com/services/',
    'api.telegram.org/bot',
    '\\',
    '"',
    ' ',
    '\n',
  ])('%j over and over', part => {
    const text = part.repeat(Math.ceil(LENGTH / part.length));

    expect(redact(text, LENGTH * 2).length).toBeGreaterThan(0);
    expect(redact(`${text}@`, LENGTH * 2).length).toBeGreaterThan(0);
  });
});
