import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer. */
export interface Reply {
  readonly status: number;
  /** A text is sent as it is, with its `Content-Type` in the headers; all else as JSON; `undefined` is no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** Sends an answer; Node leaves the body of one to HEAD away. */
export function sendReply(request: IncomingMessage, response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const isText = typeof body === 'string' && headers['Content-Type'] !== undefined;
  const text = body === undefined ? '' : isText ? body : JSON.stringify(body);
  response.statusCode = status;
  for (const [name, value] of Object.entries({ ...HEADERS, ...headers })) {
    // HTTP/2 has no such header, and Node warns of it.
    if (name === 'Connection' && request.httpVersionMajor > 1) continue;
    response.setHeader(name, value);
  }
  if (body !== undefined && !isText) response.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
