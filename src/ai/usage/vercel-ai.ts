import { longCacheWrites } from './anthropic.js';
import { fieldsOf, firstOf, isFields, isFilled, itemsOf, nameOf } from './fields.js';
import type { Fields, GatheredFacts, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { sumOf, tokenCount } from './token-count.js';
import { addUsage, tokenUsage, type TokenUsage } from './token-usage.js';

/**
 * The package `ai`, versions 5 to 7, and the `doGenerate()`/`doStream()` of its models. Parts are inside the
 * totals, but for version 5 with Anthropic or Bedrock, whose cached tokens are OUTSIDE of the input.
 */
export const vercelAi: ResponseShape = {
  name: 'vercel-ai',

  read(response) {
    const { usage } = response;
    if (!isFields(usage) || !isAi(response, usage)) return undefined;
    const reply = isFields(response['response']) ? response['response'] : firstOf(response['responses']);
    return {
      usage: allSteps(response) ?? tokenUsage({ inputTokens: tokenCount(usage['tokens']) }), // of `embed()`
      model: nameOf(reply['modelId']),
      finishReason: reasonOf(response['finishReason']),
      serviceTier: tierOf(response['providerMetadata']),
      responseId: nameOf(reply['id']),
    };
  },

  stream(first) {
    return FIRST_PARTS.has(first['type']) ? new PartReader() : undefined;
  },
};

/** `undefined` where it is no usage of this kind. */
export function aiUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const { inputTokens, outputTokens } = usage;
  const longCacheWriteTokens = longCacheWrites(usage['raw']);
  if (isFields(inputTokens) || isFields(outputTokens)) return modelUsage(fieldsOf(inputTokens), fieldsOf(outputTokens), longCacheWriteTokens);
  const input = fieldsOf(usage['inputTokenDetails']);
  const output = fieldsOf(usage['outputTokenDetails']);
  return tokenUsage({
    inputTokens: tokenCount(inputTokens),
    outputTokens: tokenCount(outputTokens),
    cachedInputTokens: tokenCount(input['cacheReadTokens']) ?? tokenCount(usage['cachedInputTokens']),
    cacheWriteTokens: tokenCount(input['cacheWriteTokens']),
    longCacheWriteTokens,
    reasoningTokens: tokenCount(output['reasoningTokens']) ?? tokenCount(usage['reasoningTokens']),
  });
}

/** What a model of version 3 or 4 of their provider interface reports. */
function modelUsage(input: Fields, output: Fields, longCacheWriteTokens: number | undefined): TokenUsage | undefined {
  return tokenUsage({
    inputTokens: tokenCount(input['total']),
    outputTokens: tokenCount(output['total']),
    cachedInputTokens: tokenCount(input['cacheRead']),
    cacheWriteTokens: tokenCount(input['cacheWrite']),
    longCacheWriteTokens,
    reasoningTokens: tokenCount(output['reasoning']),
  });
}

/**
 * `totalUsage` is the sum of the steps (up to version 6, `usage` is the last one's), and leaves out what only the
 * steps tell: the provider's own figures.
 */
function allSteps(response: Fields): TokenUsage | undefined {
  let sum: TokenUsage | undefined;
  for (const step of itemsOf(response['steps'])) sum = addUsage(sum, stepUsage(step));
  return sum ?? aiUsage(response['totalUsage']) ?? stepUsage(response);
}

function stepUsage(step: Fields): TokenUsage | undefined {
  const { usage } = step;
  if (!isCacheOutside(step)) return aiUsage(usage);
  const { anthropic, bedrock } = fieldsOf(step['providerMetadata']);
  const { inputTokens, outputTokens, cachedInputTokens } = fieldsOf(usage);
  const cached = tokenCount(cachedInputTokens);
  const written =
    tokenCount(fieldsOf(anthropic)['cacheCreationInputTokens']) ??
    tokenCount(fieldsOf(fieldsOf(bedrock)['usage'])['cacheWriteInputTokens']);
  return tokenUsage({
    inputTokens: sumOf(tokenCount(inputTokens), cached, written),
    outputTokens: tokenCount(outputTokens),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    longCacheWriteTokens: longCacheWrites(fieldsOf(anthropic)['usage']),
  });
}

/** Version 5 passes the provider's own figures on; from 6 on there are details, and everything is inside. */
function isCacheOutside({ usage, providerMetadata }: Fields): boolean {
  const { inputTokens, inputTokenDetails } = fieldsOf(usage);
  const { anthropic, bedrock } = fieldsOf(providerMetadata);
  return typeof inputTokens === 'number' && inputTokenDetails === undefined && (isFields(anthropic) || isFields(bedrock));
}

function isAi(response: Fields, usage: Fields): boolean {
  return (
    'inputTokenDetails' in usage ||
    'cachedInputTokens' in usage ||
    isFields(usage['inputTokens']) ||
    isFields(usage['outputTokens']) ||
    ('tokens' in usage && ('embedding' in response || 'embeddings' in response)) ||
    ('inputTokens' in usage && ('finishReason' in response || 'warnings' in response))
  );
}

/** Models of versions 3 and 4 give the common reason beside the provider's. */
function reasonOf(reason: unknown): string | undefined {
  return nameOf(reason) ?? nameOf(fieldsOf(reason)['unified']);
}

function tierOf(providerMetadata: unknown): string | undefined {
  const { openai, anthropic } = fieldsOf(providerMetadata);
  return nameOf(fieldsOf(openai)['serviceTier']) ?? nameOf(fieldsOf(fieldsOf(anthropic)['usage'])['service_tier']);
}

/** With which `fullStream`, `doStream()` or the stream of an object begins, or goes on where it is joined late. */
const FIRST_PARTS: ReadonlySet<unknown> = new Set([
  'stream-start',
  'start',
  'start-step',
  'response-metadata',
  'text-start',
  'text-delta',
  'reasoning-start',
  'reasoning-delta',
  'tool-input-start',
  'object',
]);

class PartReader implements StreamReader {
  /** Its usage: of the steps that have finished. */
  readonly #facts: GatheredFacts = {};

  add(event: Fields): boolean {
    switch (event['type']) {
      case 'text-delta':
      case 'reasoning-delta':
        // By version and place the text has another name. Some begin with an empty one.
        return isFilled(event['text']) || isFilled(event['delta']) || isFilled(event['textDelta']);
      case 'tool-input-start':
      case 'tool-input-delta':
      case 'tool-call':
      case 'file':
      case 'reasoning-file':
      case 'object':
        return true;
      case 'response-metadata':
        this.#name(event);
        break;
      case 'finish-step':
      case 'model-call-end':
        this.#facts.usage = addUsage(this.#facts.usage, stepUsage(event));
        this.#facts.serviceTier = tierOf(event['providerMetadata']) ?? this.#facts.serviceTier;
        this.#name(fieldsOf(event['response']));
        break;
      case 'finish':
        this.#finish(event);
        break;
      case 'error':
        this.#facts.error = event['error'] ?? event;
    }
    return false;
  }

  facts(): ResponseFacts {
    return { ...this.#facts };
  }

  #finish(event: Fields): void {
    this.#facts.finishReason = reasonOf(event['finishReason']);
    this.#facts.serviceTier = tierOf(event['providerMetadata']) ?? this.#facts.serviceTier;
    this.#name(fieldsOf(event['response']));
    this.#facts.usage ??= aiUsage(event['totalUsage']) ?? stepUsage(event);
  }

  #name({ modelId, id }: Fields): void {
    this.#facts.model = nameOf(modelId) ?? this.#facts.model;
    this.#facts.responseId = nameOf(id) ?? this.#facts.responseId;
  }
}
