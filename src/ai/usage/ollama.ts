import { fieldsOf, isFilled, nameOf } from './fields.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { tokenCount } from './token-count.js';
import { tokenUsage } from './token-usage.js';

/** Ollama's own API. The prompt's count is left out where all of it was in the cache. */
export const ollama: ResponseShape = {
  name: 'ollama',

  read(response) {
    return 'prompt_eval_count' in response || 'eval_count' in response || isChunk(response) ? factsOf(response) : undefined;
  },

  stream(first) {
    return isChunk(first) ? new ChunkReader() : undefined;
  },
};

function isChunk(event: Fields): boolean {
  return typeof event['done'] === 'boolean' && typeof event['model'] === 'string' && ('message' in event || 'response' in event);
}

function factsOf(response: Fields): ResponseFacts {
  const { model, done_reason, prompt_eval_count, eval_count } = response;
  return {
    usage: tokenUsage({ inputTokens: tokenCount(prompt_eval_count), outputTokens: tokenCount(eval_count) }),
    model: nameOf(model),
    finishReason: nameOf(done_reason),
  };
}

class ChunkReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    if (event['done'] === true || this.#facts.model === undefined) this.#facts = factsOf(event);
    const message = fieldsOf(event['message']);
    return (
      isFilled(message['content']) ||
      isFilled(message['thinking']) ||
      isFilled(message['tool_calls']) ||
      isFilled(event['response']) ||
      isFilled(event['thinking'])
    );
  }

  facts(): ResponseFacts {
    return this.#facts;
  }
}
