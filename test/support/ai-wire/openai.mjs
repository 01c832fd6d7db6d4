// @ts-check
// A stand-in for OpenAI's API: chat completions, responses, embeddings, images and audio. Groq's is like it.
import { responses } from './openai-responses.mjs';
import { SSE, sse } from './sse.mjs';

/** @typedef {import('./order.mjs').Order} Order */
/** @typedef {import('./server.mjs').Answer} Answer */
/** @typedef {import('./server.mjs').Asked} Asked */

/** @type {import('./server.mjs').Provider} */
export const openai = {
  answer(asked, order) {
    const headers = { 'x-request-id': 'req_stand_in', 'openai-processing-ms': '7' };
    const answer = answerOf(asked, order);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  },
  refuse: failure => ({
    status: FAILURES[failure].status,
    json: { error: { message: 'The stand-in was told to fail.', param: null, ...FAILURES[failure].error } },
    headers: { 'x-request-id': 'req_stand_in', ...(failure === 'rate_limited' ? { 'retry-after': '2', 'retry-after-ms': '1' } : {}) },
  }),
  failInStream: () => sse({ error: { message: 'The server had an error while processing your request.', type: 'server_error', code: null, param: null } }),
  limits: ({ requests, tokens }) => ({
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-requests': String(requests),
    'x-ratelimit-remaining-tokens': String(tokens),
    'x-ratelimit-reset-requests': '120ms',
    'x-ratelimit-reset-tokens': '6m0s',
  }),
};

/**
 * The same, as Groq streams: it says the usage in a field of its own, asked for or not.
 *
 * @type {import('./server.mjs').Provider}
 */
export const groq = {
  ...openai,
  answer: (asked, order) => (asked.body.stream ? groqStream(asked, order) : openai.answer(asked, order)),
};

/** @type {Record<import('./server.mjs').Failure, { status: number, error: { type: string, code: string | null } }>} */
const FAILURES = {
  rate_limited: { status: 429, error: { type: 'requests', code: 'rate_limit_exceeded' } },
  quota: { status: 429, error: { type: 'insufficient_quota', code: 'insufficient_quota' } },
  invalid_request: { status: 400, error: { type: 'invalid_request_error', code: 'context_length_exceeded' } },
  // As Azure refuses a prompt; OpenAI's own API names the code `content_policy_violation`.
  content_filter: { status: 400, error: { type: 'invalid_request_error', code: 'content_filter' } },
  auth: { status: 401, error: { type: 'invalid_request_error', code: 'invalid_api_key' } },
  server: { status: 500, error: { type: 'server_error', code: null } },
  overloaded: { status: 503, error: { type: 'server_error', code: null } },
};

/**
 * @param {Asked} asked
 * @param {Order} order
 * @returns {Answer}
 */
function answerOf(asked, order) {
  const { path, body } = asked;
  if (path.endsWith('/chat/completions')) return body.stream ? chatStream(body, order) : { json: chat(body, order) };
  if (path.endsWith('/responses')) return responses(body, order);
  if (path.endsWith('/embeddings')) return { json: embeddings(body, order) };
  if (path.endsWith('/images/generations')) return { json: images(order) };
  if (path.endsWith('/audio/transcriptions')) return { json: transcription(order) };
  if (path.endsWith('/audio/speech')) return { bytes: Buffer.from('ID3 stand-in'), headers: { 'content-type': 'audio/mpeg' } };
  throw new Error(`The stand-in of OpenAI does not answer ${asked.method} ${path}.`);
}

/** @param {NonNullable<Order['usage']>} usage */
function chatUsage({ input, output, cached = 0, cacheWrite = 0, reasoning = 0 }) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWrite, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

const FINISH = { filtered: 'content_filter', length: 'length', failed: 'stop' };

/** @param {Order} order */
const finishOf = ({ stops }) => (stops === undefined ? 'stop' : FINISH[stops]);

/**
 * @param {any} body
 * @param {Order} order
 */
const head = (body, { id, model, tier }) => ({
  id: `chatcmpl-${id}`,
  created: 1_767_225_600,
  model: model ?? body.model,
  service_tier: tier ?? 'default',
  system_fingerprint: 'fp_stand_in',
});

/**
 * The tool to call first: once its result is among the messages, the model answers.
 *
 * @param {any} body
 * @param {Order} order
 */
function toolCall(body, { tool }) {
  const isAnswered = body.messages.some((/** @type {any} */ message) => message.role === 'tool');
  if (tool === undefined || isAnswered || !body.tools?.length) return undefined;
  return { id: 'call_1', type: 'function', function: { name: tool.name, arguments: JSON.stringify(tool.args) } };
}

/**
 * @param {any} body
 * @param {Order} order
 */
function chat(body, order) {
  const call = toolCall(body, order);
  const message = call
    ? { role: 'assistant', content: null, refusal: null, tool_calls: [call] }
    : { role: 'assistant', content: order.says.join(''), refusal: null, annotations: [] };
  return {
    ...head(body, order),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: call ? 'tool_calls' : finishOf(order) }],
    ...(order.usage ? { usage: chatUsage(order.usage) } : {}),
  };
}

/**
 * @param {any} body
 * @param {Order} order
 * @returns {Answer}
 */
function chatStream(body, order) {
  const isUsageAsked = body.stream_options?.include_usage === true && order.usage !== null;
  const chunk = (/** @type {object[]} */ choices, /** @type {object | null} */ usage = null) =>
    sse({ ...head(body, order), object: 'chat.completion.chunk', choices, ...(isUsageAsked ? { usage } : {}) });
  const choice = (/** @type {object} */ delta, /** @type {string | null} */ finish = null) => [
    { index: 0, delta, logprobs: null, finish_reason: finish },
  ];
  const call = toolCall(body, order);
  const said = call ? [{ tool_calls: [{ index: 0, ...call }] }] : order.says.map(content => ({ content }));
  return {
    headers: SSE,
    stream: {
      opening: [chunk(choice({ role: 'assistant', content: call ? null : '', refusal: null }))],
      pieces: said.map(delta => chunk(choice(delta))),
      closing: [
        chunk(choice({}, call ? 'tool_calls' : finishOf(order))),
        ...(isUsageAsked && order.usage ? [chunk([], chatUsage(order.usage))] : []),
        sse('[DONE]'),
      ],
    },
  };
}

/**
 * @param {Asked} asked
 * @param {Order} order
 * @returns {Answer}
 */
function groqStream({ body }, order) {
  const { headers, stream } = chatStream({ ...body, stream_options: undefined }, order);
  const { opening = [], pieces = [] } = stream ?? {};
  const base = { ...head(body, order), object: 'chat.completion.chunk' };
  const last = {
    ...base,
    choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: finishOf(order) }],
    x_groq: { id: 'req_stand_in', ...(order.usage ? { usage: chatUsage(order.usage) } : {}) },
  };
  return { ...(headers ? { headers } : {}), stream: { opening, pieces, closing: [sse(last), sse('[DONE]')] } };
}

/**
 * @param {any} body
 * @param {Order} order
 */
function embeddings(body, { usage, model }) {
  // The SDK asks for base64 and gives its caller the numbers.
  const vector = new Float32Array([0.5, -0.25, 0.125]);
  const embedding = body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
  return {
    object: 'list',
    model: model ?? body.model,
    data: [{ object: 'embedding', index: 0, embedding }],
    ...(usage ? { usage: { prompt_tokens: usage.input, total_tokens: usage.input } } : {}),
  };
}

/** @param {Order} order */
const images = ({ usage }) => ({
  created: 1_767_225_600,
  data: [{ b64_json: Buffer.from('stand-in').toString('base64') }],
  ...(usage
    ? {
        usage: {
          input_tokens: usage.input,
          output_tokens: usage.output,
          total_tokens: usage.input + usage.output,
          input_tokens_details: { text_tokens: usage.input, image_tokens: 0 },
        },
      }
    : {}),
});

/** @param {Order} order */
const transcription = ({ says, usage }) => ({
  text: says.join(''),
  ...(usage
    ? {
        usage: {
          type: 'tokens',
          input_tokens: usage.input,
          output_tokens: usage.output,
          total_tokens: usage.input + usage.output,
          input_token_details: { text_tokens: 0, audio_tokens: usage.input },
        },
      }
    : {}),
});
