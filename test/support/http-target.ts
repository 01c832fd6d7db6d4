import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server on a free loopback port. */
export interface HttpTarget {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** Answers each request, with its body read, by `answer`. */
export async function startHttpTarget(
  answer: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void,
  port = 0,
): Promise<HttpTarget> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, Buffer.concat(chunks), response);
    });
  });
  return listen(server, port);
}

/** Accepts connections and never answers. */
export function startHangingTarget(): Promise<HttpTarget> {
  return listen(createTcpServer(socket => socket.on('error', () => {})));
}

/** A URL where nothing listens: the port was free a moment ago. */
export async function refusedUrl(): Promise<string> {
  const target = await listen(createTcpServer());
  await target.close();
  return target.url;
}

async function listen(server: Server, wantedPort = 0): Promise<HttpTarget> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(wantedPort, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
