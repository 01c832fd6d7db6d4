// @ts-check
import { Duplex } from 'node:stream';

/**
 * A connection in memory, for a real `http.Server`.
 *
 * The server's own parser, requests, responses and events do their work as in production; only the kernel is
 * missing, whose time varies by more than what is measured here. A mocked request and response, such as
 * light-my-request's, cost about the same, but end a response in a way of their own, and leave out the parser and
 * the socket, from which sizes are read.
 */
class InMemoryConnection extends Duplex {
  bytesWritten = 0;
  remoteAddress = '127.0.0.1';
  remotePort = 50_000;
  localAddress = '127.0.0.1';
  localPort = 80;
  /** Called with each answer, in pieces. @type {(pieces: unknown[]) => void} */
  onAnswer = () => {};

  constructor() {
    // As a socket does, which encodes strings on their way to the kernel.
    super({ decodeStrings: false });
  }

  /** @override */
  _read() {}

  /** @override @type {Duplex['_write']} */
  _write(chunk, _encoding, done) {
    this.bytesWritten += chunk.length;
    done();
    this.onAnswer([chunk]);
  }

  /** Head and body, which Node writes one after the other and sends as one. @override @type {NonNullable<Duplex['_writev']>} */
  _writev(chunks, done) {
    for (const { chunk } of chunks) this.bytesWritten += chunk.length;
    done();
    this.onAnswer(chunks.map(({ chunk }) => chunk));
  }

  setTimeout() {
    return this;
  }
}

/**
 * Sends requests to a server, one at a time, each in an event loop turn of its own.
 *
 * @param {import('node:http').Server} server
 * @param {readonly Buffer[]} requests raw requests, sent in rotation
 */
export function injector(server, requests) {
  const connection = new InMemoryConnection();
  server.emit('connection', connection);
  let sent = 0;
  const next = () => {
    connection.push(requests[sent++ % requests.length]);
  };
  return {
    /**
     * Sends the next request and gives its answer, as text.
     * @returns {Promise<string>}
     */
    answer() {
      return new Promise(resolve => {
        connection.onAnswer = pieces => setImmediate(resolve, pieces.join(''));
        next();
      });
    },
    /**
     * @param {number} times
     * @returns {Promise<void>}
     */
    send(times) {
      return new Promise(resolve => {
        let left = times;
        connection.onAnswer = () => setImmediate(--left === 0 ? resolve : next);
        next();
      });
    },
  };
}
