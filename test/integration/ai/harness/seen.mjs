// @ts-check
// What a caller sees of a value, to be compared with what it sees of another client's: classes by identity, what can
// be enumerated, and of errors their words.

/** What says the same again, or something else in each call: made up by an SDK, measured, or of the connection. */
const VOLATILE = new Set(['stack', 'rawResponse', '$response', 'sdkHttpResponse', 'socket', 'callId', 'performance', 'timestamp']);
const MAX_DEPTH = 12;

/**
 * @param {unknown} value
 * @param {number} [depth]
 * @returns {unknown}
 */
export function seen(value, depth = 0) {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  if (value instanceof Headers) return Object.fromEntries(value);
  if (value instanceof Response) return { class: Response, status: value.status, headers: Object.fromEntries(value.headers) };
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  if (Array.isArray(value)) return value.map(item => seen(item, depth + 1));
  /** @type {Record<string, unknown>} */ const facts = { class: classOf(value) };
  if (value instanceof Error) Object.assign(facts, { name: value.name, message: value.message, cause: seen(value.cause, depth + 1) });
  for (const key of Object.keys(value).sort()) {
    if (!VOLATILE.has(key)) facts[key] = seen(/** @type {any} */ (value)[key], depth + 1);
  }
  return facts;
}

/**
 * What a promise or a stream is, without touching what it holds.
 *
 * @param {any} value
 */
export const shapeOf = value => ({
  class: classOf(value),
  keys: Object.keys(value).sort(),
  text: String(value),
  isPromise: value instanceof Promise,
  isThenable: typeof value.then === 'function',
  isIterable: typeof value[Symbol.asyncIterator] === 'function',
});

/** @param {object} value */
function classOf(value) {
  return Object.getPrototypeOf(value)?.constructor;
}

/**
 * What a call comes to: its value, or its error.
 *
 * @param {() => unknown} call
 */
export async function endOf(call) {
  try {
    return { value: seen(await call()) };
  } catch (error) {
    return { error: seen(error) };
  }
}

/**
 * All that a stream gives.
 *
 * @template T
 * @param {AsyncIterable<T>} items
 */
export async function all(items) {
  /** @type {T[]} */ const list = [];
  for await (const item of items) list.push(item);
  return list;
}

/**
 * The first places in which two observations differ.
 *
 * @param {unknown} a
 * @param {unknown} b
 * @param {string} [path]
 * @returns {string[]}
 */
export function differences(a, b, path = '') {
  if (Object.is(a, b)) return [];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [`${path}: ${show(a)} became ${show(b)}`];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap(key => differences(/** @type {any} */ (a)[key], /** @type {any} */ (b)[key], `${path}.${key}`)).slice(0, 5);
}

/** @param {unknown} value */
const show = value => (typeof value === 'function' ? `class ${value.name}` : (JSON.stringify(value)?.slice(0, 120) ?? String(value)));
