import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { RawClient } from './raw-client.js';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Header names and values as they came, in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
}

export interface SendOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** A server that listens on a free port of this machine until the test is over. */
export interface TestServer {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** Sends a request such as `GET /users/7` on a connection of its own. */
  send(request: string, options?: SendOptions): Promise<Answer>;
  connect(): Promise<RawClient>;
}

/** Starts an app, or a server that does not listen yet. */
export async function serve(app: RequestListener | Server): Promise<TestServer> {
  const server = typeof app === 'function' ? createServer(app) : app;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clients: RawClient[] = [];
  // A server lets go of connections that were upgraded.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  onTestFinished(async () => {
    for (const client of clients) client.leave();
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    send: (request, options) => send(port, request, options),
    async connect() {
      const client = await RawClient.to(port);
      clients.push(client);
      return client;
    },
  };
}

/** Sends a request such as `GET /users/7` to a port of this machine, on a connection of its own. */
export function send(port: number, request: string, { headers = {}, body }: SendOptions = {}): Promise<Answer> {
  const [method = 'GET', path = '/'] = request.split(' ');
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const all = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          body: all,
          text: all.toString(),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
