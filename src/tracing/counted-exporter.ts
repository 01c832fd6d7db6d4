import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { EXPORT_FAILED, EXPORT_SUCCESS, type SpanExportResult } from './span-exporter.js';
import { describeFailure } from './span-failure.js';

/** Ready values for {@link CountedExporter}. */
export interface CountedExporterSettings {
  /** Where spans go, for the log. */
  readonly target: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly timeoutMs: number;
  /** Counts spans by what became of them. */
  readonly count: (result: 'exported' | 'failed', spans: number) => void;
  /** Left out: all fit. One that doesn't would take its whole batch with it. */
  readonly fits?: ((span: ReadableSpan) => boolean) | undefined;
}

/**
 * An exporter whose results are counted, and that answers in time whatever the one within does:
 * it may throw, never call back, or call back twice.
 */
export class CountedExporter implements SpanExporter {
  /** Told how many spans have left the queue. */
  onTake: (spans: number) => void = () => {};
  readonly #inner: SpanExporter;
  readonly #settings: CountedExporterSettings;
  /** What ends each export that is under way. */
  readonly #underWay = new Set<(error: unknown) => void>();
  readonly #idle: (() => void)[] = [];
  #closing: Promise<void> | undefined;

  constructor(inner: SpanExporter, settings: CountedExporterSettings) {
    this.#inner = inner;
    this.#settings = settings;
  }

  export(spans: ReadableSpan[], done: (result: SpanExportResult) => void): void {
    this.onTake(spans.length);
    const fitting = this.#fitting(spans);
    if (fitting.length === 0) {
      done({ code: EXPORT_SUCCESS });
      return;
    }
    const finish = (result: SpanExportResult): void => {
      if (!this.#underWay.delete(abort)) return;
      cancel();
      this.#report(result, fitting.length);
      done(result);
      if (this.#underWay.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    };
    const abort = (error: unknown): void => {
      finish({ code: EXPORT_FAILED, error: error instanceof Error ? error : new Error(String(error)) });
    };
    this.#underWay.add(abort);
    const cancel = this.#settings.clock.schedule(() => {
      abort(new Error(`no answer within ${this.#settings.timeoutMs} ms`));
    }, this.#settings.timeoutMs);
    try {
      this.#inner.export(fitting, finish);
    } catch (error) {
      abort(error);
    }
  }

  /** Resolves when no export is under way. */
  async forceFlush(): Promise<void> {
    if (this.#underWay.size > 0) await new Promise<void>(resolve => this.#idle.push(resolve));
    await this.#inner.forceFlush?.();
  }

  /** Stops the exporter within; a second call is the same as the first. */
  shutdown(): Promise<void> {
    return (this.#closing ??= (async () => this.#inner.shutdown())());
  }

  /** Gives up on all exports that are under way: their spans count as failed. */
  abort(): void {
    for (const abort of this.#underWay) abort(new Error('closed before there was an answer'));
  }

  #fitting(spans: ReadableSpan[]): ReadableSpan[] {
    const { fits } = this.#settings;
    const fitting = fits === undefined ? spans : spans.filter(fits);
    const tooLarge = spans.length - fitting.length;
    if (tooLarge > 0) this.#report({ code: EXPORT_FAILED, error: new Error('larger than a datagram can be') }, tooLarge);
    return fitting;
  }

  #report({ code, error }: SpanExportResult, spans: number): void {
    const { count, diagnostics, target } = this.#settings;
    count(code === EXPORT_SUCCESS ? 'exported' : 'failed', spans);
    if (code === EXPORT_SUCCESS) return;
    // No fault of ours, so no count of it as one.
    diagnostics.notice('tracing', `${spans} span${spans === 1 ? '' : 's'} could not be sent to ${target}${reason(error)}`);
  }
}

function reason(error: Error | undefined): string {
  if (error === undefined) return '';
  const { type, message } = describeFailure(error);
  // A refused connection to a name with several addresses is an AggregateError without a message.
  return `: ${[type === 'Error' ? '' : type, message].filter(Boolean).join(': ')}`;
}
