import { longCacheWrites } from './anthropic.js';
import { fieldsOf, firstOf, isFields, isFilled, itemsOf, nameOf } from './fields.js';
import { camelCaseUsage } from './mistral.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { tokenCount } from './token-count.js';
import { addUsage, tokenUsage, type TokenUsage } from './token-usage.js';

/** LangChain: messages of chat models and of chains that end with one, results of `generate()`. All parts are inside the totals. */
export const langChain: ResponseShape = {
  name: 'langchain',

  read(response) {
    if (Array.isArray(response['generations'])) return resultFacts(response);
    // With `includeRaw`, structured output comes beside the message.
    const message = isMessage(response) ? response : fieldsOf(response['raw']);
    return isMessage(message) ? messageFacts(message) : undefined;
  },

  stream(first) {
    return isMessage(messageOf(first)) ? new ChunkReader() : undefined;
  },
};

function isMessage(value: Fields): boolean {
  return 'usage_metadata' in value || 'response_metadata' in value;
}

/** A chat model's chunk is the message; that of its insides (`ChatGenerationChunk`) has it. */
function messageOf(chunk: Fields): Fields {
  return isMessage(chunk) ? chunk : fieldsOf(chunk['message']);
}

function messageUsage(message: Fields): TokenUsage | undefined {
  const value = message['usage_metadata'];
  if (!isFields(value)) return undefined;
  const inputTokens = tokenCount(value['input_tokens']);
  const outputTokens = tokenCount(value['output_tokens']);
  // Zeros stand for a cached answer, which used nothing. With details they stand for a usage that never came.
  if (inputTokens === 0 && outputTokens === 0 && 'input_token_details' in value) return undefined;
  const input = fieldsOf(value['input_token_details']);
  return tokenUsage({
    inputTokens,
    outputTokens,
    cachedInputTokens: tokenCount(input['cache_read']),
    cacheWriteTokens: tokenCount(input['cache_creation']),
    longCacheWriteTokens: longCacheWrites(fieldsOf(message['response_metadata'])['usage']),
    reasoningTokens: tokenCount(fieldsOf(value['output_token_details'])['reasoning']),
  });
}

function messageFacts(message: Fields): ResponseFacts {
  const metadata = fieldsOf(message['response_metadata']);
  // What Anthropic's stream says is put there.
  const more = fieldsOf(message['additional_kwargs']);
  return {
    usage: messageUsage(message) ?? camelCaseUsage(metadata['tokenUsage']),
    model: nameOf(metadata['model_name']) ?? nameOf(metadata['model']) ?? nameOf(more['model']),
    finishReason:
      nameOf(metadata['finish_reason']) ??
      nameOf(metadata['finishReason']) ??
      nameOf(metadata['stop_reason']) ??
      nameOf(more['stop_reason']) ??
      nameOf(fieldsOf(metadata['incomplete_details'])['reason']) ??
      nameOf(metadata['status']),
    serviceTier: nameOf(metadata['service_tier']) ?? nameOf(fieldsOf(metadata['usage'])['service_tier']),
    responseId: nameOf(metadata['id']) ?? nameOf(message['id']),
  };
}

/** One list of generations for each prompt, which share one usage; what `_generate()` gives is a single such list. */
function resultFacts({ generations, llmOutput }: Fields): ResponseFacts {
  const prompts = Array.isArray(firstOf(generations)) ? itemsOf(generations).map(firstOf) : [firstOf(generations)];
  let usage: TokenUsage | undefined;
  for (const { message } of prompts) usage = addUsage(usage, messageUsage(fieldsOf(message)));
  const [first = {}] = prompts;
  const facts = messageFacts(fieldsOf(first['message']));
  const finishReason = facts.finishReason ?? nameOf(fieldsOf(first['generationInfo'])['finish_reason']);
  return { ...facts, finishReason, usage: usage ?? camelCaseUsage(fieldsOf(llmOutput)['tokenUsage']) };
}

class ChunkReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    const message = messageOf(event);
    if (isFields(message['usage_metadata']) || isTelling(message['response_metadata']) || isTelling(message['additional_kwargs'])) {
      this.#learn(messageFacts(message));
    }
    return isFilled(message['content']) || isFilled(message['tool_call_chunks']) || isFilled(fieldsOf(message['additional_kwargs'])['reasoning_content']);
  }

  facts(): ResponseFacts {
    return this.#facts;
  }

  /** The usage of chunks adds up, as it does where LangChain joins them (`mergeUsageMetadata`). */
  #learn(facts: ResponseFacts): void {
    const known = this.#facts;
    this.#facts = {
      usage: addUsage(known.usage, facts.usage),
      model: facts.model ?? known.model,
      finishReason: facts.finishReason ?? known.finishReason,
      serviceTier: facts.serviceTier ?? known.serviceTier,
      responseId: known.responseId ?? facts.responseId,
    };
  }
}

/** Most chunks have no more than the name of the provider there. */
function isTelling(metadata: unknown): boolean {
  for (const key in fieldsOf(metadata)) if (key !== 'model_provider') return true;
  return false;
}
