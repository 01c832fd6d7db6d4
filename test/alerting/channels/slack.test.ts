import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slack, type SlackOptions } from '../../../src/alerting/channels/slack.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { standIn, status, type Reply } from '../../support/stand-in.js';
import { aContext, anAlert, aNotification, someAlerts } from '../samples.js';
import { hostileLabels, hostileText } from './hostile-texts.js';

const OK = status(200, 'ok');
const HOOK = '/services/T00000000/B00000000/aaaaBBBBccccDDDDeeeeFFFF';

async function send(notification: Notification = aNotification(), options: Partial<SlackOptions> = {}, ...replies: Reply[]) {
  const { url, requests } = await standIn(...(replies.length > 0 ? replies : [OK]));
  const delivery = await slack({ webhookUrl: url + HOOK, timeZone: 'UTC', ...options }).send(notification, aContext());
  return { delivery, requests, body: requests[0]?.json };
}

/** What a reader sees. */
function read(body: any): string {
  const inline = (element: any): string => (element.type === 'link' ? `${element.text}<${element.url}>` : element.style?.bold ? `*${element.text}*` : element.text);
  const part = (element: any): string => {
    if (element.type === 'rich_text_list') return element.elements.map((item: any) => `• ${part(item)}`).join('\n');
    return (element.type === 'rich_text_quote' ? '> ' : '') + element.elements.map(inline).join('');
  };
  return body.blocks.map((block: any) => (block.type === 'divider' ? '----' : block.elements.map(part).join('\n'))).join('\n');
}

describe('a message', () => {
  test('is rich text in English', async () => {
    const links = { [anAlert().id]: { acknowledge: 'https://app.example/ack' } };
    const { delivery, body } = await send(aNotification({ alerts: [anAlert({ description: 'first\nsecond' })], links }));

    expect(delivery).toEqual({ delivered: true });
    expect(body.text).toBe('🚨 Payment provider down');
    expect(read(body)).toBe(`*🚨 System alert*
----
*Title: *Payment provider down
*Severity: *CRITICAL
*Description: *
> first
second
*Source: *billing
*Fired at: *2026-11-22 09:05:00 UTC
*Labels: *
• region: eu
Acknowledge<https://app.example/ack>
----
Please look into this alert!`);
  });

  test('has no previews: they would follow the links', async () => {
    expect((await send()).body).toMatchObject({ unfurl_links: false, unfurl_media: false });
  });

  test('calls nobody in its short form, either', async () => {
    expect((await send(aNotification({ alerts: [anAlert({ title: '<!channel> & <@U1>' })] }))).body.text).toBe('🚨 &lt;!channel&gt; &amp; &lt;@U1&gt;');
  });
});

describe('an answer', () => {
  test.each<[Reply, object]>([
    [status(429, 'rate_limited', { 'retry-after': '30' }), { retryable: true, reason: 'Slack answered 429: rate_limited', retryAfterMs: 30_000 }],
    [status(500, 'rollup_error'), { retryable: true, reason: 'Slack refused: rollup_error' }],
    [status(503), { retryable: true, reason: 'Slack answered 503' }],
    [status(404, 'no_service'), { retryable: false, misconfigured: true, reason: 'Slack refused: no_service — the webhook was removed, or webhookUrl is wrong' }],
    [status(410, 'channel_is_archived'), { retryable: false, misconfigured: true, reason: 'Slack refused: channel_is_archived' }],
    [status(403, 'action_prohibited'), { retryable: false, misconfigured: true, reason: expect.stringMatching('action_prohibited') as unknown }],
    [status(400, 'user_not_found'), { retryable: false, misconfigured: true, reason: 'Slack refused: user_not_found' }],
    [status(400, 'something_new'), { retryable: false, reason: 'Slack answered 400: something_new' }],
    // Something else answers, such as a proxy's page
    [status(200, '<html>'), { retryable: true, reason: 'Slack answered 200 without ok' }],
    [status(200, 'invalid_token'), { retryable: false, misconfigured: true, reason: 'Slack refused: invalid_token' }],
    [status(200, 'constructor'), { retryable: true, reason: 'Slack answered 200 without ok' }],
  ])('%#', async (reply, expected) => {
    expect((await send(aNotification(), {}, reply)).delivery).toEqual({ delivered: false, ...expected });
  });

  test('that repeats the address does not show its secret', async () => {
    const { delivery } = await send(aNotification(), {}, status(502, `GET ${HOOK} failed`));

    expect(JSON.stringify(delivery)).not.toMatch(/B00000000|aaaaBBBB/);
  });

  test.each(['invalid_blocks', 'msg_blocks_too_long'])('%s: the title is sent alone', async said => {
    const { delivery, requests } = await send(aNotification(), {}, status(400, said), OK);

    expect(delivery).toEqual({ delivered: true });
    expect(requests[1]?.json).toEqual({ text: '🚨 Payment provider down', unfurl_links: false, unfurl_media: false });
  });

  test('that does not come ends with the signal', async () => {
    const { url } = await standIn(() => {});

    expect(await slack({ webhookUrl: url + HOOK }).send(aNotification(), aContext({ now: 0, signal: AbortSignal.timeout(20) }))).toMatchObject({ delivered: false, retryable: true });
  });
});

test('the size is at most 50 blocks and 12,000 characters', async () => {
  const short = (await send(aNotification({ alerts: someAlerts(1_000, { description: '', labels: {} }) }))).body;
  const long = (await send(aNotification({ alerts: someAlerts(1_000, { description: 'x'.repeat(400) }) }))).body;

  for (const body of [short, long]) {
    expect(body.blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(body.blocks).length).toBeLessThanOrEqual(12_000);
    expect(JSON.stringify(body.blocks).length).toBeGreaterThan(10_000);
    expect(read(body)).toMatch(/… and \d+ more alerts/);
  }
});

test('whatever an alert holds, its texts are literal, and none is empty', async () => {
  const { url, requests } = await standIn(OK);
  const channel = slack({ webhookUrl: url + HOOK });
  await fc.assert(
    fc.asyncProperty(hostileText, hostileText, hostileLabels, async (title, description, labels) => {
      const alert = anAlert({ title, description, source: description, labels, annotations: labels });
      const links = { [alert.id]: { acknowledge: 'https://app.example/ack' } };
      expect(await channel.send(aNotification({ alerts: [alert], links }), aContext())).toEqual({ delivered: true });
      const body = requests.at(-1)?.json;
      expect(body.text).not.toMatch(/[<>]/);
      const nodes = all(body.blocks);
      expect(nodes.filter(({ type }) => type === 'link')).toEqual([{ type: 'link', text: 'Acknowledge', url: 'https://app.example/ack' }]);
      for (const node of nodes) {
        expect(['rich_text', 'divider', 'rich_text_section', 'rich_text_quote', 'rich_text_list', 'text', 'link']).toContain(node.type);
        if ('text' in node) expect(node.text).not.toBe('');
        if ('elements' in node) expect(node.elements).not.toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});

function all(nodes: any[]): any[] {
  return nodes.flatMap(node => [node, ...all(node.elements ?? [])]);
}

test('options are checked, and the quota is the documented one', () => {
  expect(() => slack({ webhookUrl: `http://hooks.slack.com${HOOK}` })).toThrow(/`slack\.webhookUrl`/);
  expect(() => slack({ webhookUrl: `http://hooks.slack.com${HOOK}` })).not.toThrow(/B00000000/);
  expect(slack({ webhookUrl: `https://hooks.slack.com${HOOK}` })).toMatchObject({ kind: 'slack', quotas: [{ limit: 1, windowMs: 1_000 }] });
});
