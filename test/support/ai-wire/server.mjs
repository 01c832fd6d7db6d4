// @ts-check
// What the stand-ins of all providers share: an HTTP server on a free port of the loopback, orders, failures,
// hanging and cut connections. A provider's own file says how it words its answers.
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { setImmediate } from 'node:timers/promises';
import { readOrder } from './order.mjs';

/** @typedef {import('./order.mjs').Order} Order */
/** @typedef {import('./order.mjs').Failure} Failure */

/**
 * @typedef {object} Asked
 * @property {string} method
 * @property {string} path with its query
 * @property {any} body parsed JSON; text where it is none
 * @property {import('node:http').IncomingHttpHeaders} headers
 */

/**
 * An answer in one piece (`json` or `bytes`), or a streamed one: what comes before the model's words, a frame for
 * each piece of them, and what comes after.
 *
 * @typedef {object} Answer
 * @property {number} [status]
 * @property {Record<string, string>} [headers]
 * @property {unknown} [json]
 * @property {Buffer} [bytes]
 * @property {{ opening: (string | Buffer)[], pieces: (string | Buffer)[], closing: (string | Buffer)[] }} [stream]
 */

/**
 * How one provider words things.
 *
 * @typedef {object} Provider
 * @property {(asked: Asked, order: Order) => Answer} answer
 * @property {(failure: Failure) => Answer & { status: number }} refuse
 * @property {() => string | Buffer} [failInStream] the frame that ends a stream with an error
 * @property {boolean} [isHttp2] whether it is spoken to by HTTP/2, from the first byte on
 * @property {(limits: { requests: number, tokens: number }) => Record<string, string>} [limits] as headers
 */

/**
 * @typedef {object} StandIn
 * @property {string} url
 * @property {(Asked & { isClosedEarly: boolean })[]} asked every request so far; closed early by the client or not
 * @property {() => Promise<void>} quiet waits until every answer has ended
 * @property {() => Promise<void>} reset ends what is open, and forgets the requests and the attempts
 * @property {() => Promise<void>} close
 */

/**
 * Starts the stand-in of a provider.
 *
 * @param {Provider} provider
 * @returns {Promise<StandIn>}
 */
export async function startStandIn(provider) {
  /** @type {StandIn['asked']} */ const asked = [];
  /** @type {Map<string, number>} */ const attempts = new Map();
  /** @type {Map<http.ServerResponse, Promise<unknown>>} */ const open = new Map();

  /** @type {Set<import('node:net').Socket>} */ const sockets = new Set();

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  const listener = (request, response) => {
    // The same bytes for the same order, at any second.
    response.sendDate = false;
    const closed = once(response, 'close');
    open.set(response, closed);
    void closed.then(() => open.delete(response));
    serve(request, response).catch(error => {
      if (response.headersSent) response.destroy(error);
      else response.writeHead(599, { 'content-type': 'text/plain' }).end(String(error?.stack ?? error));
    });
  };

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  async function serve(request, response) {
    const text = await readAll(request);
    const entry = { ...wordsOf(request, text), isClosedEarly: false };
    asked.push(entry);
    response.once('close', () => {
      entry.isClosedEarly = !response.writableEnded;
    });
    const order = readOrder(entry.body);
    const attempt = (attempts.get(order.id) ?? 0) + 1;
    attempts.set(order.id, attempt);

    const isRefused = order.fails !== undefined && attempt <= (order.failures ?? Infinity);
    const answer = isRefused ? provider.refuse(/** @type {Failure} */ (order.fails)) : provider.answer(entry, order);
    const limits = order.limits === undefined ? {} : provider.limits?.(order.limits);
    if (isRefused) return whole(response, answer, limits);
    if (order.cutAfter === 0) return cut(request);
    if (order.hangsAfter === 0) return;
    if (answer.stream === undefined) return whole(response, answer, limits);

    response.writeHead(answer.status ?? 200, { ...answer.headers, ...limits });
    for (const frame of framesOf(answer.stream, order)) {
      if (response.destroyed) return;
      await new Promise(resolve => response.write(frame, resolve));
      // A frame each turn of the event loop: a model does not say all at once either.
      await setImmediate();
    }
    if (order.cutAfter !== undefined) cut(request);
    else if (order.hangsAfter === undefined) response.end();
  }

  /**
   * @param {NonNullable<Answer['stream']>} stream
   * @param {Order} order
   */
  function framesOf({ opening, pieces, closing }, { cutAfter, hangsAfter, failsAfter }) {
    const end = cutAfter ?? hangsAfter ?? failsAfter;
    if (end === undefined) return [...opening, ...pieces, ...closing];
    const failure = failsAfter === undefined ? undefined : provider.failInStream?.();
    return [...opening, ...pieces.slice(0, end), ...(failure === undefined ? [] : [failure])];
  }

  // The requests and responses of HTTP/2 pass for those of HTTP/1.
  const server = provider.isHttp2 ? http2.createServer(/** @type {any} */ (listener)) : http.createServer(listener);
  server.on('connection', socket => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const quiet = async () => {
    while (open.size > 0) await Promise.all(open.values());
  };
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    quiet,
    async reset() {
      for (const response of open.keys()) (/** @type {any} */ (response).stream ?? response).destroy();
      await quiet();
      asked.length = 0;
      attempts.clear();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Cuts the connection.
 *
 * @param {http.IncomingMessage & { stream?: http2.ServerHttp2Stream }} request
 */
function cut({ socket, stream }) {
  if (stream === undefined) socket.destroy();
  else stream.session?.destroy();
}

/**
 * @param {http.ServerResponse} response
 * @param {Answer} answer
 * @param {Record<string, string>} [limits]
 */
function whole(response, { status = 200, headers, json, bytes }, limits) {
  const content = bytes ?? Buffer.from(JSON.stringify(json));
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': content.length, ...headers, ...limits })
    .end(content);
}

/**
 * @param {http.IncomingMessage} request
 * @param {string} text
 * @returns {Asked}
 */
function wordsOf({ method = '', url = '', headers }, text) {
  const isJson = /^application\/json/.test(headers['content-type'] ?? '');
  return { method, path: url, headers, body: isJson ? JSON.parse(text) : text };
}

/** @param {http.IncomingMessage} request */
async function readAll(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
