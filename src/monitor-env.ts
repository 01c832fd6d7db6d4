import type { AlertingPart } from './alerting/register.js';
import { variable, type Environment } from './core/environment.js';
import { loadPart } from './core/part-registry.js';
import { redisFromEnv } from './core/redis-from-env.js';
import type { MonitorOptions } from './monitor.js';
import { tracingOptionsFromEnv } from './tracing/environment.js';

/** Each asks for a channel of alerts, or is wrong alone. Without them that part of the package is not even loaded. */
const ASK_FOR_ALERTS = ['DINGTALK_WEBHOOK_URL', 'DINGTALK_SECRET', 'ALERT_WEBHOOK_URL', 'ALERT_EMAIL_RECIPIENTS'];

/**
 * Options of {@link createMonitor} read from the environment: OpenTelemetry's `OTEL_SERVICE_NAME`,
 * `OTEL_TRACES_EXPORTER`, `OTEL_EXPORTER_…`, `OTEL_TRACES_SAMPLER`, `OTEL_SDK_DISABLED`, and the plan's
 * `JAEGER_AGENT_HOST` and `JAEGER_AGENT_PORT` for traces; `REDIS_URL`, or `REDIS_HOST`, `REDIS_PORT`, `REDIS_DB` and
 * `REDIS_PASSWORD`, for `redis`; `DINGTALK_WEBHOOK_URL` and `DINGTALK_SECRET`, `ALERT_WEBHOOK_URL`, and
 * `ALERT_EMAIL_RECIPIENTS` with `DEFAULT_FROM_EMAIL` and `SMTP_URL`, for the channels of `alerts`.
 *
 * A variable that is not set, or empty, leaves its option out.
 *
 * @throws InvalidOptionError naming the variable, what was given unless it may be a secret, and what is allowed
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` where mail is wanted and `nodemailer` is not installed
 * @example const monitor = createMonitor({ service: 'grader', ...monitorOptionsFromEnv() });
 */
export function monitorOptionsFromEnv(env: Environment = process.env): MonitorOptions {
  const service = env['OTEL_SERVICE_NAME'];
  const tracing = tracingOptionsFromEnv(env);
  const redis = redisFromEnv(env);
  const asksForAlerts = ASK_FOR_ALERTS.some(name => variable(env, name) !== undefined);
  const alerts = asksForAlerts ? loadPart<AlertingPart>('alerting').alertsOptionsFromEnv(env) : undefined;
  return {
    ...(service && { service }),
    ...(tracing !== undefined && { tracing }),
    ...(redis !== undefined && { redis }),
    ...(alerts !== undefined && { alerts }),
  };
}
