import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import type { AiMetrics } from '../metrics/ai-metrics.js';
import type { AiAttribution } from './ai-scope.js';
import type { AiBudgetExceededError } from './budget/budget-exceeded-error.js';
import type { Budgets } from './budget/budgets.js';
import { LateReaders } from './late-readers.js';
import { LimitGauges } from './limit-gauges.js';
import type { Pricing } from './pricing/pricing.js';
import type { ResponseFacts } from './usage/response-shape.js';

/** Ready values for {@link AiAccounting}. */
export interface AiAccountingParts {
  readonly metrics: AiMetrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly pricing: Pricing;
  /** `undefined` where none are set. */
  readonly budgets: Budgets | undefined;
  /** Characters of a prompt and of an answer that are recorded on spans; 0 records none. */
  readonly contentLength: number;
  /** The endpoint whose request the code runs for. */
  readonly currentEndpoint: () => string | undefined;
}

/** Who a call is for. */
export interface Spender extends AiAttribution {
  readonly endpoint: string | undefined;
}

const NOBODY = 'none';
/** Names of models that are remembered as real ones. */
const MODELS_KNOWN = 1_000;

/** The books of one monitor: what was used, what it cost, and who pays. */
export class AiAccounting {
  readonly metrics: AiMetrics;
  readonly limits: LimitGauges;
  readonly lateReaders: LateReaders;
  readonly contentLength: number;
  readonly #parts: AiAccountingParts;
  readonly #modelsKnown = new Set<string>();

  constructor(parts: AiAccountingParts) {
    this.#parts = parts;
    this.metrics = parts.metrics;
    this.limits = new LimitGauges(parts.metrics, parts.clock, parts.diagnostics);
    this.lateReaders = new LateReaders(parts.clock);
    this.contentLength = parts.contentLength;
  }

  /** Where a call comes from. */
  spender(attribution: AiAttribution | undefined): Spender {
    return { tenant: attribution?.tenant, feature: attribution?.feature, endpoint: this.#parts.currentEndpoint() };
  }

  /** The reason why a call may not be made, if there is one. */
  refusalOf(service: string, model: string | undefined, tenant: string | undefined): AiBudgetExceededError | undefined {
    return this.#parts.budgets?.check({ service, model, tenant });
  }

  /** A model's name that a provider has answered to. */
  noteModel(model: string): void {
    if (this.#modelsKnown.size < MODELS_KNOWN) this.#modelsKnown.add(model);
  }

  /** Whether a name is a model's. A proxy's clients may send any text as one, and it must not become a label. */
  isModel(service: string, model: string): boolean {
    return this.#modelsKnown.has(model) || this.#parts.pricing.knows(service, model);
  }

  /**
   * Counts the tokens of an answered call, and its cost.
   * @param missing why tokens are missing, where they are
   * @returns the cost; `undefined` where it is not known
   */
  settle(service: string, model: string, spender: Spender, facts: ResponseFacts | undefined, missing: string | undefined): number | undefined {
    const { metrics } = this;
    if (missing !== undefined) metrics.addMissingUsage(service, model, missing);
    const usage = facts?.usage;
    if (usage === undefined) return undefined;
    metrics.addTokens(service, model, usage);
    const price = this.#parts.pricing.costOf({ service, model, usage, serviceTier: facts?.serviceTier });
    if (price.cost === undefined) {
      metrics.addUnpriced(service, model);
      this.#parts.diagnostics.notice('ai', price.reason);
      return undefined;
    }
    const { cost } = price;
    if (cost > 0) {
      metrics.addCost(service, model, cost);
      metrics.addAttributedCost(spender.endpoint ?? NOBODY, spender.tenant ?? NOBODY, spender.feature ?? NOBODY, cost);
      this.#parts.budgets?.spend({ service, model, tenant: spender.tenant, cost });
    }
    return cost;
  }

  /** Counts what nobody has read so far, and stops watching the budgets. */
  async close(): Promise<void> {
    this.lateReaders.close();
    await this.#parts.budgets?.close();
  }
}
