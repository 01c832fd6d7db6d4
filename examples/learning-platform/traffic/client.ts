import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { AbortPhase, Ledger, Sent } from './ledger.js';

/** A request to make. */
export interface Call extends Sent {
  readonly path: string;
  readonly token?: string | undefined;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** Methods that the metrics know by name; any other is to be counted as `_OTHER`. */
const KNOWN_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];

/** Sends real requests over loopback, and notes in the ledger what became of each. */
export class Client {
  readonly #port: number;
  readonly #ledger: Ledger;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(port: number, ledger: Ledger) {
    this.#port = port;
    this.#ledger = ledger;
  }

  /** A request that is read to its end. */
  async call(call: Call): Promise<Answer> {
    const start = performance.now();
    const response = await this.#open(call);
    const body = await text(response);
    const status = response.statusCode ?? 0;
    this.#ledger.answered(counted(call), status, secondsSince(start));
    return { status, body: response.headers['content-type']?.startsWith('application/json') && body ? JSON.parse(body) : body };
  }

  /** A request that the metrics leave out. */
  async callUncounted(path: string): Promise<void> {
    const response = await this.#open({ method: 'GET', path, endpoint: path });
    await text(response);
    this.#ledger.skipped += 1;
  }

  /** Leaves before there is an answer. */
  async leaveBeforeAnswer(call: Call, afterMs: number): Promise<void> {
    const start = performance.now();
    const sent = this.#send(call);
    const answer = answerTo(sent);
    const early = await Promise.race([answer, delay(afterMs)]);
    if (early) throw new Error(`${call.path} was answered before its client could leave`);
    answer.catch(() => {});
    this.#leave(sent, call, 'before_headers', start);
  }

  /** Leaves when the first piece of the answer has come. */
  async leaveMidStream(call: Call): Promise<void> {
    const start = performance.now();
    const sent = this.#send(call);
    const response = await answerTo(sent);
    await new Promise(resolve => response.once('data', resolve));
    response.on('error', () => {});
    this.#leave(sent, call, 'mid_stream', start);
  }

  /** An event stream that is read to its end; or an answer that is none, where the server could not begin one. */
  async readStream(call: Call): Promise<void> {
    const start = performance.now();
    const response = await this.#open(call);
    await text(response);
    const status = response.statusCode ?? 0;
    if (isEventStream(response)) this.#ledger.listened(call, status);
    else this.#ledger.answered(counted(call), status, secondsSince(start));
  }

  /** Leaves an event stream when its first event has come. */
  async leaveStream(call: Call): Promise<void> {
    const start = performance.now();
    const sent = this.#send(call);
    const response = await answerTo(sent);
    const status = response.statusCode ?? 0;
    if (!isEventStream(response)) {
      await text(response);
      this.#ledger.answered(counted(call), status, secondsSince(start));
      return;
    }
    await new Promise(resolve => response.once('data', resolve));
    response.on('error', () => {});
    sent.destroy();
    this.#ledger.listened(call, status);
  }

  /** Follows an event stream for a while. */
  async listen(call: Call, forMs: number, signal: AbortSignal): Promise<void> {
    const sent = this.#send(call);
    const response = await answerTo(sent);
    response.on('error', () => {}).resume();
    await delay(forMs, undefined, { signal }).catch(() => {});
    sent.destroy();
    this.#ledger.listened(call, response.statusCode ?? 0);
  }

  close(): void {
    this.#agent.destroy();
  }

  #leave(sent: ClientRequest, call: Call, phase: AbortPhase, start: number): void {
    sent.destroy();
    this.#ledger.left(counted(call), phase, secondsSince(start));
  }

  async #open(call: Call): Promise<IncomingMessage> {
    return answerTo(this.#send(call));
  }

  #send({ method, path, token, body }: Call): ClientRequest {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const sent = request({
      host: '127.0.0.1',
      port: this.#port,
      agent: this.#agent,
      method,
      path,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      },
    });
    sent.end(payload);
    return sent;
  }
}

function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
  });
}

function isEventStream(response: IncomingMessage): boolean {
  return response.headers['content-type']?.startsWith('text/event-stream') ?? false;
}

function counted({ method, endpoint }: Call): Sent {
  return { method: KNOWN_METHODS.includes(method) ? method : '_OTHER', endpoint };
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1_000;
}
