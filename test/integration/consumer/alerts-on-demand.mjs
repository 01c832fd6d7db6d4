// What alerts need is loaded where the environment asks for a channel, and not before.
import assert from 'node:assert/strict';
import { createMonitor, isSightlineError, monitorOptionsFromEnv } from 'sightline';

const isLoaded = () => globalThis[Symbol.for('sightline.parts.v1')]?.has('alerting') === true;

assert.deepEqual(monitorOptionsFromEnv({ REDIS_HOST: 'redis', DINGTALK_WEBHOOK_URL: '', SMTP_URL: 'smtp://mail' }), { redis: { host: 'redis' } });
assert.equal(isLoaded(), false);

const { alerts } = monitorOptionsFromEnv({ DINGTALK_WEBHOOK_URL: 'https://oapi.dingtalk.com/robot/send?access_token=x' });
assert.equal(isLoaded(), true);
assert.deepEqual(Object.keys(alerts.channels), ['dingtalk']);
await createMonitor({ alerts }).close();

const mail = { ALERT_EMAIL_RECIPIENTS: 'ops@example.com', DEFAULT_FROM_EMAIL: 'app@example.com', SMTP_URL: 'smtp://mail' };
assert.throws(
  () => monitorOptionsFromEnv(mail),
  error => isSightlineError(error) && error.code === 'SIGHTLINE_MISSING_PEER' && error.message.includes('npm install nodemailer'),
);
