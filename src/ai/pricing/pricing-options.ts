import { describe, InvalidOptionError } from '../../core/errors.js';
import { aBoolean, aFunction, anObject, checkOptions, type OptionRule } from '../../core/options.js';
import type { AiOptions } from '../options.js';
import { canonicalName } from './model-name.js';
import type { ContextTier, ModelPrices, TokenPrices } from './model-prices.js';

type Priced = 'prices' | 'priceOf' | 'bundledPrices' | 'currency' | 'exchangeRates';

/** The part of the AI options that prices calls; `undefined` is the same as left out. */
export type PricingOptions = { readonly [K in Priced]?: AiOptions[K] | undefined };

/** Ready values for pricing. */
export interface PricingSettings {
  /** The user's prices, by the one spelling of `model` or `service/model`. */
  readonly prices: ReadonlyMap<string, ModelPrices>;
  readonly priceOf: AiOptions['priceOf'];
  readonly bundledPrices: boolean;
  readonly currency: string;
  readonly exchangeRates: ReadonlyMap<string, number>;
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const aPrice: OptionRule = { allowed: 'a finite number of at least 0', accepts: isAmount };
const aCurrency: OptionRule = {
  allowed: "a currency's ISO 4217 code, such as 'USD' or 'CNY'",
  accepts: value => typeof value === 'string' && /^[A-Z]{3}$/.test(value),
};
const aList: OptionRule = { allowed: 'an array', accepts: value => Array.isArray(value) };

const OPTIONS: Readonly<Record<Priced, OptionRule>> = {
  prices: { ...anObject, allowed: "an object of prices by model, such as { 'gpt-4o': { input: 2.5, output: 10 } }" },
  priceOf: aFunction,
  bundledPrices: aBoolean,
  currency: aCurrency,
  exchangeRates: { ...anObject, allowed: 'an object of rates by currency, such as { USD: 7.1 }' },
};
const TOKEN_PRICES: Readonly<Record<keyof TokenPrices, OptionRule>> = {
  input: aPrice,
  output: aPrice,
  cachedInput: aPrice,
  cacheWrite: aPrice,
  longCacheWrite: aPrice,
  reasoning: aPrice,
  outputWhenReasoning: aPrice,
};
const MODEL_PRICES: Readonly<Record<keyof ModelPrices, OptionRule>> = {
  ...TOKEN_PRICES,
  perCall: aPrice,
  tiers: aList,
  serviceTiers: anObject,
  currency: aCurrency,
};
const CONTEXT_TIER: Readonly<Record<keyof ContextTier, OptionRule>> = { aboveInputTokens: aPrice, ...TOKEN_PRICES };

/**
 * Ready values: the options, checked, then the defaults.
 * @throws InvalidOptionError naming the option by its path: `ai.prices.gpt-4o.input`
 */
export function resolvePricing({ prices, priceOf, bundledPrices, currency = 'USD', exchangeRates }: PricingOptions): PricingSettings {
  checkOptions('ai', { prices, priceOf, bundledPrices, currency, exchangeRates }, OPTIONS);
  return {
    prices: resolvePrices(prices ?? {}),
    priceOf,
    bundledPrices: bundledPrices ?? true,
    currency,
    exchangeRates: resolveRates(exchangeRates ?? {}, currency),
  };
}

function resolvePrices(given: Readonly<Record<string, ModelPrices | undefined>>): Map<string, ModelPrices> {
  const resolved = new Map<string, ModelPrices>();
  const spellings = new Map<string, string>();
  for (const [model, prices] of Object.entries(given)) {
    if (prices === undefined) continue;
    const name = canonicalName(model);
    const other = spellings.get(name);
    if (name === '') throw new InvalidOptionError('ai.prices', prices, "prices by a model's name, which is not empty");
    if (other !== undefined) {
      throw new InvalidOptionError(`ai.prices.${model}`, prices, `one price a model: \`${other}\` names the same one, only spelt differently`);
    }
    checkModel(`ai.prices.${model}`, prices);
    spellings.set(name, model);
    // A copy: what the app does to its object later is not checked.
    resolved.set(name, structuredClone(prices));
  }
  return resolved;
}

function checkModel(path: string, prices: ModelPrices): void {
  checkOptions(path, prices, MODEL_PRICES);
  requirePrice(`${path}.input`, prices.input);
  const tiers: readonly (ContextTier | undefined)[] = prices.tiers ?? [];
  for (const [index, tier] of tiers.entries()) {
    const tierPath = `${path}.tiers[${index}]`;
    // `undefined` in a list is no option left out.
    checkOptions(tierPath, tier ?? null, CONTEXT_TIER);
    requirePrice(`${tierPath}.aboveInputTokens`, tier?.aboveInputTokens);
  }
  for (const [name, tier] of Object.entries(prices.serviceTiers ?? {})) {
    const tierPath = `${path}.serviceTiers.${name}`;
    if (anObject.accepts(tier)) checkOptions(tierPath, tier, TOKEN_PRICES);
    else if (tier !== undefined && !isAmount(tier)) {
      throw new InvalidOptionError(tierPath, tier, 'a factor of at least 0 or an object of prices');
    }
  }
}

function requirePrice(path: string, value: unknown): void {
  if (!isAmount(value)) throw new InvalidOptionError(path, value, aPrice.allowed);
}

function resolveRates(given: Readonly<Record<string, number | undefined>>, currency: string): Map<string, number> {
  const rates = new Map<string, number>();
  for (const [code, rate] of Object.entries(given)) {
    const path = `ai.exchangeRates.${code}`;
    if (!aCurrency.accepts(code)) throw new InvalidOptionError('ai.exchangeRates', code, `rates by ${aCurrency.allowed}`);
    if (rate === undefined) continue;
    if (!isAmount(rate) || rate === 0) {
      throw new InvalidOptionError(path, rate, `what one ${code} is worth in ${currency}: a finite number above 0`);
    }
    if (code === currency && rate !== 1) {
      throw new InvalidOptionError(path, rate, `no rate of ${describe(currency)}, the currency of the settings itself`);
    }
    rates.set(code, rate);
  }
  return rates.set(currency, 1);
}
