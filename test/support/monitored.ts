import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { monitorRequests, type ExpressMonitorRequestsOptions } from '../../src/express/index.js';

/** A plain Node handler under `monitorRequests`: what happens is Node's doing, no framework's. */
export function monitored(
  options: ExpressMonitorRequestsOptions,
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
): RequestListener {
  const observe = monitorRequests(options);
  return (request, response) => {
    observe(request, response, () => void handler(request, response));
  };
}
