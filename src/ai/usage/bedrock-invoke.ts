import { fieldsOf, isFields, itemsOf, nameOf } from './fields.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { sumOf, tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/** A larger body is not read a second time only for its usage. */
const LARGEST_BODY = 4_000_000;

/**
 * Makes the shape of Bedrock's InvokeModel, whose body is the bytes of the model's own response, whichever that is.
 *
 * @param readResponse reads what the bytes hold
 * @param readerFor a reader of the events that the bytes hold
 */
export function bedrockInvoke(
  readResponse: (response: Fields) => ResponseFacts | undefined,
  readerFor: (first: Fields) => StreamReader | undefined,
): ResponseShape {
  return {
    name: 'bedrock-invoke',
    read({ body, contentType }) {
      if (typeof contentType !== 'string' || !(body instanceof Uint8Array)) return undefined;
      const response = parsed(body);
      if (response === undefined) return {};
      const facts = readResponse(response);
      return facts?.usage === undefined ? { ...ownFacts(response), ...facts } : facts;
    },
    stream(first) {
      return bytesOf(first) === undefined ? undefined : new InvokeReader(readerFor);
    },
  };
}

function bytesOf(event: Fields): Uint8Array | undefined {
  const bytes = fieldsOf(event['chunk'])['bytes'];
  return bytes instanceof Uint8Array ? bytes : undefined;
}

function parsed(bytes: Uint8Array): Fields | undefined {
  if (bytes.byteLength > LARGEST_BODY) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    return isFields(value) ? value : undefined;
  } catch {
    // Pictures, or text.
    return undefined;
  }
}

/** The bodies that only Bedrock has: Meta's models, and Amazon's Titan with its embeddings. */
function ownFacts(response: Fields): ResponseFacts {
  const results = itemsOf(response['results']);
  const written = results.reduce<number | undefined>((sum, result) => sumOf(sum, tokenCount(result['tokenCount'])), undefined);
  return {
    usage: tokenUsage({
      inputTokens: tokenCount(response['prompt_token_count'] ?? response['inputTextTokenCount']),
      outputTokens: tokenCount(response['generation_token_count']) ?? written,
    }),
    finishReason: nameOf(response['stop_reason'] ?? results[0]?.['completionReason']),
  };
}

class InvokeReader implements StreamReader {
  readonly #readerFor: (first: Fields) => StreamReader | undefined;
  #reader: StreamReader | undefined;
  #metrics: TokenUsage | undefined;

  constructor(readerFor: (first: Fields) => StreamReader | undefined) {
    this.#readerFor = readerFor;
  }

  add(event: Fields): boolean {
    const bytes = bytesOf(event);
    const inner = bytes && parsed(bytes);
    if (inner === undefined) return false;
    this.#metrics ??= invocationUsage(inner['amazon-bedrock-invocationMetrics']);
    this.#reader ??= this.#readerFor(inner);
    return this.#reader?.add(inner) ?? true;
  }

  facts(): ResponseFacts {
    const facts = this.#reader?.facts();
    return { ...facts, usage: facts?.usage ?? this.#metrics };
  }
}

/** Bedrock's own count, in the last event of every model's stream. */
function invocationUsage(value: unknown): TokenUsage | undefined {
  const metrics = fieldsOf(value);
  const cacheRead = tokenCount(metrics['cacheReadInputTokenCount']);
  const cacheWrite = tokenCount(metrics['cacheWriteInputTokenCount']);
  return tokenUsage({
    inputTokens: sumOf(tokenCount(metrics['inputTokenCount']), cacheRead, cacheWrite),
    outputTokens: tokenCount(metrics['outputTokenCount']),
    cachedInputTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
  });
}
