import type { Server } from 'node:http';
import { Duplex } from 'node:stream';

/**
 * A connection in memory, for a real `http.Server`: parser, requests and responses do their work as ever,
 * only the kernel is missing. For tests of many thousand requests.
 */
export class InjectedConnection extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  bytesWritten = 0;
  #answered: () => void = () => {};

  constructor(server: Server) {
    super({ decodeStrings: false });
    this.on('error', () => {});
    this.on('close', () => {
      this.#answered();
    });
    server.emit('connection', this);
  }

  /** Sends a request; resolves at the first piece of its answer, or when the server hangs up. */
  answer(raw: string | Buffer): Promise<void> {
    return new Promise(resolve => {
      // Off the stack of what writes the answer.
      this.#answered = () => setImmediate(resolve);
      this.push(raw);
    });
  }

  /** Sends a part of a request. */
  begin(raw: string | Buffer): void {
    this.push(raw);
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.bytesWritten += chunk.length;
    done();
    this.#answered();
  }

  override _writev(chunks: { chunk: Buffer | string }[], done: () => void): void {
    for (const { chunk } of chunks) this.bytesWritten += chunk.length;
    done();
    this.#answered();
  }

  setTimeout(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  destroySoon(): void {
    this.end();
    this.destroy();
  }
}
