import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { AlertInput } from '../../../src/alerting/alert.js';
import { HOUR, MINUTE, told } from '../set-up.js';
import { testApi, type ApiTest } from './set-up.js';

const DOWN = { title: 'Payment provider down', description: 'No answer.', severity: 'critical', source: 'billing' } as const;

interface LinkTest extends ApiTest {
  readonly id: string;
  readonly acknowledge: string;
  readonly resolve: string;
}

/** An alert that was told, with its links as paths. Nobody is let in but by a link. */
async function testLinks(input: AlertInput = DOWN): Promise<LinkTest> {
  const api = await testApi({ links: { baseUrl: 'https://app.example.com', secret: '0123456789abcdef' } }, () => false);
  const { id } = await api.alerts.fire(input);
  await api.pass(MINUTE);
  const { acknowledge = '', resolve = '' } = api.channel.sent[0]?.links[id] ?? {};
  return { ...api, id, acknowledge: new URL(acknowledge).pathname, resolve: new URL(resolve).pathname };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('a page', () => {
  test('is shown without signing in, says what it is about, and changes nothing however often it is looked at', async () => {
    const { send, alerts, acknowledge, resolve, id } = await testLinks();
    for (const path of [acknowledge, resolve, acknowledge]) {
      const { status, text } = await send(`GET ${path}`);
      expect(status).toBe(200);
      expect(text).toContain('<h1>Payment provider down</h1>');
      expect(text).toContain('<form method="post">');
      expect(await send(`HEAD ${path}`)).toMatchObject({ status: 200, text: '' });
    }
    expect(await alerts.get(id)).toMatchObject({ status: 'firing' });
    expect((await send(`GET ${acknowledge}`)).text).toContain('<button type="submit">Acknowledge</button>');
    expect((await send(`GET ${resolve}`)).text).toContain('<button type="submit">Resolve</button>');
  });

  test('runs nothing, is in no frame, is kept nowhere, and tells nobody its address', async () => {
    const { send, acknowledge } = await testLinks();
    const { headers, text } = await send(`GET ${acknowledge}`);
    const style = /<style>(.*)<\/style>/.exec(text)?.[1] ?? '';
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(text).not.toMatch(/<script|javascript:|https?:|src=|href=/);
  });

  test('shows an alert as a text, whatever is in it', async () => {
    const evil = `"><script>alert('x')</script><img src=x onerror=y>&\u202e`;
    const { send, acknowledge } = await testLinks({ title: evil, description: evil, source: evil, severity: 'critical' });
    const { text } = await send(`GET ${acknowledge}`);
    expect(text.match(/&quot;&gt;&lt;script&gt;alert\(&#39;x&#39;\)&lt;\/script&gt;&lt;img src=x onerror=y&gt;&amp;/g)).toHaveLength(3);
    expect(text).not.toContain('<script');
    expect(text).not.toContain('\u202e');
  });

  test('speaks the language that is asked for', async () => {
    const { send, acknowledge } = await testLinks();
    const page = async (language: string): Promise<string> => (await send(`GET ${acknowledge}`, { headers: { 'accept-language': language } })).text;
    expect(await page('zh-CN,zh;q=0.9,en;q=0.8')).toMatch(/<html lang="zh-CN">.*确认告警/);
    expect(await page('en-GB,zh;q=0.5')).toMatch(/<html lang="en">.*Acknowledge/);
    expect(await page('fr')).toMatch(/<html lang="en">/);
  });
});

describe('its button', () => {
  test('acknowledges once, under the name that was given', async () => {
    const { send, alerts, acknowledge, id } = await testLinks();
    const answer = await send(`POST ${acknowledge}`, { headers: FORM, body: 'name=Ada+%3Cb%3E&other=x' });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('Acknowledged.') });
    expect(await alerts.get(id)).toMatchObject({ status: 'acknowledged', acknowledgedBy: expect.stringMatching(/^Ada <b> \(link [0-9a-f]{8}\)$/) });

    expect(await send(`POST ${acknowledge}`, { headers: FORM })).toMatchObject({ status: 410, text: expect.stringContaining('was used already') });
    await alerts.unacknowledge(id, 'grace');
    expect(await send(`POST ${acknowledge}`, { headers: FORM })).toMatchObject({ status: 410, text: expect.stringContaining('was used already') });
    expect(await send(`GET ${acknowledge}`)).toMatchObject({ status: 410 });
    expect(await alerts.get(id)).toMatchObject({ status: 'firing' });
  });

  test('resolves once, and the link of one episode does nothing to the next', async () => {
    const { send, alerts, resolve, acknowledge, id, pass, channel } = await testLinks();
    expect(await send(`POST ${resolve}`)).toMatchObject({ status: 200, text: expect.stringContaining('Resolved.') });
    await pass(MINUTE);
    expect(told(channel)).toEqual(['first: Payment provider down', 'resolved: Payment provider down (resolved)']);
    expect((await alerts.get(id))?.history.find(({ event }) => event === 'resolved')?.by).toMatch(/^somebody \(link/);
    expect(await send(`POST ${acknowledge}`)).toMatchObject({ status: 410, text: expect.stringContaining('over already') });

    await alerts.fire(DOWN);
    for (const path of [resolve, acknowledge]) expect(await send(`POST ${path}`)).toMatchObject({ status: 410 });
    expect(await alerts.get(id)).toMatchObject({ status: 'firing' });
  });

  test('pressed twice at once acts once', async () => {
    const { send, acknowledge } = await testLinks();
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await send(`POST ${acknowledge}`)).status));
    expect(statuses.sort()).toEqual([200, 410, 410, 410, 410]);
  });

  test('does nothing after a day, and says nothing of the alert', async () => {
    const { send, acknowledge, clock, alerts, id } = await testLinks();
    clock.advance(24 * HOUR);
    for (const method of ['GET', 'POST']) {
      const { status, text } = await send(`${method} ${acknowledge}`);
      expect([status, text.includes('has expired'), text.includes('Payment')]).toEqual([410, true, false]);
    }
    expect((await alerts.get(id))?.acknowledgedBy).toBeUndefined();
  });

  test.each([
    ['a large form', { headers: FORM, body: `name=${'x'.repeat(5_000)}` }, 413],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{"name":"ada"}' }, 415],
    ['another type', { headers: { 'content-type': 'text/plain' }, body: 'name=ada' }, 415],
  ])('takes no %s', async (_name, options, status) => {
    const { send, acknowledge, alerts, id } = await testLinks();
    expect((await send(`POST ${acknowledge}`, options)).status).toBe(status);
    expect(await alerts.get(id)).toMatchObject({ status: 'firing' });
  });

  test.each([
    ['bad escapes', 'name=%zz%', /^%zz% \(link/],
    ['control characters', 'name=a%00%0d%0ab', /^a b \(link/],
    ['a prototype', '__proto__=x', /^somebody \(link/],
    ['much of it', `name=${'x'.repeat(100)}`, /^x{80} \(link/],
    ['two names', 'name=a&name=b', /^b \(link/],
  ])('takes a name with %s', async (_name, body, by) => {
    const { send, acknowledge, alerts, id } = await testLinks();
    expect((await send(`POST ${acknowledge}`, { headers: FORM, body })).status).toBe(200);
    expect((await alerts.get(id))?.acknowledgedBy).toMatch(by);
  });
});

test('a link that nobody made is none, and other methods are none either', async () => {
  const { send, acknowledge, id } = await testLinks();
  for (const path of ['/links/', '/links/x', '/links/%zz', `${acknowledge}x`, `${acknowledge}/x`, acknowledge.replace('/a.', '/r.')]) {
    for (const method of ['GET', 'POST']) expect([path, (await send(`${method} ${path}`)).status]).toEqual([path, 404]);
  }
  expect(await send(`DELETE ${acknowledge}`)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' } });
  // All else is still closed.
  expect((await send(`GET /alerts/${id}`)).status).toBe(403);
});

test('a link that somebody adds a query to, as mail programs do, still works', async () => {
  const { send, acknowledge } = await testLinks();
  expect((await send(`GET ${acknowledge}?utm_source=mail`)).status).toBe(200);
});
