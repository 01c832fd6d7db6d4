// @ts-check

/** Headers of a stream of server-sent events. */
export const SSE = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

/**
 * One server-sent event.
 *
 * @param {unknown} data
 * @param {string} [event] its name
 */
export function sse(data, event) {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
}
