import { fieldsOf } from './fields.js';
import { responseFacts } from './read-response.js';
import { tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/**
 * The tokens that a response of any known provider reports. Never throws.
 *
 * @returns `undefined` where the response says nothing of them, or nobody knows its shape
 *
 * @example extractUsage(await openai.chat.completions.create(request))?.inputTokens
 */
export function extractUsage(response: unknown): TokenUsage | undefined {
  return responseFacts(response).facts?.usage;
}

/** What a user's own function said of a response, held to the same rules as what is read here. Never throws. */
export function checkedUsage(given: unknown): TokenUsage | undefined {
  try {
    const usage = fieldsOf(given) as { readonly [K in keyof TokenUsage]: unknown };
    return tokenUsage({
      inputTokens: tokenCount(usage.inputTokens),
      outputTokens: tokenCount(usage.outputTokens),
      cachedInputTokens: tokenCount(usage.cachedInputTokens),
      cacheWriteTokens: tokenCount(usage.cacheWriteTokens),
      longCacheWriteTokens: tokenCount(usage.longCacheWriteTokens),
      reasoningTokens: tokenCount(usage.reasoningTokens),
    });
  } catch {
    return undefined;
  }
}
