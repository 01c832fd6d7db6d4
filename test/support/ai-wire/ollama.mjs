// @ts-check
// A stand-in for an Ollama server: chat, generate and embed. Its streams are lines of JSON.

/** @typedef {import('./order.mjs').Order} Order */

const LINES = { 'content-type': 'application/x-ndjson' };

/** @type {import('./server.mjs').Provider} */
export const ollama = {
  answer({ method, path, body }, order) {
    const say = SAYS[path];
    if (say !== undefined) {
      // Ollama streams unless told otherwise.
      return body.stream === false ? { json: last(body, order, say(order.says.join(''))) } : { headers: LINES, stream: stream(body, order, say) };
    }
    if (path === '/api/embed') {
      const counts = order.usage ? { total_duration: 7_000_000, load_duration: 1_000_000, prompt_eval_count: order.usage.input } : {};
      return { json: { model: order.model ?? body.model, embeddings: [[0.5, -0.25]], ...counts } };
    }
    throw new Error(`The stand-in of Ollama does not answer ${method} ${path}.`);
  },
  refuse: failure => ({ status: FAILURES[failure], json: { error: 'The stand-in was told to fail.' } }),
  failInStream: () => line({ error: 'the model runner has stopped' }),
};

/** @type {Record<import('./server.mjs').Failure, number>} */
const FAILURES = { rate_limited: 429, quota: 402, invalid_request: 400, content_filter: 400, auth: 401, server: 500, overloaded: 503 };

/** @type {Record<string, (text: string) => object>} */
const SAYS = {
  '/api/chat': content => ({ message: { role: 'assistant', content } }),
  '/api/generate': response => ({ response }),
};

const line = (/** @type {unknown} */ value) => `${JSON.stringify(value)}\n`;

/**
 * @param {any} body
 * @param {Order} order
 */
const head = (body, { model }) => ({ model: model ?? body.model, created_at: '2026-01-01T00:00:00Z' });

/**
 * @param {any} body
 * @param {Order} order
 * @param {object} said
 */
const last = (body, order, said) => ({
  ...head(body, order),
  ...said,
  done: true,
  done_reason: order.stops === 'length' ? 'length' : 'stop',
  total_duration: 7_000_000,
  ...(order.usage ? { prompt_eval_count: order.usage.input, eval_count: order.usage.output } : {}),
});

/**
 * @param {any} body
 * @param {Order} order
 * @param {(text: string) => object} say
 */
const stream = (body, order, say) => ({
  opening: [],
  pieces: order.says.map(text => line({ ...head(body, order), ...say(text), done: false })),
  closing: [line(last(body, order, say('')))],
});
