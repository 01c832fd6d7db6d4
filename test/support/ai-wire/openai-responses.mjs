// @ts-check
// OpenAI's Responses API, as its stand-in speaks it.
import { SSE, sse } from './sse.mjs';

/** @typedef {import('./order.mjs').Order} Order */

/**
 * @param {any} body
 * @param {Order} order
 * @returns {import('./server.mjs').Answer}
 */
export function responses(body, order) {
  return body.stream ? stream(body, order) : { json: finished(body, order) };
}

/**
 * @param {any} body
 * @param {Order} order
 */
const begun = (body, { id, model, tier }) => ({
  id: `resp_${id}`,
  object: 'response',
  created_at: 1_767_225_600,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  model: model ?? body.model,
  output: /** @type {object[]} */ ([]),
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  service_tier: tier ?? 'default',
  store: false,
  temperature: 1,
  text: body.text ?? { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: body.tools ?? [],
  top_p: 1,
  truncation: 'disabled',
  usage: /** @type {object | null} */ (null),
});

/** @param {NonNullable<Order['usage']>} usage */
const usageOf = ({ input, output, cached = 0, cacheWrite = 0, reasoning = 0 }) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWrite },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: input + output,
});

/** @param {string} text */
const textPart = text => ({ type: 'output_text', text, annotations: [], logprobs: [] });

/**
 * @param {Order} order
 * @param {string} status
 * @param {object[]} content
 */
const messageItem = ({ id }, status, content) => ({ id: `msg_${id}`, type: 'message', status, role: 'assistant', content });

const ENDS = {
  done: { status: 'completed' },
  length: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  filtered: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
  failed: { status: 'failed', error: { code: 'server_error', message: 'The model failed to generate a response.' } },
};

/**
 * @param {any} body
 * @param {Order} order
 */
function finished(body, order) {
  const end = ENDS[order.stops ?? 'done'];
  return {
    ...begun(body, order),
    ...end,
    output: [messageItem(order, end.status, [textPart(order.says.join(''))])],
    usage: order.usage && usageOf(order.usage),
  };
}

/**
 * @param {any} body
 * @param {Order} order
 * @returns {import('./server.mjs').Answer}
 */
function stream(body, order) {
  let sequence = -1;
  const event = (/** @type {string} */ type, /** @type {object} */ fields) => {
    sequence += 1;
    return sse({ type, sequence_number: sequence, ...fields }, type);
  };
  const place = { item_id: `msg_${order.id}`, output_index: 0, content_index: 0 };
  const text = order.says.join('');
  const end = finished(body, order);
  // Made in the order in which they are sent: each takes the next number.
  const opening = [
    event('response.created', { response: begun(body, order) }),
    event('response.in_progress', { response: begun(body, order) }),
    event('response.output_item.added', { output_index: 0, item: messageItem(order, 'in_progress', []) }),
    event('response.content_part.added', { ...place, part: textPart('') }),
  ];
  const pieces = order.says.map(delta => event('response.output_text.delta', { ...place, delta, logprobs: [] }));
  const closing = [
    event('response.output_text.done', { ...place, text, logprobs: [] }),
    event('response.content_part.done', { ...place, part: textPart(text) }),
    event('response.output_item.done', { output_index: 0, item: end.output[0] }),
    event(`response.${end.status}`, { response: end }),
  ];
  return { headers: SSE, stream: { opening, pieces, closing } };
}
