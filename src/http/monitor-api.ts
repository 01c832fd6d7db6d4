import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError } from '../core/errors.js';
import { createInstrument, type CallSite, type Instrument, type Observation, type Observer } from '../core/instrument.js';
import { methodLabel, type HttpMetrics } from '../metrics/http-metrics.js';
import { expressRoutes, koaRoutes } from './routes.js';
import { factsOf, type RequestFacts } from './observed-request.js';
import type { RequestObserver } from './request-observer.js';
import { currentRequestFacts, enableRequestScope } from './request-scope.js';

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
        try {
          nameRequest(partsOf, exchangeOf(args), endpoint);
        } catch (error) {
          partsOf().diagnostics.fault('http', 'a request could not be named', error);
        }
        return (args.at(-1) as () => unknown)();
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
    const exchange = exchangeOf(args);
    if (exchange) {
      nameRequest(this.#partsOf, exchange, this.#endpoint);
      return undefined;
    }
    const facts = currentRequestFacts();
    if (facts) {
      facts.endpoint = this.#endpoint;
      return undefined;
    }
    const { metrics, clock } = this.#partsOf();
    return new PlainCall(metrics.http, clock, methodOf(args[0]), this.#endpoint);
  }

  fault(error: unknown): void {
    this.#partsOf().diagnostics.fault('http', 'a request could not be observed', error);
  }
}

/** Gives a request its name; one that nobody observes is observed from here on. */
function nameRequest(partsOf: () => ApiMonitorParts, exchange: Exchange | undefined, endpoint: string | undefined): void {
  if (!exchange) return;
  const { request, response, context } = exchange;
  let facts: RequestFacts | undefined = factsOf(response);
  if (facts === undefined) {
    if (context) koaRoutes.watch(context);
    facts = partsOf().requests.begin(request, response, context ? koaRoutes : expressRoutes, context);
  }
  if (facts && endpoint !== undefined) facts.endpoint = endpoint;
}

/** `(req, res, …)`, an error handler's `(error, req, res, …)`, or Koa's `(ctx, …)`. */
function exchangeOf(args: ArrayLike<unknown>): Exchange | undefined {
  if (isResponse(args[1])) return { request: args[0] as IncomingMessage, response: args[1], context: undefined };
  if (isResponse(args[2])) return { request: args[1] as IncomingMessage, response: args[2], context: undefined };
  const context = args[0] as { req?: IncomingMessage; res?: unknown } | null | undefined;
  if (typeof context === 'object' && context !== null && isResponse(context.res) && context.req) {
    return { request: context.req, response: context.res, context };
  }
  return undefined;
}

function isResponse(value: unknown): value is ServerResponse {
  return typeof value === 'object' && value !== null && 'headersSent' in value && 'writeHead' in value;
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

function methodOf(request: unknown): string {
  const method = typeof request === 'object' && request !== null ? (request as { method?: unknown }).method : undefined;
  return methodLabel(typeof method === 'string' ? method : undefined);
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
