// @ts-check
// A stand-in for Cohere's API: chat of both versions, plain and streamed, embed and rerank.
import { SSE, sse } from './sse.mjs';

/** @typedef {import('./order.mjs').Order} Order */

/** @type {import('./server.mjs').Provider} */
export const cohere = {
  answer({ method, path, body }, order) {
    if (path === '/v2/chat') return body.stream ? { headers: SSE, stream: chatStream(order) } : { json: chat(order) };
    // The older version streams lines of JSON.
    if (path === '/v1/chat') return body.stream ? { stream: oldChatStream(order) } : { json: oldChat(order) };
    if (path === '/v2/embed') return { json: embed(order) };
    if (path === '/v2/rerank') return { json: rerank(order) };
    throw new Error(`The stand-in of Cohere does not answer ${method} ${path}.`);
  },
  refuse: failure => ({ status: FAILURES[failure], json: { id: 'stand-in', message: 'The stand-in was told to fail.' } }),
};

/** @type {Record<import('./server.mjs').Failure, number>} */
const FAILURES = { rate_limited: 429, quota: 402, invalid_request: 400, content_filter: 422, auth: 401, server: 500, overloaded: 503 };

const FINISH = { filtered: 'ERROR', length: 'MAX_TOKENS', failed: 'ERROR' };
const OLD_FINISH = { ...FINISH, filtered: 'ERROR_TOXIC' };

/** Billed are fewer tokens than read: those of the provider's own preamble are not. */
const PREAMBLE = 400;

/** @param {NonNullable<Order['usage']>} usage */
const usageOf = ({ input, output, cached }) => ({
  billed_units: { input_tokens: input, output_tokens: output },
  tokens: { input_tokens: input + PREAMBLE, output_tokens: output + 2 },
  ...(cached === undefined ? {} : { cached_tokens: cached }),
});

/** @param {Order} order */
const chat = ({ id, says, stops, usage }) => ({
  id,
  finish_reason: stops === undefined ? 'COMPLETE' : FINISH[stops],
  message: { role: 'assistant', content: [{ type: 'text', text: says.join('') }] },
  ...(usage ? { usage: usageOf(usage) } : {}),
});

/** @param {Order} order */
const chatStream = ({ id, says, stops, usage }) => {
  const event = (/** @type {string} */ type, /** @type {object} */ fields) => sse({ type, ...fields }, type);
  return {
    opening: [
      event('message-start', { id, delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } } }),
      event('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
    ],
    pieces: says.map(text => event('content-delta', { index: 0, delta: { message: { content: { text } } } })),
    closing: [
      event('content-end', { index: 0 }),
      event('message-end', {
        id,
        delta: { finish_reason: stops === undefined ? 'COMPLETE' : FINISH[stops], ...(usage ? { usage: usageOf(usage) } : {}) },
      }),
    ],
  };
};

/** @param {Order} order */
const oldChat = ({ id, says, stops, usage }) => ({
  response_id: id,
  generation_id: id,
  text: says.join(''),
  chat_history: [],
  finish_reason: stops === undefined ? 'COMPLETE' : OLD_FINISH[stops],
  meta: { api_version: { version: '1' }, ...(usage ? usageOf(usage) : {}) },
});

/** @param {Order} order */
const oldChatStream = order => {
  const line = (/** @type {object} */ event) => `${JSON.stringify(event)}\n`;
  const response = oldChat(order);
  return {
    opening: [line({ is_finished: false, event_type: 'stream-start', generation_id: order.id })],
    pieces: order.says.map(text => line({ is_finished: false, event_type: 'text-generation', text })),
    closing: [line({ is_finished: true, event_type: 'stream-end', response, finish_reason: response.finish_reason })],
  };
};

/** @param {Order} order */
const embed = ({ id, usage }) => ({
  id,
  embeddings: { float: [[0.5, -0.25]] },
  texts: ['…'],
  response_type: 'embeddings_by_type',
  meta: { api_version: { version: '2' }, ...(usage ? { billed_units: { input_tokens: usage.input } } : {}) },
});

/** @param {Order} order */
const rerank = ({ id }) => ({
  id,
  results: [{ index: 0, relevance_score: 0.9 }],
  meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
});
