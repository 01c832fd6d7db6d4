// @ts-check
// Calls that fail, and calls that their caller gives up.
import { givenUp } from './given-up.mjs';
import { endOf, seen } from './seen.mjs';

/** @typedef {import('./matrix.mjs').Case} Case */
/** @typedef {import('./stainless-cases.mjs').Resource} Resource */

const ONCE = { maxRetries: 0 };

const FAILURES = /** @type {const} */ (['rate_limited', 'quota', 'invalid_request', 'content_filter', 'auth', 'server', 'overloaded']);

/**
 * @param {Resource} resource
 * @returns {Case[]}
 */
export function errorCases({ ask, stream, pieceOf, usage, partOf = () => null }) {
  const retryAfter = (/** @type {string} */ fails) => (fails === 'rate_limited' ? { retryAfter: 0.001 } : {});
  const read = async (/** @type {any} */ events) => {
    let said = '';
    const end = await endOf(async () => {
      for await (const event of events) said += pieceOf(event) ?? '';
    });
    return { end, said };
  };
  /** @type {Case[]} */
  const answers = FAILURES.map(fails => ({
    name: fails,
    column: 'error',
    order: { fails },
    books: retryAfter(fails),
    call: ({ client, prompt }) => endOf(() => ask(client, prompt, ONCE)),
  }));
  return [
    ...answers,
    { name: 'a stream refused', column: 'error', order: { fails: 'rate_limited' }, books: retryAfter('rate_limited'), call: ({ client, prompt }) => endOf(() => stream(client, prompt, ONCE)) },
    {
      name: 'all attempts refused',
      column: 'error',
      order: { fails: 'rate_limited' },
      books: { retries: 1, ...retryAfter('rate_limited') },
      call: ({ client, prompt }) => endOf(() => ask(client, prompt, { maxRetries: 1 })),
    },
    { name: 'withResponse() of an error', column: 'error', order: { fails: 'server' }, call: ({ client, prompt }) => endOf(() => ask(client, prompt, ONCE).withResponse()) },
    { name: 'asResponse() of an error', column: 'error', order: { fails: 'server' }, call: ({ client, prompt }) => endOf(() => ask(client, prompt, ONCE).asResponse()) },
    { name: '_thenUnwrap() of an error', column: 'error', order: { fails: 'server' }, call: ({ client, prompt }) => endOf(() => ask(client, prompt, ONCE)._thenUnwrap(() => 'unwrapped')) },
    {
      name: 'an error awaited twice',
      column: 'error',
      order: { fails: 'auth' },
      call: async ({ client, prompt }) => {
        const promise = ask(client, prompt, ONCE);
        const errors = await Promise.all([promise, promise].map(each => each.catch((/** @type {unknown} */ error) => error)));
        return { isSame: errors[0] === errors[1], error: seen(errors[0]) };
      },
    },
    {
      name: 'an error that nobody awaits',
      column: 'error',
      order: { fails: 'server' },
      unhandled: 1,
      call: ({ client, prompt, asked }) => {
        void ask(client, prompt, ONCE);
        return asked();
      },
    },
    {
      name: 'an error that is only caught',
      column: 'error',
      order: { fails: 'server' },
      call: async ({ client, prompt }) => {
        /** @type {any} */ let caught;
        await ask(client, prompt, ONCE).catch((/** @type {unknown} */ error) => {
          caught = error;
        });
        return seen(caught);
      },
    },
    {
      name: 'no answer in time',
      column: 'error',
      order: { hangsAfter: 0 },
      isRace: true,
      books: { outcome: 'timeout' },
      call: ({ client, prompt }) => endOf(() => ask(client, prompt, { ...ONCE, timeout: 40 })),
    },
    {
      name: 'cut off before the answer',
      column: 'error',
      order: { cutAfter: 0 },
      books: { outcome: 'network' },
      call: ({ client, prompt }) => endOf(() => ask(client, prompt, ONCE)),
    },
    {
      name: 'a stream cut off in the middle',
      column: 'error',
      order: { usage, cutAfter: 2 },
      said: 'Clear, but',
      books: { usage: partOf(usage), outcome: 'network', missing: 'interrupted', firstTokens: 1 },
      call: async ({ client, prompt }) => read(await stream(client, prompt, ONCE)),
    },
    {
      name: 'an error in the middle of a stream',
      column: 'error',
      order: { usage, failsAfter: 2 },
      said: 'Clear, but',
      books: { usage: partOf(usage), outcome: 'server', missing: 'interrupted', firstTokens: 1 },
      call: async ({ client, prompt }) => read(await stream(client, prompt, ONCE)),
    },
    {
      name: 'monitorAiService() around an error of a measured client',
      column: 'error',
      order: { fails: 'quota' },
      books: { service: 'grading' },
      call: ({ client, prompt, monitorAiService }) => endOf(() => monitorAiService('grading')((/** @type {string} */ text) => ask(client, text, ONCE))(prompt)),
    },
  ];
}

/**
 * @param {Resource} resource
 * @returns {Case[]}
 */
export function abortCases({ ask, stream, pieceOf, usage, partOf = () => null }) {
  const partly = { usage: partOf(usage), missing: 'interrupted', firstTokens: 1 };
  return [
    { name: 'aborted before the call', column: 'abort', call: ({ client, prompt }) => endOf(() => ask(client, prompt, { signal: AbortSignal.abort() })) },
    givenUp('aborted while waiting', ask),
    {
      name: 'a stream aborted by its signal',
      column: 'abort',
      order: { usage, hangsAfter: 2 },
      said: 'Clear, but',
      books: { ...partly, status: 'success' },
      call: async ({ client, prompt }) => {
        const controller = new AbortController();
        return readAndStop(await stream(client, prompt, { signal: controller.signal }), pieceOf, () => controller.abort());
      },
    },
    {
      name: 'a stream aborted by its controller',
      column: 'abort',
      order: { usage, hangsAfter: 2 },
      said: 'Clear, but',
      books: { ...partly, status: 'success' },
      call: async ({ client, prompt }) => {
        const events = await stream(client, prompt);
        return readAndStop(events, pieceOf, () => events.controller.abort());
      },
    },
  ];
}

/**
 * Reads the two pieces that come, then stops the stream while it waits for more.
 *
 * @param {AsyncIterable<any>} events
 * @param {(event: any) => string | undefined} pieceOf
 * @param {() => void} stop
 */
async function readAndStop(events, pieceOf, stop) {
  let said = '';
  const end = await endOf(async () => {
    for await (const event of events) {
      said += pieceOf(event) ?? '';
      if (said === 'Clear, but') stop();
    }
  });
  return { end, said };
}
