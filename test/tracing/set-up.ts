import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { Registry } from 'prom-client';
import { systemClock, type Clock } from '../../src/core/clock.js';
import { Diagnostics } from '../../src/core/diagnostics.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { createTracing, type Tracing, type TracingSettings } from '../../src/tracing/tracing.js';

/** A `Tracing` with what a test looks at. */
export interface TestTracing {
  readonly tracing: Tracing;
  /** Lines in the log. */
  readonly log: readonly string[];
  /** The series of `sightline_spans_total`, as `otlp exported`. */
  spansTotal(): Record<string, number>;
  /** The series of `sightline_errors_total`. */
  errorsTotal(): Record<string, number>;
}

const made: Tracing[] = [];

export interface SetUpOptions {
  readonly options?: TracingSettings['options'];
  readonly env?: TracingSettings['env'];
  readonly service?: string;
  readonly clock?: Clock;
}

/** Makes a `Tracing` that {@link cleanUp} closes. The environment is empty unless given. */
export function setUpTracing({ options, env = {}, service = 'test-service', clock = systemClock }: SetUpOptions = {}): TestTracing {
  const log: string[] = [];
  const diagnostics = new Diagnostics({ warn: line => log.push(line) }, clock);
  const metrics = new Metrics({
    registry: new Registry(),
    clock,
    diagnostics,
    seriesLimit: 100,
    seriesTtlMs: undefined,
    buckets: {},
  });
  const tracing = createTracing({ service, options, clock, diagnostics, metrics, env });
  made.push(tracing);
  const series = (name: 'sightline_spans_total' | 'sightline_errors_total'): Record<string, number> =>
    Object.fromEntries(metrics.counter(name).get().values.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
  return {
    tracing,
    log,
    spansTotal: () => series('sightline_spans_total'),
    errorsTotal: () => series('sightline_errors_total'),
  };
}

/** A `Tracing` whose finished spans a test can read. */
export function setUpInMemory(settings: SetUpOptions = {}): TestTracing & { finished(): Promise<ReadableSpan[]> } {
  const exporter = new InMemorySpanExporter();
  const given = typeof settings.options === 'object' ? settings.options : {};
  const test = setUpTracing({ ...settings, options: { ...given, exporter } });
  return {
    ...test,
    async finished() {
      await test.tracing.flush();
      return exporter.getFinishedSpans();
    },
  };
}

/** For `afterEach`: closes what was made and clears what is registered with the OpenTelemetry API. */
export async function cleanUp(): Promise<void> {
  await Promise.all(made.splice(0).map(tracing => tracing.close()));
  trace.disable();
  context.disable();
  propagation.disable();
}

/** The one item of a list. */
export function only<T>(items: readonly T[]): T {
  if (items.length !== 1) throw new Error(`expected one item, got ${items.length}`);
  return items[0] as T;
}
