import type { TokenUsage } from './usage/token-usage.js';

/** Further facts of the calls that {@link monitorAiService} wraps. */
export interface AiServiceOptions {
  /** OpenTelemetry's `gen_ai.operation.name`: `chat`, `embeddings`, `generate_content`, … Default: `chat`. */
  readonly operation?: string;
  /** OpenTelemetry's `gen_ai.provider.name`. Default: read from the service's name. */
  readonly provider?: string;
  /**
   * Reads the tokens of a response whose shape Sightline does not know; of a stream, of its last event that has some.
   * `undefined` leaves it to the shapes that are known.
   */
  readonly extractUsage?: (response: unknown) => TokenUsage | undefined;
}

/** What is known of a call before it is made. */
export interface CallDescription extends AiServiceOptions {
  readonly service: string;
  /** Whether a person named the service; else it may be named by the call around this one. */
  readonly isServiceGiven: boolean;
  /** The model, where neither the response nor the request names one. */
  readonly model?: string | undefined;
}
