import type { TokenUsage } from '../usage/token-usage.js';

/** Prices per million tokens, by what the tokens were. */
export interface TokenPrices {
  /** Per million input tokens that neither came from a cache nor went to one. */
  readonly input: number;
  /** Per million output tokens. Default: 0 (embeddings have none). */
  readonly output?: number;
  /** Per million input tokens read from a cache. Default: `input`. */
  readonly cachedInput?: number;
  /** Per million input tokens written to a cache. Default: `input`. */
  readonly cacheWrite?: number;
  /** Per million tokens written to a cache for an hour. Default: `cacheWrite`. */
  readonly longCacheWrite?: number;
  /** Per million reasoning tokens. Default: `output`. */
  readonly reasoning?: number;
  /**
   * Per million output tokens of a call that reasoned, its answer included (so Alibaba prices some Qwen models).
   * Default: `reasoning` for what it reasoned, `output` for the answer.
   */
  readonly outputWhenReasoning?: number;
}

/** Prices of calls with a large input; what is left out costs what it costs elsewhere. */
export interface ContextTier extends Partial<TokenPrices> {
  /** The tier holds for calls with more input tokens than this, cached ones counted. */
  readonly aboveInputTokens: number;
}

/** Prices of one model, per million tokens, in one currency. A price of 0 is a price: the tokens are free. */
export interface ModelPrices extends TokenPrices {
  /** A fixed price of each call, beside its tokens. Default: 0. */
  readonly perCall?: number;
  /** Prices in place of those above for calls with a large input. The largest tier that fits holds for the whole call, output included. */
  readonly tiers?: readonly ContextTier[];
  /**
   * By the service tier of the response: a factor on the token prices (`{ flex: 0.5, batch: 0.5 }`), whichever
   * context tier holds; or prices of its own, which stand in place of the others at every context size. A
   * service tier that is not named here costs the same as none.
   */
  readonly serviceTiers?: Readonly<Record<string, number | Partial<TokenPrices>>>;
  /** ISO 4217 code. Default: the `currency` of the settings. */
  readonly currency?: string;
}

/** A call to be priced. */
export interface PricedCall {
  readonly service: string;
  readonly model: string;
  readonly usage: TokenUsage;
  readonly serviceTier?: string | undefined;
}

/**
 * Why a call has no cost:
 *
 * - `model`: no price of its model is known;
 * - `currency`: its price is in a currency without an exchange rate;
 * - `usage`: its price is known, but not its tokens;
 * - `adapter`: `priceOf` threw, or gave something that is no cost.
 */
export type UnpricedReason = 'model' | 'currency' | 'usage' | 'adapter';

/** What a call cost, in the currency of the settings (finite, at least 0), or why that is not known. */
export type PricedCost =
  | { readonly cost: number; readonly unpriced?: undefined; readonly reason?: undefined }
  | {
      readonly cost?: undefined;
      readonly unpriced: UnpricedReason;
      /** A sentence for a log. */
      readonly reason: string;
    };
