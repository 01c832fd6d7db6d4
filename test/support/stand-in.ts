import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { startHttpTarget } from './http-target.js';

/** A request as it came. */
export interface Received {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: any;
}

/** What to answer: JSON with status 200, or anything by hand. */
export type Reply = object | ((request: Received, response: ServerResponse) => void);

/** A real server in a service's place, until the test is over. It gives the replies in turn, and then the last one again. */
export async function standIn(...replies: Reply[]): Promise<{ url: string; requests: Received[] }> {
  const requests: Received[] = [];
  const { url, close } = await startHttpTarget((request, body, response) => {
    const text = body.toString();
    const { method = '', url: target = '' } = request;
    const { pathname, searchParams } = new URL(target, 'http://x');
    const received = { method, target, path: pathname, query: searchParams, headers: request.headers, text, json: parsed(text) };
    const reply = replies[Math.min(requests.length, replies.length - 1)];
    requests.push(received);
    if (typeof reply === 'function') reply(received, response);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(reply));
  });
  onTestFinished(close);
  return { url, requests };
}

/** A reply with a status, a body and headers. */
export function status(code: number, body = '', headers: Record<string, string> = {}): Reply {
  return (_, response) => response.writeHead(code, headers).end(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
