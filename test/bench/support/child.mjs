// @ts-check
// Subjects that change the process they run in (instrumentations, patched prototypes, global registries)
// get a process each. The parent still decides whose slice runs, so only one of them works at a time.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PROJECT } from './peers.mjs';

/** @typedef {Record<string, number>} Costs */

/**
 * @typedef {object} Child
 * @property {(times: number) => Promise<Costs>} slice runs one slice
 * @property {() => Promise<unknown>} stop ends it; answers what it found out
 */

/**
 * Starts a program of `subjects/` and waits until it is ready for slices.
 *
 * @param {string} program
 * @param {readonly string[]} [args]
 * @param {readonly string[]} [nodeOptions]
 * @returns {Promise<Child>}
 */
export async function startChild(program, args = [], nodeOptions = []) {
  const file = fileURLToPath(new URL(`../subjects/${program}`, import.meta.url));
  const child = fork(file, args, {
    cwd: PROJECT,
    execArgv: [...nodeOptions],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const failure = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${program} ${args.join(' ')} ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`);
  });
  failure.catch(() => {});
  const answer = () => Promise.race([once(child, 'message').then(([message]) => message), failure]);
  await answer();
  return {
    slice(times) {
      child.send({ times });
      return answer();
    },
    async stop() {
      child.send({ stop: true });
      const found = await answer();
      child.disconnect();
      return found;
    },
  };
}

/**
 * The child's side: answers each request for a slice, and at the end what `finish` gives.
 *
 * @param {(times: number) => Promise<Costs>} slice
 * @param {() => unknown} finish
 */
export function serveSlices(slice, finish) {
  process.on('message', async (/** @type {{ times?: number, stop?: boolean }} */ { times, stop }) => {
    process.send?.(stop ? ((await finish()) ?? null) : await slice(times ?? 1));
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}
