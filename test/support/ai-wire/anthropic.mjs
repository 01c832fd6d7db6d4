// @ts-check
// A stand-in for Anthropic's API: messages, plain and streamed, and counting tokens.
import { SSE, sse } from './sse.mjs';

/** @typedef {import('./order.mjs').Order} Order */

/** @type {import('./server.mjs').Provider} */
export const anthropic = {
  answer({ method, path, body }, order) {
    const headers = { 'request-id': 'req_stand_in' };
    const [route] = path.split('?');
    if (route === '/v1/messages/count_tokens') return { json: { input_tokens: order.usage?.input ?? 0 }, headers };
    if (route !== '/v1/messages') throw new Error(`The stand-in of Anthropic does not answer ${method} ${path}.`);
    return body.stream ? { headers: { ...headers, ...SSE }, stream: stream(body, order) } : { json: message(body, order), headers };
  },
  refuse: failure => ({
    status: FAILURES[failure].status,
    json: {
      type: 'error',
      error: { type: FAILURES[failure].type, message: FAILURES[failure].message ?? 'The stand-in was told to fail.' },
      request_id: 'req_stand_in',
    },
    headers: { 'request-id': 'req_stand_in', ...(failure === 'rate_limited' ? { 'retry-after': '2', 'retry-after-ms': '1' } : {}) },
  }),
  failInStream: () => sse({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'error'),
  limits: ({ requests, tokens }) => ({
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': String(requests),
    'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:30Z',
    'anthropic-ratelimit-tokens-limit': '40000',
    'anthropic-ratelimit-tokens-remaining': String(tokens),
    'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:30Z',
    'anthropic-ratelimit-input-tokens-remaining': String(tokens - 1_000),
    'anthropic-ratelimit-output-tokens-remaining': String(tokens - 2_000),
  }),
};

/** @type {Record<import('./server.mjs').Failure, { status: number, type: string, message?: string }>} */
const FAILURES = {
  rate_limited: { status: 429, type: 'rate_limit_error' },
  quota: { status: 400, type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.' },
  invalid_request: { status: 400, type: 'invalid_request_error' },
  content_filter: { status: 400, type: 'invalid_request_error', message: 'Output blocked by content filtering policy' },
  auth: { status: 401, type: 'authentication_error' },
  server: { status: 500, type: 'api_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
};

const STOPS = { filtered: 'refusal', length: 'max_tokens', failed: 'end_turn' };

/** @param {Order} order */
const stopOf = ({ stops }) => (stops === undefined ? 'end_turn' : STOPS[stops]);

/**
 * Here `input_tokens` are only those that neither came from the cache nor went to it.
 *
 * @param {NonNullable<Order['usage']>} usage
 */
const inputOf = ({ input, cached = 0, cacheWrite = 0 }) => ({
  input_tokens: input - cached - cacheWrite,
  cache_creation_input_tokens: cacheWrite,
  cache_read_input_tokens: cached,
  cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
});

/** @param {NonNullable<Order['usage']>} usage */
const outputOf = ({ output, reasoning }) => ({
  output_tokens: output,
  ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
});

/**
 * @param {any} body
 * @param {Order} order
 */
const begun = (body, { id, model, usage, tier }) => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model: model ?? body.model,
  content: /** @type {object[]} */ ([]),
  stop_reason: /** @type {string | null} */ (null),
  stop_sequence: null,
  ...(usage ? { usage: { ...inputOf(usage), output_tokens: 1, service_tier: tier ?? 'standard' } } : {}),
});

/**
 * The tool to call first: once its result is among the messages, the model answers.
 *
 * @param {any} body
 * @param {Order} order
 */
function toolCall(body, { tool }) {
  const isAnswered = JSON.stringify(body.messages).includes('"tool_result"');
  return tool === undefined || isAnswered || !body.tools?.length
    ? undefined
    : { type: 'tool_use', id: 'toolu_1', name: tool.name, input: tool.args };
}

/**
 * @param {any} body
 * @param {Order} order
 */
function message(body, order) {
  const start = begun(body, order);
  const call = toolCall(body, order);
  return {
    ...start,
    content: call ? [call] : [{ type: 'text', text: order.says.join('') }],
    stop_reason: call ? 'tool_use' : stopOf(order),
    ...(order.usage ? { usage: { ...start.usage, ...outputOf(order.usage) } } : {}),
  };
}

/**
 * @param {any} body
 * @param {Order} order
 */
function stream(body, order) {
  const event = (/** @type {string} */ type, /** @type {object} */ fields = {}) => sse({ type, ...fields }, type);
  const call = toolCall(body, order);
  const block = call ? { ...call, input: {} } : { type: 'text', text: '' };
  const deltas = call
    ? [{ type: 'input_json_delta', partial_json: JSON.stringify(call.input) }]
    : order.says.map(text => ({ type: 'text_delta', text }));
  const delta = { stop_reason: call ? 'tool_use' : stopOf(order), stop_sequence: null };
  return {
    opening: [
      event('message_start', { message: begun(body, order) }),
      event('content_block_start', { index: 0, content_block: block }),
      event('ping'),
    ],
    pieces: deltas.map(piece => event('content_block_delta', { index: 0, delta: piece })),
    closing: [
      event('content_block_stop', { index: 0 }),
      // The sums so far, of which only the output has changed.
      event('message_delta', { delta, ...(order.usage ? { usage: { ...inputOf(order.usage), ...outputOf(order.usage) } } : {}) }),
      event('message_stop'),
    ],
  };
}
