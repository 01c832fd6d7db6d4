// @ts-check
// The `.stream()` helpers of openai and @anthropic-ai/sdk: emitters that read by themselves, and no promises.
import { all, endOf, seen, shapeOf } from './seen.mjs';

/** @typedef {import('./matrix.mjs').Case} Case */
/** @typedef {import('../../../support/ai-wire/order.mjs').Usage} Usage */

/**
 * @typedef {object} Helper
 * @property {string} service
 * @property {Usage} usage
 * @property {(client: any, prompt: string, options?: object) => any} helper
 * @property {(helper: any) => Promise<any>} finalOf
 * @property {(answer: any) => string} textOf
 * @property {(event: any) => string | undefined} pieceOf
 * @property {readonly string[]} events that it emits
 * @property {boolean} [isReadable] whether it has `toReadableStream()`; default: true
 * @property {(usage: Usage) => Usage | null} [partOf] what is known of a stream that was left after its first words
 */

const ONCE = { maxRetries: 0 };

/**
 * @param {Helper} resource
 * @returns {Case[]}
 */
export function helperCases({ service, usage, helper, finalOf, textOf, pieceOf, events, isReadable = true, partOf = () => null }) {
  const said = (/** @type {any[]} */ list) => list.map(event => pieceOf(event) ?? '').join('');
  const partly = { usage: partOf(usage), missing: 'interrupted', firstTokens: 1 };
  return [
    {
      name: '.stream(), its end awaited',
      column: 'stream',
      order: { usage },
      call: async ({ client, prompt }) => {
        const stream = helper(client, prompt);
        const shape = shapeOf(stream);
        const answer = await finalOf(stream);
        return { shape, said: textOf(answer), answer: seen(answer) };
      },
    },
    {
      name: '.stream(), read',
      column: 'stream',
      order: { usage },
      call: async ({ client, prompt }) => {
        const list = await all(helper(client, prompt));
        return { said: said(list), list: seen(list) };
      },
    },
    {
      name: '.stream(), listened to',
      column: 'stream',
      order: { usage },
      call: async ({ client, prompt }) => {
        const stream = helper(client, prompt);
        /** @type {unknown[]} */ const heard = [];
        for (const name of [...events, 'connect', 'end']) {
          stream.on(name, (/** @type {unknown[]} */ ...args) => heard.push([name, seen(args)]));
        }
        await stream.done();
        return { heard, said: textOf(await finalOf(stream)) };
      },
    },
    {
      name: '.stream(), left alone',
      column: 'stream',
      order: { usage },
      said: null,
      call: async ({ client, prompt, asked }) => {
        void helper(client, prompt);
        await asked();
      },
    },
    {
      name: '.stream(), left by break',
      column: 'stream',
      order: { usage, hangsAfter: 2 },
      said: 'Clear',
      books: { ...partly, outcome: 'aborted' },
      call: async ({ client, prompt }) => {
        const read = [];
        for await (const event of helper(client, prompt)) {
          read.push(event);
          if (pieceOf(event)) break;
        }
        return { said: said(read), read: seen(read) };
      },
    },
    ...(isReadable
      ? [
          /** @type {Case} */ ({
            name: '.stream(), toReadableStream()',
            column: 'stream',
            order: { usage },
            call: async ({ client, prompt }) => {
              const text = Buffer.concat(await all(helper(client, prompt).toReadableStream())).toString();
              return { said: said(text.trim().split('\n').map(line => JSON.parse(line))) };
            },
          }),
        ]
      : []),
    {
      name: '.stream(), aborted',
      column: 'abort',
      order: { usage, hangsAfter: 2 },
      said: 'Clear',
      books: { ...partly, status: 'success' },
      call: async ({ client, prompt }) => {
        const stream = helper(client, prompt);
        let words = '';
        const end = await endOf(async () => {
          for await (const event of stream) {
            words += pieceOf(event) ?? '';
            if (words !== '') stream.abort();
          }
        });
        return { said: words.slice(0, 5), end, isAborted: stream.aborted };
      },
    },
    {
      name: '.stream(), refused',
      column: 'error',
      order: { fails: 'quota' },
      call: ({ client, prompt }) => endOf(() => finalOf(helper(client, prompt, ONCE))),
    },
    {
      name: '.stream(), refused and read',
      column: 'error',
      order: { fails: 'auth' },
      call: ({ client, prompt }) => endOf(() => all(helper(client, prompt, ONCE))),
    },
    {
      name: '.stream(), refused and left alone',
      column: 'error',
      order: { fails: 'server' },
      unhandled: 1,
      call: async ({ client, prompt, asked }) => {
        void helper(client, prompt, ONCE);
        await asked();
      },
    },
    {
      name: '.stream(), cut off in the middle',
      column: 'error',
      order: { usage, cutAfter: 2 },
      said: 'Clear, but',
      books: { ...partly, outcome: 'network' },
      call: async ({ client, prompt }) => {
        let words = '';
        const end = await endOf(async () => {
          for await (const event of helper(client, prompt, ONCE)) words += pieceOf(event) ?? '';
        });
        return { said: words, end };
      },
    },
    {
      name: '.stream() in monitorAiService() around a measured client',
      column: 'stream',
      order: { usage },
      books: { service: 'grading' },
      call: async ({ client, prompt, monitorAiService }) => {
        const answer = await finalOf(monitorAiService('grading')((/** @type {string} */ text) => helper(client, text))(prompt));
        return { said: textOf(answer) };
      },
    },
    {
      name: '.stream() in monitorAiService() alone',
      column: 'stream',
      order: { usage },
      call: async ({ plainClient, prompt, monitorAiService }) => {
        const stream = monitorAiService(service)((/** @type {string} */ text) => helper(plainClient, text))(prompt);
        return { shape: shapeOf(stream), said: said(await all(stream)) };
      },
    },
  ];
}
