// eslint-disable-next-line no-restricted-syntax -- an app that imports this has what its monitor needs of it
import './register.js';

export { extractUsage } from './usage/extract-usage.js';
export type { TokenUsage } from './usage/token-usage.js';
export { PRICE_TABLE_DATE } from './pricing/table.js';
export type { ContextTier, ModelPrices, PricedCall, TokenPrices } from './pricing/model-prices.js';
export type { AiBudget, BudgetAlert } from './budget/budget.js';
export { AiBudgetExceededError } from './budget/budget-exceeded-error.js';
export { withAiAttribution } from './attribution.js';
export type { AiAttribution } from './ai-scope.js';
export type { AiServiceOptions } from './call-description.js';
export type { AiClientOptions } from './clients/measure.js';
export type { AiOptions } from './options.js';
