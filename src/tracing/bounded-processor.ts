import { TraceFlags, type Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { CountedExporter } from './counted-exporter.js';

/** Ready values for {@link BoundedProcessor}. */
export interface BoundedProcessorSettings {
  readonly maxQueueSize: number;
  readonly onDrop: () => void;
}

/**
 * A batch processor's queue, seen from outside: OpenTelemetry's drops spans when it is full, but
 * tells no one. This one knows the length, being on both ends, and drops before the one within would.
 */
export class BoundedProcessor implements SpanProcessor {
  readonly #inner: SpanProcessor;
  readonly #settings: BoundedProcessorSettings;
  #queued = 0;
  #isClosed = false;

  /** @param exporter what `inner` exports to */
  constructor(inner: SpanProcessor, exporter: CountedExporter, settings: BoundedProcessorSettings) {
    this.#inner = inner;
    this.#settings = settings;
    exporter.onTake = spans => {
      this.#queued -= spans;
    };
  }

  onStart(span: Span, parent: Context): void {
    this.#inner.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if (this.#isClosed) return;
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#queued >= this.#settings.maxQueueSize) {
      this.#settings.onDrop();
      return;
    }
    this.#queued++;
    this.#inner.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#isClosed = true;
    return this.#inner.shutdown();
  }
}
