import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { aBoolean, aFunction, anObject, aText, checkOptions, type OptionRule } from '../core/options.js';
import type { RedisConnection } from '../core/redis.js';
import type { Metrics } from '../metrics/metrics.js';
import { AiAccounting } from './ai-accounting.js';
import type { AiBudget, BudgetAlert } from './budget/budget.js';
import { Budgets } from './budget/budgets.js';
import { MemoryBudgetStore } from './budget/memory-budget-store.js';
import { RedisBudgetStore } from './budget/redis-budget-store.js';
import type { AiOptions } from './options.js';
import { Pricing } from './pricing/pricing.js';

/** Ready values for {@link createAiAccounting}. */
export interface AiAccountingSettings {
  readonly options: AiOptions;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Where processes share their budgets; gives `undefined` where they don't. */
  readonly redis: () => RedisConnection | undefined;
  readonly currentEndpoint: () => string | undefined;
  /** Told of budgets whose thresholds were passed, where `onBudget` is not given. Default: the log. */
  readonly alertBudget?: ((alert: BudgetAlert) => void) | undefined;
}

/** Characters of a prompt and of an answer that are recorded, where any are. */
const CONTENT_LENGTH = 4_096;

const aList: OptionRule = { allowed: 'a list', accepts: value => Array.isArray(value) };
const RULES: Readonly<Record<keyof AiOptions, OptionRule>> = {
  prices: anObject,
  priceOf: aFunction,
  bundledPrices: aBoolean,
  currency: aText,
  exchangeRates: anObject,
  budgets: aList,
  onBudget: aFunction,
  captureContent: {
    allowed: 'true, false or { maxLength: a whole number of at least 1 }',
    accepts: value => aBoolean.accepts(value) || (anObject.accepts(value) && isLength((value as { maxLength?: unknown }).maxLength ?? 1)),
  },
  attributionLimit: { allowed: 'a whole number of at least 10', accepts: value => Number.isInteger(value) && (value as number) >= 10 },
};

/**
 * Makes the books of AI calls as the options have it.
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 */
export function createAiAccounting(settings: AiAccountingSettings): AiAccounting {
  const { options, metrics, clock, diagnostics } = settings;
  checkOptions('ai', options, RULES);
  const { prices, priceOf, bundledPrices, currency = 'USD', exchangeRates, budgets = [] } = options;
  const pricing = new Pricing({
    prices,
    priceOf,
    bundledPrices,
    currency,
    exchangeRates,
    onFault: error => {
      diagnostics.fault('ai', '`ai.priceOf` failed, so the call is unpriced', error);
    },
  });
  return new AiAccounting({
    metrics: metrics.ai,
    clock,
    diagnostics,
    pricing,
    budgets: budgets.length === 0 ? undefined : createBudgets(settings, budgets, currency),
    contentLength: contentLength(options.captureContent),
    currentEndpoint: settings.currentEndpoint,
  });
}

function createBudgets(settings: AiAccountingSettings, budgets: readonly AiBudget[], currency: string): Budgets {
  const { metrics, clock, diagnostics, options } = settings;
  const redis = settings.redis();
  return new Budgets({
    budgets,
    store: redis === undefined ? new MemoryBudgetStore(clock) : new RedisBudgetStore(redis),
    clock,
    diagnostics,
    metrics,
    currency,
    onThreshold: options.onBudget ?? settings.alertBudget ?? (alert => {
      // By name, so that no other line keeps this one back.
      diagnostics.notice(`ai budget ${alert.budget} ${alert.threshold}`, describeAlert(alert));
    }),
  });
}

function describeAlert({ budget, tenant, threshold, spent, limit, currency }: BudgetAlert): string {
  const whose = tenant === undefined ? '' : ` of the tenant ${tenant}`;
  return `the budget \`${budget}\`${whose} is at ${Math.round(threshold * 100)} %: ${spent.toFixed(2)} of ${limit} ${currency} are spent`;
}

function contentLength(option: AiOptions['captureContent']): number {
  if (option === undefined || option === false) return 0;
  return option === true ? CONTENT_LENGTH : (option.maxLength ?? CONTENT_LENGTH);
}

function isLength(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}
