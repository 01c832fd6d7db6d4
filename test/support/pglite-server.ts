import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { PGlite } from '@electric-sql/pglite';

/** PostgreSQL on a loopback port: PGlite behind the wire protocol, for tests of the real `pg` driver. */
export interface PgliteServer extends AsyncDisposable {
  readonly port: number;
  readonly database: PGlite;
  /** How many clients are connected. */
  readonly clients: number;
  /** Cuts all connections, as a server that crashes does. */
  cut(): void;
}

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
const PROTOCOL_3 = 196_608;

/** Starts a server on a free port. */
export async function startPgliteServer(): Promise<PgliteServer> {
  const database = await PGlite.create();
  const engine = new Engine(database);
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    void serve(socket, engine);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    database,
    get clients() {
      return sockets.size;
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
      await database.close();
    },
  };
}

async function serve(socket: Socket, engine: Engine): Promise<void> {
  socket.setNoDelay(true);
  let received = Buffer.alloc(0);
  let started = false;
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk]);
      for (;;) {
        // A message is its type, a length and a body; the first ones have no type.
        const header = started ? 5 : 4;
        if (received.length < Math.max(header, 8) && !(started && received.length >= 5)) break;
        const length = received.readInt32BE(header - 4) + header - 4;
        if (received.length < length) break;
        const message = received.subarray(0, length);
        received = received.subarray(length);
        if (started) {
          if (message[0] === 0x58) return; // Terminate
          socket.write(await engine.run(socket, message));
          continue;
        }
        const code = message.readInt32BE(4);
        if (code === SSL_REQUEST) socket.write('N');
        else if (code === CANCEL_REQUEST) return;
        else if (code === PROTOCOL_3) {
          started = true;
          socket.write(await engine.run(socket, message));
        }
      }
    }
  } catch {
    // The client is gone.
  } finally {
    await engine.leave(socket);
    socket.destroy();
  }
}

/** One session for all clients: one of them has it from its first message until it is idle again. */
class Engine {
  readonly #database: PGlite;
  #owner: Socket | undefined;
  #inTransaction = false;
  #waiting: (() => void)[] = [];

  constructor(database: PGlite) {
    this.#database = database;
  }

  async run(socket: Socket, message: Uint8Array): Promise<Uint8Array> {
    while (this.#owner !== undefined && this.#owner !== socket) {
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
    this.#owner = socket;
    const answer = await this.#database.execProtocolRaw(message);
    // ReadyForQuery: 'Z', a length of 5, and 'I' where no transaction is open.
    const [type, , , , , status] = answer.slice(-6);
    if (type === 0x5a) {
      this.#inTransaction = status !== 0x49;
      if (!this.#inTransaction) this.#release();
    }
    return answer;
  }

  async leave(socket: Socket): Promise<void> {
    if (this.#owner !== socket) return;
    if (this.#inTransaction) await this.#database.exec('ROLLBACK');
    this.#inTransaction = false;
    this.#release();
  }

  #release(): void {
    this.#owner = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
