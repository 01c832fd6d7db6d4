import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { MODELS, type Model } from './openai-models.js';

interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

/** What is understood of a request for a chat completion. */
export interface ChatRequest {
  /** As asked for. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  /** Whether a stream is to end with what it used. */
  readonly includeUsage: boolean;
  /** Whether the answer is to be JSON. */
  readonly wantsJson: boolean;
}

/** A request that is refused, with an error as OpenAI writes it. */
export class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;

  constructor(status: number, message: string, code: string | null = null, type = 'invalid_request_error') {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
  }

  get body(): object {
    return { error: { message: this.message, type: this.type, param: null, code: this.code } };
  }
}

/** @throws Refusal for what is no request for a chat completion, or comes without a key */
export async function readChatRequest(request: IncomingMessage): Promise<{ chat: ChatRequest; model: Model }> {
  if (!/^Bearer \S/.test(request.headers.authorization ?? '')) {
    throw new Refusal(401, "You didn't provide an API key.", 'invalid_api_key');
  }
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (pathname !== '/v1/chat/completions' || request.method !== 'POST') {
    throw new Refusal(404, `The stand-in answers POST /v1/chat/completions only, not ${request.method} ${pathname}.`, 'unknown_url');
  }
  const chat = chatIn(await text(request));
  const model = MODELS.get(chat.model);
  if (!model) throw new Refusal(404, `The model '${chat.model}' does not exist: the stand-in has ${[...MODELS.keys()].join(', ')}.`, 'model_not_found');
  return { chat, model };
}

function chatIn(body: string): ChatRequest {
  const { model, messages, stream, stream_options: streamOptions, response_format: format } = jsonIn(body);
  if (typeof model !== 'string') throw new Refusal(400, "Missing required parameter: 'model'.", 'missing_required_parameter');
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new Refusal(400, "Missing required parameter: 'messages'.", 'missing_required_parameter');
  }
  return {
    model,
    messages: messages.map(message => ({ role: String(message?.role), content: contentOf(message?.content) })),
    stream: stream === true,
    includeUsage: streamOptions?.include_usage === true,
    wantsJson: format !== undefined && format.type !== 'text',
  };
}

function jsonIn(body: string): any {
  try {
    return Object(JSON.parse(body));
  } catch {
    throw new Refusal(400, 'We could not parse the JSON body of your request.');
  }
}

/** A text, or the texts of its parts. */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map(part => (typeof part?.text === 'string' ? (part.text as string) : '')).join('');
}
