import { anthropic } from './anthropic.js';
import { bedrock } from './bedrock.js';
import { bedrockInvoke } from './bedrock-invoke.js';
import { cohere } from './cohere.js';
import { dashScope } from './dashscope.js';
import { isFields, isFilled } from './fields.js';
import { google } from './google.js';
import { googleInteractions } from './google-interactions.js';
import { langChain } from './langchain.js';
import { mistral } from './mistral.js';
import { ollama } from './ollama.js';
import { openAiChat } from './openai-chat.js';
import { openAiEmbeddings } from './openai-embeddings.js';
import { openAiMedia } from './openai-media.js';
import { openAiResponses } from './openai-responses.js';
import { plain } from './plain.js';
import type { Fields, ResponseFacts, ResponseShape, StreamReader } from './response-shape.js';
import { vercelAi } from './vercel-ai.js';

/** The shapes that are known, the most particular first: several share field names. */
export const RESPONSE_SHAPES: readonly ResponseShape[] = [
  langChain,
  google,
  googleInteractions,
  ollama,
  cohere,
  dashScope,
  mistral,
  openAiEmbeddings,
  openAiChat,
  // Both have `input_tokens`: what stands beside it tells them apart.
  anthropic,
  openAiMedia,
  openAiResponses,
  bedrockInvoke(response => readResponse(response), first => readerFor(first)),
  // Both have `inputTokens`.
  bedrock,
  vercelAi,
  plain,
];

/** The shapes of responses that name their kind, in `object` or `type`: found without asking the others. */
const BY_KIND: ReadonlyMap<unknown, ResponseShape> = new Map<unknown, ResponseShape>([
  ['chat.completion', openAiChat],
  ['response', openAiResponses],
  ['message', anthropic],
]);

/** What could be read of a response. */
interface ReadResponse {
  /** `undefined` where no shape knows it. */
  readonly facts: ResponseFacts | undefined;
  /** Whether reading it threw: a getter or a proxy of its own did. */
  readonly failed: boolean;
}

/** What any value says of the call that returned it. Never throws. */
export function responseFacts(response: unknown): ReadResponse {
  try {
    return { facts: isFields(response) ? readResponse(response) : undefined, failed: false };
  } catch {
    return { facts: undefined, failed: true };
  }
}

/** What a whole response says of its call; `undefined` where no shape knows it. May throw on hostile input. */
function readResponse(response: Fields): ResponseFacts | undefined {
  if (isUnread(response)) return undefined;
  const facts = readShapes(response);
  if (facts?.usage !== undefined) return facts;
  // `withResponse()` of the SDKs, `withRawResponse()` of Cohere's.
  const data = 'response' in response || 'rawResponse' in response ? response['data'] : undefined;
  return (isFields(data) && !isUnread(data) ? readShapes(data) : undefined) ?? facts;
}

/** A reader for the stream that begins with this event; `undefined` where no shape knows it. May throw on hostile input. */
export function readerFor(first: Fields): StreamReader | undefined {
  for (const shape of RESPONSE_SHAPES) {
    const reader = shape.stream?.(first);
    if (reader !== undefined) return reader;
  }
  return isOwnEvent(first) ? new OwnEventReader() : undefined;
}

/** The first shape that knows the response reads it; gateways may still have put a usage of another kind into it. */
function readShapes(response: Fields): ResponseFacts | undefined {
  const named = (BY_KIND.get(response['object']) ?? BY_KIND.get(response['type']))?.read(response);
  if (named?.usage !== undefined) return named;
  for (const shape of RESPONSE_SHAPES) {
    const facts = shape.read(response);
    if (facts !== undefined) return facts.usage === undefined ? { ...facts, usage: plain.read(response)?.usage } : facts;
  }
  return undefined;
}

/** Promises and streams are no responses yet. Reading `usage` of what `ai`'s `streamText()` returns would even consume it. */
function isUnread(response: Fields): boolean {
  return 'then' in response || 'textStream' in response || Symbol.asyncIterator in response;
}

/** Whether an app's own generator may have made it: `{ text }`, and usage in the end. */
function isOwnEvent({ text, content, delta, usage }: Fields): boolean {
  return typeof text === 'string' || typeof content === 'string' || typeof delta === 'string' || isFields(usage);
}

/** Reads the events of an app's own stream; those with usage as if they were whole responses. */
class OwnEventReader implements StreamReader {
  #facts: ResponseFacts = {};

  add(event: Fields): boolean {
    if (!isFields(event['usage'])) return true;
    this.#facts = readResponse(event) ?? this.#facts;
    return isFilled(event['text']) || isFilled(event['content']) || isFilled(event['delta']);
  }

  facts(): ResponseFacts {
    return this.#facts;
  }
}
