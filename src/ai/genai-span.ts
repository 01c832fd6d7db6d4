import { SpanKind, type Attributes, type Span } from '@opentelemetry/api';
import { recordFailure } from '../tracing/span-failure.js';
import type { Tracing } from '../tracing/tracing.js';
import type { CallDescription } from './call-description.js';
import type { AiOutcome } from './outcome.js';
import { providerName } from './provider.js';
import type { ResponseFacts } from './usage/response-shape.js';

// Written out: `@opentelemetry/semantic-conventions` marks its copies deprecated, and the conventions still move.
// Source: OpenTelemetry semantic conventions for generative AI, client spans.

const DEFAULT_OPERATION = 'chat';

/** Begins the client span of a call; it covers the SDK's retries. */
export function startSpan(tracing: Tracing, about: CallDescription, service: string, requestModel: string | undefined): Span {
  const operation = about.operation ?? DEFAULT_OPERATION;
  // Given at once, so that the app's own sampler can go by them.
  const attributes: Attributes = {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': about.provider ?? providerName(service),
  };
  if (requestModel !== undefined) attributes['gen_ai.request.model'] = requestModel;
  return tracing.tracer.startSpan(spanName(operation, requestModel), { kind: SpanKind.CLIENT, attributes });
}

function spanName(operation: string, requestModel: string | undefined): string {
  return requestModel === undefined ? operation : `${operation} ${requestModel}`;
}

/** Names the model that is asked, which some SDKs only tell after the call began. */
export function nameModel(span: Span, about: CallDescription, requestModel: string): void {
  span.updateName(spanName(about.operation ?? DEFAULT_OPERATION, requestModel));
  span.setAttribute('gen_ai.request.model', requestModel);
}

/** What a call's span says at its end. */
export interface SpanEnd {
  readonly facts: ResponseFacts | undefined;
  readonly outcome: AiOutcome;
  readonly retries: number;
  readonly cost: number | undefined;
  /** Seconds to the first part of a streamed answer. */
  readonly firstTokenSeconds: number | undefined;
  /** What was thrown; only read where the outcome is none of the good ones. */
  readonly error: unknown;
  readonly isFailed: boolean;
  /** Milliseconds of the monotonic clock, which OpenTelemetry takes as they are. Left out: now. */
  readonly endedAt?: number | undefined;
}

/** @param output the answer, where it is recorded */
export function endSpan(span: Span, end: SpanEnd, output: string | undefined): void {
  if (span.isRecording()) {
    const { facts, firstTokenSeconds } = end;
    const usage = facts?.usage;
    set(span, 'gen_ai.response.model', facts?.model);
    set(span, 'gen_ai.response.id', facts?.responseId);
    if (facts?.finishReason !== undefined) span.setAttribute('gen_ai.response.finish_reasons', [facts.finishReason]);
    set(span, 'gen_ai.usage.input_tokens', usage?.inputTokens);
    set(span, 'gen_ai.usage.output_tokens', usage?.outputTokens);
    set(span, 'gen_ai.usage.cache_read.input_tokens', usage?.cachedInputTokens);
    set(span, 'gen_ai.usage.cache_creation.input_tokens', usage?.cacheWriteTokens);
    set(span, 'gen_ai.usage.reasoning.output_tokens', usage?.reasoningTokens);
    set(span, 'gen_ai.response.time_to_first_chunk', firstTokenSeconds);
    set(span, 'gen_ai.output.messages', output);
    set(span, 'sightline.ai.outcome', end.outcome);
    set(span, 'sightline.ai.cost', end.cost);
    if (end.retries > 0) span.setAttribute('sightline.ai.retries', end.retries);
    // Providers quote prompts in their messages, so only the kind of error is recorded.
    if (end.isFailed) recordFailure(span, end.error, { message: false });
  }
  span.end(end.endedAt);
}

function set(span: Span, name: string, value: string | number | undefined): void {
  if (value !== undefined) span.setAttribute(name, value);
}
