import type { TokenUsage } from '../usage/token-usage.js';
import type { ContextTier, ModelPrices, TokenPrices } from './model-prices.js';

const MILLION = 1_000_000;

/**
 * What a call costs, in the currency of its prices.
 *
 * The input is split into what was read from a cache, written to one, written for an hour, and the rest; parts
 * that claim more than there is are cut, so nothing is paid twice. Amounts are added up per million tokens and
 * divided once: 1,000 tokens at 0.15 and 500 at 0.6 are exactly 0.00045.
 *
 * @returns `undefined` where the tokens are not known and would cost something
 */
export function callCost(prices: ModelPrices, usage: TokenUsage, serviceTier?: string): number | undefined {
  const known = isCount(usage.inputTokens) || isCount(usage.outputTokens);
  if (!known && (prices.input > 0 || (prices.output ?? 0) > 0)) return undefined;

  const inputTokens = count(usage.inputTokens);
  const outputTokens = count(usage.outputTokens);
  const context = contextTier(prices.tiers, inputTokens);
  const service = serviceTierOf(prices.serviceTiers, serviceTier);
  const own = typeof service === 'object' ? service : undefined;
  const perMillion = inputCost(prices, context, own, inputTokens, usage) + outputCost(prices, context, own, outputTokens, usage);
  const cost = (perMillion * (typeof service === 'number' ? service : 1)) / MILLION + (prices.perCall ?? 0);
  return Number.isFinite(cost) ? cost : undefined;
}

type Tier = Partial<TokenPrices> | undefined;

function inputCost(prices: ModelPrices, context: Tier, own: Tier, tokens: number, usage: TokenUsage): number {
  const cached = Math.min(count(usage.cachedInputTokens), tokens);
  const written = Math.min(count(usage.cacheWriteTokens), tokens - cached);
  const long = Math.min(count(usage.longCacheWriteTokens), written);

  const plainPrice = pick('input', prices, context, own) ?? 0;
  const cachedPrice = pick('cachedInput', prices, context, own) ?? plainPrice;
  const writePrice = pick('cacheWrite', prices, context, own) ?? plainPrice;
  const longPrice = pick('longCacheWrite', prices, context, own) ?? writePrice;
  return (tokens - cached - written) * plainPrice + cached * cachedPrice + (written - long) * writePrice + long * longPrice;
}

function outputCost(prices: ModelPrices, context: Tier, own: Tier, tokens: number, usage: TokenUsage): number {
  const price = pick('output', prices, context, own) ?? 0;
  const reasoned = Math.min(count(usage.reasoningTokens), tokens);
  if (reasoned === 0) return tokens * price;
  const whole = pick('outputWhenReasoning', prices, context, own);
  if (whole !== undefined) return tokens * whole;
  return (tokens - reasoned) * price + reasoned * (pick('reasoning', prices, context, own) ?? price);
}

/** A price, from the most particular place that has one. */
function pick(key: keyof TokenPrices, prices: ModelPrices, context: Tier, own: Tier): number | undefined {
  return own?.[key] ?? context?.[key] ?? prices[key];
}

/**
 * The largest tier that the input exceeds. It holds for the whole call and not only for the tokens above: so say
 * Google (Gemini 2.5 Pro above 200k), Anthropic (Claude Sonnet 4 and 4.5 above 200k), OpenAI (GPT-5.4 and
 * later above 272k) and xAI (from 200k) of their prices.
 */
function contextTier(tiers: readonly ContextTier[] | undefined, inputTokens: number): ContextTier | undefined {
  let found: ContextTier | undefined;
  for (const tier of tiers ?? []) {
    if (inputTokens > tier.aboveInputTokens && tier.aboveInputTokens >= (found?.aboveInputTokens ?? 0)) found = tier;
  }
  return found;
}

function serviceTierOf(tiers: ModelPrices['serviceTiers'], name: string | undefined): number | Partial<TokenPrices> | undefined {
  if (tiers === undefined || name === undefined) return undefined;
  if (Object.hasOwn(tiers, name)) return tiers[name];
  // Google writes its tiers in capitals.
  const lower = name.toLowerCase();
  return Object.hasOwn(tiers, lower) ? tiers[lower] : undefined;
}

const isCount = (tokens: number | undefined): tokens is number => typeof tokens === 'number' && Number.isFinite(tokens) && tokens >= 0;

/** Whatever a user's `extractUsage` gives: what is no count is no token. */
const count = (tokens: number | undefined): number => (isCount(tokens) ? tokens : 0);
