import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What is known of the request that a response answers, shared by everything that observes it:
 * `monitorRequests`, `monitorApi`, and the route trackers, from either build of the package.
 */
export interface RequestFacts {
  readonly response: object;
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
  /** The label of the endpoint that answers, as far as it is known now. Never throws. */
  currentEndpoint(): string | undefined;
}

const FACTS = Symbol.for('sightline.request');

type Carrier = { [FACTS]?: RequestFacts };

/**
 * Where the facts of a response are kept: on its request's list of headers, which is an object of that request's own.
 *
 * Express gives each request and response another prototype, after which V8 shares no hidden class between one and
 * the next. A property set on such an object takes 3 % of what a whole request takes a bare app, and a `WeakMap`
 * takes more; on an array it takes next to nothing.
 */
function carrierOf(response: object): Carrier {
  return ((response as { req?: Partial<IncomingMessage> }).req?.rawHeaders ?? response);
}

/** The facts of a response's request, where it is observed. */
export function factsOf(response: object): RequestFacts | undefined {
  const facts = carrierOf(response)[FACTS];
  return facts === undefined || facts.response === response ? facts : (response as Carrier)[FACTS];
}

/** Attaches facts to a response. */
export function attachFacts(response: object, facts: RequestFacts): void {
  const carrier = carrierOf(response);
  // Another response to the same request: one that is made up, to see what a handler would answer.
  (carrier[FACTS] === undefined ? carrier : (response as Carrier))[FACTS] = facts;
}

/** Finds the route pattern of a finished request; `undefined` where no route answered. */
export interface RouteSource {
  /** Called when a request begins, before the app sees it. */
  prepare(request: IncomingMessage): void;
  /** Whether the framework itself answered, after all routes had passed the request on. */
  isUnanswered(response: ServerResponse, facts: RequestFacts): boolean;
  endpointOf(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): string | undefined;
}
