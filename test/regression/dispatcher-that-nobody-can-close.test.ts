import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import '../../src/alerting/index.js';
import { createVirtualClock, recordingChannel } from '../../src/alerting/testing/index.js';
import { createMonitor } from '../../src/monitor.js';

test('alerts that can’t be set up leave nothing running', async () => {
  const clock = createVirtualClock();
  // BullMQ, which carries the escalations, takes no prefix of the client's.
  const redis = new Redis({ lazyConnect: true, keyPrefix: 'app:' });
  onTestFinished(() => {
    redis.disconnect();
  });
  const escalations = [{ name: 'on call', levels: [{ after: '5m', channels: ['oncall'] }] }];

  expect(() => createMonitor({ clock, redis, alerts: { channels: { oncall: recordingChannel() }, escalations } })).toThrow(/keyPrefix/);
  await clock.advance(0);
  // Nobody has asked it for anything: it would have connected.
  expect(redis.status).toBe('wait');
  expect(clock.waiting).toBe(0);
});
