import { Readable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import OpenAI from 'openai';
import { withAiAttribution } from 'sightline';
import { openAiErrorOf } from './answer-errors.js';
import { readChatRequest } from './chat-request.js';
import { GatewayError } from './gateway-error.js';

/** Passes a request on, and the answer back: whole, or piece by piece as it comes. */
export function chatCompletions(openai: OpenAI, models: readonly string[]): Middleware {
  return async ctx => {
    const request = await readChatRequest(ctx.req, models);
    // When the client is gone, the upstream is told to stop: nobody pays for what nobody reads.
    const leaving = new AbortController();
    ctx.res.once('close', () => {
      leaving.abort();
    });
    // Everything that is called in here is the tenant's to pay, and counts towards its budget.
    await withAiAttribution({ tenant: String(ctx.state['tenant']), feature: 'chat' }, async () => {
      if (request.stream) await answerWithStream(ctx, openai, request, leaving.signal);
      else ctx.body = await openai.chat.completions.create(request, { signal: leaving.signal });
    });
  };
}

async function answerWithStream(ctx: Context, openai: OpenAI, request: OpenAI.ChatCompletionCreateParamsStreaming, signal: AbortSignal): Promise<void> {
  const { stream_options: options } = request;
  // Without its usage a stream would cost nothing, as far as a budget can see; so it is asked for in any case.
  const measured = { ...request, stream_options: { ...options, include_usage: true } };
  const stream = await openai.chat.completions.create(measured, { signal });
  ctx.type = 'text/event-stream';
  ctx.set({ 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
  // Read one piece at a time, and only as fast as the client takes them.
  ctx.body = Readable.from(eventsOf(stream, options?.include_usage === true));
}

async function* eventsOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>, wantsUsage: boolean): AsyncGenerator<string> {
  try {
    for await (const chunk of stream) {
      // The one with the usage has nothing else.
      if (wantsUsage || chunk.choices.length > 0) yield event(chunk);
    }
    yield 'data: [DONE]\n\n';
  } catch (error) {
    // Too late for a status, but OpenAI's clients understand an error in the midst of a stream.
    const known = error instanceof OpenAI.APIError ? error : new GatewayError(502, 'upstream_broke_off', 'The upstream broke off.');
    yield event(openAiErrorOf(known).body);
  }
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
