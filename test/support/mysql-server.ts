import { once } from 'node:events';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import mysql from 'mysql2';
import { onTestFinished } from 'vitest';

/** A MySQL server on a loopback port, of mysql2's own making: the wire is real, the answers are not. */
export interface MysqlServer {
  readonly port: number;
  /** The statements it got, prepared ones too, in the order in which they came. */
  readonly statements: readonly string[];
  /** Cuts all connections, as a server that crashes does. */
  cut(): void;
}

/** What mysql2's types leave out of a server's side of a connection. */
interface ServerConnection extends mysql.Connection {
  readonly stream: Socket;
  sequenceId: number;
}

const ROWS = [{ id: 1 }, { id: 2 }];
const COLUMNS = [
  {
    catalog: 'def', schema: 'shop', name: 'id', orgName: 'id', table: 'users', orgTable: 'users',
    characterSet: 33, columnLength: 11, columnType: 3, flags: 0, decimals: 0,
  },
];

/**
 * Starts a server that ends with the test. It answers SELECT with two rows and all else with OK; a statement
 * with `missing` with error 1146, and one with `hang` not at all.
 */
export async function startMysqlServer(): Promise<MysqlServer> {
  const statements: string[] = [];
  const connections = new Set<ServerConnection>();
  const server = mysql.createServer(base => {
    const connection = base as ServerConnection;
    connections.add(connection);
    connection.on('error', () => {});
    connection.stream.setNoDelay(true); // an answer is several writes
    connection.stream.on('close', () => connections.delete(connection));
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.0-test',
      connectionId: 1,
      statusFlags: 2,
      characterSet: 8,
      capabilityFlags: 0xffffff ^ 0x800 ^ 0x20, // without TLS and compression
      authCallback(_user: unknown, done: (error: null) => void) {
        done(null);
        connection.sequenceId = 0;
      },
    });
    // mysql2's server counts its packets on across commands; each command starts anew.
    const reply = (write: () => void): void => {
      connection.sequenceId = 1;
      write();
      connection.sequenceId = 0;
    };
    const answer = (statement: string, otherwise: () => void): void => {
      statements.push(statement);
      if (statement.includes('hang')) return;
      reply(() => {
        if (statement.includes('missing')) connection.writeError({ code: 1146, message: `Table 'shop.missing' doesn't exist` });
        else otherwise();
      });
    };
    connection.on('query', (statement: string) => {
      answer(statement, () => {
        if (/^select/i.test(statement)) connection.writeTextResult(ROWS, COLUMNS);
        else connection.writeOk();
      });
    });
    // This event also tells of a SET in plain text.
    connection.on('stmt_prepare', (statement: string) => {
      answer(statement, () => {
        if (/^set/i.test(statement)) connection.writeOk();
        // COM_STMT_PREPARE_OK: statement 1, without columns or parameters.
        else connection.stream.write(Buffer.from([12, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
      });
    });
    connection.on('stmt_execute', () => {
      reply(() => {
        connection.writeOk();
      });
    });
    connection.on('quit', () => connection.stream.end());
  });
  // mysql2's type knows only a port.
  (server as unknown as NetServer).listen(0, '127.0.0.1');
  const net = (server as unknown as { _server: NetServer })._server;
  await once(net, 'listening');
  const cut = (): void => {
    for (const { stream } of connections) stream.destroy();
  };
  onTestFinished(async () => {
    cut();
    net.close();
    await once(net, 'close');
  });
  return { port: (net.address() as AddressInfo).port, statements, cut };
}
