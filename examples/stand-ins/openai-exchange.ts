import { setTimeout as delay } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';

/** One request's way back: what was sent, and whether its client is still there. */
export class Exchange {
  readonly #response: ServerResponse;
  readonly #gone = new AbortController();
  /** Whether all was handed over; told when the response is over. */
  readonly #over: Promise<boolean>;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#over = new Promise(resolve => {
      response.once('close', () => {
        this.#gone.abort();
        resolve(response.writableFinished);
      });
    });
  }

  get isBegun(): boolean {
    return this.#response.headersSent;
  }

  set(headers: Readonly<Record<string, string | number>>): void {
    for (const [name, value] of Object.entries(headers)) this.#response.setHeader(name, value);
  }

  /** Lets time pass. @returns false where the client left meanwhile */
  async wait(ms: number): Promise<boolean> {
    await delay(ms, undefined, { signal: this.#gone.signal }).catch(() => {});
    return !this.#gone.signal.aborted;
  }

  /** Waits until the client gives up. */
  async outwait(): Promise<void> {
    await this.#over;
  }

  /** Answers with JSON. @returns whether all of it was handed over */
  send(status: number, body: object): Promise<boolean> {
    if (!this.#gone.signal.aborted) this.#response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return this.#over;
  }

  /** Answers with an event stream. */
  beginStream(): void {
    this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  }

  event(data: string): void {
    this.#response.write(`data: ${data}\n\n`);
  }

  /** @returns whether all of the stream was handed over */
  endStream(): Promise<boolean> {
    this.#response.end();
    return this.#over;
  }
}
