import type { AiTokens } from '../../metrics/ai-metrics.js';
import { sumOf } from './token-count.js';

/**
 * Tokens of one call, of any provider. Whole numbers of at least 0; `undefined` where the provider did not say.
 * Cached, cache-write and reasoning tokens are parts of the totals, never beside them.
 */
export interface TokenUsage extends AiTokens {
  /** Part of `cacheWriteTokens` that was written to stay for an hour or longer, which is priced apart. */
  readonly longCacheWriteTokens?: number | undefined;
}

/**
 * The usage that these counts make, each of which `tokenCount` has passed; `undefined` where no total is known.
 *
 * A part is never larger than its total, and what came from a cache was not written to one: where a provider
 * reports more, the part gives way, so that what is left of a total is never negative. A part without a total is dropped.
 */
export function tokenUsage(counts: TokenUsage): TokenUsage | undefined {
  const { inputTokens, outputTokens } = counts;
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const cachedInputTokens = partOf(inputTokens, counts.cachedInputTokens);
  const uncached = inputTokens === undefined ? undefined : inputTokens - (cachedInputTokens ?? 0);
  const cacheWriteTokens = partOf(uncached, counts.cacheWriteTokens);
  return {
    inputTokens,
    outputTokens,
    cachedInputTokens,
    cacheWriteTokens,
    longCacheWriteTokens: partOf(cacheWriteTokens, counts.longCacheWriteTokens),
    reasoningTokens: partOf(outputTokens, counts.reasoningTokens),
  };
}

/** The usage of two calls together. */
export function addUsage(a: TokenUsage | undefined, b: TokenUsage | undefined): TokenUsage | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return {
    inputTokens: sumOf(a.inputTokens, b.inputTokens),
    outputTokens: sumOf(a.outputTokens, b.outputTokens),
    cachedInputTokens: sumOf(a.cachedInputTokens, b.cachedInputTokens),
    cacheWriteTokens: sumOf(a.cacheWriteTokens, b.cacheWriteTokens),
    longCacheWriteTokens: sumOf(a.longCacheWriteTokens, b.longCacheWriteTokens),
    reasoningTokens: sumOf(a.reasoningTokens, b.reasoningTokens),
  };
}

function partOf(total: number | undefined, part: number | undefined): number | undefined {
  return total === undefined || part === undefined ? undefined : Math.min(part, total);
}
