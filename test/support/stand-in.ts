import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { serve } from './serve.js';

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: any;
}

/** What to answer: JSON with status 200, or anything by hand. */
export type Reply = object | ((request: Received, response: ServerResponse) => void);

/** A real server in a service's place. It gives the replies in turn, and then the last one again. */
export async function standIn(...replies: Reply[]): Promise<{ url: string; requests: Received[] }> {
  const requests: Received[] = [];
  const { url } = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      const received = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, text, json: parsed(text) };
      const reply = replies[Math.min(requests.length, replies.length - 1)];
      requests.push(received);
      if (typeof reply === 'function') reply(received, response);
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(reply));
    });
  });
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
