import { fieldsOf, firstOf, isFields, isFilled, nameOf } from './fields.js';
import type { Fields, GatheredFacts, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/**
 * OpenAI's chat completions, the older completions, and all who speak the same: Azure, DeepSeek, Zhipu, Qwen,
 * Moonshot, Groq, xAI, OpenRouter, vLLM, … Cached tokens are inside the input, reasoning inside the output.
 */
export const openAiChat: ResponseShape = {
  name: 'openai-chat',

  read(response) {
    const { id, model, object, choices, service_tier, error } = response;
    const usage = chatUsage(response['usage']);
    const choice = firstOf(choices);
    if (usage === undefined && !isCompletion(object) && !('finish_reason' in choice)) return undefined;
    return {
      usage,
      model: nameOf(model),
      finishReason: nameOf(choice['finish_reason']),
      serviceTier: nameOf(service_tier),
      responseId: nameOf(id),
      // OpenRouter answers 200 with one. In an app's own object it may be anything.
      error: isCompletion(object) ? [error, choice['error']].find(isFields) : undefined,
    };
  },

  stream(first) {
    const { object, choices } = first;
    if (isCompletion(object)) return new ChatReader();
    if (!Array.isArray(choices)) return undefined;
    const choice = firstOf(choices);
    // Azure begins with an event that has no choices and no `object`, only what its filters say of the prompt.
    const isChunk = choices.length === 0 ? 'prompt_filter_results' in first || 'model' in first : 'delta' in choice || 'finish_reason' in choice;
    return isChunk ? new ChatReader() : undefined;
  },
};

/** `undefined` where it is no usage of this kind. */
export function chatUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const inputTokens = tokenCount(usage['prompt_tokens']);
  const outputTokens = tokenCount(usage['completion_tokens']);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const input = fieldsOf(usage['prompt_tokens_details']);
  const output = fieldsOf(usage['completion_tokens_details']);
  const reasoningTokens = tokenCount(output['reasoning_tokens']);
  return tokenUsage({
    inputTokens,
    outputTokens: withReasoning(inputTokens, outputTokens, reasoningTokens, tokenCount(usage['total_tokens'])),
    cachedInputTokens:
      tokenCount(input['cached_tokens']) ??
      tokenCount(usage['prompt_cache_hit_tokens']) ?? // DeepSeek
      tokenCount(usage['cached_tokens']), // Moonshot
    cacheWriteTokens:
      tokenCount(input['cache_write_tokens']) ??
      tokenCount(input['cache_creation_input_tokens']) ?? // Qwen
      tokenCount(usage['cache_creation_input_tokens']), // LiteLLM in front of Anthropic
    reasoningTokens,
  });
}

/** xAI counts reasoning beside the completion, which only its total tells. */
function withReasoning(input = 0, output: number | undefined, reasoning = 0, total: number | undefined): number | undefined {
  return output !== undefined && total === input + output + reasoning ? output + reasoning : output;
}

function isCompletion(object: unknown): boolean {
  return object === 'chat.completion' || object === 'chat.completion.chunk' || object === 'text_completion';
}

class ChatReader implements StreamReader {
  readonly #facts: GatheredFacts = {};

  add(event: Fields): boolean {
    // Again until there is one: Azure's first event has empty names.
    this.#facts.model ??= nameOf(event['model']);
    this.#facts.responseId ??= nameOf(event['id']);
    this.#facts.serviceTier ??= nameOf(event['service_tier']);
    const usage = event['usage'];
    // Some send it with every event, for all that came so far: the last one holds.
    if (isFields(usage)) this.#facts.usage = chatUsage(usage) ?? this.#facts.usage;
    const choices = event['choices'];
    const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
    if (!isFields(choice)) {
      this.#facts.error ??= event['error'] ?? undefined;
      return false;
    }
    if (choice['finish_reason'] != null) this.#end(event, choice);
    const delta = choice['delta'];
    return isFields(delta) ? isOutput(delta) : isFilled(choice['text']);
  }

  facts(): ResponseFacts {
    return { ...this.#facts };
  }

  #end(event: Fields, choice: Fields): void {
    this.#facts.finishReason = nameOf(choice['finish_reason']);
    const groq = fieldsOf(event['x_groq']);
    this.#facts.usage = chatUsage(groq['usage']) ?? chatUsage(choice['usage']) ?? this.#facts.usage; // Groq's, Moonshot's
    this.#facts.error ??= event['error'] ?? choice['error'] ?? groq['error'] ?? undefined;
  }
}

function isOutput(delta: Fields): boolean {
  return (
    isFilled(delta['content']) ||
    isFilled(delta['tool_calls']) ||
    isFilled(delta['reasoning_content']) || // DeepSeek, Qwen, Zhipu
    isFilled(delta['reasoning']) || // OpenRouter, Groq
    isFilled(delta['refusal']) ||
    isFields(delta['function_call']) ||
    isFields(delta['audio'])
  );
}
