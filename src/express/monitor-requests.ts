import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkRequestOptions, type MonitorRequestsOptions } from '../http/adapter-options.js';
import type { ObservedRequest } from '../http/request-observer.js';
import { expressRoutes } from '../http/routes.js';
import { reportUnusable } from '../http/unusable-monitor.js';
import type { Monitor } from '../monitor.js';
import { perMonitor } from '../shared-monitor.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- fits Express 4's and 5's types without depending on either */
/** An Express middleware. */
export type ExpressMiddleware = (request: any, response: any, next: (error?: any) => void) => void;
/** What {@link monitorRequests} takes. */
export type ExpressMonitorRequestsOptions = MonitorRequestsOptions<Monitor>;
/* eslint-enable @typescript-eslint/no-explicit-any */

/**
 * Observes every request: counted, timed and labelled by its route pattern, with a server span where tracing is on.
 * Put it before everything else that answers.
 *
 * @throws InvalidOptionError naming the option
 * @example
 * app.use(monitorRequests());
 * app.use(monitorRequests({ skip: req => req.path === '/healthz', labels: { plan: req => req.user?.plan } }));
 */
export function monitorRequests(options: ExpressMonitorRequestsOptions = {}): ExpressMiddleware {
  checkRequestOptions(options);
  const observer = perMonitor(options.monitor, monitor => monitor.observeRequests(options));
  return function monitorRequests(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    let observed: ObservedRequest | undefined;
    try {
      observed = observer().begin(request, response, expressRoutes);
    } catch (error) {
      reportUnusable(error);
    }
    if (observed === undefined) next();
    else observed.run(next);
  };
}
