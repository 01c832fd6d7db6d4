import { describe, expect, test } from 'vitest';
import { pagerDuty } from '../../../src/alerting/channels/pager-duty.js';
import type { Alert } from '../../../src/alerting/alert.js';
import type { Notification } from '../../../src/alerting/notification.js';
import { aNotification, anAlert, aResolvedAlert } from '../samples.js';
import { aService, deliver, type Reply } from './service.js';

const routingKey = ['r0uting', 'k'.repeat(25)].join('');

async function sent(notification: Notification, reply: Reply = { status: 202, body: { status: 'success' } }) {
  const { url, got } = await aService(() => reply);
  const delivery = await deliver(pagerDuty({ routingKey, baseUrl: `${url}/` }), notification);
  return { delivery, got, event: got[0]?.json };
}

describe('what is sent', () => {
  test('a firing group opens one incident, with its worst severity, its alerts and their links', async () => {
    const alerts = [anAlert({ annotations: { runbook_url: 'https://wiki/r' }, generatorUrl: 'javascript:alert(1)' }), anAlert({ title: 'Slow', severity: 'low' })];
    const links = { [alerts[0]!.id]: { acknowledge: 'https://app/ack', resolve: 'https://app/resolve' } };
    const { delivery, got, event } = await sent(aNotification({ alerts, links, externalUrl: 'https://app', truncatedAlerts: 1 }));

    expect(delivery).toEqual({ delivered: true });
    expect(got).toMatchObject([{ method: 'POST', path: '/v2/enqueue' }]);
    expect(event).toMatchObject({
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: '{}:{source="billing"}',
      payload: {
        summary: '[CRITICAL] Payment provider down and 2 more',
        source: 'billing',
        severity: 'critical',
        timestamp: '2026-11-22T09:05:00.000Z',
        class: 'Payment provider down',
        custom_details: {
          reason: 'first',
          truncated_alerts: 1,
          alerts: [{ title: 'Payment provider down', severity: 'critical', labels: { region: 'eu' } }, { title: 'Slow', severity: 'low' }],
        },
      },
      client: 'Sightline',
      client_url: 'https://app',
    });
    expect(event.links).toEqual([
      { href: 'https://app/ack', text: 'Acknowledge' },
      { href: 'https://app/resolve', text: 'Resolve' },
      { href: 'https://wiki/r', text: 'Runbook' },
    ]);
  });

  test.each([
    ['critical', 'critical'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'info'],
    ['info', 'info'],
  ] as const)('the severity %s is %s there', async (severity, expected) => {
    expect((await sent(aNotification({ alerts: [anAlert({ severity })] }))).event.payload.severity).toBe(expected);
  });

  test('a resolved group resolves the incident of the same key', async () => {
    const { event } = await sent(aNotification({ alerts: [aResolvedAlert()], reason: 'resolved' }));
    expect(event).toEqual({ routing_key: routingKey, event_action: 'resolve', dedup_key: '{}:{source="billing"}' });
  });

  test('an incident is acknowledged once all of the group that still fires is', async () => {
    const seen: Alert = anAlert({ status: 'acknowledged', acknowledgedBy: 'ada' });
    const all = await sent(aNotification({ reason: 'acknowledged', alerts: [seen, aResolvedAlert({ title: 'Slow' })] }));
    expect(all.event).toEqual({ routing_key: routingKey, event_action: 'acknowledge', dedup_key: '{}:{source="billing"}' });

    const some = await sent(aNotification({ reason: 'acknowledged', alerts: [seen, anAlert({ title: 'Slow' })] }));
    expect([some.delivery, some.got]).toEqual([{ delivered: true }, []]);
    const hidden = await sent(aNotification({ reason: 'acknowledged', alerts: [seen], truncatedAlerts: 1 }));
    expect(hidden.got).toEqual([]);
  });

  test('a key of a group that is too long becomes one of its own, the same each time', async () => {
    const long = 'x'.repeat(256);
    const [first, again, other] = await Promise.all([long, long, `${long}y`].map(groupKey => sent(aNotification({ groupKey }))));
    expect(first!.event.dedup_key).toMatch(/^[\da-f]{64}$/);
    expect(again!.event.dedup_key).toBe(first!.event.dedup_key);
    expect(other!.event.dedup_key).not.toBe(first!.event.dedup_key);
    expect((await sent(aNotification({ groupKey: 'x'.repeat(255) }))).event.dedup_key).toBe('x'.repeat(255));
  });

  test('an incident of any size keeps to the limits, with the worst alerts', async () => {
    const big = Array.from({ length: 500 }, (_, i) => anAlert({ title: `${i} ${'😀'.repeat(2_000)}`, description: '支'.repeat(3_000), labels: { l: 'x'.repeat(2_000) } }));
    const many = await sent(aNotification({ alerts: big }));
    expect(Buffer.byteLength(many.got[0]!.text)).toBeLessThanOrEqual(512 * 1_024);
    expect(many.event.payload.summary.length).toBeLessThanOrEqual(1_024);
    const { alerts, truncated_alerts: left } = many.event.payload.custom_details;
    expect(alerts.length).toBeGreaterThan(10);
    expect(alerts[0].title).toMatch(/^0 /);
    expect(alerts.length + left).toBe(500);

    const labels = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`l${i}`, 'x'.repeat(900)]));
    const one = await sent(aNotification({ alerts: [anAlert({ labels })] }));
    expect(Buffer.byteLength(one.got[0]!.text)).toBeLessThanOrEqual(512 * 1_024);
    expect(one.event.payload.summary).toBe('[CRITICAL] Payment provider down');
  });
});

describe('what became of it', () => {
  test.each<[string, Reply, object]>([
    ['a bad event', { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors: ["'payload.severity' is invalid"] } }, { retryable: false, reason: expect.stringContaining("'payload.severity' is invalid") }],
    ['a bad key', { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors: ["Length of 'routing_key' is incorrect (should be 32 characters)"] } }, { retryable: false, misconfigured: true }],
    ['a 400 that is no JSON', { status: 400, body: '<html>' }, { retryable: false }],
    ['too many', { status: 429, headers: { 'retry-after': '120' } }, { retryable: true, retryAfterMs: 120_000 }],
    ['an error of its own', { status: 502 }, { retryable: true }],
    ['something else that stands there', { status: 200, body: '<html>sign in' }, { retryable: true }],
  ])('%s', async (_, reply, delivery) => {
    expect((await sent(aNotification(), reply)).delivery).toMatchObject({ delivered: false, ...delivery });
  });

  test('the routing key is shown nowhere', async () => {
    const { delivery } = await sent(aNotification(), { status: 400, body: { message: `Invalid routing key ${routingKey}` } });
    expect(JSON.stringify(delivery)).not.toContain(routingKey);
    expect(() => pagerDuty({ routingKey: `${routingKey}\n` })).toThrow(expect.objectContaining({ option: 'pagerDuty.routingKey', message: expect.not.stringContaining(routingKey) }));
  });
});
