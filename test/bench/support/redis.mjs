// @ts-check
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

/**
 * A Redis of its own that keeps nothing on disk, until it is stopped.
 * @param {string} program its path
 */
export async function startRedis(program) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  const port = await freePort();
  const child = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise(resolve => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('Redis did not start.')));
    child.stdout.on('data', text => String(text).includes('Ready to accept connections') && resolve(undefined));
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
