import { describe, expect, test } from 'vitest';
import { webhook } from '../../../src/alerting/channels/webhook.js';
import { webhookHeaders, webhookKey } from '../../../src/alerting/channels/standard-webhooks.js';
import { refusedUrl } from '../../support/http-target.js';
import { aContext, anAlert, aNotification, aResolvedAlert, NOW } from '../samples.js';
import { aHangingService, aService, deliver } from './service.js';

const SECRET = ['whsec', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('_');

describe('what is sent', () => {
  test("the plan's fields of the worst alert, with the group and all of its alerts", async () => {
    const { url, got } = await aService();
    const alerts = [anAlert({ generatorUrl: 'https://app/x', count: 3 }), anAlert({ title: 'Slow', severity: 'low' })];
    const notification = aNotification({ alerts, links: { [alerts[0]!.id]: { acknowledge: 'https://app/ack' } }, truncatedAlerts: 2, externalUrl: 'https://app' });
    expect(await deliver(webhook({ url: `${url}/in`, headers: { authorization: 'Token t-1' } }), notification)).toEqual({ delivered: true });

    expect(got).toMatchObject([{ method: 'POST', path: '/in', headers: { authorization: 'Token t-1', 'content-type': expect.stringMatching('application/json') } }]);
    const plan = {
      alert_id: alerts[0]!.id,
      title: 'Payment provider down',
      description: 'No payment has gone through for 5 minutes.',
      severity: 'critical',
      status: 'firing',
      source: 'billing',
      timestamp: '2026-11-22T09:05:00.000Z',
      labels: { region: 'eu' },
      annotations: {},
    };
    const body = got[0]!.json;
    expect(body).toEqual({
      ...plan,
      notification: {
        id: 'n-1',
        reason: 'first',
        status: 'firing',
        timestamp: '2026-11-22T09:06:00.000Z',
        receiver: 'on-call',
        group_key: '{}:{source="billing"}',
        group_labels: { source: 'billing' },
        common_labels: { region: 'eu' },
        common_annotations: {},
        truncated_alerts: 2,
        external_url: 'https://app',
      },
      alerts: [
        {
          ...plan,
          resolved_at: null,
          count: 3,
          first_seen: '2026-11-22T09:05:00.000Z',
          last_seen: '2026-11-22T09:05:00.000Z',
          acknowledged_by: null,
          acknowledged_at: null,
          generator_url: 'https://app/x',
          links: { acknowledge: 'https://app/ack' },
        },
        expect.objectContaining({ title: 'Slow', severity: 'low', links: {} }),
      ],
    });
  });

  test("the body of Alertmanager's webhooks, where that is asked for", async () => {
    const { url, got } = await aService();
    await deliver(webhook({ url, format: 'alertmanager' }), aNotification({ alerts: [aResolvedAlert()] }));
    expect(got[0]!.json).toMatchObject({ version: '4', status: 'resolved', alerts: [{ status: 'resolved', endsAt: '2026-11-22T09:06:00.000Z' }] });
  });

  test('each attempt has the same id, and a signature of its own time over the very bytes of the body', async () => {
    const { url, got } = await aService();
    const channel = webhook({ url, secret: [SECRET, SECRET.replace('MfKQ', 'AAAA')] });
    const notification = aNotification({ alerts: [anAlert({ title: '支付 😀 \ud800 "quoted"' })] });
    await channel.send(notification, aContext());
    await channel.send(notification, { ...aContext(), now: NOW.getTime() + 5_000 });

    expect(got.map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']])).toEqual([
      ['n-1', '1795338360'],
      ['n-1', '1795338365'],
    ]);
    for (const { headers, text } of got) {
      const keys = [SECRET, SECRET.replace('MfKQ', 'AAAA')].flatMap(secret => webhookKey(secret) ?? []);
      const expected = webhookHeaders('n-1', Number(headers['webhook-timestamp']) * 1_000, text, keys);
      expect(headers).toMatchObject(expected);
      expect(headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    }
  });
});

describe('what became of it', () => {
  test.each([
    [200, {}, { delivered: true }],
    [204, {}, { delivered: true }],
    [500, {}, { delivered: false, retryable: true }],
    [429, { 'retry-after': '7' }, { delivered: false, retryable: true, retryAfterMs: 7_000 }],
    [503, { 'retry-after': 'Sun, 22 Nov 2026 09:07:00 GMT' }, { delivered: false, retryable: true, retryAfterMs: 60_000 }],
    [400, {}, { delivered: false, retryable: false }],
    [410, {}, { delivered: false, retryable: false, misconfigured: true }],
    [302, { location: 'http://127.0.0.1:1/' }, { delivered: false, retryable: false, misconfigured: true }],
  ])('status %d with %j', async (status, headers, delivery) => {
    const { url } = await aService(() => ({ status, headers }));
    expect(await deliver(webhook({ url }), aNotification())).toMatchObject(delivery);
  });

  test('an error page shows no secret of ours', async () => {
    const token = ['tok', 'abcdefgh12345'].join('-');
    const { url } = await aService(({ target }) => ({ status: 400, body: `bad ${token} at ${target}` }));
    const delivery = await deliver(webhook({ url: `${url}/hook-1234567890?key=k-0987654321`, headers: { 'x-key': token } }), aNotification());
    expect(JSON.stringify(delivery)).not.toMatch(/abcdefgh|1234567890|0987654321/);
  });

  test('a refused connection may be tried again; it names the host and no path', async () => {
    const url = await refusedUrl();
    const delivery = await deliver(webhook({ url: `${url}/secret-path` }), aNotification());
    expect(delivery).toMatchObject({ delivered: false, retryable: true, reason: expect.stringContaining('refused') });
    expect(JSON.stringify(delivery)).not.toContain('secret-path');
  });

  test('one that hangs ends with its attempt', async () => {
    const controller = new AbortController();
    const sent = webhook({ url: await aHangingService() }).send(aNotification(), aContext({ signal: controller.signal }));
    controller.abort();
    expect(await sent).toMatchObject({ delivered: false, retryable: true });
  });

  test('a given fetch is used', async () => {
    const asked: string[] = [];
    const channel = webhook({
      url: 'https://example.com/in',
      fetch: async url => {
        asked.push(url);
        return new Response('');
      },
    });
    expect(await deliver(channel, aNotification())).toEqual({ delivered: true });
    expect(asked).toEqual(['https://example.com/in']);
  });
});

describe('options', () => {
  test.each([
    [{}, 'webhook.url'],
    [{ url: 'ftp://example.com' }, 'webhook.url'],
    [{ url: 'https://user:hunter2@example.com' }, 'webhook.url'],
    [{ url: 'https://example.com', secret: 'hunter2' }, 'webhook.secret'],
    [{ url: 'https://example.com', secret: [] }, 'webhook.secret'],
    [{ url: 'https://example.com', format: 'slack' }, 'webhook.format'],
    [{ url: 'https://example.com', headers: { 'x-a': 'hunter2\r\nx-b: 1' } }, 'webhook.headers'],
    [{ url: 'https://example.com', headers: { 'Webhook-Id': 'hunter2' } }, 'webhook.headers'],
    [{ url: 'https://example.com', secrets: 'hunter2' }, 'webhook.secrets'],
    ['https://hunter2@example.com', 'webhook'],
    [undefined, 'webhook'],
  ])('%j is refused, naming the option and showing no secret', (options, option) => {
    expect(() => webhook(options as any)).toThrow(expect.objectContaining({ option, message: expect.not.stringContaining('hunter2') }));
  });
});
