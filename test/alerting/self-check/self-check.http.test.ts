import { expect, test } from 'vitest';
import '../../../src/alerting/index.js';
import { webhook } from '../../../src/alerting/channels/webhook.js';
import { ManualClock } from '../../support/manual-clock.js';
import type { Received } from '../../support/stand-in.js';
import { testMonitor } from '../../support/test-monitor.js';
import { until } from '../../support/until.js';
import { aService } from '../channels/service.js';

/** What a service was told: status, and the titles. */
function told({ got }: { got: readonly Received[] }): string[] {
  return got.map(({ json }) => {
    const { status, alerts } = json as { status: string; alerts: readonly { title: string; labels: Record<string, string> }[] };
    return `${status}: ${alerts.map(({ title, labels }) => [title, labels['channel']].filter(Boolean).join(' ')).join(', ')}`;
  });
}

test('a service that answers 503 is told of by another one, and so is that it is back; the heartbeat tells of neither', async () => {
  let isDown = true;
  const [failing, other, watcher] = [await aService(() => ({ status: isDown ? 503 : 200 })), await aService(), await aService()];
  const clock = new ManualClock();
  const { monitor, series } = testMonitor({
    clock,
    service: 'shop',
    alerts: {
      channels: { chat: webhook({ url: failing.url }), mail: webhook({ url: other.url }) },
      route: { receiver: 'chat', groupWait: 0 },
      heartbeat: { url: watcher.url, every: '1m' },
    },
  });
  /** Lets time pass, so slowly that requests are answered long before they would be given up. */
  const passUntil = (condition: () => boolean): Promise<void> =>
    until(() => {
      clock.advance(20);
      return condition();
    });
  await monitor.alerts.fire({ title: 'Payment provider down', severity: 'critical' });

  await passUntil(() => other.got.length > 0);
  expect(told(other)).toEqual(['firing: AlertChannelFailing chat']);
  expect(series('alert_notifications_total')).toMatchObject({ 'chat delivered': 0, 'mail failed': 0 });
  expect(told(failing).every(line => line === 'firing: Payment provider down')).toBe(true);

  isDown = false;
  await passUntil(() => other.got.length > 1);
  expect(told(other)).toEqual(['firing: AlertChannelFailing chat', 'resolved: AlertChannelFailing chat']);
  expect((await monitor.alerts.list({ source: 'sightline' })).items).toMatchObject([{ status: 'resolved', labels: { channel: 'chat', service: 'shop' } }]);
  expect(told(failing).every(line => line === 'firing: Payment provider down')).toBe(true);
  // One channel worked all the time.
  expect(series('alert_heartbeats_total')['withheld']).toBeUndefined();
  await passUntil(() => (series('alert_heartbeats_total')['sent'] ?? 0) > 0);
});
