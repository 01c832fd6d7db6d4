import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { RedisServer } from '../support/redis-server.js';
import { findServer } from '../support/servers.mjs';
import type { Plan } from './processes/redis-user.js';

const program = findServer('redis-server');
const CACHE = join(import.meta.dirname, '../../.cache');
let folder: string;

beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true });
  // In the repository, where it finds the packages.
  folder = mkdtempSync(join(CACHE, 'redis-process-'));
  const output = { entryFileNames: 'redis-user.mjs' };
  const entry = join(import.meta.dirname, 'processes/redis-user.ts');
  await build({ configFile: false, logLevel: 'error', build: { ssr: entry, outDir: folder, rollupOptions: { output } } });
}, 30_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a process to its own end. */
async function run(plan: Plan): Promise<string> {
  // One that does not end by itself is killed, and the test fails.
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'redis-user.mjs'), JSON.stringify(plan)], { timeout: 20_000 });
  return stdout;
}

describe('a process that has finished its work ends by itself', { timeout: 30_000 }, () => {
  test.each([false, true])('where there is no server (close: %s)', async close => {
    expect(await run({ url: `redis://127.0.0.1:${await freePort()}`, commands: 1, close })).toBe('done');
  });

  test.skipIf(program === undefined).each([false, true])('with all that it sent carried out (close: %s)', async close => {
    await using server = await RedisServer.start(program as string);
    const client = new Redis(server.url);
    expect(await run({ url: server.url, commands: 0, close })).toBe('done');
    expect(await run({ url: server.url, commands: 100, close })).toBe('done');

    expect(await client.hget('process', 'n')).toBe('100');
    client.disconnect();
  });
});
