import type { Counter } from './counter.js';
import type { Gauge } from './gauge.js';
import type { Histogram } from './histogram.js';
import type { Metrics } from './metrics.js';

/** Tokens of a call, as far as they are known. */
export interface AiTokens {
  /** All tokens read: what came from a cache and what was written to one included. Left out or 0: none are counted. */
  readonly inputTokens?: number | undefined;
  /** All tokens written, reasoning included. Left out or 0: none are counted. */
  readonly outputTokens?: number | undefined;
  /** Part of the input that came from a cache. */
  readonly cachedInputTokens?: number | undefined;
  /** Part of the input that was written to a cache. */
  readonly cacheWriteTokens?: number | undefined;
  /** Part of the output that the model thought to itself. */
  readonly reasoningTokens?: number | undefined;
}

/** One call of an AI service, recorded by hand. */
export interface AiRequest extends AiTokens {
  /** `openai`, `anthropic`, … */
  readonly service: string;
  readonly model: string;
  readonly status: 'success' | 'error';
  readonly seconds: number;
  /** What it cost, in the configured currency. Left out or 0: nothing is counted. */
  readonly cost?: number;
}

/** Services are few; a name that is made up for each call must not fill the memory. */
const MOST_SERVICES = 1_000;

/** The metrics of AI calls. Those that not every app needs are made when they are first used. */
export class AiMetrics {
  readonly #metrics: Metrics;
  readonly #attributionLimit: number | undefined;
  readonly #requests: Counter;
  readonly #duration: Histogram;
  readonly #tokens: Counter;
  readonly #costedServices = new Set<string>();
  #outcomes: Counter | undefined;
  #details: Counter | undefined;
  #missing: Counter | undefined;
  #cost: Counter | undefined;
  #attributedCost: Counter | undefined;
  #inFlight: Gauge | undefined;
  #firstToken: Histogram | undefined;
  #speed: Histogram | undefined;

  /** @param attributionLimit series that the attributed cost may have; left out, as many as any metric */
  constructor(metrics: Metrics, attributionLimit?: number) {
    this.#metrics = metrics;
    this.#attributionLimit = attributionLimit;
    this.#requests = metrics.counter('ai_requests_total');
    this.#duration = metrics.histogram('ai_request_duration_seconds');
    this.#tokens = metrics.counter('ai_token_usage_total');
  }

  /** One call, recorded by hand. */
  record(request: AiRequest): void {
    const { service, model, status, seconds, cost = 0 } = request;
    this.addRequest(service, model, status, seconds);
    this.addTokens(service, model, request);
    if (cost > 0) this.addCost(service, model, cost);
  }

  addRequest(service: string, model: string, status: AiRequest['status'], seconds: number): void {
    this.#requests.add(this.#requests.slot(service, model, status));
    this.#duration.observeAt(this.#duration.slot(service, model), seconds);
  }

  addOutcome(service: string, model: string, outcome: string): void {
    const outcomes = (this.#outcomes ??= this.#metrics.counter('ai_request_outcomes_total'));
    outcomes.add(outcomes.slot(service, model, outcome));
  }

  addTokens(service: string, model: string, tokens: AiTokens): void {
    const { inputTokens = 0, outputTokens = 0 } = tokens;
    if (inputTokens > 0) this.#tokens.add(this.#tokens.slot(service, model, 'input'), inputTokens);
    if (outputTokens > 0) this.#tokens.add(this.#tokens.slot(service, model, 'output'), outputTokens);
    this.#addDetail(service, model, 'cached', tokens.cachedInputTokens);
    this.#addDetail(service, model, 'cache_write', tokens.cacheWriteTokens);
    this.#addDetail(service, model, 'reasoning', tokens.reasoningTokens);
  }

  addMissingUsage(service: string, model: string, reason: string): void {
    const missing = (this.#missing ??= this.#metrics.counter('ai_usage_missing_total'));
    missing.add(missing.slot(service, model, reason));
  }

  /** Services whose calls were counted with a cost. */
  get costedServices(): ReadonlySet<string> {
    return this.#costedServices;
  }

  addCost(service: string, model: string, cost: number): void {
    if (!this.#costedServices.has(service) && this.#costedServices.size < MOST_SERVICES) this.#costedServices.add(service);
    const costs = (this.#cost ??= this.#metrics.counter('ai_service_cost_total'));
    costs.add(costs.slot(service, model), cost);
  }

  addAttributedCost(endpoint: string, tenant: string, feature: string, cost: number): void {
    const costs = (this.#attributedCost ??= this.#metrics.counter('ai_attributed_cost_total', [], this.#attributionLimit));
    costs.add(costs.slot(endpoint, tenant, feature), cost);
  }

  addUnpriced(service: string, model: string): void {
    const unpriced = this.#metrics.counter('ai_cost_unpriced_total');
    unpriced.add(unpriced.slot(service, model));
  }

  addRetries(service: string, model: string, retries: number): void {
    const counter = this.#metrics.counter('ai_retries_total');
    counter.add(counter.slot(service, model), retries);
  }

  moveInFlight(service: string, by: number): void {
    const inFlight = (this.#inFlight ??= this.#metrics.gauge('ai_requests_in_flight'));
    inFlight.add(inFlight.slot(service), by);
  }

  observeFirstToken(service: string, model: string, seconds: number): void {
    const firstToken = (this.#firstToken ??= this.#metrics.histogram('ai_time_to_first_token_seconds'));
    firstToken.observeAt(firstToken.slot(service, model), seconds);
  }

  observeSpeed(service: string, model: string, tokensPerSecond: number): void {
    const speed = (this.#speed ??= this.#metrics.histogram('ai_output_tokens_per_second'));
    speed.observeAt(speed.slot(service, model), tokensPerSecond);
  }

  setRateLimit(service: string, model: string, kind: string, remaining: number): void {
    this.#metrics.gauge('ai_rate_limit_remaining').set({ service, model, kind }, remaining);
  }

  setRetryAfter(service: string, model: string, seconds: number): void {
    this.#metrics.gauge('ai_retry_after_seconds').set({ service, model }, seconds);
  }

  #addDetail(service: string, model: string, kind: string, tokens: number | undefined): void {
    if (tokens === undefined || tokens <= 0) return;
    const details = (this.#details ??= this.#metrics.counter('ai_token_details_total'));
    details.add(details.slot(service, model, kind), tokens);
  }
}
