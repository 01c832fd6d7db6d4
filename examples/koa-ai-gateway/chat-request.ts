import type { IncomingMessage } from 'node:http';
import type OpenAI from 'openai';
import { GatewayError } from './gateway-error.js';

const LARGEST_BODY = 1_000_000;

/**
 * Reads what a client asks for. What is not looked at here, the upstream will check.
 * @throws GatewayError for a body that is too large or no JSON, and for a model that is not offered
 */
export async function readChatRequest(request: IncomingMessage, models: readonly string[]): Promise<OpenAI.ChatCompletionCreateParams> {
  const body = jsonIn(await read(request));
  if (typeof body !== 'object' || body === null) throw new GatewayError(400, 'invalid_body', 'The body must be a JSON object.');
  const { model } = body as { model?: unknown };
  if (typeof model !== 'string' || !models.includes(model)) {
    throw new GatewayError(404, 'model_not_found', `'model' must be one of ${models.join(', ')}.`);
  }
  return body as OpenAI.ChatCompletionCreateParams;
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  // Else the connection would be cut, and the refusal with it.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > LARGEST_BODY) throw new GatewayError(413, 'body_too_large', `The body may have ${LARGEST_BODY} bytes at most.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError(400, 'invalid_body', 'The body is no JSON.');
  }
}
