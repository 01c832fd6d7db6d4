import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe } from 'vitest';
import { testEveryForm } from '../database/mysql-forms.js';
import { freePort } from '../support/free-port.js';
import { startProgram, type Program } from '../support/program.js';
import { findOptionalServer } from '../support/servers.mjs';

const program = findOptionalServer('mariadbd');

// What test/database proves with a server of mysql2's own, here with a real one.
describe.skipIf(program === undefined)('instrumentPool, with mysql2 on MariaDB', () => {
  let folder: string;
  let server: Program;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-mariadb-'));
    port = await freePort();
    const common = ['--no-defaults', `--user=${userInfo().username}`, `--datadir=${join(folder, 'data')}`];
    await promisify(execFile)('mariadb-install-db', [...common, '--auth-root-authentication-method=normal', '--skip-test-db']);
    server = startProgram(
      program as string,
      ...common,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
    );
    await server.line(/ready for connections/);
    const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' });
    await connection.query('CREATE DATABASE shop');
    await connection.query('CREATE TABLE shop.users (id int PRIMARY KEY, email text)');
    await connection.query('INSERT INTO shop.users (id) VALUES (1), (2)');
    await connection.end();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  testEveryForm(() => ({ options: { host: '127.0.0.1', port, user: 'root', database: 'shop' } }));
});
