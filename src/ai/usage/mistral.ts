import { fieldsOf, firstOf, isFields, isFilled, nameOf } from './fields.js';
import type { Fields, GatheredFacts, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/** Mistral's own SDK: chat, embeddings, agents and conversations in camelCase; also `ai` before version 5. Cached tokens are inside. */
export const mistral: ResponseShape = {
  name: 'mistral',

  read(response) {
    const usage = fieldsOf(response['usage']);
    return 'promptTokens' in usage || 'completionTokens' in usage ? factsOf(response) : undefined;
  },

  stream(first) {
    const { type, choices } = fieldsOf(first['data']);
    const isConversation = typeof type === 'string' && /^(?:conversation|message|agent|tool|function)\./.test(type);
    return isConversation || 'delta' in firstOf(choices) ? new EventReader() : undefined;
  },
};

/** `undefined` where it is no usage of this kind, or only zeros: their SDK puts these where the provider sent nothing. */
export function camelCaseUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const inputTokens = tokenCount(usage['promptTokens']);
  const outputTokens = tokenCount(usage['completionTokens']);
  if (inputTokens === 0 && outputTokens === 0) return undefined;
  // What their SDK does not know it leaves in snake_case.
  const { cachedTokens, cached_tokens } = fieldsOf(usage['promptTokensDetails'] ?? usage['prompt_tokens_details']);
  return tokenUsage({
    inputTokens,
    outputTokens,
    cachedInputTokens: tokenCount(cachedTokens) ?? tokenCount(cached_tokens) ?? tokenCount(usage['numCachedTokens']),
  });
}

function factsOf(response: Fields): ResponseFacts {
  const { id, conversationId, model, usage, choices } = response;
  return {
    usage: camelCaseUsage(usage),
    model: nameOf(model),
    finishReason: nameOf(firstOf(choices)['finishReason']),
    serviceTier: nameOf(fieldsOf(usage)['serviceTier']),
    responseId: nameOf(id) ?? nameOf(conversationId),
  };
}

class EventReader implements StreamReader {
  readonly #facts: GatheredFacts = {};

  add(event: Fields): boolean {
    const data = fieldsOf(event['data']);
    const { usage, type } = data;
    this.#facts.model ??= nameOf(data['model']);
    this.#facts.responseId ??= nameOf(data['id']) ?? nameOf(data['conversationId']);
    if (isFields(usage)) {
      this.#facts.usage = camelCaseUsage(usage) ?? this.#facts.usage;
      this.#facts.serviceTier = nameOf(usage['serviceTier']) ?? this.#facts.serviceTier;
    }
    if (typeof type === 'string') return this.#addConversation(type, data);
    const choice = firstOf(data['choices']);
    if (choice['finishReason'] != null) this.#facts.finishReason = nameOf(choice['finishReason']);
    const delta = fieldsOf(choice['delta']);
    return isFilled(delta['content']) || isFilled(delta['toolCalls']);
  }

  facts(): ResponseFacts {
    return { ...this.#facts };
  }

  #addConversation(type: string, data: Fields): boolean {
    if (type === 'conversation.response.done') this.#facts.finishReason = 'done';
    else if (type === 'conversation.response.error') this.#facts.error = data;
    return type === 'message.output.delta' || type === 'function.call.delta';
  }
}
