import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AlertsAccess } from '../alerting/api/access.js';
import { pathUnder } from '../alerting/api/serve-options.js';
import type { AlertingPart } from '../alerting/register.js';
import { loadPart } from '../core/part-registry.js';
import type { Monitor } from '../monitor.js';
import { perMonitor } from '../shared-monitor.js';
import type { KoaMiddleware } from './monitor-requests.js';

/** What {@link serveAlerts} takes. */
export interface KoaServeAlertsOptions extends AlertsAccess {
  /** Default: the shared monitor. */
  readonly monitor?: Monitor;
  /** Where it is served: `/alerting`. Other paths are left to what comes after it. Default: all paths, for `koa-mount`. */
  readonly basePath?: string;
}

/** What is used of a Koa context. */
interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly request: { readonly body?: unknown };
  respond?: boolean;
}

/**
 * Serves alerts under a path of their own: a JSON API (`/alerts`, `/silences`, `/maintenance-windows`), Alertmanager's API
 * (`/api/v2/…`, for Prometheus and `amtool`), a receiver of Alertmanager's webhooks (`/webhooks/alertmanager`) and the
 * pages of the links in notifications (`/links/…`). Only the last need no `authorize`: each link is a key.
 *
 * @throws InvalidOptionError naming the option
 * @example app.use(serveAlerts({ basePath: '/alerting', authorize: ({ state }) => state.user?.isOnCall && state.user.name }));
 */
export function serveAlerts(options: KoaServeAlertsOptions): KoaMiddleware {
  const { AlertsEndpoint, checkServeOptions } = loadPart<AlertingPart>('alerting');
  checkServeOptions(options, true);
  const { monitor, basePath = '' } = options;
  const endpoint = perMonitor(monitor, each => new AlertsEndpoint(each.alerts, options));
  return async function serveAlerts(context: KoaContext, next: () => Promise<unknown>): Promise<unknown> {
    const url = pathUnder(basePath, context.req.url ?? '');
    if (url === undefined) return next();
    // The endpoint writes to Node's response by itself; Koa must not answer after it.
    context.respond = false;
    return endpoint().handle(context.req, context.res, { parsed: context.request.body, url, subject: context });
  };
}
