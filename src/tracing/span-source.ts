import { ProxyTracerProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';
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
  #provider: TracerProvider | undefined;
  #tracer: Tracer = noopTracer;

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
    try {
      await (registeredProvider() as { forceFlush?(): Promise<void> } | undefined)?.forceFlush?.();
    } catch {
      // Its own to report.
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
