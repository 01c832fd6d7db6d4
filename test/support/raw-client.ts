import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from './until.js';

/** A TCP client that sends exactly what it is told: malformed, pipelined and unfinished requests. */
export class RawClient {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', chunk => this.#chunks.push(chunk));
    socket.on('close', () => (this.#isClosed = true));
    // The server may reset a connection that it has had enough of.
    socket.on('error', () => {});
  }

  /** Connects to a port of this machine. */
  static async to(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** All that has come, one character a byte. */
  get text(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  send(data: string | Buffer): void {
    this.socket.write(data);
  }

  /** Waits for a piece of text to come, and gives all that has come. */
  async receives(text: string): Promise<string> {
    await until(() => this.#isClosed || this.text.includes(text));
    if (!this.text.includes(text)) throw new Error(`the connection closed without ${JSON.stringify(text)}; it gave ${JSON.stringify(this.text)}`);
    return this.text;
  }

  /** Waits for the server to close the connection, and gives all that has come. */
  async closed(): Promise<string> {
    await until(() => this.#isClosed);
    return this.text;
  }

  /** Leaves without a word. */
  leave(): void {
    this.socket.destroy();
  }

  /** Leaves with a TCP reset, as a crashed client does. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}
