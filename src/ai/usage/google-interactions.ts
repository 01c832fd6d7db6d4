import { fieldsOf, firstOf, isFields, nameOf } from './fields.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { sumOf, tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/** Google's Interactions. As in generateContent, thoughts and what tools gave back are OUTSIDE of the totals and added. */
export const googleInteractions: ResponseShape = {
  name: 'google-interactions',

  read(response) {
    return response['object'] === 'interaction' || 'total_input_tokens' in fieldsOf(response['usage']) ? factsOf(response) : undefined;
  },

  stream(first) {
    const type = first['event_type'];
    return typeof type === 'string' && /^(?:interaction|step)\./.test(type) ? new InteractionReader() : undefined;
  },
};

function interactionUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const thoughts = tokenCount(usage['total_thought_tokens']);
  return tokenUsage({
    inputTokens: sumOf(tokenCount(usage['total_input_tokens']), tokenCount(usage['total_tool_use_tokens'])),
    outputTokens: sumOf(tokenCount(usage['total_output_tokens']), thoughts),
    cachedInputTokens: tokenCount(usage['total_cached_tokens']),
    reasoningTokens: thoughts,
  });
}

function factsOf(interaction: Fields): ResponseFacts {
  const { id, model, status, service_tier, errors } = interaction;
  const error = firstOf(errors);
  return {
    usage: interactionUsage(interaction['usage']),
    model: nameOf(model),
    finishReason: nameOf(status),
    serviceTier: nameOf(service_tier),
    responseId: nameOf(id),
    error: status === 'failed' ? error : undefined,
  };
}

class InteractionReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    switch (event['event_type']) {
      case 'step.delta':
        return true;
      case 'interaction.created':
        this.#facts = { ...factsOf(fieldsOf(event['interaction'])), finishReason: undefined };
        break;
      case 'interaction.completed': {
        const facts = factsOf(fieldsOf(event['interaction']));
        this.#facts = { ...facts, usage: facts.usage ?? this.#facts.usage, model: facts.model ?? this.#facts.model };
        break;
      }
      case 'interaction.status_update':
        this.#facts = { ...this.#facts, usage: interactionUsage(event['usage']) ?? this.#facts.usage };
        break;
      case 'error':
        this.#facts = { ...this.#facts, error: isFields(event['error']) ? event['error'] : event };
    }
    return false;
  }

  facts(): ResponseFacts {
    return this.#facts;
  }
}
