// @ts-check
// A stand-in for Mistral's API: chat, plain and streamed, and embeddings.
import { SSE, sse } from './sse.mjs';

/** @typedef {import('./order.mjs').Order} Order */

/** @type {import('./server.mjs').Provider} */
export const mistral = {
  answer({ method, path, body }, order) {
    if (path === '/v1/chat/completions') return body.stream ? { headers: SSE, stream: stream(body, order) } : { json: chat(body, order) };
    if (path === '/v1/embeddings') return { json: embeddings(body, order) };
    throw new Error(`The stand-in of Mistral does not answer ${method} ${path}.`);
  },
  refuse: failure => ({
    status: FAILURES[failure],
    json: { object: 'error', message: 'The stand-in was told to fail.', type: failure, param: null, code: '3000' },
  }),
  limits: ({ requests, tokens }) => ({
    'x-ratelimit-remaining-req-minute': String(requests),
    'x-ratelimit-remaining-tokens-minute': String(tokens),
  }),
};

/** @type {Record<import('./server.mjs').Failure, number>} */
const FAILURES = { rate_limited: 429, quota: 402, invalid_request: 400, content_filter: 400, auth: 401, server: 500, overloaded: 503 };

const FINISH = { filtered: 'error', length: 'length', failed: 'error' };

/** @param {Order} order */
const finishOf = ({ stops }) => (stops === undefined ? 'stop' : FINISH[stops]);

/** @param {NonNullable<Order['usage']>} usage */
const usageOf = ({ input, output, cached }) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
});

/**
 * @param {any} body
 * @param {Order} order
 */
const head = (body, { id, model }) => ({ id: `cmpl-${id}`, created: 1_767_225_600, model: model ?? body.model });

/**
 * @param {any} body
 * @param {Order} order
 */
const chat = (body, order) => ({
  ...head(body, order),
  object: 'chat.completion',
  choices: [
    { index: 0, message: { role: 'assistant', content: order.says.join(''), tool_calls: null }, finish_reason: finishOf(order) },
  ],
  // The SDK refuses an answer without usage, and one with none is what it takes for unknown.
  usage: order.usage ? usageOf(order.usage) : {},
});

/**
 * @param {any} body
 * @param {Order} order
 */
function stream(body, order) {
  const chunk = (/** @type {object} */ delta, /** @type {string | null} */ finish = null, /** @type {object} */ more = {}) =>
    sse({
      ...head(body, order),
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...more,
    });
  return {
    opening: [chunk({ role: 'assistant', content: '' })],
    pieces: order.says.map(content => chunk({ content })),
    closing: [chunk({ content: '' }, finishOf(order), order.usage ? { usage: usageOf(order.usage) } : {}), sse('[DONE]')],
  };
}

/**
 * @param {any} body
 * @param {Order} order
 */
const embeddings = (body, order) => ({
  ...head(body, order),
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.5, -0.25] }],
  usage: order.usage ? { prompt_tokens: order.usage.input, total_tokens: order.usage.input, completion_tokens: 0 } : {},
});
