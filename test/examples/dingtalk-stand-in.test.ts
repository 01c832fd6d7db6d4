import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startDingTalkStandIn, type DingTalkStandIn } from '../../examples/stand-ins/dingtalk-stand-in.js';
import { checkSignature } from '../../examples/stand-ins/dingtalk-request.js';
import { linesOfMarkdown } from '../../examples/stand-ins/plain-lines.js';
import { dingTalk } from '../../src/alerting/channels/dingtalk.js';
import { aContext, anAlert, aNotification } from '../alerting/samples.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.parse('2026-11-22T12:00:00Z');
const MESSAGE = { msgtype: 'markdown', markdown: { title: 'Title', text: 'Text' } };

let now: number;
let standIn: DingTalkStandIn;
let messages: { title: string; text: string }[];
let refusals: number[];

beforeEach(async () => {
  now = NOON;
  messages = [];
  refusals = [];
  standIn = await startDingTalkStandIn({
    now: () => now,
    onMessage: message => messages.push(message),
    onRefusal: ({ errcode }) => refusals.push(errcode),
  });
});

afterEach(async () => {
  await standIn.close();
});

interface Post {
  readonly at?: number;
  readonly secret?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** Posts as DingTalk's documentation has it, but for what is said otherwise. @returns errcode and errmsg */
async function post({ at = now, secret = standIn.secret, body = JSON.stringify(MESSAGE), contentType = 'application/json', query = {} }: Post = {}): Promise<{ errcode: number; errmsg: string }> {
  const url = new URL(standIn.webhookUrl);
  const sign = createHmac('sha256', secret).update(`${at}\n${secret}`).digest('base64');
  for (const [name, value] of Object.entries({ timestamp: String(at), sign, ...query })) url.searchParams.set(name, value);
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body });
  expect(response.status).toBe(200);
  return (await response.json()) as { errcode: number; errmsg: string };
}

describe('a message', () => {
  test('is taken from the channel, and handed on as it came', async () => {
    const channel = dingTalk({ webhookUrl: standIn.webhookUrl, secret: standIn.secret });
    const delivery = await channel.send(aNotification({ alerts: [anAlert({ title: '支付失败' })] }), aContext({ now }));
    expect(delivery).toEqual({ delivered: true });
    expect(messages).toEqual([{ title: '🚨 支付失败', text: expect.stringContaining('**告警标题**: 支付失败') as string }]);
    expect(standIn.taken).toBe(1);
  });

  test('is refused from a channel with another secret, as misconfigured', async () => {
    const channel = dingTalk({ webhookUrl: standIn.webhookUrl, secret: 'SECanother' });
    const delivery = await channel.send(aNotification(), aContext({ now }));
    expect(delivery).toMatchObject({ delivered: false, retryable: false, misconfigured: true, reason: expect.stringContaining('310000') as string });
    expect({ messages, refusals, taken: standIn.taken }).toEqual({ messages: [], refusals: [310000], taken: 0 });
  });

  test.each([
    ['a signature of another timestamp', { query: { timestamp: String(NOON + 1) } }],
    ['no signature', { query: { sign: '' } }],
    ['a signature that is too short', { query: { sign: 'AAAA' } }],
    ['no timestamp', { query: { timestamp: '' } }],
    ['a timestamp that is none', { query: { timestamp: 'now' } }],
  ])('is refused with %s', async (_, given) => {
    expect((await post(given)).errcode).toBe(310000);
    expect(messages).toEqual([]);
  });

  test("has the signature of DingTalk's own example", () => {
    const query = new URLSearchParams('timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D');
    expect(() => {
      checkSignature(query, 'this is secret', 1577262236757);
    }).not.toThrow();
    expect(() => {
      checkSignature(query, 'this is another', 1577262236757);
    }).toThrow('sign not match');
  });

  test('may have been signed up to an hour ago, or by a clock that is an hour ahead', async () => {
    for (const at of [now - HOUR, now + HOUR]) expect(await post({ at })).toEqual({ errcode: 0, errmsg: 'ok' });
    for (const at of [now - HOUR - 1, now + HOUR + 1]) expect((await post({ at })).errcode).toBe(310000);
  });

  test('is refused under another token', async () => {
    expect((await post({ query: { access_token: 'another' } })).errcode).toBe(300001);
  });

  test.each([
    ['no JSON', '{', 40035],
    ['a list', '[]', 40035],
    ['an unknown kind', '{"msgtype": "video"}', 40035],
    ['no title', '{"msgtype": "markdown", "markdown": {"text": "Text"}}', 40035],
    ['an empty text', '{"msgtype": "markdown", "markdown": {"title": "Title", "text": " "}}', 40035],
    ['mentions that are none', JSON.stringify({ ...MESSAGE, at: { atMobiles: '13800138000' } }), 40035],
    ['more than 20,000 bytes', JSON.stringify({ msgtype: 'markdown', markdown: { title: 'Title', text: '告'.repeat(6_700) } }), 460101],
  ])('with %s is refused, however well it is signed', async (_, body, errcode) => {
    expect((await post({ body })).errcode).toBe(errcode);
    expect(messages).toEqual([]);
  });

  test('of plain text is taken, and anything that is not posted as JSON is not', async () => {
    expect((await post({ body: '{"msgtype": "text", "text": {"content": "Hello"}}' })).errcode).toBe(0);
    expect((await post({ contentType: 'text/plain' })).errcode).toBe(43004);
    expect(messages).toEqual([{ title: '', text: 'Hello' }]);
  });
});

describe('the quota', () => {
  test('is 20 messages a minute; the next one shuts the robot for ten minutes', async () => {
    for (let i = 0; i < 20; i++) expect((await post()).errcode).toBe(0);
    now += MINUTE - 1;
    expect((await post()).errcode).toBe(130101);
    now += 10 * MINUTE - 1;
    expect((await post()).errcode).toBe(130101);
    now += 1;
    expect((await post()).errcode).toBe(0);
    expect(messages).toHaveLength(21);
  });

  test('does not count what is refused, and forgets what is older than a minute', async () => {
    for (let i = 0; i < 20; i++) expect((await post({ secret: 'SECanother' })).errcode).toBe(310000);
    for (let i = 0; i < 19; i++) expect((await post()).errcode).toBe(0);
    now += MINUTE;
    for (let i = 0; i < 20; i++) expect((await post()).errcode).toBe(0);
  });
});

test('its messages read as text on a terminal, which obeys nothing in them', () => {
  const lines = linesOfMarkdown('### 🚨 Alert\n\n**Level**: <font color="#FF0000">HIGH</font>\n\n- a\\_b &lt;c&gt; \u001b[31m\u200b\n\n[Act](http://x/a?b=1)\n\n---\n\nBye');
  expect(lines).toEqual(['🚨 Alert', 'Level: HIGH', '- a_b <c> [31m', 'Act: http://x/a?b=1', 'Bye']);
});
