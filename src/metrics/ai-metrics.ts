import type { Counter } from './counter.js';
import type { Histogram } from './histogram.js';
import type { Metrics } from './metrics.js';

/** One call of an AI service, recorded by hand. */
export interface AiRequest {
  /** `openai`, `anthropic`, … */
  readonly service: string;
  readonly model: string;
  readonly status: 'success' | 'error';
  readonly seconds: number;
  /** Tokens read, cached ones included. Left out or 0: none are counted. */
  readonly inputTokens?: number;
  /** Tokens written, reasoning included. Left out or 0: none are counted. */
  readonly outputTokens?: number;
}

/** The plan's metrics of AI calls. */
export class AiMetrics {
  readonly #requests: Counter;
  readonly #duration: Histogram;
  readonly #tokens: Counter;

  constructor(metrics: Metrics) {
    this.#requests = metrics.counter('ai_requests_total');
    this.#duration = metrics.histogram('ai_request_duration_seconds');
    this.#tokens = metrics.counter('ai_token_usage_total');
  }

  record({ service, model, status, seconds, inputTokens = 0, outputTokens = 0 }: AiRequest): void {
    this.#requests.add(this.#requests.slot(service, model, status));
    this.#duration.observeAt(this.#duration.slot(service, model), seconds);
    if (inputTokens > 0) this.#tokens.add(this.#tokens.slot(service, model, 'input'), inputTokens);
    if (outputTokens > 0) this.#tokens.add(this.#tokens.slot(service, model, 'output'), outputTokens);
  }
}
