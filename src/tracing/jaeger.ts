import type { JaegerExporter } from '@opentelemetry/exporter-jaeger';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Clock } from '../core/clock.js';
import { EXPORT_FAILED, type SpanExportResult } from './span-exporter.js';

/** A datagram holds 65,000 bytes; the rest is for the process that the spans belong to. */
const MAX_SPAN_BYTES = 60_000;

/**
 * OpenTelemetry's Jaeger exporter with its gaps closed: exports at the same time mix up its one
 * buffer, and a collector that accepts a connection but never answers holds it, and the process, for ever.
 */
export class SerialJaegerExporter implements SpanExporter {
  readonly #make: () => JaegerExporter;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  #inner: JaegerExporter;
  #last: Promise<void> = Promise.resolve();

  constructor(make: () => JaegerExporter, timeoutMs: number, clock: Clock) {
    this.#make = make;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#inner = make();
  }

  export(spans: ReadableSpan[], done: (result: SpanExportResult) => void): void {
    const asked = this.#clock.monotonic();
    const sent = this.#last.then(() => {
      // Its time ran out behind others, so it has been counted as failed.
      if (this.#clock.monotonic() - asked >= this.#timeoutMs) return noAnswer(this.#timeoutMs);
      return this.#send(spans);
    });
    this.#last = sent.then(done);
  }

  /** Never rejects. */
  shutdown(): Promise<void> {
    return close(this.#inner);
  }

  #send(spans: ReadableSpan[]): Promise<SpanExportResult> {
    const exporter = this.#inner;
    return new Promise(resolve => {
      const cancel = this.#clock.schedule(() => {
        // Its sockets can only be closed with it.
        void close(exporter);
        if (this.#inner === exporter) this.#inner = this.#make();
        resolve(noAnswer(this.#timeoutMs));
      }, this.#timeoutMs);
      exporter.export(spans, result => {
        cancel();
        resolve(result);
      });
    });
  }
}

function noAnswer(timeoutMs: number): SpanExportResult {
  return { code: EXPORT_FAILED, error: new Error(`no answer within ${timeoutMs} ms`) };
}

function close(exporter: JaegerExporter): Promise<void> {
  return exporter.shutdown().catch(() => {
    // It says that its last flush failed; each export has said so already.
  });
}

/** Whether a span fits into a datagram. The exporter would give up on the whole batch with one that doesn't. */
export function fitsDatagram(span: ReadableSpan): boolean {
  let bytes = 300 + Buffer.byteLength(span.name) + tagBytes(span.attributes) + tagBytes(span.resource.attributes) + 60 * span.links.length;
  for (const { name, attributes } of span.events) bytes += 150 + Buffer.byteLength(name) + tagBytes(attributes ?? {});
  return bytes <= MAX_SPAN_BYTES;
}

/** At most: binary Thrift writes all seven fields of a tag, also those without a value. */
function tagBytes(attributes: Readonly<Record<string, unknown>>): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(attributes)) {
    bytes += 70 + Buffer.byteLength(key) + (typeof value === 'number' || typeof value === 'boolean' ? 0 : Buffer.byteLength(String(value)));
  }
  return bytes;
}
