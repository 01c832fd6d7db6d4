import type { IncomingMessage } from 'node:http';
import { context, SpanKind, SpanStatusCode, trace, TraceFlags, type Context, type Span } from '@opentelemetry/api';
import type { Clock } from '../core/clock.js';
import { methodLabel } from '../metrics/http-metrics.js';
import type { Exemplar } from '../metrics/metric.js';
import { recordFailure } from '../tracing/span-failure.js';
import type { Tracing } from '../tracing/tracing.js';
import { pathOf } from './request-target.js';

/** How an observed request ended. */
export interface RequestEnd {
  /** Route pattern or name; `undefined` where no route answered. */
  readonly endpoint: string | undefined;
  readonly statusCode: number;
  readonly isAborted: boolean;
  /** What the route passed on as an error, where it did. */
  readonly error: unknown;
}

/** Server spans by OpenTelemetry's HTTP conventions: no query, header, body or address is recorded. */
export class ServerSpans {
  readonly #tracing: Tracing;
  readonly #clock: Clock;

  constructor(tracing: Tracing, clock: Clock) {
    this.#tracing = tracing;
    this.#clock = clock;
  }

  /** The request's span: a new one, or the one OpenTelemetry's own instrumentation has already made. */
  begin(request: IncomingMessage): ServerSpan | undefined {
    if (!this.#tracing.active) return undefined;
    const active = trace.getActiveSpan();
    if (active !== undefined && isOfRequest(active)) return new ServerSpan(active, undefined, request, this.#clock);
    const parent = this.#tracing.extract(request.headers);
    const method = methodLabel(request.method);
    const span = this.#tracing.tracer.startSpan(method, { kind: SpanKind.SERVER }, parent);
    if (span.isRecording()) {
      span.setAttribute('http.request.method', method);
      span.setAttribute('url.path', pathOf(targetOf(request)));
      span.setAttribute('url.scheme', isSecure(request) ? 'https' : 'http');
      span.setAttribute('network.protocol.version', request.httpVersion);
    }
    return new ServerSpan(span, trace.setSpan(parent, span), request, this.#clock);
  }
}

/**
 * Whether the active span is that of the request: a server's, under way. Another one is where the server happened
 * to be started (`listen()` inside of a span), which all its requests would otherwise become part of.
 * A span that is not sampled does not tell its kind, and stays the request's.
 */
function isOfRequest(span: Span): boolean {
  const { kind, ended } = span as { kind?: SpanKind; ended?: boolean };
  return kind === undefined || (kind === SpanKind.SERVER && ended !== true);
}

/** The span of one request. */
export class ServerSpan {
  readonly #span: Span;
  /** Set where the span is ours to run in and to end. */
  readonly #context: Context | undefined;
  readonly #request: IncomingMessage;
  readonly #clock: Clock;

  constructor(span: Span, ownContext: Context | undefined, request: IncomingMessage, clock: Clock) {
    this.#span = span;
    this.#context = ownContext;
    this.#request = request;
    this.#clock = clock;
  }

  /** Runs the app with the span active. */
  run<T>(work: () => T): T {
    return this.#context === undefined ? work() : context.with(this.#context, work);
  }

  /** The exemplar that leads from a bucket to this trace; none where the trace is not sampled. */
  exemplar(value: number): Exemplar | undefined {
    const { traceId, spanId, traceFlags } = this.#span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
    return { labels: { trace_id: traceId, span_id: spanId }, value, timestamp: this.#clock.now() / 1_000 };
  }

  end({ endpoint, statusCode, isAborted, error }: RequestEnd): void {
    const span = this.#span;
    const isOurs = this.#context !== undefined;
    // Someone else's span gets the route, which it may lack; the rest is its maker's.
    if (span.isRecording() && (isOurs || (span as { kind?: SpanKind }).kind === SpanKind.SERVER)) {
      if (endpoint !== undefined) {
        span.setAttribute('http.route', endpoint);
        span.updateName(`${methodLabel(this.#request.method)} ${endpoint}`);
      }
    }
    if (!isOurs) return;
    if (span.isRecording()) {
      span.setAttribute('http.response.status_code', statusCode);
      if (isAborted) span.setAttribute('sightline.aborted', true);
      if (statusCode >= 500) {
        if (error === undefined) {
          span.setAttribute('error.type', String(statusCode));
          span.setStatus({ code: SpanStatusCode.ERROR });
        } else {
          recordFailure(span, error);
        }
      }
    }
    span.end();
  }
}

/** The whole path, also where Express has taken a mount off `url`. */
function targetOf(request: IncomingMessage & { readonly originalUrl?: string }): string {
  return request.originalUrl ?? request.url ?? '/';
}

/** Only TLS sockets have the field; an injected request may have no socket. */
function isSecure(request: IncomingMessage): boolean {
  const socket = request.socket as { encrypted?: boolean } | undefined;
  return socket?.encrypted === true;
}
