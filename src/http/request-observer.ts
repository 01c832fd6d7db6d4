import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { methodLabel, type HttpMetrics, type StreamKind } from '../metrics/http-metrics.js';
import type { CustomLabels } from './custom-labels.js';
import { ResponseSize, watchBody, type BodySize } from './message-size.js';
import { attachFacts, factsOf, type RequestFacts, type RouteSource } from './observed-request.js';
import type { ServerSpan, ServerSpans } from './server-span.js';

/** The one label of requests that no route answered. */
export const UNMATCHED = 'unmatched';
/** What a request gets whose client left before there were headers; nginx's code for it. */
const CLIENT_CLOSED = 499;

/** Ready values for {@link RequestObserver}. */
export interface RequestObserverParts {
  readonly metrics: HttpMetrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly spans: ServerSpans;
  /** Requests it says `true` of are not observed; gets what the framework gives handlers: a request, or Koa's context. */
  readonly skip?: ((subject: unknown) => boolean) | undefined;
  readonly labels?: CustomLabels | undefined;
}

/**
 * Observes HTTP requests, whatever the framework: recorded once, when the response closes.
 * Nothing here throws into the app.
 */
export class RequestObserver {
  readonly #parts: RequestObserverParts;

  constructor(parts: RequestObserverParts) {
    this.#parts = parts;
  }

  /**
   * Begins to observe a request.
   * @param source finds its route pattern once it is answered
   * @param context Koa's context
   * @returns the observed request, or `undefined` where it is skipped or its monitor observes it already
   */
  begin(request: IncomingMessage, response: ServerResponse, source: RouteSource, context?: unknown): ObservedRequest | undefined {
    const { skip, diagnostics, metrics } = this.#parts;
    try {
      const facts = factsOf(response);
      if (facts?.owners.includes(metrics) === true || skip?.(context ?? request) === true) return undefined;
      source.prepare(request);
      return new ObservedRequest(this.#parts, request, response, source, facts, context);
    } catch (error) {
      diagnostics.fault('http', 'a request could not be observed', error);
      return undefined;
    }
  }
}

/** One request under observation. The first of a response is the one that carries its facts. */
export class ObservedRequest implements RequestFacts {
  endpoint: string | undefined = undefined;
  route: unknown = undefined;
  passed: unknown = undefined;
  context: unknown;
  error: unknown = undefined;
  readonly owners: unknown[];
  readonly span: ServerSpan | undefined;
  readonly #parts: RequestObserverParts;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #source: RouteSource;
  readonly #facts: RequestFacts;
  readonly #start: number;
  readonly #requestBody: BodySize | undefined;
  readonly #writeHead: ServerResponse['writeHead'];
  #responseSize: ResponseSize | undefined = undefined;
  #headersAt = -1;
  #stream: StreamKind | undefined = undefined;
  #isClosed = false;

  constructor(
    parts: RequestObserverParts,
    request: IncomingMessage,
    response: ServerResponse,
    source: RouteSource,
    facts: RequestFacts | undefined,
    context: unknown,
  ) {
    this.#parts = parts;
    this.#request = request;
    this.#response = response;
    this.#source = source;
    this.#start = parts.clock.monotonic();
    this.#requestBody = watchBody(request);
    this.context = context;
    this.owners = facts?.owners ?? [];
    this.owners.push(parts.metrics);
    this.#facts = facts ?? this;
    this.span = parts.spans.begin(request);
    this.#writeHead = response.writeHead;
    if (facts === undefined) {
      // Shared functions that find their request on the response, not closures: this runs at every request.
      attachFacts(response, this);
      response.writeHead = observedWriteHead;
      response.on('close', observedClose);
    } else {
      // A second monitor on the same request: rare, so it may cost more.
      response.writeHead = (...args: unknown[]) => this.writeHead(args);
      response.on('close', () => {
        this.close();
      });
    }
    parts.metrics.moveInFlight(1);
    if (isUpgraded(request)) {
      this.#openStream('upgrade');
      request.socket.once('close', () => {
        this.close();
      });
    }
  }

  /** Called with the arguments of `writeHead`, just before the headers are written. */
  writeHead(args: readonly unknown[]): ServerResponse {
    const response = this.#response;
    try {
      this.#headersAt = this.#parts.clock.monotonic();
      this.#responseSize = new ResponseSize(response);
      if (this.#stream === undefined && isEventStream(response, args)) this.#openStream('sse');
    } catch (error) {
      this.#parts.diagnostics.fault('http', 'a response could not be observed', error);
    }
    return Reflect.apply(this.#writeHead, response, args) as ServerResponse;
  }

  /** The response is over, however it ended. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts.metrics.moveInFlight(-1);
    try {
      this.#record();
    } catch (error) {
      this.#parts.diagnostics.fault('http', 'a request could not be recorded', error);
    }
  }

  #openStream(kind: StreamKind): void {
    this.#stream = kind;
    this.#parts.metrics.openStream(kind);
  }

  #record(): void {
    const { metrics, clock, labels } = this.#parts;
    const response = this.#response;
    const stream = this.#stream;
    const now = clock.monotonic();
    const isAnswered = response.headersSent || stream === 'upgrade';
    const isComplete = isFinished(response);
    const statusCode = stream === 'upgrade' ? 101 : isAnswered ? response.statusCode : CLIENT_CLOSED;
    const method = methodLabel(this.#request.method);
    const endpoint = this.#readEndpoint();
    // A stream's length says nothing of how fast the server answers; its headers do.
    const answeredAt = stream === undefined ? now : this.#headersAt < 0 ? this.#start : this.#headersAt;
    const seconds = (answeredAt - this.#start) / 1_000;
    const sent = this.#responseSize?.read(isComplete) ?? 0;
    metrics.record(method, endpoint, statusCode, seconds, this.#requestBody?.read() ?? 0, sent, this.span?.exemplar(seconds));
    // A client that leaves an event stream is how event streams end.
    const isAborted = stream === undefined && !(isAnswered && isComplete);
    if (isAborted) metrics.recordAbort(method, endpoint, isAnswered ? 'mid_stream' : 'before_headers');
    if (stream !== undefined) metrics.closeStream(stream, endpoint, (now - this.#start) / 1_000);
    labels?.record(this.context ?? this.#request, response, endpoint, statusCode, seconds);
    this.span?.end({ endpoint: endpoint === UNMATCHED ? undefined : endpoint, statusCode, isAborted, error: this.#facts.error });
  }

  #readEndpoint(): string {
    if (this.#facts.endpoint !== undefined) return this.#facts.endpoint;
    try {
      return this.#source.endpointOf(this.#request, this.#response, this.#facts) ?? UNMATCHED;
    } catch (error) {
      this.#parts.diagnostics.fault('http', 'a route pattern could not be read', error);
      return UNMATCHED;
    }
  }
}

function observedClose(this: ServerResponse): void {
  (factsOf(this) as ObservedRequest).close();
}

function observedWriteHead(this: ServerResponse, ...args: unknown[]): ServerResponse {
  return (factsOf(this) as ObservedRequest).writeHead(args);
}

/** Set by Node's parser where a listener of the server took the connection over. */
function isUpgraded(request: IncomingMessage): boolean {
  return (request as IncomingMessage & { upgrade?: boolean }).upgrade === true;
}

/** HTTP/2's response has no `writableFinished`. */
function isFinished(response: ServerResponse): boolean {
  return (response.writableFinished as boolean | undefined) ?? response.writableEnded;
}

function isEventStream(response: ServerResponse, args: readonly unknown[]): boolean {
  const given = args.length > 1 ? (args.at(-1) as Record<string, unknown> | undefined) : undefined;
  const type = response.getHeader('content-type') ?? given?.['content-type'] ?? given?.['Content-Type'];
  return typeof type === 'string' && type.startsWith('text/event-stream');
}
