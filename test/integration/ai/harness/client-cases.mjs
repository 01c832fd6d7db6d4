// @ts-check
// The calls that every other client can make: of promises that only resolve, and streams that are only read.
import { givenUp } from './given-up.mjs';
import { all, endOf, seen, shapeOf } from './seen.mjs';

/** @typedef {import('./matrix.mjs').Case} Case */
/** @typedef {import('../../../support/ai-wire/order.mjs').Usage} Usage */
/** @typedef {import('../../../support/ai-wire/order.mjs').Failure} Failure */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal} [signal]
 * @property {number} [timeout] in milliseconds
 */

/**
 * How one method of a client is used. Where the caller reads something in the result, `textOf` and `eventsOf` say what.
 *
 * @typedef {object} Method
 * @property {string} service
 * @property {Usage} usage all kinds of tokens that the provider tells apart
 * @property {(client: any, prompt: string, options: CallOptions) => any} [ask]
 * @property {(answer: any) => string} [textOf]
 * @property {(client: any, prompt: string, options: CallOptions) => any} [stream]
 * @property {(result: any) => AsyncIterable<any>} [eventsOf] default: the result itself
 * @property {(event: any) => string | undefined} [pieceOf]
 * @property {(usage: Usage) => Usage} [streamed] what a stream that was read says, if not the same
 * @property {(usage: Usage) => Usage | null} [partOf] what is known of a stream that was left after its first words
 * @property {boolean} [hasTimeout] whether a call can be given a time; default: true
 * @property {boolean} [hasSignal] whether a call can be aborted by a signal; default: true
 * @property {boolean} [hangsUp] whether it ends the connection of a stream that is left; default: true
 * @property {boolean} [mayOmitUsage] whether a stream of this kind can be without usage; default: true
 * @property {boolean} [hasFilter] whether an answer says that it was filtered; default: true
 * @property {boolean} [failsInStream] whether a stream can end with an error of the provider's; default: true
 * @property {Partial<Record<Failure | 'timeout' | 'signalTimeout' | 'cut' | 'inStream', string>>} [outcomes] of failures that the SDK does not tell from others
 * @property {Partial<Record<'left' | 'cut' | 'aborted' | 'failed', import('./books.mjs').Books>>} [ends] what is booked for a stream that the SDK ends in a way of its own
 * @property {import('./books.mjs').Books} [always] what every call books
 */

/**
 * @param {Method} method
 * @returns {Case[]}
 */
export function clientCases(method) {
  const cases = [...(method.ask ? askCases(method) : []), ...(method.stream ? streamCases(method) : [])];
  return cases.map(each => ({ ...each, books: { ...method.always, ...each.books } }));
}

const FAILURES = /** @type {const} */ (['rate_limited', 'quota', 'invalid_request', 'auth', 'server', 'overloaded']);

/**
 * @param {Method} method
 * @returns {Case[]}
 */
function askCases(method) {
  const { service, usage, hasTimeout = true, hasSignal = true, hasFilter = true, outcomes = {} } = method;
  const ask = /** @type {NonNullable<Method['ask']>} */ (method.ask);
  const textOf = /** @type {NonNullable<Method['textOf']>} */ (method.textOf);
  const answer = (/** @type {any} */ value) => ({ said: textOf(value), value: seen(value) });
  /** @type {Case[]} */
  const refused = FAILURES.map(fails => ({
    name: fails,
    column: 'error',
    order: { fails },
    books: fails in outcomes ? { outcome: /** @type {string} */ (outcomes[fails]) } : {},
    call: ({ client, prompt }) => endOf(() => ask(client, prompt, {})),
  }));
  return [
    {
      name: 'awaited',
      column: 'plain',
      order: { usage },
      call: async ({ client, prompt }) => {
        const promise = ask(client, prompt, {});
        return { shape: shapeOf(promise), ...answer(await promise) };
      },
    },
    {
      name: 'awaited twice',
      column: 'plain',
      call: async ({ client, prompt }) => {
        const promise = ask(client, prompt, {});
        const [first, second] = [await promise, await promise];
        return { isSame: first === second, ...answer(first) };
      },
    },
    {
      name: 'not awaited',
      column: 'plain',
      said: null,
      call: ({ client, prompt, asked }) => {
        void ask(client, prompt, {});
        return asked();
      },
    },
    ...(hasFilter
      ? [
          /** @type {Case} */ ({
            name: 'an answer the provider filtered',
            column: 'plain',
            order: { usage, stops: 'filtered' },
            books: { outcome: 'content_filter' },
            call: async ({ client, prompt }) => answer(await ask(client, prompt, {})),
          }),
        ]
      : []),
    {
      name: 'monitorAiService() around a measured client',
      column: 'plain',
      order: { usage },
      books: { service: 'grading' },
      call: async ({ client, prompt, monitorAiService }) => {
        const grade = monitorAiService('grading')((/** @type {string} */ text) => ask(client, text, {}));
        return answer(await grade(prompt));
      },
    },
    {
      name: 'monitorAiService() alone',
      column: 'plain',
      order: { usage },
      call: async ({ plainClient, prompt, monitorAiService, model }) => {
        const promise = monitorAiService(service, model)((/** @type {string} */ text) => ask(plainClient, text, {}))(prompt);
        return { shape: shapeOf(promise), ...answer(await promise) };
      },
    },
    ...refused,
    {
      name: 'an error that nobody awaits',
      column: 'error',
      order: { fails: 'auth' },
      unhandled: 1,
      call: ({ client, prompt, asked }) => {
        void ask(client, prompt, {});
        return asked();
      },
    },
    {
      name: 'cut off before the answer',
      column: 'error',
      order: { cutAfter: 0 },
      books: { outcome: outcomes.cut ?? 'network' },
      call: ({ client, prompt }) => endOf(() => ask(client, prompt, {})),
    },
    ...(hasTimeout
      ? [
          /** @type {Case} */ ({
            name: 'no answer in time',
            column: 'error',
            order: { hangsAfter: 0 },
            isRace: true,
            books: { outcome: outcomes.timeout ?? 'timeout' },
            call: ({ client, prompt }) => endOf(() => ask(client, prompt, { timeout: 40 })),
          }),
        ]
      : []),
    ...(hasSignal
      ? [
          givenUp('aborted while waiting', ask),
          givenUp("the time of the caller's signal is over", ask, {
            // As `AbortSignal.timeout()` does.
            reason: new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
            books: { outcome: outcomes.signalTimeout ?? 'timeout' },
          }),
        ]
      : []),
  ];
}

/**
 * @param {Method} method
 * @returns {Case[]}
 */
function streamCases(method) {
  const { service, usage, eventsOf = result => result, partOf = () => null, streamed = same => same, hasSignal = true, outcomes = {}, mayOmitUsage = true, hangsUp = true, ends = {}, failsInStream = true } = method;
  const stream = /** @type {NonNullable<Method['stream']>} */ (method.stream);
  const pieceOf = /** @type {NonNullable<Method['pieceOf']>} */ (method.pieceOf);
  const said = (/** @type {any[]} */ events) => events.map(event => pieceOf(event) ?? '').join('');
  const answer = (/** @type {any[]} */ events) => ({ said: said(events), events: seen(events) });
  const goesOn = { usage, ...(hangsUp ? { hangsAfter: 2 } : {}) };
  const partly = { usage: partOf(usage), missing: 'interrupted', firstTokens: 1 };
  const readOn = async (/** @type {any} */ result, /** @type {(words: string) => void} */ then = () => {}) => {
    let words = '';
    const end = await endOf(async () => {
      for await (const event of eventsOf(await result)) {
        words += pieceOf(event) ?? '';
        then(words);
      }
    });
    return { end, said: words };
  };
  return [
    {
      name: 'read to its end',
      column: 'stream',
      order: { usage },
      books: { usage: streamed(usage) },
      call: async ({ client, prompt }) => {
        const promise = stream(client, prompt, {});
        const result = await promise;
        return { shape: shapeOf(promise), stream: shapeOf(eventsOf(result)), ...answer(await all(eventsOf(result))) };
      },
    },
    ...(mayOmitUsage
      ? [
          /** @type {Case} */ ({
            name: 'without usage',
            column: 'stream',
            order: { usage: null },
            books: { missing: 'stream_without_usage' },
            call: async ({ client, prompt }) => answer(await all(eventsOf(await stream(client, prompt, {})))),
          }),
        ]
      : []),
    {
      name: 'left by break',
      column: 'stream',
      order: goesOn,
      said: 'Clear',
      books: { ...partly, outcome: 'aborted', ...ends.left },
      call: async ({ client, prompt }) => {
        const read = [];
        for await (const event of eventsOf(await stream(client, prompt, {}))) {
          read.push(event);
          if (pieceOf(event)) break;
        }
        return answer(read);
      },
    },
    {
      name: 'left by an error of the caller',
      column: 'stream',
      order: goesOn,
      said: 'Clear',
      books: { ...partly, outcome: 'aborted', ...ends.left },
      call: ({ client, prompt }) =>
        readOn(stream(client, prompt, {}), words => {
          if (words !== '') throw new Error('enough');
        }),
    },
    {
      name: 'monitorAiService() around the stream of a measured client',
      column: 'stream',
      order: { usage },
      books: { service: 'grading', usage: streamed(usage) },
      call: async ({ client, prompt, monitorAiService }) => {
        const grade = monitorAiService('grading')(async (/** @type {string} */ text) => await stream(client, text, {}));
        return answer(await all(eventsOf(await grade(prompt))));
      },
    },
    {
      name: 'monitorAiService() alone around a stream',
      column: 'stream',
      order: { usage },
      books: { usage: streamed(usage) },
      call: async ({ plainClient, prompt, monitorAiService, model }) => {
        const result = await monitorAiService(service, model)((/** @type {string} */ text) => stream(plainClient, text, {}))(prompt);
        return { shape: shapeOf(result), ...answer(await all(eventsOf(result))) };
      },
    },
    {
      name: 'a stream refused',
      column: 'error',
      order: { fails: 'rate_limited' },
      call: ({ client, prompt }) => readOn(stream(client, prompt, {})).then(({ end }) => end),
    },
    {
      name: 'a stream cut off in the middle',
      column: 'error',
      order: { usage, cutAfter: 2 },
      said: 'Clear, but',
      books: { ...partly, outcome: 'network', ...ends.cut },
      call: ({ client, prompt }) => readOn(stream(client, prompt, {})),
    },
    ...(failsInStream
      ? [
          /** @type {Case} */ ({
            name: 'an error in the middle of a stream',
            column: 'error',
            order: { usage, failsAfter: 2 },
            said: 'Clear, but',
            books: { ...partly, outcome: outcomes.inStream ?? 'server', ...ends.failed },
            call: ({ client, prompt }) => readOn(stream(client, prompt, {})),
          }),
        ]
      : []),
    ...(hasSignal
      ? [
          /** @type {Case} */ ({
            name: 'a stream aborted by its signal',
            column: 'abort',
            order: { usage, hangsAfter: 2 },
            said: 'Clear, but',
            books: { ...partly, ...ends.aborted },
            call: ({ client, prompt }) => {
              const controller = new AbortController();
              return readOn(stream(client, prompt, { signal: controller.signal }), words => {
                if (words === 'Clear, but') controller.abort();
              });
            },
          }),
        ]
      : []),
  ];
}
