import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../src/alerting/channels/channel.js';
import type { HeartbeatOptions } from '../../../src/alerting/self-check/self-watch.js';
import { refusedUrl } from '../../support/http-target.js';
import { until } from '../../support/until.js';
import { aHangingService, aService } from '../channels/service.js';
import { MINUTE, recordingChannel, testAlerts, type AlertsTest, type RecordingChannel } from '../set-up.js';

interface Test extends AlertsTest {
  readonly a: RecordingChannel;
  /** Waits until so many heartbeats came to their end, by what they came to: `sent`, `failed`, `withheld`. */
  counted(outcome: string, count: number): Promise<void>;
}

function withHeartbeat(heartbeat: HeartbeatOptions): Test {
  const a = recordingChannel();
  const made = testAlerts({ channels: { a }, heartbeat });
  return {
    ...made,
    a,
    counted: (outcome, count) => until(() => (made.series('alert_heartbeats_total')[outcome] ?? 0) === count),
  };
}

test('a heartbeat is sent at once, and then as often as was asked for, until the monitor is closed', async () => {
  const service = await aService();
  const { pass, counted, value, clock, monitor } = withHeartbeat({ url: `${service.url}/ping/secret-token-1`, every: '30s' });
  await pass(2_000);
  await counted('sent', 1);
  expect(service.got).toMatchObject([{ method: 'GET', path: '/ping/secret-token-1' }]);
  for (let i = 2; i <= 5; i++) {
    await pass(30_000);
    await counted('sent', i);
  }
  expect(value('alert_heartbeat_last_success_timestamp_seconds')).toBeCloseTo(clock.now() / 1_000, -2);

  await monitor.close();
  await pass(10 * MINUTE);
  expect(service.got).toHaveLength(5);
});

test('it is posted where that is asked for, by the fetch that is given', async () => {
  const asked: [string, string | undefined, string][] = [];
  const { pass, counted } = withHeartbeat({
    url: 'https://watch.example.org/x',
    method: 'POST',
    fetch: async (url, { method, body }) => {
      asked.push([url, body, method]);
      return new Response('OK');
    },
  });
  await pass(2_000);
  await counted('sent', 1);
  expect(asked).toEqual([['https://watch.example.org/x', undefined, 'POST']]);
});

describe('it is withheld', () => {
  const DOWN: Delivery = { delivered: false, retryable: true, reason: 'down' };
  test('while no channel works, and goes on when one works again', async () => {
    const service = await aService();
    const { a, alerts, pass, series, log, counted } = withHeartbeat({ url: service.url, every: '1m' });
    a.answers.push(...Array.from({ length: 8 }, () => DOWN));
    await alerts.fire({ title: 'One' });
    await pass(40_000);
    await counted('sent', 1);
    for (let i = 0; i < 3; i++) await pass(MINUTE);
    expect(series('alert_heartbeats_total')['sent']).toBe(1);
    expect(series('alert_heartbeats_total')['withheld']).toBeGreaterThan(0);
    expect(log.join('\n')).toContain('no heartbeat is sent: no channel works');

    for (let i = 0; i < 10; i++) await pass(MINUTE);
    await until(() => (series('alert_heartbeats_total')['sent'] ?? 0) > 1);
    expect(a.sent).not.toEqual([]);
  });

  test('where there is no channel', async () => {
    const service = await aService();
    const { series, pass } = testAlerts({ heartbeat: { url: service.url } });
    await pass(5_000);
    expect([series('alert_heartbeats_total'), service.got]).toEqual([{ withheld: 1 }, []]);
  });
});

describe('one that fails is counted, logged without its address, and harms nothing', () => {
  test.each<[string, () => Promise<string>, string]>([
    ['an error page', async () => (await aService(() => ({ status: 404, body: 'no check secret-token-1 here' }))).url, 'status 404'],
    ['a redirect', async () => (await aService(() => ({ status: 302, headers: { location: 'http://127.0.0.1:9/' } }))).url, 'status 302'],
    ['nothing listens', refusedUrl, 'the connection was refused'],
  ])('%s', async (_, target, words) => {
    const { pass, counted, log } = withHeartbeat({ url: `${await target()}/ping/secret-token-1` });
    await pass(2_000);
    await counted('failed', 1);
    expect(log.join('\n')).toContain(words);
    expect(log.join('\n')).not.toContain('secret-token-1');
  });

  test('no answer in time; the next is sent nevertheless', async () => {
    const { pass, counted, log } = withHeartbeat({ url: await aHangingService(), every: '1m', timeout: '5s' });
    await pass(2_000);
    await pass(5_000);
    await counted('failed', 1);
    expect(log.join('\n')).toContain('no answer in time');
    await pass(MINUTE);
    await pass(5_000);
    await counted('failed', 2);
  });

  test('a fetch that throws', async () => {
    const { pass, counted } = withHeartbeat({
      url: 'https://watch.example.org/x',
      fetch: () => {
        throw new Error('broken');
      },
    });
    await pass(2_000);
    await counted('failed', 1);
  });
});

test('closing does not wait for a service that does not answer, and counts nothing more', async () => {
  const { pass, monitor, series } = withHeartbeat({ url: await aHangingService() });
  await pass(2_000);
  await monitor.close();
  expect(series('alert_heartbeats_total')).toEqual({});
});

test.each<[object, string]>([
  [{}, 'alerts.heartbeat.url'],
  [{ url: 'ftp://user:hunter2@example.org' }, 'alerts.heartbeat.url'],
  [{ url: 'https://example.org', every: '10ms' }, "at least '1s'"],
  [{ url: 'https://example.org', every: 'often' }, 'alerts.heartbeat.every'],
  [{ url: 'https://example.org', timeout: 0 }, 'alerts.heartbeat.timeout'],
  [{ url: 'https://example.org', method: 'PUT' }, "'GET' or 'POST'"],
  [{ url: 'https://example.org', interval: '1m' }, 'alerts.heartbeat.interval'],
])('%j is refused, and shows no part of the address', (heartbeat, words) => {
  const make = (): unknown => testAlerts({ heartbeat: heartbeat as HeartbeatOptions });
  expect(make).toThrow(words);
  expect(make).not.toThrow('hunter2');
});
