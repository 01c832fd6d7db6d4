import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What is known of the request that a response answers, shared by everything that observes it:
 * `monitorRequests`, `monitorApi`, and the route trackers, from either build of the package.
 */
export interface RequestFacts {
  /** A name given by `monitorApi`, in place of the route's pattern. */
  endpoint: string | undefined;
  /** The route that answers, while it does: set on entering it, cleared when it passes the request on. */
  route: unknown;
  /** The last route that has passed the request on. */
  passed: unknown;
  /** Koa's context. */
  context: unknown;
  /** The error that a route passed on; it explains the answer. */
  error: unknown;
  /** Bytes of the response's body that were handed over so far. */
  sentBytes: number;
  /** Who counts this request: a monitor's HTTP metrics. */
  readonly owner: unknown;
  /** The same request as another monitor observes it. */
  readonly next: RequestFacts | undefined;
}

const FACTS = Symbol.for('sightline.request');

type Carrier = { [FACTS]?: RequestFacts };

/** The facts of a response's request, where it is observed. */
export function factsOf(response: object): RequestFacts | undefined {
  return (response as Carrier)[FACTS];
}

/** Attaches facts to a response. */
export function attachFacts(response: object, facts: RequestFacts): void {
  (response as Carrier)[FACTS] = facts;
}

/** Finds the route pattern of a finished request; `undefined` where no route answered. */
export interface RouteSource {
  /** Called when a request begins, before the app sees it. */
  prepare(request: IncomingMessage): void;
  /** Whether the framework itself answered, after all routes had passed the request on. */
  isUnanswered(response: ServerResponse, facts: RequestFacts): boolean;
  endpointOf(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): string | undefined;
}
