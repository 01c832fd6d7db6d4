import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const CLOSING_MS = 1_000;

/** Listens on this machine only. */
export function listen(server: Server, port: number): Promise<number> {
  // Longer than clients keep idle connections, so that none is closed just as it is used again.
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken. Choose another: npm start -- --port ${port + 1}`) : error);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Lets what is being answered come to its end, for a moment. */
export function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise(resolve => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
    setTimeout(() => {
      server.closeAllConnections();
    }, CLOSING_MS).unref();
  });
}
