import { context, SpanKind, trace, type Context, type Span } from '@opentelemetry/api';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import type { AnyFunction, Observation } from '../core/instrument.js';
import type { Metrics } from '../metrics/metrics.js';
import { recordFailure } from '../tracing/span-failure.js';
import type { Tracing } from '../tracing/tracing.js';

/** What the database instruments need of a monitor. */
export interface DatabaseMonitorParts {
  readonly metrics: Pick<Metrics, 'database' | 'gauge'>;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** What is known of a query: labels of its metrics, and attributes of its span. */
export interface QueryDescription {
  readonly operation: string;
  readonly table: string;
  /** OpenTelemetry's `db.system.name`: `postgresql`, `mysql`, … */
  readonly system?: string | undefined;
  /** OpenTelemetry's `db.namespace`: the database's name. */
  readonly namespace?: string | undefined;
}

/** Tells the monitor of a fault of ours. Never throws: there may be no monitor, and the host's query goes on. */
export function reportFault(partsOf: () => DatabaseMonitorParts, error: unknown): void {
  try {
    partsOf().diagnostics.fault('database', 'a query could not be observed', error);
  } catch {
    // No one to tell.
  }
}

/** One query: timed, counted and, where tracing is on, a client span. */
export class QueryObservation implements Observation {
  readonly #parts: DatabaseMonitorParts;
  readonly #query: QueryDescription;
  readonly #span: Span | undefined;
  readonly #context: Context | undefined;
  #start: number;

  constructor(parts: DatabaseMonitorParts, query: QueryDescription) {
    this.#parts = parts;
    this.#query = query;
    if (parts.tracing.active) {
      this.#span = startSpan(parts.tracing, query);
      this.#context = trace.setSpan(context.active(), this.#span);
    }
    this.#start = parts.clock.monotonic();
  }

  run(fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
    if (this.#context === undefined) return Reflect.apply(fn, self, args);
    return context.with(this.#context, () => Reflect.apply(fn, self, args) as unknown);
  }

  restart(): void {
    this.#start = this.#parts.clock.monotonic();
  }

  succeed(): void {
    this.#end(false);
  }

  fail(error: unknown): void {
    // Databases quote values in their messages, so only the kind of error is recorded.
    if (this.#span) recordFailure(this.#span, error, { message: false });
    this.#end(true);
  }

  #end(failed: boolean): void {
    const { metrics, clock, diagnostics } = this.#parts;
    const { operation, table } = this.#query;
    try {
      metrics.database.record({ operation, table, seconds: (clock.monotonic() - this.#start) / 1_000, failed });
      this.#span?.end();
    } catch (error) {
      diagnostics.fault('database', 'a query could not be recorded', error);
    }
  }
}

function startSpan(tracing: Tracing, { operation, table, system, namespace }: QueryDescription): Span {
  const summary = table === 'other' ? operation : `${operation} ${table}`;
  const span = tracing.tracer.startSpan(summary, { kind: SpanKind.CLIENT });
  if (!span.isRecording()) return span;
  span.setAttribute('db.operation.name', operation);
  span.setAttribute('db.query.summary', summary);
  if (table !== 'other') span.setAttribute('db.collection.name', table);
  if (system !== undefined) span.setAttribute('db.system.name', system);
  if (namespace !== undefined) span.setAttribute('db.namespace', namespace);
  return span;
}
