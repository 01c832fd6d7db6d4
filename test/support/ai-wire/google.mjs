// @ts-check
// A stand-in for Google's Gemini API: generateContent, plain and streamed, embeddings and counting tokens.
import { SSE, sse } from './sse.mjs';

/** @typedef {import('./order.mjs').Order} Order */

/** @type {import('./server.mjs').Provider} */
export const google = {
  answer({ method, path }, order) {
    const [, model, verb] = /\/models\/([^/:]+):(\w+)/.exec(path) ?? [];
    if (model !== undefined) {
      if (verb === 'generateContent') return { json: chunk(model, order, order.says.join(''), true) };
      if (verb === 'streamGenerateContent') return { headers: SSE, stream: stream(model, order) };
      if (verb === 'countTokens') return { json: { totalTokens: order.usage?.input ?? 0 } };
      if (verb === 'embedContent') return { json: { embedding: { values: [0.5, -0.25] } } };
      if (verb === 'batchEmbedContents') return { json: { embeddings: [{ values: [0.5, -0.25] }] } };
    }
    throw new Error(`The stand-in of Google does not answer ${method} ${path}.`);
  },
  refuse: failure => ({ status: FAILURES[failure].code, json: { error: { message: 'The stand-in was told to fail.', ...FAILURES[failure] } } }),
  failInStream: () => sse({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }),
};

/** @type {Record<import('./server.mjs').Failure, { code: number, status: string, message?: string, details?: object[] }>} */
const FAILURES = {
  rate_limited: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' }] },
  quota: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
      },
    ],
  },
  invalid_request: { code: 400, status: 'INVALID_ARGUMENT' },
  content_filter: { code: 400, status: 'INVALID_ARGUMENT' },
  auth: { code: 403, status: 'PERMISSION_DENIED' },
  server: { code: 500, status: 'INTERNAL' },
  overloaded: { code: 503, status: 'UNAVAILABLE' },
};

const FINISH = { filtered: 'SAFETY', length: 'MAX_TOKENS', failed: 'OTHER' };

/**
 * Here what the model thought is beside what it said.
 *
 * @param {NonNullable<Order['usage']>} usage
 */
const usageOf = ({ input, output, cached, reasoning = 0 }) => ({
  promptTokenCount: input,
  candidatesTokenCount: output - reasoning,
  totalTokenCount: input + output,
  ...(cached === undefined ? {} : { cachedContentTokenCount: cached }),
  ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
});

/**
 * A response, or a part of one: both look the same.
 *
 * @param {string} model
 * @param {Order} order
 * @param {string} text
 * @param {boolean} isLast
 */
function chunk(model, { id, model: answering, stops, usage }, text, isLast) {
  return {
    candidates: [
      {
        content: { role: 'model', parts: [{ text }] },
        ...(isLast ? { finishReason: stops === undefined ? 'STOP' : FINISH[stops] } : {}),
        index: 0,
      },
    ],
    ...(usage ? { usageMetadata: isLast ? usageOf(usage) : { promptTokenCount: usage.input, totalTokenCount: usage.input } } : {}),
    modelVersion: answering ?? model,
    responseId: id,
  };
}

/**
 * @param {string} model
 * @param {Order} order
 */
const stream = (model, order) => ({
  opening: [],
  pieces: order.says.map(text => sse(chunk(model, order, text, false))),
  closing: [sse(chunk(model, order, '', true))],
});
