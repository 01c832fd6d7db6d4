import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkEndpointOptions } from '../http/adapter-options.js';
import type { MetricsAccess } from '../http/metrics-endpoint.js';
import type { Monitor } from '../monitor.js';
import { perMonitor } from '../shared-monitor.js';

/** What {@link serveMetrics} takes. */
export interface ServeMetricsOptions extends MetricsAccess {
  /** Default: the shared monitor. */
  readonly monitor?: Monitor;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- fits Express 4's and 5's types without depending on either */
/** An Express handler. */
export type ExpressHandler = (request: any, response: any) => void;
/* eslint-enable @typescript-eslint/no-explicit-any */

/**
 * Answers Prometheus scrapes: text, or OpenMetrics with exemplars where `Accept` asks for it; gzipped where
 * `Accept-Encoding` does; only some families with `?name[]=`.
 *
 * @throws InvalidOptionError naming the option
 * @example app.get('/metrics', serveMetrics({ bearerToken: config.metricsToken }));
 */
export function serveMetrics(options: ServeMetricsOptions = {}): ExpressHandler {
  checkEndpointOptions(options);
  const endpoint = perMonitor(options.monitor, monitor => monitor.metricsEndpoint(options));
  return function serveMetrics(request: IncomingMessage, response: ServerResponse): void {
    void endpoint().handle(request, response);
  };
}
