import { tokensIn, type Model, type Usage } from './openai-models.js';
import type { ChatRequest } from './openai-request.js';

/** Tokens that a message takes beside its text. */
const PER_MESSAGE = 4;
const WORDS_A_CHUNK = 4;
const PROMPTS_KEPT = 1_000;

/** A piece of a streamed answer. */
interface Chunk {
  readonly body: object;
  /** How many the model wrote for it. */
  readonly tokens: number;
}

/** One answer of the stand-in's, in the forms that OpenAI gives it. */
export class Answer {
  readonly usage: Usage;
  readonly #id: string;
  readonly #text: string;
  readonly #finish: 'stop' | 'content_filter';
  readonly #model: string;
  readonly #created = Math.floor(Date.now() / 1_000);

  constructor(parts: { id: string; text: string; isFiltered: boolean; model: Model; chat: ChatRequest; cachedTokens: number }) {
    const { id, text, isFiltered, model, chat, cachedTokens } = parts;
    this.#id = id;
    this.#text = isFiltered ? text.slice(0, text.length / 2) : text;
    this.#finish = isFiltered ? 'content_filter' : 'stop';
    this.#model = model.release;
    const input = chat.messages.reduce((sum, { content }) => sum + tokensIn(content) + PER_MESSAGE, 0);
    const output = tokensIn(this.#text);
    this.usage = {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: cachedTokens },
      completion_tokens_details: { reasoning_tokens: 0 },
    };
  }

  /** All of it at once. */
  whole(): object {
    const message = { role: 'assistant', content: this.#text, refusal: null };
    return {
      ...this.#head('chat.completion'),
      choices: [{ index: 0, message, logprobs: null, finish_reason: this.#finish }],
      usage: this.usage,
    };
  }

  /** Piece by piece; with usage, every piece but the last says `usage: null`, and the last has nothing else. */
  *chunks(includeUsage: boolean): Generator<Chunk> {
    const chunk = (choices: object[], text = '', usage: Usage | null = null): Chunk => ({
      body: { ...this.#head('chat.completion.chunk'), choices, ...(includeUsage && { usage }) },
      tokens: tokensIn(text),
    });
    const choice = (delta: object, finish: string | null = null): object => ({ index: 0, delta, logprobs: null, finish_reason: finish });
    yield chunk([choice({ role: 'assistant', content: '', refusal: null })]);
    for (const content of piecesOf(this.#text)) yield chunk([choice({ content })], content);
    yield chunk([choice({}, this.#finish)]);
    if (includeUsage) yield chunk([], '', this.usage);
  }

  #head(object: string): object {
    return { id: this.#id, object, created: this.#created, model: this.#model, service_tier: 'default', system_fingerprint: 'fp_stand_in' };
  }
}

function piecesOf(text: string): string[] {
  const words = text.match(/\s*\S+/g) ?? [];
  return Array.from({ length: Math.ceil(words.length / WORDS_A_CHUNK) }, (_, i) => words.slice(i * WORDS_A_CHUNK, (i + 1) * WORDS_A_CHUNK).join(''));
}

/** Instructions that came before, which are billed as cached. OpenAI's cache takes longer prompts only, and forgets. */
export class PromptCache {
  readonly #prompts = new Set<string>();

  /** How many tokens of a request's instructions are known; from now on all of them are. */
  take({ messages: [first] }: ChatRequest): number {
    if (first === undefined || first.role === 'user') return 0;
    if (this.#prompts.has(first.content)) return tokensIn(first.content);
    if (this.#prompts.size < PROMPTS_KEPT) this.#prompts.add(first.content);
    return 0;
  }
}
