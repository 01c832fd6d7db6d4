import { fieldsOf, isFields, nameOf } from './fields.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/** OpenAI's Responses. Cached tokens are inside the input, reasoning inside the output. */
export const openAiResponses: ResponseShape = {
  name: 'openai-responses',

  read(response) {
    const usage = fieldsOf(response['usage']);
    // The details alone tell its usage from Anthropic's, in what an app returns of a response.
    if (response['object'] !== 'response' && !isFields(usage['input_tokens_details'])) return undefined;
    return factsOf(response);
  },

  stream(first) {
    const type = first['type'];
    return typeof type === 'string' && type.startsWith('response.') ? new ResponsesReader() : undefined;
  },
};

/** `undefined` where it is no usage of this kind. Also that of images, transcriptions and everything newer of OpenAI's. */
export function responsesUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const input = fieldsOf(usage['input_tokens_details']);
  const output = fieldsOf(usage['output_tokens_details']);
  return tokenUsage({
    inputTokens: tokenCount(usage['input_tokens']),
    outputTokens: tokenCount(usage['output_tokens']),
    cachedInputTokens: tokenCount(input['cached_tokens']),
    cacheWriteTokens: tokenCount(input['cache_write_tokens']),
    longCacheWriteTokens: tokenCount(fieldsOf(input['cache_write_tokens_details'])['ttl_12h_tokens']),
    reasoningTokens: tokenCount(output['reasoning_tokens']),
  });
}

function factsOf(response: Fields): ResponseFacts {
  const { id, model, status, service_tier, error } = response;
  return {
    usage: responsesUsage(response['usage']),
    model: nameOf(model),
    finishReason: nameOf(fieldsOf(response['incomplete_details'])['reason']) ?? nameOf(status),
    serviceTier: nameOf(service_tier),
    responseId: nameOf(id),
    error: isFields(error) ? error : undefined,
  };
}

class ResponsesReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    const type = event['type'];
    if (typeof type !== 'string') return false;
    if (type.endsWith('.delta') || type.endsWith('.partial_image')) return true;
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        // It has not finished, whatever its status.
        this.#facts = { ...factsOf(fieldsOf(event['response'])), finishReason: undefined };
        break;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#facts = factsOf(fieldsOf(event['response']));
        break;
      case 'error':
        this.#facts = { ...this.#facts, error: event };
    }
    return false;
  }

  facts(): ResponseFacts {
    return this.#facts;
  }
}
