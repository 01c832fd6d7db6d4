// @ts-check
// A test tells a stand-in what to answer in the prompt itself: that passes through every SDK, and through
// whatever is built on one. So a test knows each figure before the call is made.

/**
 * Tokens of one answer as Sightline counts them: `cached` and `cacheWrite` are parts of `input`, `reasoning` of
 * `output`. Each stand-in says the same in its provider's own terms.
 *
 * @typedef {object} Usage
 * @property {number} input
 * @property {number} output
 * @property {number} [cached]
 * @property {number} [cacheWrite]
 * @property {number} [reasoning]
 */

/** @typedef {'rate_limited' | 'quota' | 'invalid_request' | 'content_filter' | 'auth' | 'server' | 'overloaded'} Failure */

/**
 * @typedef {object} Order
 * @property {string} id tells the attempts of one call from those of another
 * @property {string[]} says the answer, in the pieces in which it is streamed
 * @property {Usage | null} usage `null`: the answer does not say
 * @property {string} [model] what the answer names as its model; default: what was asked for
 * @property {'filtered' | 'length' | 'failed'} [stops] why the model stopped, unless it was done
 * @property {string} [tier] the service tier the answer was made with
 * @property {{ name: string, args: object }} [tool] what the model calls first, where the request offers tools
 * @property {Failure} [fails] the error in place of an answer
 * @property {number} [failures] attempts that get that error; default: all
 * @property {number} [failsAfter] pieces after which a stream ends with its provider's error event
 * @property {number} [cutAfter] pieces after which the connection is cut; 0: before the answer's head
 * @property {number} [hangsAfter] pieces after which nothing follows; 0: not even the answer's head
 * @property {{ requests: number, tokens: number }} [limits] what is left of the rate limits
 */

const MARK = '{"order":';
let orders = 0;

/**
 * The prompt that orders this.
 *
 * @param {Partial<Order>} [wishes]
 */
export function order(wishes) {
  orders += 1;
  const defaults = { id: `order-${orders}`, says: ['Clear', ', but', ' short.'], usage: { input: 120, output: 48 } };
  return JSON.stringify({ order: { ...defaults, ...wishes } });
}

/**
 * The order in what a request says, wherever its provider has the prompt.
 *
 * @param {unknown} body parsed JSON, or text
 * @returns {Order}
 */
export function readOrder(body) {
  const found = prompts(body).at(-1);
  if (found === undefined) throw new Error('The request holds no order: make its prompt with order() of ai-wire/order.mjs.');
  return JSON.parse(found).order;
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
function prompts(value) {
  if (typeof value === 'string') {
    // A form's field stands between other lines.
    return value.split(/\r?\n/).filter(line => line.startsWith(MARK));
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(prompts) : [];
}
