import OpenAI from 'openai';
import { instrumentAiClient } from 'sightline';
import { openAiOrStandIn } from '../../stand-ins/openai-or-stand-in.js';
import type { OpenAiBooks } from '../../stand-ins/openai-books.js';
import { replyByRules } from './rules.js';

/** How often the SDK tries again by itself. */
export const MAX_RETRIES = 1;
const TIMEOUT_MS = 30_000;
/** The stand-in is quick, or never answers. */
const STAND_IN_TIMEOUT_MS = 1_200;
/** Several times of what the platform asks for, but for when everybody hands an essay in. */
const STAND_IN_LIMITS = { 'gpt-4o': { requests: 40, windowMs: 5_000 } };

/** Where the models are. */
export interface ModelProvider {
  readonly openai: OpenAI;
  /** The provider's own books; `undefined` where it is the real thing. */
  readonly books: OpenAiBooks | undefined;
  close(): Promise<void>;
}

/** OpenAI or what is compatible, by `OPENAI_BASE_URL` and `OPENAI_API_KEY`; without them, a stand-in. */
export async function openModelProvider(): Promise<ModelProvider> {
  const { baseURL, apiKey, standIn } = await openAiOrStandIn({ reply: replyByRules, limits: STAND_IN_LIMITS });
  const timeout = standIn ? STAND_IN_TIMEOUT_MS : TIMEOUT_MS;
  // This one line, and every call of the client's is measured.
  const openai = instrumentAiClient(new OpenAI({ baseURL, apiKey, maxRetries: MAX_RETRIES, timeout }));
  return { openai, books: standIn?.books, close: async () => standIn?.close() };
}
