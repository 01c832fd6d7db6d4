import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AlertsAccess } from '../alerting/api/access.js';
import type { AlertingPart } from '../alerting/register.js';
import { loadPart } from '../core/part-registry.js';
import type { Monitor } from '../monitor.js';
import { perMonitor } from '../shared-monitor.js';
import type { ExpressHandler } from './serve-metrics.js';

/** What {@link serveAlerts} takes. */
export interface ServeAlertsOptions extends AlertsAccess {
  /** Default: the shared monitor. */
  readonly monitor?: Monitor;
}

/**
 * Serves alerts under a path of their own: a JSON API (`/alerts`, `/silences`, `/maintenance-windows`), Alertmanager's API
 * (`/api/v2/…`, for Prometheus and `amtool`), a receiver of Alertmanager's webhooks (`/webhooks/alertmanager`) and the
 * pages of the links in notifications (`/links/…`). Only the last need no `authorize`: each link is a key.
 *
 * @throws InvalidOptionError naming the option
 * @example app.use('/alerting', serveAlerts({ authorize: ({ user }) => user?.isOnCall && user.name }));
 */
export function serveAlerts(options: ServeAlertsOptions): ExpressHandler {
  const { AlertsEndpoint, checkServeOptions } = loadPart<AlertingPart>('alerting');
  checkServeOptions(options);
  const endpoint = perMonitor(options.monitor, monitor => new AlertsEndpoint(monitor.alerts, options));
  return function serveAlerts(request: IncomingMessage & { readonly body?: unknown }, response: ServerResponse): void {
    void endpoint().handle(request, response, { parsed: request.body });
  };
}
