import { fieldsOf, firstOf, isFields, isFilled, nameOf } from './fields.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/** DashScope's own API (Qwen): `{ request_id, output, usage }`. Cached tokens are inside the input. No response names its model. */
export const dashScope: ResponseShape = {
  name: 'dashscope',

  read(response) {
    return isDashScope(response) ? factsOf(response) : undefined;
  },

  stream(first) {
    return isDashScope(first) ? new GenerationReader() : undefined;
  },
};

function isDashScope(response: Fields): boolean {
  // The id first: `output` of a result of the package `ai` is a getter that may throw.
  if (typeof response['request_id'] !== 'string') return false;
  const { output, usage } = response;
  return isFields(output) && !Array.isArray(output) && (isFields(usage) || 'choices' in output || 'text' in output);
}

function dashScopeUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const input = fieldsOf(usage['prompt_tokens_details']);
  const output = tokenCount(usage['output_tokens']);
  return tokenUsage({
    // Embeddings and rankings have only a total.
    inputTokens: tokenCount(usage['input_tokens']) ?? (output === undefined ? tokenCount(usage['total_tokens']) : undefined),
    outputTokens: output,
    cachedInputTokens: tokenCount(input['cached_tokens']),
    cacheWriteTokens: tokenCount(input['cache_creation_input_tokens']),
    reasoningTokens: tokenCount(fieldsOf(usage['output_tokens_details'])['reasoning_tokens']),
  });
}

function factsOf(response: Fields): ResponseFacts {
  const { request_id, usage, code } = response;
  const output = fieldsOf(response['output']);
  const isError = isFilled(code) && !isFields(response['output']);
  const reason = firstOf(output['choices'])['finish_reason'] ?? output['finish_reason'];
  return {
    usage: dashScopeUsage(usage),
    finishReason: reason === 'null' ? undefined : nameOf(reason), // the word, until it has finished
    responseId: nameOf(request_id),
    error: isError ? response : undefined,
  };
}

class GenerationReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    const facts = factsOf(event);
    // Every event counts all that came so far.
    this.#facts = { ...facts, usage: facts.usage ?? this.#facts.usage };
    const output = fieldsOf(event['output']);
    const message = fieldsOf(firstOf(output['choices'])['message']);
    return (
      isFilled(message['content']) ||
      isFilled(message['reasoning_content']) ||
      isFilled(message['tool_calls']) ||
      isFilled(output['text'])
    );
  }

  facts(): ResponseFacts {
    return this.#facts;
  }
}
