import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import '../src/alerting/index.js';
import { createMonitor, isSightlineError, monitorOptionsFromEnv, type MonitorOptions } from '../src/index.js';
import { connectRedis } from '../src/core/redis.js';
import { Diagnostics } from '../src/core/diagnostics.js';
import { systemClock } from '../src/core/clock.js';
import { aMailServer } from './alerting/channels/mail-server.js';
import { aService } from './alerting/channels/service.js';
import { RedisServer } from './support/redis-server.js';
import { findServer } from './support/servers.mjs';
import { testMonitor } from './support/test-monitor.js';

const DINGTALK = 'https://oapi.dingtalk.com/robot/send?access_token=hunter2';
const MAIL = { ALERT_EMAIL_RECIPIENTS: 'ops@example.com', DEFAULT_FROM_EMAIL: 'alerts@example.com', SMTP_URL: 'smtp://mail.example.com' };

/** The error that the environment gives. */
function refusal(env: Record<string, string>): Error & { option?: string } {
  try {
    monitorOptionsFromEnv(env);
  } catch (error) {
    if (isSightlineError(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
}

function kinds({ alerts }: MonitorOptions): Record<string, string> {
  return Object.fromEntries(Object.entries(alerts?.channels ?? {}).map(([name, { kind }]) => [name, kind]));
}

test('an empty environment leaves everything out, and so do variables that are empty', () => {
  expect(monitorOptionsFromEnv({})).toEqual({});
  const names = ['REDIS_URL', 'REDIS_HOST', 'REDIS_PORT', 'REDIS_DB', 'REDIS_PASSWORD', 'DINGTALK_WEBHOOK_URL', 'DINGTALK_SECRET', 'ALERT_WEBHOOK_URL', ...Object.keys(MAIL)];
  expect(monitorOptionsFromEnv(Object.fromEntries(names.map((name, i) => [name, i % 2 === 0 ? '' : '  '])))).toEqual({});
});

test('without an argument it reads that of the process', () => {
  vi.stubEnv('REDIS_URL', 'redis://redis.internal:6380/2');
  expect(monitorOptionsFromEnv().redis).toBe('redis://redis.internal:6380/2');
  vi.unstubAllEnvs();
});

describe('Redis', () => {
  test.each<[Record<string, string>, unknown]>([
    [{ REDIS_URL: ' rediss://:p%40ss@redis:6379/0 ' }, 'rediss://:p%40ss@redis:6379/0'],
    [{ REDIS_URL: '/run/redis.sock' }, '/run/redis.sock'],
    [{ REDIS_URL: 'redis://one', REDIS_HOST: 'two', REDIS_PORT: 'x' }, 'redis://one'],
    [{ REDIS_HOST: 'redis' }, { host: 'redis' }],
    [{ REDIS_HOST: '::1', REDIS_PORT: '6380', REDIS_DB: '0', REDIS_PASSWORD: 'p@ss' }, { host: '::1', port: 6_380, db: 0, password: 'p@ss' }],
    // As Kubernetes sets them in each pod beside a service of that name.
    [{ REDIS_PORT: 'tcp://10.0.0.1:6379', REDIS_SERVICE_HOST: '10.0.0.1' }, undefined],
    [{ REDIS_DB: '1', REDIS_PASSWORD: 'x' }, undefined],
  ])('of %j is %j', (env, redis) => {
    expect(monitorOptionsFromEnv(env)).toEqual(redis === undefined ? {} : { redis });
  });

  test.each<[Record<string, string>, string, string]>([
    [{ REDIS_HOST: 'r', REDIS_PORT: '70000' }, 'REDIS_PORT', 'got "70000", expected a whole number from 1 to 65535'],
    [{ REDIS_HOST: 'r', REDIS_PORT: '6379.5' }, 'REDIS_PORT', 'a whole number'],
    [{ REDIS_HOST: 'r', REDIS_PORT: '0x1' }, 'REDIS_PORT', 'a whole number'],
    [{ REDIS_HOST: 'r', REDIS_PORT: 'tcp://10.0.0.1:6379' }, 'REDIS_PORT', 'Kubernetes sets such a URL'],
    [{ REDIS_HOST: 'r', REDIS_DB: '-1' }, 'REDIS_DB', 'a whole number of at least 0'],
    [{ REDIS_HOST: 'redis://:hunter2@r' }, 'REDIS_HOST', 'set REDIS_URL'],
    [{ REDIS_URL: 'http://:hunter2@r' }, 'REDIS_URL', 'redis://'],
    [{ REDIS_URL: 'redis://:hunter2%zz@r' }, 'REDIS_URL', 'percent-encoded'],
    [{ REDIS_URL: 'redis.internal:6379' }, 'REDIS_URL', 'redis://'],
  ])('of %j is refused by the name of the variable', (env, option, message) => {
    expect(refusal(env)).toMatchObject({ name: 'InvalidOptionError', option });
    expect(refusal(env).message).toContain(message);
    expect(refusal(env).message).not.toContain('hunter2');
  });

  const program = findServer('redis-server');
  describe.skipIf(program === undefined)('a real one', () => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await RedisServer.start(program as string, { password: 'p@ss:word/' });
    });
    afterAll(() => server[Symbol.asyncDispose]());

    test.each(['REDIS_URL', 'REDIS_HOST'])('is reached by %s, in its database, with its password', async by => {
      const env: Record<string, string> =
        by === 'REDIS_URL'
          ? { REDIS_URL: `redis://:${encodeURIComponent('p@ss:word/')}@127.0.0.1:${server.port}/3` }
          : { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(server.port), REDIS_DB: '3', REDIS_PASSWORD: 'p@ss:word/' };
      const { redis } = monitorOptionsFromEnv(env);
      const connection = connectRedis(redis as object, { diagnostics: new Diagnostics(console, systemClock), neededFor: 'a test' });
      await connection.opened;
      await connection.client.eval("return redis.call('SET', KEYS[1], 'here')", 1, by);
      await connection.close();
      const reader = new Redis({ host: '127.0.0.1', port: server.port, password: 'p@ss:word/', db: 3 });
      expect(await reader.get(by)).toBe('here');
      reader.disconnect();
    });
  });
});

describe('channels of alerts', () => {
  test.each<[Record<string, string>, Record<string, string>]>([
    [{ DINGTALK_WEBHOOK_URL: DINGTALK }, { dingtalk: 'dingtalk' }],
    [{ DINGTALK_WEBHOOK_URL: DINGTALK, DINGTALK_SECRET: 'SECx' }, { dingtalk: 'dingtalk' }],
    [{ ALERT_WEBHOOK_URL: 'http://bridge:8080/alerts' }, { webhook: 'webhook' }],
    [MAIL, { email: 'email' }],
    [{ ...MAIL, DINGTALK_WEBHOOK_URL: DINGTALK, ALERT_WEBHOOK_URL: 'http://bridge' }, { dingtalk: 'dingtalk', email: 'email', webhook: 'webhook' }],
    // The app's own mails.
    [{ DEFAULT_FROM_EMAIL: 'webmaster@localhost', SMTP_URL: 'smtp://localhost' }, {}],
  ])('of %j', (env, expected) => {
    expect(kinds(monitorOptionsFromEnv(env))).toEqual(expected);
  });

  test('a webhook is told beside the channels of the plan, of all but info', () => {
    expect(monitorOptionsFromEnv({ ...MAIL, DINGTALK_WEBHOOK_URL: DINGTALK, ALERT_WEBHOOK_URL: 'http://bridge' }).alerts?.severityChannels).toEqual({
      critical: ['dingtalk', 'email', 'webhook'],
      high: ['dingtalk', 'email', 'webhook'],
      medium: ['dingtalk', 'webhook'],
      low: ['dingtalk', 'webhook'],
    });
    expect(monitorOptionsFromEnv({ ...MAIL, ALERT_WEBHOOK_URL: 'http://bridge' }).alerts?.severityChannels).toMatchObject({ medium: ['email', 'webhook'] });
    expect(monitorOptionsFromEnv({ ALERT_WEBHOOK_URL: 'http://bridge' }).alerts).not.toHaveProperty('severityChannels');
    expect(monitorOptionsFromEnv({ ...MAIL, DINGTALK_WEBHOOK_URL: DINGTALK }).alerts).not.toHaveProperty('severityChannels');
  });

  test('an alert reaches all of them: the robot signed, the mail every recipient', async () => {
    const [robot, bridge, mails] = [await aService(() => ({ body: { errcode: 0 } })), await aService(), await aMailServer()];
    const env = {
      DINGTALK_WEBHOOK_URL: `${robot.url}/robot/send?access_token=x`,
      DINGTALK_SECRET: 'this is secret',
      ALERT_WEBHOOK_URL: `${bridge.url}/alerts`,
      ALERT_EMAIL_RECIPIENTS: 'On call <ops@example.com>, team@example.com;\nboss@example.com,',
      DEFAULT_FROM_EMAIL: 'Learning platform <alerts@example.com>',
      SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
    };
    const { monitor } = testMonitor(monitorOptionsFromEnv(env));
    await monitor.alerts.fire({ title: 'Payment provider down', severity: 'critical', source: 'billing' });
    await vi.waitFor(() => {
      expect([robot.got.length, bridge.got.length, mails.got.length]).toEqual([1, 1, 1]);
    });
    expect(robot.got[0]?.target).toMatch(/^\/robot\/send\?access_token=x&timestamp=\d+&sign=.+/);
    expect(bridge.got[0]?.json).toMatchObject({ title: 'Payment provider down' });
    expect(mails.got[0]).toMatchObject({ from: 'alerts@example.com', to: ['ops@example.com', 'team@example.com', 'boss@example.com'] });
  });

  test.each<[Record<string, string>, string, string]>([
    [{ DINGTALK_WEBHOOK_URL: 'oapi.dingtalk.com/robot?access_token=hunter2' }, 'DINGTALK_WEBHOOK_URL', 'begins with https://'],
    [{ DINGTALK_WEBHOOK_URL: 'http://oapi.dingtalk.com/robot?access_token=hunter2' }, 'DINGTALK_WEBHOOK_URL', 'what it holds (51 characters) is not shown'],
    [{ DINGTALK_WEBHOOK_URL: DINGTALK, DINGTALK_SECRET: 'hunter2\nx' }, 'DINGTALK_SECRET', 'printable ASCII'],
    [{ DINGTALK_SECRET: 'hunter2' }, 'DINGTALK_WEBHOOK_URL', 'because DINGTALK_SECRET is set'],
    [{ ALERT_WEBHOOK_URL: 'https://user:hunter2@bridge' }, 'ALERT_WEBHOOK_URL', 'without a user and a password'],
    [{ ...MAIL, ALERT_EMAIL_RECIPIENTS: 'ops@example.com, nobody' }, 'ALERT_EMAIL_RECIPIENTS', 'got "nobody", expected an address such as'],
    [{ ...MAIL, ALERT_EMAIL_RECIPIENTS: ',;' }, 'ALERT_EMAIL_RECIPIENTS', 'got ",;"'],
    [{ ...MAIL, ALERT_EMAIL_RECIPIENTS: "['ops@example.com']" }, 'ALERT_EMAIL_RECIPIENTS', 'separated by commas'],
    [{ ...MAIL, DEFAULT_FROM_EMAIL: 'alerts' }, 'DEFAULT_FROM_EMAIL', 'got "alerts"'],
    [{ ...MAIL, DEFAULT_FROM_EMAIL: '' }, 'DEFAULT_FROM_EMAIL', 'because ALERT_EMAIL_RECIPIENTS is set'],
    [{ ...MAIL, SMTP_URL: '' }, 'SMTP_URL', 'because ALERT_EMAIL_RECIPIENTS is set'],
    [{ ...MAIL, SMTP_URL: 'mail.example.com:25' }, 'SMTP_URL', 'smtps://'],
    [{ ...MAIL, SMTP_URL: 'https://user:hunter2@mail' }, 'SMTP_URL', 'smtps://'],
  ])('%j is refused by the name of the variable', (env, option, message) => {
    expect(refusal(env)).toMatchObject({ name: 'InvalidOptionError', option });
    expect(refusal(env).message).toContain(message);
    expect(refusal(env).message).not.toContain('hunter2');
  });

  test('its options can be added to', async () => {
    const { alerts } = monitorOptionsFromEnv({ DINGTALK_WEBHOOK_URL: DINGTALK });
    await using monitor = createMonitor({ alerts: { ...alerts, route: { receiver: 'dingtalk', groupBy: ['source'] } } });
    expect(monitor.alerts).toBeDefined();
  });
});
