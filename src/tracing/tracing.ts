import type { IncomingHttpHeaders } from 'node:http';
import { ROOT_CONTEXT, type Context, type Tracer } from '@opentelemetry/api';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError } from '../core/errors.js';
import type { Instrument } from '../core/instrument.js';
import { isSdkDisabled, resourceAttributes, type Environment } from './environment.js';
import { isOurProvider, registeredProvider } from './global-api.js';
import type { TracingOptions } from './options.js';
import { extractHeaders, traceHeaders, withHeaders, type HeadersLike } from './propagation.js';
import { createProvider, type SpanCounters } from './provider.js';
import { resolveOptions } from './resolve-options.js';
import { AppSource, noSource, type SpanSource } from './span-source.js';
import { createTraceFunction, type SpanAttributes } from './trace-function.js';

/** Ready values for {@link createTracing}. */
export interface TracingSettings {
  /** The service's name; `unknown_service` where none was given. */
  readonly service: string;
  /** As in the monitor's options. */
  readonly options: boolean | TracingOptions | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: SpanCounters;
  /** Default: `process.env`. */
  readonly env?: Environment;
}

/**
 * The traces of one monitor.
 * @example monitor.tracing.tracer.startActiveSpan('recommend', span => { …; span.end(); })
 */
export class Tracing {
  #source: SpanSource;
  readonly #diagnostics: Diagnostics;
  #closing: Promise<void> | undefined;
  /** {@link Instrument} that makes a span of each call; the name defaults to the function's. */
  readonly traceFunction: (name?: string, attributes?: SpanAttributes) => Instrument;

  /** Use {@link createTracing}. */
  constructor(source: SpanSource, diagnostics: Diagnostics) {
    this.#source = source;
    this.#diagnostics = diagnostics;
    this.traceFunction = createTraceFunction(() => this);
  }

  /** Whether spans are made: it costs nanoseconds to ask, so that nothing else is done where they aren't. */
  get active(): boolean {
    return this.#source.active;
  }

  /** An OpenTelemetry tracer; one whose spans do nothing where tracing isn't active. */
  get tracer(): Tracer {
    return this.#source.tracer;
  }

  /**
   * A copy of `headers`, of the same kind, with the headers that continue the current trace.
   * @example await fetch(url, { headers: monitor.tracing.injectHeaders({ accept: 'application/json' }) })
   */
  injectHeaders(headers?: undefined): Record<string, string>;
  injectHeaders<H extends HeadersLike>(headers: H): H;
  injectHeaders(headers: HeadersLike = {}): HeadersLike {
    const added = this.traceHeaders();
    return this.#diagnostics.guard('tracing', 'headers could not be added', () => withHeaders(headers, added)) ?? headers;
  }

  /** The headers that continue the current trace; empty without one. */
  traceHeaders(): Record<string, string> {
    if (!this.active) return {};
    return this.#diagnostics.guard('tracing', 'headers could not be made', traceHeaders) ?? {};
  }

  /** The context of the caller's trace, from a request's headers. Malformed ones are ignored. */
  extract(headers: IncomingHttpHeaders): Context {
    if (!this.active) return ROOT_CONTEXT;
    return this.#diagnostics.guard('tracing', "a caller's trace could not be read", () => extractHeaders(headers)) ?? ROOT_CONTEXT;
  }

  /** A fault of our own, or of the app's span processors, while a span was made. Never throws. */
  fault(error: unknown): void {
    this.#diagnostics.fault('tracing', 'a call could not be traced', error);
  }

  /** Waits until finished spans are exported, or `exportTimeout` has passed. Never rejects. */
  flush(): Promise<void> {
    return this.#source.flush();
  }

  /**
   * Exports what is finished and stops, within `exportTimeout`. From then on no spans are made.
   * A provider that the app has registered is left alone. Never rejects.
   */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#source.close();
      this.#source = noSource;
    }
    return this.#closing;
  }
}

/**
 * Sets tracing up as the options have it. With `undefined`, spans go to the provider that the app
 * has registered or will register; with `false`, none are made.
 *
 * @throws InvalidOptionError naming the option or the environment variable
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` naming the package to install
 */
export function createTracing({ options, service, clock, diagnostics, metrics, env = process.env }: TracingSettings): Tracing {
  const tracing = (source: SpanSource): Tracing => new Tracing(source, diagnostics);
  if (options === undefined) return tracing(new AppSource(clock));
  if (options === false) return tracing(noSource);
  if (options !== true && (typeof options !== 'object' || options === null)) {
    throw new InvalidOptionError('tracing', options, 'true, false or an object');
  }
  const isDisabled = isSdkDisabled(env);
  const settings = resolveOptions(options === true ? {} : options, isDisabled ? {} : env);
  if (isDisabled) return tracing(noSource);
  const registered = registeredProvider();
  if (registered !== undefined && !isOurProvider(registered)) {
    diagnostics.notice(
      'tracing',
      'the app has registered an OpenTelemetry provider of its own: spans go there, and the option `tracing` is ignored',
    );
    return tracing(new AppSource(clock));
  }
  return tracing(createProvider(settings, { service: serviceName(service, options, env), clock, diagnostics, metrics }));
}

/** The name in the traces' own options, then the monitor's, then the environment's. */
function serviceName(service: string, options: true | TracingOptions, env: Environment): string {
  const own = options === true ? undefined : options.resource?.['service.name'];
  if (own !== undefined) return String(own);
  return service === 'unknown_service' ? (resourceAttributes(env)['service.name'] ?? service) : service;
}
