import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkRequestOptions, type MonitorRequestsOptions } from '../http/adapter-options.js';
import type { ObservedRequest } from '../http/request-observer.js';
import { koaRoutes } from '../http/routes.js';
import { reportUnusable } from '../http/unusable-monitor.js';
import type { Monitor } from '../monitor.js';
import { perMonitor } from '../shared-monitor.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- fits Koa 2's and 3's types without depending on either */
/** A Koa middleware. */
export type KoaMiddleware = (context: any, next: () => Promise<any>) => Promise<any>;
/** What {@link monitorRequests} takes. */
export type KoaMonitorRequestsOptions = MonitorRequestsOptions<Monitor>;
/* eslint-enable @typescript-eslint/no-explicit-any */

/** What is used of a Koa context. */
interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/**
 * Observes every request: counted, timed and labelled by its route pattern, with a server span where tracing is on.
 * Put it before everything else that answers.
 *
 * @throws InvalidOptionError naming the option
 * @example
 * app.use(monitorRequests());
 * app.use(monitorRequests({ skip: ctx => ctx.path === '/healthz', labels: { plan: ctx => ctx.state.user?.plan } }));
 */
export function monitorRequests(options: KoaMonitorRequestsOptions = {}): KoaMiddleware {
  checkRequestOptions(options);
  const observer = perMonitor(options.monitor, monitor => monitor.observeRequests(options));
  return function monitorRequests(context: KoaContext, next: () => Promise<unknown>): Promise<unknown> {
    let observed: ObservedRequest | undefined;
    try {
      koaRoutes.watch(context);
      observed = observer().begin(context.req, context.res, koaRoutes, context);
    } catch (error) {
      reportUnusable(error);
    }
    return observed === undefined ? next() : observed.runAsync(next);
  };
}
