import { fieldsOf, isFields, itemsOf, nameOf } from './fields.js';
import type { Fields, GatheredFacts, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { sumOf, tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/**
 * Converse of AWS Bedrock. Cached tokens are OUTSIDE of the input and are added to it. A response does not name
 * its model. The bodies of InvokeModel are bytes, which are not read.
 */
export const bedrock: ResponseShape = {
  name: 'bedrock',

  read(response) {
    const { usage, stopReason, $metadata, serviceTier } = response;
    const isConverse = isFields($metadata) && (isFields(usage) || 'stopReason' in response);
    if (!isConverse && !hasCacheFields(usage)) return undefined;
    return {
      usage: bedrockUsage(usage),
      finishReason: nameOf(stopReason),
      serviceTier: nameOf(fieldsOf(serviceTier)['type']),
      responseId: nameOf(fieldsOf($metadata)['requestId']),
    };
  },

  stream(first) {
    return EVENTS.some(name => isFields(first[name])) ? new ConverseReader() : undefined;
  },
};

const EVENTS = ['messageStart', 'contentBlockStart', 'contentBlockDelta', 'messageStop'];
const ERRORS = [
  'internalServerException',
  'modelStreamErrorException',
  'validationException',
  'throttlingException',
  'serviceUnavailableException',
];

function hasCacheFields(value: unknown): boolean {
  const usage = fieldsOf(value);
  return 'inputTokens' in usage && ('cacheReadInputTokens' in usage || 'cacheWriteInputTokens' in usage);
}

function bedrockUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const cacheRead = tokenCount(usage['cacheReadInputTokens']);
  const cacheWrite = tokenCount(usage['cacheWriteInputTokens']);
  return tokenUsage({
    inputTokens: sumOf(tokenCount(usage['inputTokens']), cacheRead, cacheWrite),
    outputTokens: tokenCount(usage['outputTokens']),
    cachedInputTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    longCacheWriteTokens: longCacheWrites(usage['cacheDetails']),
  });
}

function longCacheWrites(details: unknown): number | undefined {
  let sum: number | undefined;
  for (const { ttl, inputTokens } of itemsOf(details)) {
    if (ttl === '1h') sum = sumOf(sum, tokenCount(inputTokens));
  }
  return sum;
}

class ConverseReader implements StreamReader {
  readonly #facts: GatheredFacts = {};

  add(event: Fields): boolean {
    if (isFields(event['contentBlockDelta'])) return true;
    // Only tool calls and images have a beginning, with their name.
    if (isFields(event['contentBlockStart'])) return isFields(event['contentBlockStart']['start']);
    const { messageStop, metadata } = event;
    if (isFields(messageStop)) this.#facts.finishReason = nameOf(messageStop['stopReason']);
    else if (isFields(metadata)) {
      this.#facts.usage = bedrockUsage(metadata['usage']) ?? this.#facts.usage;
      this.#facts.serviceTier = nameOf(fieldsOf(metadata['serviceTier'])['type']);
    } else this.#facts.error ??= ERRORS.map(name => event[name]).find(isFields);
    return false;
  }

  facts(): ResponseFacts {
    return { ...this.#facts };
  }
}
