import { expect, test, vi } from 'vitest';
import { ManualClock } from '../../support/manual-clock.js';
import { RedisServer } from '../../support/redis-server.js';
import { findServer } from '../../support/servers.mjs';
import { testMonitor } from '../../support/test-monitor.js';
import { recordingChannel } from '../set-up.js';

const program = findServer('redis-server');

test.skipIf(program === undefined)('a Redis that is stopped is an alert of each process, and its return the end of it', { timeout: 60_000 }, async () => {
  await using redis = await RedisServer.start(program as string);
  const clock = new ManualClock();
  const [team, boss] = [recordingChannel(), recordingChannel()];
  const { monitor, value } = testMonitor({ clock, service: 'shop', redis: redis.url, alerts: { channels: { team, boss } } });
  const titles = (): string[] => team.sent.flatMap(({ alerts }) => alerts.map(({ title, status }) => `${title} ${status}`));
  // Redis and its connection go by a clock of their own.
  const pass = async (isSo: () => boolean): Promise<void> => {
    await vi.waitFor(() => {
      clock.advance(1_000);
      expect(isSo()).toBe(true);
    }, { timeout: 20_000, interval: 20 });
  };
  await monitor.alerts.fire({ title: 'before', severity: 'critical', source: 'shop' });
  await pass(() => titles().includes('before firing'));

  await redis.kill();
  const stoppedAt = clock.now();
  await pass(() => titles().includes('AlertStoreUnreachable firing'));
  // One that is being started again is none.
  expect(clock.now() - stoppedAt).toBeGreaterThan(30_000);
  expect(clock.now() - stoppedAt).toBeLessThan(75_000);
  expect(boss.sent.at(-1)?.alerts[0]?.description).toMatch(/^It can't keep alerts: /);
  expect(value('alert_store_up')).toBe(0);

  await redis.restart();
  await pass(() => titles().includes('AlertStoreUnreachable resolved'));
  expect(titles().filter(title => title.startsWith('AlertStoreUnreachable'))).toEqual(['AlertStoreUnreachable firing', 'AlertStoreUnreachable resolved']);
});
