import type { Tracer } from '@opentelemetry/api';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { settleWithin } from '../core/settle-within.js';
import { BoundedProcessor } from './bounded-processor.js';
import { CountedExporter } from './counted-exporter.js';
import { createExporter, type ChosenExporter } from './exporters.js';
import { register } from './global-api.js';
import type { ProviderSettings } from './options.js';
import { createResource } from './resource.js';
import { loadSdk, type Sdk } from './sdk.js';
import { SCOPE, type SpanSource } from './span-source.js';

/** The part of `Metrics` that counts spans. */
export interface SpanCounters {
  counter(name: 'sightline_spans_total'): { slot(exporter: string, result: string): number; add(slot: number, value?: number): void };
}

/** What a provider needs of its monitor. */
export interface ProviderParts {
  readonly service: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: SpanCounters;
}

/** Longest attribute value. OpenTelemetry's default is none, and one large value could fill a batch. */
const MAX_VALUE_LENGTH = 4_096;

/**
 * Sets up an OpenTelemetry provider of our own, and registers it unless there is one.
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` naming the package to install
 */
export function createProvider(settings: ProviderSettings, parts: ProviderParts): SpanSource {
  const sdk = loadSdk();
  const { exportTimeoutMs } = settings;
  const { clock, diagnostics } = parts;
  const chosen = createExporter(settings.exporter, { timeoutMs: exportTimeoutMs, clock, diagnostics });
  const exporter = chosen && countResults(chosen, settings, parts);
  const processor = exporter && createProcessor(sdk, exporter, chosen, settings, parts);
  const provider = new sdk.NodeTracerProvider({
    resource: createResource(sdk, parts.service, settings.resource),
    sampler: createSampler(sdk, settings),
    spanLimits: { attributeValueLengthLimit: valueLengthLimit() },
    spanProcessors: processor ? [processor] : [],
  });
  const unregister = register(provider);
  const tracer: Tracer = provider.getTracer(SCOPE);

  const flush = async (): Promise<void> => {
    // Rejects when a batch fails, which has been counted; others may still be under way.
    await processor?.forceFlush().catch(() => {});
    await exporter?.forceFlush();
  };
  const shutdown = async (): Promise<void> => {
    await flush().catch(() => {});
    // The provider skips its exporter when a last batch fails.
    await provider.shutdown().catch(() => {});
    await exporter?.shutdown();
  };
  return {
    active: true,
    tracer,
    async flush() {
      await settleWithin(flush(), exportTimeoutMs, clock);
    },
    async close() {
      unregister();
      if (await settleWithin(shutdown(), exportTimeoutMs, clock)) return;
      exporter?.abort();
      void exporter?.shutdown().catch(() => {});
    },
  };
}

function countResults(
  { exporter, label, target, fits }: ChosenExporter,
  { exportTimeoutMs }: ProviderSettings,
  { clock, diagnostics, metrics }: ProviderParts,
): CountedExporter {
  const spans = metrics.counter('sightline_spans_total');
  return new CountedExporter(exporter, {
    target,
    clock,
    diagnostics,
    fits,
    timeoutMs: exportTimeoutMs,
    count: (result, number) => {
      spans.add(spans.slot(label, result), number);
    },
  });
}

function createProcessor(
  sdk: Sdk,
  exporter: CountedExporter,
  { label }: ChosenExporter,
  { exportTimeoutMs, exportIntervalMs, maxQueueSize }: ProviderSettings,
  { metrics, diagnostics }: ProviderParts,
): SpanProcessor {
  // Printed at once: who looks at the console is waiting for it.
  if (label === 'console') return new sdk.SimpleSpanProcessor(exporter);
  const batches = new sdk.BatchSpanProcessor(exporter, {
    maxQueueSize,
    maxExportBatchSize: Math.min(512, maxQueueSize),
    scheduledDelayMillis: exportIntervalMs,
    // Ours comes first: this one's timer holds the process until the exporter answers.
    exportTimeoutMillis: exportTimeoutMs + 1_000,
  });
  const spans = metrics.counter('sightline_spans_total');
  return new BoundedProcessor(batches, exporter, {
    maxQueueSize,
    onDrop: () => {
      spans.add(spans.slot(label, 'dropped'));
      diagnostics.notice('tracing', `spans are dropped: ${maxQueueSize} are waiting for export (\`tracing.maxQueueSize\`)`);
    },
  });
}

function createSampler(sdk: Sdk, { sampleRatio, parentBased }: ProviderSettings): Sampler {
  const root = new sdk.TraceIdRatioBasedSampler(sampleRatio);
  return parentBased ? new sdk.ParentBasedSampler({ root }) : root;
}

/** The environment's limit, which the SDK would otherwise no longer read. */
function valueLengthLimit(): number {
  const text = process.env['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'] ?? process.env['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'];
  const limit = Number(text);
  return text && Number.isInteger(limit) && limit > 0 ? limit : MAX_VALUE_LENGTH;
}
