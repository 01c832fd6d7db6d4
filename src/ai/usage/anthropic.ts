import { fieldsOf, isFields, itemsOf, nameOf } from './fields.js';
import type { Fields, GatheredFacts, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { sumOf, tokenCount } from './token-count.js';
import { addUsage, tokenUsage, type TokenUsage } from './token-usage.js';

/**
 * Anthropic's messages, also of those who speak the same (Bedrock, Vertex, DeepSeek, Moonshot).
 * Cached tokens are OUTSIDE of the input and are added to it; thinking is inside the output.
 */
export const anthropic: ResponseShape = {
  name: 'anthropic',

  read(response) {
    const usage = response['usage'];
    if (!isFields(usage) || (response['type'] !== 'message' && !hasCacheFields(usage))) return undefined;
    const { id, model, stop_reason } = response;
    return {
      usage: anthropicUsage(usage),
      model: nameOf(model),
      finishReason: nameOf(stop_reason),
      serviceTier: tierOf(usage),
      responseId: nameOf(id),
    };
  },

  stream(first) {
    const { type, message } = first;
    // Their SDK drops pings; a proxy's own client may not.
    return (type === 'message_start' && isFields(message)) || type === 'ping' ? new MessageReader() : undefined;
  },
};

/** Whether a usage has the fields that only Anthropic puts beside the input. */
export function hasCacheFields(usage: Fields): boolean {
  return 'input_tokens' in usage && ('cache_read_input_tokens' in usage || 'cache_creation_input_tokens' in usage);
}

/** `undefined` where it is no usage of this kind. */
export function anthropicUsage(usage: Fields): TokenUsage | undefined {
  return addUsage(usageOf(overlay({}, usage)), compactionOf(usage['iterations']));
}

/** What is kept for an hour, of a usage in Anthropic's words; libraries that put others' around it keep these. */
export function longCacheWrites(usage: unknown): number | undefined {
  return tokenCount(fieldsOf(fieldsOf(usage)['cache_creation'])['ephemeral_1h_input_tokens']);
}

/** As reported, before the cached tokens are added to the input. */
interface Counts {
  input?: number | undefined;
  output?: number | undefined;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
  longCacheWrite?: number | undefined;
  thinking?: number | undefined;
}

/** Takes over what is there: the events of a stream give the whole count so far, and `null` where nothing changed. */
function overlay(counts: Counts, usage: Fields): Counts {
  const long = longCacheWrites(usage);
  const short = tokenCount(fieldsOf(usage['cache_creation'])['ephemeral_5m_input_tokens']);
  counts.input = tokenCount(usage['input_tokens']) ?? counts.input;
  counts.output = tokenCount(usage['output_tokens']) ?? counts.output;
  counts.cacheRead = tokenCount(usage['cache_read_input_tokens']) ?? counts.cacheRead;
  counts.cacheWrite = tokenCount(usage['cache_creation_input_tokens']) ?? sumOf(short, long) ?? counts.cacheWrite;
  counts.longCacheWrite = long ?? counts.longCacheWrite;
  counts.thinking = tokenCount(fieldsOf(usage['output_tokens_details'])['thinking_tokens']) ?? counts.thinking;
  return counts;
}

function usageOf({ input, output, cacheRead, cacheWrite, longCacheWrite, thinking }: Counts): TokenUsage | undefined {
  return tokenUsage({
    inputTokens: sumOf(input, cacheRead, cacheWrite),
    outputTokens: output,
    cachedInputTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    longCacheWriteTokens: longCacheWrite,
    reasoningTokens: thinking,
  });
}

/**
 * The calls that shortened the context on the way: the same model's, and billed, yet not in the totals (so says
 * `BetaIterationsUsage` of their SDK). Those of an advisor are another model's and left out.
 */
function compactionOf(iterations: unknown): TokenUsage | undefined {
  let total: TokenUsage | undefined;
  for (const iteration of itemsOf(iterations)) {
    if (iteration['type'] === 'compaction') total = addUsage(total, usageOf(overlay({}, iteration)));
  }
  return total;
}

/** The speed goes before the tier: fast mode has prices of its own, whatever the tier. */
function tierOf(usage: Fields): string | undefined {
  return usage['speed'] === 'fast' ? 'fast' : nameOf(usage['service_tier']);
}

class MessageReader implements StreamReader {
  readonly #counts: Counts = {};
  #compaction: TokenUsage | undefined;
  readonly #facts: GatheredFacts = {};

  add(event: Fields): boolean {
    switch (event['type']) {
      case 'content_block_delta':
        return fieldsOf(event['delta'])['type'] !== 'signature_delta';
      case 'content_block_start': {
        // Text and thinking begin empty; a tool call begins with its name.
        const type = fieldsOf(event['content_block'])['type'];
        return type !== 'text' && type !== 'thinking';
      }
      case 'message_start':
        this.#start(fieldsOf(event['message']));
        break;
      case 'message_delta':
        this.#facts.finishReason = nameOf(fieldsOf(event['delta'])['stop_reason']) ?? this.#facts.finishReason;
        this.#use(fieldsOf(event['usage']));
        break;
      case 'error':
        this.#facts.error = event['error'] ?? event;
    }
    return false;
  }

  facts(): ResponseFacts {
    return {
      ...this.#facts,
      usage: addUsage(usageOf(this.#counts), this.#compaction),
      // Its first event has a usage, too: what was read, and one token that was written.
      ...(this.#facts.finishReason === undefined && { isPartial: true }),
    };
  }

  #start(message: Fields): void {
    this.#facts.model = nameOf(message['model']);
    this.#facts.responseId = nameOf(message['id']);
    this.#use(fieldsOf(message['usage']));
  }

  /** Numbers are taken over at once: the SDK's own `MessageStream` changes the object it was given. */
  #use(usage: Fields): void {
    overlay(this.#counts, usage);
    this.#facts.serviceTier = tierOf(usage) ?? this.#facts.serviceTier;
    this.#compaction = compactionOf(usage['iterations']) ?? this.#compaction;
  }
}
