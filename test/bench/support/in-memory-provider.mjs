// @ts-check

const MODEL = 'gpt-4o-mini-2024-07-18';
const HEAD = { id: 'chatcmpl-CPq1wB3lYdKn0sXyGm7RtZ5uVhE2a', created: 1_763_800_000, model: MODEL };
const TAIL = { service_tier: 'default', system_fingerprint: 'fp_560af6e559' };
const TOKEN = ' word';
const INPUT_TOKENS = 120;

/** What comes with an answer of OpenAI's; the limits among them are read by who accounts for them. */
const HEADERS = {
  date: 'Sun, 22 Nov 2026 10:00:00 GMT',
  'openai-organization': 'an-organization',
  'openai-processing-ms': '412',
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': '1999880',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-reset-tokens': '3ms',
  'x-request-id': 'req_0c1f6b7a52e84c0f9d3b8e7a6c5d4e3f',
  server: 'cloudflare',
};

const encoder = new TextEncoder();
const BEGINNING = event({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }] });
const MIDDLE = event({ choices: [{ index: 0, delta: { content: TOKEN }, logprobs: null, finish_reason: null }] });
const STOP = event({ choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] });
const DONE = encoder.encode('data: [DONE]\n\n');

/**
 * OpenAI's API in memory, as the `fetch` that a client is given: without a network, whose time varies by more than
 * what is measured. It writes as many tokens as `max_completion_tokens` says, each in an event of its own, which is
 * made when it is read.
 *
 * @param {unknown} _url
 * @param {{ body: string }} request
 */
export async function answerInMemory(_url, { body }) {
  const { stream, max_completion_tokens: tokens } = JSON.parse(body);
  // An answer comes in a turn of the event loop of its own.
  await new Promise(resolve => setImmediate(resolve));
  if (stream) return new Response(events(tokens), { headers: { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' } });
  const message = { role: 'assistant', content: TOKEN.repeat(tokens), refusal: null, annotations: [] };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  return new Response(JSON.stringify({ ...HEAD, object: 'chat.completion', choices, usage: usageOf(tokens), ...TAIL }), {
    headers: { ...HEADERS, 'content-type': 'application/json' },
  });
}

/** @param {number} tokens */
function events(tokens) {
  let left = tokens;
  const end = [STOP, event({ choices: [], usage: usageOf(tokens) }), DONE];
  return new ReadableStream({
    start(controller) {
      controller.enqueue(BEGINNING);
    },
    pull(controller) {
      if (left-- > 0) {
        controller.enqueue(MIDDLE);
        return;
      }
      for (const last of end) controller.enqueue(last);
      controller.close();
    },
  });
}

/** @param {object} parts */
function event(parts) {
  const chunk = { ...HEAD, object: 'chat.completion.chunk', ...TAIL, usage: null, ...parts, obfuscation: 'aB3dE5fG' };
  return encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`);
}

/** @param {number} tokens */
function usageOf(tokens) {
  return {
    prompt_tokens: INPUT_TOKENS,
    completion_tokens: tokens,
    total_tokens: INPUT_TOKENS + tokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
  };
}
