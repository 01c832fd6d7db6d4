// @ts-check
// A stand-in for Amazon Bedrock's runtime: Converse, plain and streamed, and a model invoked in its own terms.
import { anthropic } from './anthropic.mjs';
import { EVENT_STREAM, eventFrame, exceptionFrame } from './event-stream.mjs';

/** @typedef {import('./order.mjs').Order} Order */
/** @typedef {import('./server.mjs').Answer} Answer */

/** @type {import('./server.mjs').Provider} */
export const bedrock = {
  isHttp2: true,
  answer(asked, order) {
    const [, modelId = '', verb] = /^\/model\/([^/]+)\/([\w-]+)/.exec(asked.path) ?? [];
    const headers = { 'x-amzn-requestid': 'stand-in' };
    if (verb === 'converse') return { json: converse(order), headers };
    if (verb === 'converse-stream') return { headers: { ...headers, ...EVENT_STREAM }, stream: converseStream(order) };
    // Invoked models are asked and answer as their maker's own API does: here one of Anthropic's.
    const native = { ...asked, path: '/v1/messages', body: { ...asked.body, model: decodeURIComponent(modelId) } };
    if (verb === 'invoke') return { json: anthropic.answer(native, order).json, headers: { ...headers, ...tokenHeaders(order) } };
    if (verb === 'invoke-with-response-stream') return { headers: { ...headers, ...EVENT_STREAM }, stream: invokeStream(native, order) };
    throw new Error(`The stand-in of Bedrock does not answer ${asked.method} ${asked.path}.`);
  },
  refuse: failure => ({
    status: FAILURES[failure].status,
    json: { message: 'The stand-in was told to fail.' },
    headers: { 'x-amzn-errortype': FAILURES[failure].type, 'x-amzn-requestid': 'stand-in' },
  }),
  failInStream: () => exceptionFrame('modelStreamErrorException', { message: 'The model failed.', originalStatusCode: 500 }),
};

/** @type {Record<import('./server.mjs').Failure, { status: number, type: string }>} */
const FAILURES = {
  rate_limited: { status: 429, type: 'ThrottlingException' },
  quota: { status: 400, type: 'ServiceQuotaExceededException' },
  invalid_request: { status: 400, type: 'ValidationException' },
  content_filter: { status: 400, type: 'ValidationException' },
  auth: { status: 403, type: 'AccessDeniedException' },
  server: { status: 500, type: 'InternalServerException' },
  overloaded: { status: 503, type: 'ServiceUnavailableException' },
};

const STOPS = { filtered: 'guardrail_intervened', length: 'max_tokens', failed: 'end_turn' };

/** @param {Order} order */
const stopOf = ({ stops }) => (stops === undefined ? 'end_turn' : STOPS[stops]);

/**
 * Here `inputTokens` are only those that neither came from the cache nor went to it.
 *
 * @param {NonNullable<Order['usage']>} usage
 */
const usageOf = ({ input, output, cached = 0, cacheWrite = 0 }) => ({
  inputTokens: input - cached - cacheWrite,
  outputTokens: output,
  totalTokens: input + output,
  cacheReadInputTokens: cached,
  cacheWriteInputTokens: cacheWrite,
});

/** @param {Order} order */
const converse = order => ({
  output: { message: { role: 'assistant', content: [{ text: order.says.join('') }] } },
  stopReason: stopOf(order),
  ...(order.usage ? { usage: usageOf(order.usage) } : {}),
  metrics: { latencyMs: 7 },
});

/** @param {Order} order */
const converseStream = order => ({
  opening: [eventFrame('messageStart', { role: 'assistant' })],
  pieces: order.says.map(text => eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } })),
  closing: [
    eventFrame('contentBlockStop', { contentBlockIndex: 0 }),
    eventFrame('messageStop', { stopReason: stopOf(order) }),
    ...(order.usage ? [eventFrame('metadata', { usage: usageOf(order.usage), metrics: { latencyMs: 7 } })] : []),
  ],
});

/**
 * @param {Order} order
 * @returns {Record<string, string>}
 */
const tokenHeaders = ({ usage }) =>
  usage ? { 'x-amzn-bedrock-input-token-count': String(usage.input), 'x-amzn-bedrock-output-token-count': String(usage.output) } : {};

/**
 * The events of the model's own stream, each wrapped in a frame.
 *
 * @param {import('./server.mjs').Asked} native
 * @param {Order} order
 */
function invokeStream(native, order) {
  const { stream } = anthropic.answer({ ...native, body: { ...native.body, stream: true } }, order);
  const wrap = (/** @type {string | Buffer} */ event) =>
    eventFrame('chunk', { bytes: Buffer.from(/data: (.*)/.exec(String(event))?.[1] ?? '').toString('base64') });
  const { opening = [], pieces = [], closing = [] } = stream ?? {};
  return { opening: opening.map(wrap), pieces: pieces.map(wrap), closing: [...closing.slice(0, -1), withMetrics(closing.at(-1), order)].map(wrap) };
}

/**
 * Bedrock adds to the last event what it has counted itself.
 *
 * @param {string | Buffer | undefined} event
 * @param {Order} order
 */
function withMetrics(event, { usage }) {
  if (usage === null) return String(event);
  const { input, output, cached = 0, cacheWrite = 0 } = usage;
  const metrics = { inputTokenCount: input - cached - cacheWrite, outputTokenCount: output, invocationLatency: 7, firstByteLatency: 3 };
  return String(event).replace('"type":"message_stop"', `$&,"amazon-bedrock-invocationMetrics":${JSON.stringify(metrics)}`);
}
