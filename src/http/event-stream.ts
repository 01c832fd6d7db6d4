import type { ServerResponse } from 'node:http';

const EVENT_STREAM = /^text\/event-stream\s*(;|$)/i;
const EVENT_STREAM_HEAD = /^content-type:\s*text\/event-stream\s*(;|\r)/im;

/**
 * Whether a response is an event stream.
 * @param writeHeadArgs `writeHead` sends the headers given to it without keeping them
 */
export function isEventStream(response: ServerResponse, writeHeadArgs: readonly unknown[]): boolean {
  // Node's own note of what it sends. Undocumented and not there in HTTP/2, but far the cheapest to ask.
  const { _header: head } = response as { _header?: unknown };
  if (typeof head === 'string') return EVENT_STREAM_HEAD.test(head);
  const type = (writeHeadArgs.length > 1 ? givenType(writeHeadArgs.at(-1)) : undefined) ?? response.getHeader('content-type');
  return typeof type === 'string' && EVENT_STREAM.test(type);
}

/** Headers come as an object, as a list of names and values in turn, or as a list of pairs. */
function givenType(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined;
  if (!Array.isArray(headers)) return Object.entries(headers).find(([name]) => isContentType(name))?.[1];
  const list = headers.flat() as unknown[];
  return list.find((_value, i) => i % 2 === 1 && isContentType(list[i - 1]));
}

function isContentType(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase() === 'content-type';
}
