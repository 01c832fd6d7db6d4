import { anthropicUsage, hasCacheFields } from './anthropic.js';
import { fieldsOf, nameOf } from './fields.js';
import { camelCaseUsage } from './mistral.js';
import { chatUsage } from './openai-chat.js';
import { responsesUsage } from './openai-responses.js';
import type { Fields, ResponseShape } from './response-shape.js';
import type { TokenUsage } from './token-usage.js';
import { aiUsage } from './vercel-ai.js';

/**
 * What an app's own function returns: `{ input_tokens, output_tokens }` or `{ inputTokens, outputTokens }`, by
 * themselves or under `usage`; also a provider's `usage` by itself.
 */
export const plain: ResponseShape = {
  name: 'plain',

  read(response) {
    const usage = usageOfAny(fieldsOf(response['usage'])) ?? (hasBoth(response) ? usageOfAny(response) : undefined);
    return usage === undefined ? undefined : { usage, model: nameOf(response['model']) };
  },
};

/** By itself, an input alone is no usage: counting tokens answers `{ input_tokens }`, and costs nothing. */
function hasBoth(response: Fields): boolean {
  return (
    ('input_tokens' in response && 'output_tokens' in response) ||
    ('inputTokens' in response && 'outputTokens' in response) ||
    ('prompt_tokens' in response && 'completion_tokens' in response) ||
    ('promptTokens' in response && 'completionTokens' in response)
  );
}

function usageOfAny(usage: Fields): TokenUsage | undefined {
  if (hasCacheFields(usage)) return anthropicUsage(usage);
  return responsesUsage(usage) ?? aiUsage(usage) ?? chatUsage(usage) ?? camelCaseUsage(usage);
}
