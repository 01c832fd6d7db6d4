import { describe, expect, test } from 'vitest';
import { alertmanager } from '../../../src/alerting/channels/alertmanager.js';
import { aNotification, anAlert, aResolvedAlert, NOW } from '../samples.js';
import { aService, deliver } from './service.js';

const LABELS = { alertname: 'Payment provider down', severity: 'critical', source: 'billing', region: 'eu' };

describe('what is sent', () => {
  test('each alert, with names of labels that every Alertmanager takes', async () => {
    const { url, got } = await aService();
    const alert = anAlert({ labels: { 'a.b': '1', 'a-b': '2', '7th': '3', '': '4' }, annotations: { 'run.book': 'x' }, generatorUrl: 'https://app/x' });
    expect(await deliver(alertmanager({ url: `${url}/prefix/` }), aNotification({ alerts: [alert] }))).toEqual({ delivered: true });

    expect(got).toMatchObject([{ method: 'POST', path: '/prefix/api/v2/alerts' }]);
    expect(got[0]!.json).toEqual([
      {
        labels: { alertname: 'Payment provider down', severity: 'critical', source: 'billing', a_b: '1', a_b_2: '2', _7th: '3', _: '4' },
        annotations: { summary: 'Payment provider down', description: 'No payment has gone through for 5 minutes.', run_book: 'x' },
        startsAt: '2026-11-22T09:05:00.000Z',
        // A day from now: it fires there without being told again.
        endsAt: '2026-11-23T09:06:00.000Z',
        generatorURL: 'https://app/x',
      },
    ]);
  });

  test('an alert that is over, with when; one that ends by itself, too', async () => {
    const { url, got } = await aService();
    const ends = anAlert({ title: 'Slow', endsAt: new Date('2026-11-22T09:10:00Z') });
    await deliver(alertmanager({ url, keepFiringFor: '1h' }), aNotification({ alerts: [aResolvedAlert(), ends] }));
    expect(got[0]!.json).toMatchObject([
      { labels: LABELS, endsAt: '2026-11-22T09:06:00.000Z' },
      { labels: { ...LABELS, alertname: 'Slow' }, endsAt: '2026-11-22T09:10:00.000Z' },
    ]);
  });

  test('one that became worse ends what it was there before', async () => {
    const { url, got } = await aService();
    const raised = anAlert({ severity: 'high', history: [{ at: NOW, event: 'raised', reason: 'medium → high' }] });
    await deliver(alertmanager({ url }), aNotification({ alerts: [raised] }));
    expect(got[0]!.json.map(({ labels, endsAt }: any) => [labels.severity, endsAt])).toEqual([
      ['high', '2026-11-23T09:06:00.000Z'],
      ['medium', '2026-11-22T09:06:00.000Z'],
      ['low', '2026-11-22T09:06:00.000Z'],
      ['info', '2026-11-22T09:06:00.000Z'],
    ]);
  });

  test('what would make it refuse the request is left out: a link that is none, an end before the beginning', async () => {
    const { url, got } = await aService();
    const odd = aResolvedAlert({ generatorUrl: 'not a link', timestamp: new Date(NOW.getTime() + 5_000) });
    await deliver(alertmanager({ url }), aNotification({ alerts: [odd] }));
    const [sent] = got[0]!.json;
    expect(sent).not.toHaveProperty('generatorURL');
    expect(sent.startsAt < sent.endsAt).toBe(true);
  });

  test.each([
    [{ basicAuth: { username: 'ada', password: 'p:w' } }, `Basic ${Buffer.from('ada:p:w').toString('base64')}`],
    [{ bearerToken: 't-1' }, 'Bearer t-1'],
  ])('credentials: %j', async (options, authorization) => {
    const { url, got } = await aService();
    await deliver(alertmanager({ url, ...options }), aNotification());
    expect(got[0]!.headers.authorization).toBe(authorization);
  });
});

describe('what became of it', () => {
  test.each([
    [400, { delivered: false, retryable: false, reason: 'Alertmanager answered 400: "bad"' }],
    [401, { delivered: false, retryable: false, misconfigured: true }],
    [500, { delivered: false, retryable: true }],
  ])('status %d', async (status, delivery) => {
    const { url } = await aService(() => ({ status, body: '"bad"' }));
    expect(await deliver(alertmanager({ url }), aNotification())).toMatchObject(delivery);
  });
});

test.each([
  [{}, 'alertmanager.url'],
  [{ url: 'http://a', basicAuth: { username: 'a' } }, 'alertmanager.basicAuth.password'],
  [{ url: 'http://a', basicAuth: 'a:hunter2' }, 'alertmanager.basicAuth'],
  [{ url: 'http://a', bearerToken: 'hunter2\n' }, 'alertmanager.bearerToken'],
  [{ url: 'http://a', keepFiringFor: 'soon' }, 'alertmanager.keepFiringFor'],
])('%j is refused, showing no secret', (options, option) => {
  expect(() => alertmanager(options as any)).toThrow(expect.objectContaining({ option, message: expect.not.stringContaining('hunter2') }));
});
