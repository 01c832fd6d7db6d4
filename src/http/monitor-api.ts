import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError } from '../core/errors.js';
import { createInstrument, type AnyFunction, type CallSite, type Instrument, type Observation, type Observer } from '../core/instrument.js';
import { methodLabel, type HttpMetrics } from '../metrics/http-metrics.js';
import { expressRoutes, koaRoutes } from './routes.js';
import { factsOf } from './observed-request.js';
import type { ObservedRequest, RequestObserver } from './request-observer.js';
import { currentRequestFacts, enableRequestScope } from './request-scope.js';
import { reportUnusable } from './unusable-monitor.js';

/** What `monitorApi` needs of a monitor. */
export interface ApiMonitorParts {
  readonly metrics: { readonly http: HttpMetrics };
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Observes a request that no `monitorRequests` observes. */
  readonly requests: RequestObserver;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- what lets it stand beside handlers of any framework's types */
/** An {@link Instrument} that is also a route's middleware, in Koa and in Express. */
export interface ApiInstrument extends Instrument {
  /** Koa: `router.post('/essays', monitorApi('grade_essay'), handler)`. */
  (context: any, next: () => Promise<any>): Promise<any>;
  /** Express: `app.post('/essays', monitorApi('grade_essay'), handler)`. */
  (request: any, response: any, next: (error?: any) => void): void;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** Arguments of a method among which its response is looked for. */
const ARGUMENTS_SEARCHED = 8;

/** A request and its response, with what finds its route. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: object | undefined;
}

/**
 * Makes `monitorApi` for whatever monitor `partsOf` gives at the time of a call.
 */
export function createMonitorApi(partsOf: () => ApiMonitorParts): (endpoint?: string) => ApiInstrument {
  return endpoint => {
    if (endpoint !== undefined && (typeof endpoint !== 'string' || endpoint === '')) {
      throw new InvalidOptionError('endpoint', endpoint, 'a name such as \'grade_essay\', or nothing');
    }
    return createInstrument(
      site => new ApiObserver(partsOf, endpoint, site),
      args => {
        const next = args.at(-1) as () => unknown;
        const exchange = exchangeOf(args);
        let observed: ObservedRequest | undefined;
        try {
          if (exchange) observed = nameRequest(partsOf(), exchange, endpoint);
        } catch (error) {
          reportUnusable(error);
        }
        if (observed === undefined) return next();
        return exchange?.context ? observed.runAsync(next as () => Promise<unknown>) : observed.run(next);
      },
    ) as ApiInstrument;
  };
}

class ApiObserver implements Observer {
  readonly #partsOf: () => ApiMonitorParts;
  readonly #endpoint: string;

  constructor(partsOf: () => ApiMonitorParts, endpoint: string | undefined, site: CallSite) {
    this.#partsOf = partsOf;
    this.#endpoint = endpoint ?? site.name;
    // A method may not be handed its request (NestJS): then it has to be found.
    if (site.isMethod) enableRequestScope();
  }

  begin(_self: unknown, args: ArrayLike<unknown>): Observation | undefined {
    const parts = this.#partsOf();
    const exchange = exchangeOf(args);
    if (exchange) {
      const observed = nameRequest(parts, exchange, this.#endpoint);
      return observed?.span && new ObservedHandler(observed);
    }
    const facts = currentRequestFacts();
    if (facts) {
      facts.endpoint = this.#endpoint;
      return undefined;
    }
    return new PlainCall(parts.metrics.http, parts.clock, methodOf(args[0]), this.#endpoint);
  }

  fault(error: unknown): void {
    this.#partsOf().diagnostics.fault('http', 'a request could not be observed', error);
  }
}

/**
 * Gives a request its name.
 * @returns the request, where nobody observed it for this monitor: it is observed from here on
 */
function nameRequest({ requests }: ApiMonitorParts, exchange: Exchange, endpoint: string | undefined): ObservedRequest | undefined {
  const { request, response, context } = exchange;
  if (context) koaRoutes.watch(context);
  const observed = requests.begin(request, response, context ? koaRoutes : expressRoutes, context);
  const facts = factsOf(response);
  if (facts && endpoint !== undefined) facts.endpoint = endpoint;
  return observed;
}

/** `(req, res, …)`, an error handler's `(error, req, res, …)`, a method's in any order, or Koa's `(ctx, …)`. */
function exchangeOf(args: ArrayLike<unknown>): Exchange | undefined {
  for (let i = 0; i < args.length && i < ARGUMENTS_SEARCHED; i++) {
    const response = args[i];
    if (isResponse(response)) {
      const before = args[i - 1];
      return { request: isRequest(before) ? before : response.req, response, context: undefined };
    }
  }
  const context = args[0] as { req?: IncomingMessage; res?: unknown } | null | undefined;
  if (typeof context === 'object' && context !== null && isResponse(context.res) && context.req) {
    return { request: context.req, response: context.res, context };
  }
  return undefined;
}

function isResponse(value: unknown): value is ServerResponse {
  return typeof value === 'object' && value !== null && 'headersSent' in value && 'writeHead' in value;
}

function isRequest(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'headers' in value && 'httpVersion' in value;
}

/** A handler whose request nobody else observes: it runs with the request's span active. */
class ObservedHandler implements Observation {
  readonly #observed: ObservedRequest;

  constructor(observed: ObservedRequest) {
    this.#observed = observed;
  }

  run(fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
    return this.#observed.run(() => Reflect.apply(fn, self, args) as unknown);
  }

  /** The request is counted when its response is over; what the handler returns says nothing of that. */
  restart(): void {}

  succeed(): void {}

  fail(error: unknown): void {
    this.#observed.facts.error = error;
  }
}

/** A call without a Node response: a fetch-style handler, or a function that is called like one. */
class PlainCall implements Observation {
  readonly #http: HttpMetrics;
  readonly #clock: Clock;
  readonly #method: string;
  readonly #endpoint: string;
  #start: number;

  constructor(http: HttpMetrics, clock: Clock, method: string, endpoint: string) {
    this.#http = http;
    this.#clock = clock;
    this.#method = method;
    this.#endpoint = endpoint;
    this.#start = clock.monotonic();
  }

  restart(): void {
    this.#start = this.#clock.monotonic();
  }

  /** The status of what was returned, as the plan has it: its own, else 200. */
  succeed(value: unknown): void {
    this.#record(statusOf(value) ?? 200);
  }

  fail(error: unknown): void {
    this.#record(statusOf(error) ?? 500);
  }

  #record(statusCode: number): void {
    this.#http.record(this.#method, this.#endpoint, statusCode, (this.#clock.monotonic() - this.#start) / 1_000, 0, 0);
  }
}

/** A fetch-style handler is given the request, or a context that has it. */
function methodOf(given: unknown): string {
  if (typeof given !== 'object' || given === null) return methodLabel(undefined);
  const { method, request, req } = given as { method?: unknown; request?: { method?: unknown } | null; req?: { method?: unknown } | null };
  const found = [method, request?.method, req?.method].find(each => typeof each === 'string');
  return methodLabel(found);
}

function statusOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    const { status, statusCode, status_code } = value as Record<string, unknown>;
    return [status, statusCode, status_code].find(code => Number.isInteger(code) && (code as number) >= 100 && (code as number) <= 599) as
      | number
      | undefined;
  } catch {
    // A getter of the app's that throws is no answer.
    return undefined;
  }
}
