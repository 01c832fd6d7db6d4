// @ts-check
import { endOf } from './seen.mjs';

/** @typedef {import('./matrix.mjs').Case} Case */

/**
 * A call that its caller gives up while it waits for the answer.
 *
 * @param {string} name
 * @param {(client: any, prompt: string, options: { signal: AbortSignal }) => any} ask
 * @param {{ reason?: unknown, books?: Case['books'] }} [particulars] `reason` of the abort: the signal's own where left out
 * @returns {Case}
 */
export function givenUp(name, ask, { reason, books } = {}) {
  return {
    name,
    column: 'abort',
    order: { hangsAfter: 0 },
    ...(books && { books }),
    call: async ({ client, prompt, asked }) => {
      const controller = new AbortController();
      const end = endOf(() => ask(client, prompt, { signal: controller.signal }));
      await asked();
      controller.abort(reason);
      return end;
    },
  };
}
