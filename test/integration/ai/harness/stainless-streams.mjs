// @ts-check
// Answers in parts, read in every way there is.
import { all, endOf, seen, shapeOf } from './seen.mjs';

/** @typedef {import('./matrix.mjs').Case} Case */
/** @typedef {import('./stainless-cases.mjs').Resource} Resource */
/** @typedef {import('./matrix.mjs').Context} Context */

/**
 * @param {Resource} resource
 * @returns {Case[]}
 */
export function streamCases({ stream, pieceOf, usage, service, partOf = () => null }) {
  const said = (/** @type {any[]} */ events) => events.map(event => pieceOf(event) ?? '').join('');
  const answer = (/** @type {any[]} */ events) => ({ said: said(events), events: seen(events) });
  /** @type {(call: (stream: any, context: Context) => unknown) => Case['call']} */
  const withStream = call => async context => call(await stream(context.client, context.prompt), context);
  /** What is left after the first words of a stream that goes on. */
  const left = {
    order: { usage, hangsAfter: 2 },
    said: 'Clear',
    books: { usage: partOf(usage), outcome: 'aborted', missing: 'interrupted' },
  };
  const untilSaid = async (/** @type {AsyncIterable<any>} */ events, /** @type {() => unknown} */ then) => {
    const read = [];
    for await (const event of events) {
      read.push(event);
      if (pieceOf(event)) {
        if (then()) break;
      }
    }
    return read;
  };
  return [
    { name: 'read to its end', column: 'stream', order: { usage }, call: withStream(async events => ({ shape: shapeOf(events), ...answer(await all(events)) })) },
    {
      name: 'the promise of a stream, awaited twice',
      column: 'stream',
      call: async ({ client, prompt }) => {
        const promise = stream(client, prompt);
        const shape = shapeOf(promise);
        const events = await promise;
        return { shape, isSame: events === (await promise), ...answer(await all(events)) };
      },
    },
    {
      name: 'withResponse() of a stream',
      column: 'stream',
      call: async ({ client, prompt }) => {
        const { data, response } = await stream(client, prompt).withResponse();
        return { status: response.status, ...answer(await all(data)) };
      },
    },
    {
      name: 'asResponse() of a stream, its text read by the caller',
      column: 'stream',
      said: null,
      books: { usage: null, missing: 'unread', firstTokens: 0 },
      call: async ({ client, prompt }) => {
        const response = await stream(client, prompt).asResponse();
        return { text: await response.text() };
      },
    },
    { name: 'left by break', column: 'stream', ...left, call: withStream(async events => answer(await untilSaid(events, () => true))) },
    {
      name: 'left by return() of its iterator',
      column: 'stream',
      ...left,
      call: withStream(async events => {
        const iterator = events[Symbol.asyncIterator]();
        const read = [];
        while (said(read) === '') read.push((await iterator.next()).value);
        return { end: await iterator.return(), after: await iterator.next(), ...answer(read) };
      }),
    },
    {
      name: 'left by an error of the caller',
      column: 'stream',
      ...left,
      call: withStream(async events => {
        /** @type {any[]} */ const read = [];
        const end = await endOf(async () => {
          for await (const event of events) {
            read.push(event);
            if (pieceOf(event)) throw new Error('enough');
          }
        });
        return { end, ...answer(read) };
      }),
    },
    {
      name: 'tee(), both read',
      column: 'stream',
      call: withStream(async events => {
        const [one, other] = events.tee();
        const read = await Promise.all([all(one), all(other)]);
        return { shape: shapeOf(one), isSame: said(read[0]) === said(read[1]), ...answer(read[0]) };
      }),
    },
    {
      name: 'toReadableStream()',
      column: 'stream',
      call: withStream(async events => {
        const text = Buffer.concat(await all(events.toReadableStream())).toString();
        return answer(text.trim().split('\n').map(line => JSON.parse(line)));
      }),
    },
    {
      name: 'a stream the provider filtered',
      column: 'stream',
      order: { usage, stops: 'filtered' },
      books: { outcome: 'content_filter' },
      call: withStream(async events => answer(await all(events))),
    },
    {
      name: 'a second reading of a stream',
      column: 'stream',
      call: withStream(async events => {
        const read = await all(events);
        return { again: await endOf(() => all(events)), ...answer(read) };
      }),
    },
    {
      name: 'monitorAiService() around the stream of a measured client',
      column: 'stream',
      order: { usage },
      books: { service: 'grading' },
      call: async ({ client, prompt, monitorAiService }) => {
        const grade = monitorAiService('grading')(async (/** @type {string} */ text) => await stream(client, text));
        return answer(await all(await grade(prompt)));
      },
    },
    {
      name: 'an async generator in monitorAiService() around a measured client',
      column: 'stream',
      order: { usage },
      books: { service: 'grading' },
      call: async ({ client, prompt, monitorAiService }) => {
        const grade = monitorAiService('grading')(async function* (/** @type {string} */ text) {
          for await (const event of await stream(client, text)) yield event;
        });
        return answer(await all(grade(prompt)));
      },
    },
    {
      name: 'monitorAiService() alone around a stream',
      column: 'stream',
      order: { usage },
      call: async ({ plainClient, prompt, monitorAiService }) => {
        const events = await monitorAiService(service)((/** @type {string} */ text) => stream(plainClient, text))(prompt);
        return { shape: shapeOf(events), ...answer(await all(events)) };
      },
    },
  ];
}
