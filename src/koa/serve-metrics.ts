import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkEndpointOptions } from '../http/adapter-options.js';
import type { MetricsAccess } from '../http/metrics-endpoint.js';
import type { Monitor } from '../monitor.js';
import { perMonitor } from '../shared-monitor.js';
import type { KoaMiddleware } from './monitor-requests.js';

/** What {@link serveMetrics} takes. */
export interface ServeMetricsOptions extends MetricsAccess {
  /** Default: the shared monitor. */
  readonly monitor?: Monitor;
}

/** What is used of a Koa context. */
interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  respond?: boolean;
}

/**
 * Answers Prometheus scrapes: text, or OpenMetrics with exemplars where `Accept` asks for it; gzipped where
 * `Accept-Encoding` does; only some families with `?name[]=`.
 *
 * @throws InvalidOptionError naming the option
 * @example router.get('/metrics', serveMetrics({ bearerToken: config.metricsToken }));
 */
export function serveMetrics(options: ServeMetricsOptions = {}): KoaMiddleware {
  checkEndpointOptions(options);
  const endpoint = perMonitor(options.monitor, monitor => monitor.metricsEndpoint(options));
  return async function serveMetrics(context: KoaContext): Promise<void> {
    // The endpoint writes to Node's response by itself; Koa must not answer after it.
    context.respond = false;
    await endpoint().handle(context.req, context.res);
  };
}
