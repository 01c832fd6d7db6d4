import { fieldsOf, firstOf, isFields, isFilled, itemsOf, nameOf } from './fields.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { sumOf, tokenCount } from './token-count.js';
import { tokenUsage, type TokenUsage } from './token-usage.js';

/**
 * Google's generateContent and embedContent, of Gemini and Vertex. Cached tokens are inside the prompt; what
 * tools gave back is OUTSIDE of it, and thoughts are OUTSIDE of the candidates: both are added.
 */
export const google: ResponseShape = {
  name: 'google',

  read(response) {
    const { usageMetadata, candidates, promptFeedback, embeddings } = response;
    if (isFields(usageMetadata) || 'finishReason' in firstOf(candidates) || isFields(promptFeedback)) return factsOf(response);
    const inputTokens = embeddedTokens(embeddings);
    // Vertex counts the tokens of what is embedded, Gemini's own API does not.
    const isEmbedding = inputTokens !== undefined || Array.isArray(firstOf(embeddings)['values']);
    return isEmbedding ? { usage: tokenUsage({ inputTokens }) } : undefined;
  },

  stream(first) {
    const { usageMetadata, candidates, promptFeedback } = first;
    const isChunk = isFields(usageMetadata) || isFields(promptFeedback) || 'content' in firstOf(candidates);
    return isChunk ? new ContentReader() : undefined;
  },
};

function googleUsage(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  const inputTokens = sumOf(tokenCount(usage['promptTokenCount']), tokenCount(usage['toolUsePromptTokenCount']));
  const thoughts = tokenCount(usage['thoughtsTokenCount']);
  const total = tokenCount(usage['totalTokenCount']);
  // Their JSON leaves out what is 0, so a blocked prompt has no candidates; the total is the sum of all.
  const rest = total === undefined || inputTokens === undefined ? undefined : Math.max(0, total - inputTokens);
  return tokenUsage({
    inputTokens,
    outputTokens: sumOf(tokenCount(usage['candidatesTokenCount']), thoughts) ?? rest,
    cachedInputTokens: tokenCount(usage['cachedContentTokenCount']),
    reasoningTokens: thoughts,
  });
}

/** Vertex counts the tokens of each embedded text. */
function embeddedTokens(embeddings: unknown): number | undefined {
  let sum: number | undefined;
  for (const { statistics } of itemsOf(embeddings)) sum = sumOf(sum, tokenCount(fieldsOf(statistics)['tokenCount']));
  return sum;
}

/** Reads plain fields only: the response's own getters (`text`, `data`) warn in the log. */
function factsOf(response: Fields): ResponseFacts {
  const { usageMetadata, modelVersion, responseId } = response;
  const usage = fieldsOf(usageMetadata);
  return {
    usage: googleUsage(usage),
    model: nameOf(modelVersion),
    finishReason: finishReasonOf(response),
    serviceTier: nameOf(usage['serviceTier']) ?? nameOf(usage['trafficType']),
    responseId: nameOf(responseId),
  };
}

/** A prompt that is blocked gets no candidate. */
function finishReasonOf({ candidates, promptFeedback }: Fields): string | undefined {
  return nameOf(firstOf(candidates)['finishReason']) ?? nameOf(fieldsOf(promptFeedback)['blockReason']);
}

class ContentReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    const facts = factsOf(event);
    // Every event counts all that came so far.
    this.#facts = {
      usage: facts.usage ?? this.#facts.usage,
      model: facts.model ?? this.#facts.model,
      finishReason: facts.finishReason ?? this.#facts.finishReason,
      serviceTier: facts.serviceTier ?? this.#facts.serviceTier,
      responseId: facts.responseId ?? this.#facts.responseId,
    };
    const part = firstOf(fieldsOf(firstOf(event['candidates'])['content'])['parts']);
    return isFilled(part['text']) || isFields(part['functionCall']) || isFields(part['inlineData']) || isFields(part['executableCode']);
  }

  facts(): ResponseFacts {
    return this.#facts;
  }
}
