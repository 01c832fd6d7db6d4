import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { methodLabel, type HttpMetrics, type StreamKind } from '../metrics/http-metrics.js';
import { forgetConnection, watchConnection } from './connection.js';
import type { CustomLabels } from './custom-labels.js';
import { isEventStream } from './event-stream.js';
import { isBodiless, pieceLength, watchBody, type BodySize } from './message-size.js';
import { attachFacts, factsOf, type RequestFacts, type RouteSource } from './observed-request.js';
import { hookResponse, type ResponseListener } from './response-hooks.js';
import { runInRequestScope } from './request-scope.js';
import type { ServerSpan, ServerSpans } from './server-span.js';

/** The one label of requests that no route answered. */
const UNMATCHED = 'unmatched';
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
    const { diagnostics, metrics } = this.#parts;
    try {
      const facts = factsOf(response);
      if (isOwnedBy(facts, metrics) || this.#isSkipped(context ?? request)) return undefined;
      try {
        source.prepare(request);
      } catch (error) {
        diagnostics.fault('http', 'the routes could not be read', error);
      }
      return new ObservedRequest(this.#parts, request, response, source, facts, context);
    } catch (error) {
      diagnostics.fault('http', 'a request could not be observed', error);
      return undefined;
    }
  }

  #isSkipped(subject: unknown): boolean {
    const { skip, diagnostics } = this.#parts;
    if (skip === undefined) return false;
    try {
      return skip(subject) === true;
    } catch (error) {
      diagnostics.fault('http', '`skip` failed, so the request is observed', error);
      return false;
    }
  }
}

/** One request under observation. The first of a response is the one that carries its facts. */
export class ObservedRequest implements RequestFacts, ResponseListener {
  endpoint: string | undefined = undefined;
  route: unknown = undefined;
  passed: unknown = undefined;
  context: unknown;
  error: unknown = undefined;
  sentBytes = 0;
  isTold = false;
  readonly response: ServerResponse;
  readonly owner: unknown;
  next: ObservedRequest | undefined = undefined;
  readonly span: ServerSpan | undefined;
  /** What is known of the request, where its first observer keeps it. */
  readonly facts: RequestFacts;
  readonly #parts: RequestObserverParts;
  readonly #request: IncomingMessage;
  readonly #source: RouteSource;
  readonly #start: number;
  readonly #requestBody: BodySize | undefined;
  readonly #isUpgrade: boolean;
  /** Where the response may not be told when its connection closes. */
  readonly #connection: Socket | undefined;
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
    this.response = response;
    this.#source = source;
    this.#start = parts.clock.monotonic();
    this.#requestBody = watchBody(request);
    this.context = context;
    this.owner = parts.metrics;
    this.facts = facts ?? this;
    this.span = parts.spans.begin(request);
    this.#isUpgrade = isUpgraded(request);
    if (facts === undefined) {
      attachFacts(response, this);
      hookResponse(response);
      response.on('close', () => {
        this.close();
      });
    } else {
      // Of another monitor: the first one passes on what it is told.
      const first = facts as ObservedRequest;
      this.next = first.next;
      first.next = this;
    }
    parts.metrics.moveInFlight(1);
    if (this.#isUpgrade) this.#openStream('upgrade');
    // Upgraded, or pipelined and waiting for the ones before it: such a response is not told when the connection closes.
    this.#connection = response.socket === null || this.#isUpgrade ? request.socket : undefined;
    if (this.#connection !== undefined) watchConnection(this.#connection, this);
  }

  /** Runs the app for the request: with its span active, and with the request findable for who isn't handed it. */
  run<T>(work: () => T): T {
    const { span } = this;
    if (span === undefined) return runInRequestScope(this.facts, work);
    return span.run(() => runInRequestScope(this.facts, work));
  }

  /** The same for Koa, which answers errors outside of all middleware, so that a span must learn of one here. */
  runAsync(work: () => Promise<unknown>): Promise<unknown> {
    const answered = this.run(work);
    return this.span === undefined ? answered : this.#noteError(answered);
  }

  async #noteError(answered: Promise<unknown>): Promise<unknown> {
    try {
      return await answered;
    } catch (error) {
      this.facts.error = error;
      throw error;
    }
  }

  onHeaders(args: readonly unknown[]): void {
    this.next?.onHeaders(args);
    try {
      this.#headersAt = this.#parts.clock.monotonic();
      if (this.#stream === 'upgrade') this.#refuseUpgrade();
      else if (this.#stream === undefined && isEventStream(this.response, args)) this.#openStream('sse');
    } catch (error) {
      this.#parts.diagnostics.fault('http', 'a response could not be observed', error);
    }
  }

  onPiece(piece: unknown, encoding: unknown): void {
    this.sentBytes += pieceLength(piece, encoding);
  }

  /** The response is over, however it ended. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.next?.close();
    if (this.#connection !== undefined) forgetConnection(this.#connection, this);
    if (this.#stream === undefined) this.#parts.metrics.moveInFlight(-1);
    try {
      this.#record();
    } catch (error) {
      this.#parts.diagnostics.fault('http', 'a request could not be recorded', error);
    }
  }

  currentEndpoint(): string | undefined {
    try {
      return this.facts.endpoint ?? this.#source.endpointOf(this.#request, this.response, this.facts);
    } catch {
      // Told when the request is recorded.
      return undefined;
    }
  }

  #openStream(kind: StreamKind): void {
    this.#stream = kind;
    this.#parts.metrics.openStream(kind);
  }

  /** Who takes a connection over writes to its socket; an answer by the response says no. */
  #refuseUpgrade(): void {
    this.#stream = undefined;
    this.#parts.metrics.dropStream('upgrade');
  }

  #record(): void {
    const { metrics, clock, labels } = this.#parts;
    const response = this.response;
    const stream = this.#stream;
    const now = clock.monotonic();
    const isAnswered = this.#headersAt >= 0 || response.headersSent || stream === 'upgrade';
    const isComplete = this.#isUpgrade ? response.writableEnded : isFinished(this.#request, response);
    const statusCode = stream === 'upgrade' ? 101 : isAnswered ? response.statusCode : CLIENT_CLOSED;
    const { method: givenMethod } = this.#request;
    const method = methodLabel(givenMethod);
    const endpoint = this.#readEndpoint();
    const seconds = this.#secondsUntilAnswered(now);
    const sent = isBodiless(givenMethod, statusCode) ? 0 : this.facts.sentBytes;
    metrics.record(method, endpoint, statusCode, seconds, this.#requestBody?.read() ?? 0, sent, this.span?.exemplar(seconds));
    // A client that leaves an event stream is how event streams end.
    const isAborted = stream === undefined && !(isAnswered && isComplete);
    if (isAborted) metrics.recordAbort(method, endpoint, isAnswered ? 'mid_stream' : 'before_headers');
    if (stream !== undefined) metrics.closeStream(stream, endpoint, (now - this.#start) / 1_000);
    this.span?.end({ endpoint: endpoint === UNMATCHED ? undefined : endpoint, statusCode, isAborted, error: this.facts.error });
    labels?.record(this.context ?? this.#request, response, endpoint, statusCode, seconds);
  }

  /** A stream's length says nothing of how fast the server answers; its headers do, where it has any. */
  #secondsUntilAnswered(now: number): number {
    if (this.#stream === 'upgrade') return NaN;
    return ((this.#stream === 'sse' ? this.#headersAt : now) - this.#start) / 1_000;
  }

  #readEndpoint(): string {
    try {
      if (this.#source.isUnanswered(this.response, this.facts)) return UNMATCHED;
      return this.facts.endpoint ?? this.#source.endpointOf(this.#request, this.response, this.facts) ?? UNMATCHED;
    } catch (error) {
      this.#parts.diagnostics.fault('http', 'a route pattern could not be read', error);
      return UNMATCHED;
    }
  }
}

function isOwnedBy(facts: RequestFacts | undefined, owner: unknown): boolean {
  return facts !== undefined && (facts.owner === owner || isOwnedBy(facts.next, owner));
}

/** Set by Node's parser where a listener of the server took the connection over. */
function isUpgraded(request: IncomingMessage): boolean {
  return (request as IncomingMessage & { upgrade?: boolean }).upgrade === true;
}

/** Whether all of a response was sent. HTTP/2's has no `writableFinished`. */
function isFinished(request: IncomingMessage, response: ServerResponse): boolean {
  const isFinished = response.writableFinished as boolean | undefined;
  if (isFinished === undefined) return response.writableEnded;
  // Of a broken connection Node drops what is still in its buffers, and calls the response finished.
  return isFinished && !isDestroyed(request.socket);
}

/** An injected request may come without a socket. */
function isDestroyed(socket: Socket | undefined): boolean {
  return socket?.destroyed === true;
}
