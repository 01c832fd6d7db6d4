import { ProxyTracerProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';
import type { Clock } from '../core/clock.js';
import { settleWithin } from '../core/settle-within.js';
import { registeredProvider } from './global-api.js';

/** Name of the instrumentation that our spans say they come from. */
export const SCOPE = 'sightline';

/** Where a `Tracing` gets its spans from. */
export interface SpanSource {
  /** Whether spans are made at all. Read on hot paths. */
  readonly active: boolean;
  readonly tracer: Tracer;
  /** Never rejects. */
  flush(): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** How long the app's own provider may take to flush. */
const APP_FLUSH_MS = 5_000;

const noopTracer: Tracer = new ProxyTracerProvider().getDelegate().getTracer(SCOPE);

/** No spans: tracing is off, or closed. */
export const noSource: SpanSource = {
  active: false,
  tracer: noopTracer,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** The provider that the app registers, before or after us; no spans until then. Never closed by us. */
export class AppSource implements SpanSource {
  readonly #clock: Clock;
  #provider: TracerProvider | undefined;
  #tracer: Tracer = noopTracer;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get active(): boolean {
    return registeredProvider() !== undefined;
  }

  get tracer(): Tracer {
    const provider = registeredProvider();
    if (provider !== this.#provider) {
      this.#provider = provider;
      this.#tracer = provider?.getTracer(SCOPE) ?? noopTracer;
    }
    return this.#tracer;
  }

  async flush(): Promise<void> {
    const provider = registeredProvider() as { forceFlush?(): Promise<void> } | undefined;
    // A failure is its own to report.
    await settleWithin((async () => provider?.forceFlush?.())(), APP_FLUSH_MS, this.#clock);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
