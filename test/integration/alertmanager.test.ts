import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertmanager } from '../../src/alerting/channels/alertmanager.js';
import { routingLabels } from '../../src/alerting/alert.js';
import { aContext, anAlert, aNotification } from '../alerting/samples.js';
import { Alertmanager } from '../support/alertmanager.js';
import { startHttpTarget, type HttpTarget } from '../support/http-target.js';
import { findServer } from '../support/servers.mjs';
import { until } from '../support/until.js';

const program = findServer('prometheus-alertmanager');

describe.skipIf(program === undefined)('a real Alertmanager', () => {
  let server: Alertmanager;
  let bridge: HttpTarget;
  const notified: any[] = [];

  beforeAll(async () => {
    bridge = await startHttpTarget((_, body, response) => {
      notified.push(JSON.parse(body.toString()));
      response.end();
    });
    server = await Alertmanager.start(program!, { webhookUrl: bridge.url });
  });
  afterAll(async () => {
    await server.stop();
    await bridge.close();
  });

  test('takes an alert with any labels, notifies it, and ends it when we do', async () => {
    const channel = alertmanager({ url: server.url });
    const context = () => ({ ...aContext(), now: Date.now() });
    const alert = anAlert({
      timestamp: new Date(Date.now() - 1_000),
      labels: { 'cloud.region': 'eu', '7th': 'x', empty: '', odd: 'a"b\\c\nd 支付 😀 \ud800' },
      annotations: { 'run.book': 'https://wiki/r' },
      generatorUrl: 'https://app/x?y=1',
    });
    expect(await channel.send(aNotification({ alerts: [alert] }), context())).toEqual({ delivered: true });

    const [listed] = await server.until(alerts => alerts.length === 1);
    expect(listed).toMatchObject({
      labels: { alertname: 'Payment provider down', severity: 'critical', source: 'billing', cloud_region: 'eu', _7th: 'x', odd: 'a"b\\c\nd 支付 😀 \ufffd' },
      annotations: { summary: 'Payment provider down', description: alert.description, run_book: 'https://wiki/r' },
      startsAt: alert.timestamp.toISOString(),
      generatorURL: 'https://app/x?y=1',
      status: { state: expect.stringMatching(/active|unprocessed/) },
    });
    expect(Date.parse(listed!.endsAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await until(() => notified.some(({ status }) => status === 'firing'));

    const resolved = { ...alert, status: 'resolved', resolvedAt: new Date() } as const;
    expect(await channel.send(aNotification({ alerts: [resolved] }), context())).toEqual({ delivered: true });
    await server.until(alerts => alerts.length === 0);
    await until(() => notified.some(({ status }) => status === 'resolved'));
  });

  test('does not keep what an alert was before it became worse', async () => {
    const channel = alertmanager({ url: server.url });
    const send = (alert: ReturnType<typeof anAlert>) => channel.send(aNotification({ alerts: [alert] }), { ...aContext(), now: Date.now() });
    const mild = anAlert({ title: 'Slow', severity: 'low', timestamp: new Date(Date.now() - 1_000) });
    const slow = (alerts: { labels: Readonly<Record<string, string>> }[]) => alerts.filter(({ labels }) => labels['alertname'] === 'Slow');
    await send(mild);
    await server.until(alerts => slow(alerts).length === 1);

    await send({ ...mild, severity: 'critical', history: [{ at: new Date(), event: 'raised', reason: 'low → critical' }] });
    const left = await server.until(alerts => slow(alerts).length === 1 && slow(alerts)[0]?.labels['severity'] === 'critical');
    expect(slow(left)[0]?.labels).toMatchObject(routingLabels({ ...mild, severity: 'critical' }));
  });

  test('says why it refuses an alert', async () => {
    const broken = alertmanager({ url: server.url, fetch: (url, init) => fetch(url, { ...init, body: '[{"labels":{"a b":"c"}}]' }) });
    expect(await broken.send(aNotification(), aContext())).toMatchObject({ delivered: false, retryable: false, reason: expect.stringMatching(/^Alertmanager answered 400: .*label/) });
  });
});
