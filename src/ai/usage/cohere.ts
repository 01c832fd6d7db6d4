import { fieldsOf, isFields, nameOf } from './fields.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/**
 * Cohere's chat and embeddings: version 2 under `usage`, version 1 under `meta`, in the SDK's camelCase or the
 * API's snake_case. What counts is what is billed. No response names its model.
 */
export const cohere: ResponseShape = {
  name: 'cohere',

  read(response) {
    return isCohere(response['usage']) || isCohere(response['meta']) ? factsOf(response) : undefined;
  },

  stream(first) {
    const type = typeOf(first);
    // `stream-start` of `ai` is a `type`; Cohere's is an `eventType`.
    const isFirst = type === 'message-start' || (type === 'stream-start' && first['type'] === undefined);
    return isFirst ? new ChatReader() : undefined;
  },
};

function isCohere(usage: unknown): boolean {
  const { billedUnits, billed_units, tokens } = fieldsOf(usage);
  return isFields(billedUnits) || isFields(billed_units) || isFields(tokens);
}

function cohereUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const billed = fieldsOf(usage['billedUnits'] ?? usage['billed_units']);
  const all = fieldsOf(usage['tokens']);
  return tokenUsage({
    inputTokens: inputOf(billed) ?? inputOf(all),
    outputTokens: outputOf(billed) ?? outputOf(all),
    cachedInputTokens: tokenCount(usage['cachedTokens'] ?? usage['cached_tokens']),
  });
}

const inputOf = (units: Fields): number | undefined => tokenCount(units['inputTokens'] ?? units['input_tokens']);
const outputOf = (units: Fields): number | undefined => tokenCount(units['outputTokens'] ?? units['output_tokens']);

function factsOf(response: Fields): ResponseFacts {
  const { usage, meta, id, responseId, response_id } = response;
  return {
    usage: cohereUsage(usage) ?? cohereUsage(meta),
    finishReason: finishReasonOf(response),
    responseId: nameOf(id) ?? nameOf(responseId) ?? nameOf(response_id),
  };
}

function finishReasonOf({ finishReason, finish_reason }: Fields): string | undefined {
  return nameOf(finishReason) ?? nameOf(finish_reason);
}

function typeOf({ type, eventType, event_type }: Fields): unknown {
  return type ?? eventType ?? event_type;
}

class ChatReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    switch (typeOf(event)) {
      case 'content-delta':
      case 'tool-plan-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'text-generation':
      case 'tool-calls-chunk':
        return true;
      case 'message-start':
        this.#facts = { responseId: nameOf(event['id']) };
        break;
      case 'message-end': {
        const end = factsOf(fieldsOf(event['delta']));
        const { error } = fieldsOf(event['delta']);
        this.#facts = { ...end, responseId: nameOf(event['id']) ?? this.#facts.responseId, error: error ?? undefined };
        break;
      }
      case 'stream-end': {
        const end = factsOf(fieldsOf(event['response']));
        this.#facts = { ...end, finishReason: finishReasonOf(event) ?? end.finishReason };
      }
    }
    return false;
  }

  facts(): ResponseFacts {
    return this.#facts;
  }
}
