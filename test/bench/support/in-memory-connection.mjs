// @ts-check
import { Duplex } from 'node:stream';

/**
 * Requests without a network: a connection in memory, given to a real `http.Server`.
 *
 * The server's own parser, requests, responses and events do their work as in production; only the kernel is
 * missing, whose time varies by more than what is measured here. (A mocked request and response, such as
 * light-my-request's, costs about the same, but ends a response in its own way and takes the size of a response,
 * the socket and the parser out of the measurement.)
 */
class InMemoryConnection extends Duplex {
  bytesWritten = 0;
  remoteAddress = '127.0.0.1';
  remotePort = 50_000;
  localAddress = '127.0.0.1';
  localPort = 80;
  /** Called with each answer. @type {(answer: Buffer) => void} */
  onAnswer = () => {};

  _read() {}

  /** @type {Duplex['_write']} */
  _write(chunk, _encoding, done) {
    this.bytesWritten += chunk.length;
    done();
    this.onAnswer(chunk);
  }

  setTimeout() {
    return this;
  }
}

/**
 * Sends requests to a server, one at a time, each in a turn of the event loop of its own.
 *
 * @param {import('node:http').Server} server
 * @param {readonly Buffer[]} requests raw requests, sent in rotation; each must be answered in one write
 */
export function injector(server, requests) {
  const connection = new InMemoryConnection();
  server.emit('connection', connection);
  let sent = 0;
  const next = () => {
    connection.push(requests[sent++ % requests.length]);
  };
  return {
    /** Answers to the first requests, as text. */
    async answers() {
      /** @type {string[]} */ const texts = [];
      for (const _ of requests) {
        texts.push(
          await new Promise(resolve => {
            connection.onAnswer = answer => setImmediate(resolve, String(answer));
            next();
          }),
        );
      }
      return texts;
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
