import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { freePort } from './free-port.js';
import { startProgram, type Program } from './program.js';

const START_ATTEMPTS = 3;

/** A MariaDB on a free port of this machine, its data in a temporary folder, with one empty database. */
export class MariadbServer implements AsyncDisposable {
  readonly pool: mysql.Pool;
  readonly #process: Program;
  readonly #folder: string;

  private constructor(port: number, folder: string, process: Program) {
    this.pool = mysql.createPool({ host: '127.0.0.1', port, user: 'root', database: 'test', multipleStatements: true, timezone: 'Z' });
    this.#folder = folder;
    this.#process = process;
  }

  /** Resolves when it is ready. @param program its path, by `findServer('mariadbd')` */
  static async start(program: string): Promise<MariadbServer> {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-mariadb-'));
    const data = join(folder, 'data');
    // The server comes with what makes its folder; it lies with the programs of users.
    const install = join(dirname(program).replace(/sbin$/, 'bin'), 'mariadb-install-db');
    const user = process.getuid?.() === 0 ? ['--user=root'] : [];
    await promisify(execFile)(install, ['--no-defaults', ...user, `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db']);
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const server = startProgram(
        program,
        '--no-defaults',
        ...user,
        `--datadir=${data}`,
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        '--innodb-buffer-pool-size=16M',
        // Not the zone of this machine, and not UTC: what is right must not depend on it.
        '--default-time-zone=+05:00',
      );
      try {
        await server.line(/ready for connections/);
        const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' });
        await connection.query('CREATE DATABASE test CHARACTER SET utf8mb4');
        await connection.end();
        return new MariadbServer(port, folder, server);
      } catch (error) {
        await server[Symbol.asyncDispose]();
        if (attempt < START_ATTEMPTS) continue;
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    }
  }

  /** Ends it and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end();
    await this.#process[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
