import type { ServerResponse } from 'node:http';

/** Tells when a client is gone, for work that is for nobody then. */
export function leavingOf(response: ServerResponse): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => {
    leaving.abort();
  });
  return leaving.signal;
}
