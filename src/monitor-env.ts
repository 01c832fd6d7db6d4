import type { MonitorOptions } from './monitor.js';
import { tracingOptionsFromEnv } from './tracing/environment.js';

/**
 * Options of {@link createMonitor} read from the environment: OpenTelemetry's `OTEL_SERVICE_NAME`,
 * `OTEL_TRACES_EXPORTER`, `OTEL_EXPORTER_…`, `OTEL_TRACES_SAMPLER`, `OTEL_SDK_DISABLED`, and the plan's
 * `JAEGER_AGENT_HOST` and `JAEGER_AGENT_PORT`. A variable that is not set leaves its option out.
 *
 * @throws InvalidOptionError naming the variable, what was given and what is allowed
 * @example const monitor = createMonitor({ service: 'grader', ...monitorOptionsFromEnv() });
 */
export function monitorOptionsFromEnv(env: Readonly<Record<string, string | undefined>> = process.env): MonitorOptions {
  const service = env['OTEL_SERVICE_NAME'];
  const tracing = tracingOptionsFromEnv(env);
  return { ...(service && { service }), ...(tracing !== undefined && { tracing }) };
}
