import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidOptionError, SightlineError } from '../core/errors.js';
import { aText, checkOptions, type OptionRule } from '../core/options.js';
import type { MetricsEndpoint } from './metrics-endpoint.js';

/** Where a metrics server of its own listens. */
export interface ListenAddress {
  /** 0 picks a free port. */
  readonly port: number;
  /** Default: `127.0.0.1`. Give `0.0.0.0` to let a Prometheus on another machine in. */
  readonly host?: string;
  /** Default: `/metrics`. */
  readonly path?: string;
}

/** A metrics server that listens. */
export interface MetricsServer {
  readonly port: number;
  readonly url: string;
  /** Stops it; scrapes under way are cut. Safe to call twice. */
  close(): Promise<void>;
}

const A_PORT: OptionRule = {
  allowed: 'a port number, 0 to 65535',
  accepts: value => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535,
};
const ADDRESS_RULES = {
  port: A_PORT,
  host: aText,
  path: { allowed: "a path such as '/metrics'", accepts: (value: unknown) => typeof value === 'string' && /^\/[^?#\s]*$/.test(value) },
};

/**
 * Serves metrics on a port of their own, so that they stay off the app's public one.
 * The server does not keep the process alive.
 *
 * @throws InvalidOptionError naming the option
 * @throws SightlineError `SIGHTLINE_LISTEN_FAILED` where the port can't be had
 */
export async function listen(endpoint: MetricsEndpoint, address: ListenAddress): Promise<MetricsServer> {
  checkOptions('', address, ADDRESS_RULES);
  const { port, host = '127.0.0.1', path = '/metrics' } = address;
  if (port === undefined) throw new InvalidOptionError('port', port, A_PORT.allowed);
  const server = createServer((request, response) => {
    if ((request.url ?? '').split('?', 1)[0] === path) {
      void endpoint.handle(request, response);
      return;
    }
    response.statusCode = 404;
    response.end(`Metrics are at ${path}\n`);
  });
  server.unref();
  await listening(server, port, host);
  // No more than that one connection is lost (too many open files); without a listener it would end the process.
  server.on('error', () => {});
  const { port: actual } = server.address() as AddressInfo;
  return {
    port: actual,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}${path}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(
        new SightlineError(
          'SIGHTLINE_LISTEN_FAILED',
          `The metrics server can't listen on ${host}:${port} (${(cause as NodeJS.ErrnoException).code}). Give another \`port\`, or 0 for a free one.`,
          { cause },
        ),
      );
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
