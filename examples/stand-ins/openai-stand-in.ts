import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Answer, PromptCache } from './openai-answer.js';
import { OpenAiBooks } from './openai-books.js';
import { Exchange } from './openai-exchange.js';
import { ModelLimits, type ModelLimit } from './openai-limit.js';
import { tokensIn, type Model } from './openai-models.js';
import { mixed, type Plan } from './openai-plan.js';
import { readChatRequest, Refusal, type ChatRequest } from './openai-request.js';

/** Settings of a stand-in. All of them may be left out. */
export interface StandInOptions {
  /** What it does with each request. Default: a mix of all it can do. */
  readonly plan?: Plan;
  /** What the model says. Default: a word on the last message. */
  readonly reply?: (request: ChatRequest) => string;
  /** How long the model thinks before it says anything. Default: 60. */
  readonly thinkingMs?: number;
  /** How long it takes for each token that it says. Default: 4. */
  readonly tokenMs?: number;
  /** How long a client is asked to wait after a 429. Default: 150. */
  readonly retryAfterMs?: number;
  /** What is refused with a 429 above that, by model. Default: nothing. */
  readonly limits?: Readonly<Record<string, ModelLimit>>;
}

const SEED = 7;
const REQUESTS_LIMIT = 500;
const TOKENS_LIMIT = 30_000;

/** A request for a completion, being answered. */
interface Call {
  readonly chat: ChatRequest;
  readonly model: Model;
  readonly id: string;
  /** As the SDK counts: 0 for a first attempt. */
  readonly retry: number;
  readonly exchange: Exchange;
}

/**
 * NOT OpenAI: a server on this machine that speaks the chat completions of OpenAI's API, so that the examples need no
 * key and cost nothing. No model is behind it. It keeps books of what it did, and does the same in every run.
 */
export class OpenAiStandIn implements AsyncDisposable {
  readonly books: OpenAiBooks = new OpenAiBooks();
  readonly #server: Server;
  readonly #options: Required<StandInOptions>;
  readonly #cache = new PromptCache();
  readonly #limits: ModelLimits;
  #requests = 0;
  #tokens = 0;
  #open = 0;

  /** Use {@link startOpenAiStandIn}. */
  constructor(options: StandInOptions) {
    this.#options = { plan: mixed(SEED), reply: aWordOn, thinkingMs: 60, tokenMs: 4, retryAfterMs: 150, limits: {}, ...options };
    this.#limits = new ModelLimits(this.#options.limits);
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** For an SDK: `http://127.0.0.1:49152/v1`. */
  get baseURL(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Requests that are neither answered to the end nor left by their client. */
  get openRequests(): number {
    return this.#open;
  }

  /** Ends all that is under way. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests += 1;
    this.#open += 1;
    response.once('close', () => (this.#open -= 1));
    const id = String(this.#requests).padStart(6, '0');
    const retry = Number(request.headers['x-stainless-retry-count'] ?? 0);
    const exchange = new Exchange(response);
    exchange.set({ 'x-request-id': `req_${id}` });
    try {
      const { chat, model } = await readChatRequest(request);
      await this.#follow({ chat, model, id, retry, exchange });
    } catch (error) {
      this.books.ended('-', retry, 'refused');
      const refusal = error instanceof Refusal ? error : new Refusal(500, `The stand-in failed: ${String(error)}`, null, 'server_error');
      await exchange.send(refusal.status, refusal.body);
    }
  }

  async #follow(call: Call): Promise<void> {
    const isWithinLimit = this.#limits.take(call.chat.model, performance.now());
    switch (isWithinLimit ? this.#options.plan.next(call.retry > 0) : 'rate-limit') {
      case 'answer':
        await this.#give(call, false);
        break;
      case 'filter':
        await this.#give(call, true);
        break;
      case 'stall':
        await call.exchange.outwait();
        this.books.ended(call.chat.model, call.retry, 'left_waiting');
        break;
      case 'rate-limit':
        this.books.ended(call.chat.model, call.retry, 'rate_limited');
        await this.#refuseForNow(call);
        break;
    }
  }

  async #refuseForNow({ chat, exchange }: Call): Promise<void> {
    const { retryAfterMs } = this.#options;
    this.#tellLimits(exchange, 0);
    exchange.set({ 'retry-after-ms': retryAfterMs, 'retry-after': Math.ceil(retryAfterMs / 1_000) });
    const refusal = new Refusal(429, `Rate limit reached for ${chat.model}. Try again in ${retryAfterMs}ms.`, 'rate_limit_exceeded', 'requests');
    await exchange.send(refusal.status, refusal.body);
  }

  async #give({ chat, model, id, retry, exchange }: Call, isFiltered: boolean): Promise<void> {
    const text = this.#options.reply(chat);
    const answer = new Answer({ id: `chatcmpl-${id}`, text, isFiltered, model, chat, cachedTokens: this.#cache.take(chat) });
    this.#tokens += answer.usage.total_tokens;
    this.#tellLimits(exchange, REQUESTS_LIMIT - (this.#requests % REQUESTS_LIMIT));
    const isWhole = await (chat.stream ? this.#stream(answer, chat, exchange) : this.#sendWhole(answer, exchange));

    if (!exchange.isBegun) {
      this.books.ended(chat.model, retry, 'left_waiting');
      return;
    }
    this.books.ended(model.release, retry, !isWhole ? 'left_streaming' : isFiltered ? 'filtered' : 'answered');
    if (isWhole && (!chat.stream || chat.includeUsage)) this.books.told(model, answer.usage);
    else this.books.toldNothing(model);
  }

  async #sendWhole(answer: Answer, exchange: Exchange): Promise<boolean> {
    const { thinkingMs, tokenMs } = this.#options;
    if (!(await exchange.wait(thinkingMs + answer.usage.completion_tokens * tokenMs))) return false;
    return exchange.send(200, answer.whole());
  }

  async #stream(answer: Answer, { includeUsage }: ChatRequest, exchange: Exchange): Promise<boolean> {
    const { thinkingMs, tokenMs } = this.#options;
    if (!(await exchange.wait(thinkingMs))) return false;
    exchange.beginStream();
    for (const { body, tokens } of answer.chunks(includeUsage)) {
      exchange.event(JSON.stringify(body));
      if (tokens > 0 && !(await exchange.wait(tokens * tokenMs))) return false;
    }
    exchange.event('[DONE]');
    return exchange.endStream();
  }

  /** They count down, and begin anew: of time they know nothing. */
  #tellLimits(exchange: Exchange, requestsLeft: number): void {
    const reset = `${this.#options.retryAfterMs}ms`;
    exchange.set({
      'x-ratelimit-limit-requests': REQUESTS_LIMIT,
      'x-ratelimit-remaining-requests': requestsLeft,
      'x-ratelimit-reset-requests': reset,
      'x-ratelimit-limit-tokens': TOKENS_LIMIT,
      'x-ratelimit-remaining-tokens': TOKENS_LIMIT - (this.#tokens % TOKENS_LIMIT),
      'x-ratelimit-reset-tokens': reset,
    });
  }
}

/** Starts a stand-in on a free port of this machine's. */
export async function startOpenAiStandIn(options: StandInOptions = {}): Promise<OpenAiStandIn> {
  const standIn = new OpenAiStandIn(options);
  await standIn.listen();
  return standIn;
}

function aWordOn({ messages, wantsJson }: ChatRequest): string {
  const text = messages.at(-1)?.content ?? '';
  const count = tokensIn(text);
  if (wantsJson) return JSON.stringify({ tokens: count });
  return `This is a stand-in, and no model. Your last message has ${count} tokens, and it begins with: ${text.slice(0, 40)}`;
}
