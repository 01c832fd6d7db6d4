import type { ServerResponse } from 'node:http';

/** Live announcements: what teachers publish goes to everyone who listens, as server-sent events. */
export class Announcements {
  readonly #listeners = new Set<ServerResponse>();

  /** Turns a response into a stream of announcements, until its client leaves or the platform closes. */
  follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
    send(response, 'welcome', { listeners: this.#listeners.size });
  }

  publish(school: string, text: string): void {
    for (const response of this.#listeners) send(response, 'announcement', { school, text });
  }

  /** Ends all streams. */
  close(): void {
    for (const response of this.#listeners) response.end();
  }
}

function send(response: ServerResponse, event: string, data: object): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
