import { context, trace, type Context, type Span } from '@opentelemetry/api';
import type { Tracing } from '../tracing/tracing.js';
import type { CallDescription } from './call-description.js';
import { requestContent, responseContent, StreamedText } from './captured-content.js';
import { endSpan, nameModel, startSpan, type SpanEnd } from './genai-span.js';

/** The client span of one call, and what is recorded on it of what was asked and answered. */
export class CallSpan {
  /** Collects a streamed answer; `undefined` where no content is recorded. */
  readonly text: StreamedText | undefined;
  readonly #about: CallDescription;
  readonly #span: Span;
  readonly #context: Context;
  readonly #contentLength: number;

  /** @param contentLength characters recorded of each side; 0 records none */
  constructor(tracing: Tracing, about: CallDescription, service: string, requestModel: string | undefined, contentLength: number) {
    this.#about = about;
    this.#contentLength = contentLength;
    this.#span = startSpan(tracing, about, service, requestModel);
    this.#context = trace.setSpan(context.active(), this.#span);
    this.text = contentLength > 0 && this.#span.isRecording() ? new StreamedText(contentLength) : undefined;
  }

  /** Runs the call with its span active. */
  run(work: () => unknown): unknown {
    return context.with(this.#context, work);
  }

  /** What is asked. */
  capture(request: unknown): void {
    if (this.text === undefined) return;
    const input = requestContent([request], this.#contentLength);
    if (input !== undefined) this.#span.setAttribute('gen_ai.input.messages', input);
  }

  /** What is asked, where it was not known when the call began. */
  nameModel(requestModel: string): void {
    nameModel(this.#span, this.#about, requestModel);
  }

  /** @param answer a whole one */
  end(end: SpanEnd, answer: unknown): void {
    const output = this.text && (this.text.text ?? responseContent(answer, this.#contentLength));
    endSpan(this.#span, end, output);
  }
}
