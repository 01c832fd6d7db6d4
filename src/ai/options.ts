import type { AiBudget, BudgetAlert } from './budget/budget.js';
import type { ModelPrices, PricedCall } from './pricing/model-prices.js';

/** Settings of the AI part of a monitor. All of them may be left out. */
export interface AiOptions {
  /**
   * Prices per million tokens, by model (`gpt-4o`) or by service and model (`azure/gpt-4o`), which is looked
   * up first. They go before the bundled table. A name also stands for its dated releases (`gpt-4o-2024-08-06`);
   * year-month releases (`mistral-large-2512`) need an entry of their own.
   */
  readonly prices?: Readonly<Record<string, ModelPrices>>;
  /**
   * Prices a call that neither `prices` nor the bundled table knows: its cost in `currency`.
   * `undefined`, or anything that is no number of at least 0, leaves the call unpriced.
   */
  readonly priceOf?: (call: PricedCall) => number | undefined;
  /** Whether the bundled price table is used. Default: true. */
  readonly bundledPrices?: boolean;
  /** Currency of all costs, as an ISO 4217 code. Default: `USD`. */
  readonly currency?: string;
  /** What one unit of another currency is worth in `currency`: `{ USD: 7.1 }` with the currency `CNY`. */
  readonly exchangeRates?: Readonly<Record<string, number>>;
  /** Limits of what may be spent, each watched by itself. */
  readonly budgets?: readonly AiBudget[];
  /** Called once, in one process, when spending passes a threshold of a budget. Left out: an alert, where the monitor's `alerts` are set up; else a line in the log. */
  readonly onBudget?: (alert: BudgetAlert) => void;
  /**
   * Records what was asked and answered on the span, with secrets masked and cut to a length. Default: false,
   * because prompts hold what users wrote.
   */
  readonly captureContent?: boolean | { /** Characters kept of each side. Default: 4096. */ readonly maxLength?: number };
  /** Series of `ai_attributed_cost_total`; further tenants and features fold into `other`. Default: 1000. */
  readonly attributionLimit?: number;
}
