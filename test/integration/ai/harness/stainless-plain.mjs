// @ts-check
// Answers in one piece, and all that can be done with the promise of one.
import { endOf, seen, shapeOf } from './seen.mjs';

/** @typedef {import('./matrix.mjs').Case} Case */
/** @typedef {import('./stainless-cases.mjs').Resource} Resource */
/** @typedef {import('./matrix.mjs').Context} Context */

const LIMITS = { requests: 41, tokens: 9_000 };

/**
 * @param {Resource} resource
 * @returns {Case[]}
 */
export function plainCases({ ask, textOf, usage, service, dated, limits, mayOmitUsage = true }) {
  const answer = (/** @type {any} */ value) => ({ said: textOf(value), value: seen(value) });
  /** @type {(call: (promise: any, context: Context) => unknown) => Case['call']} */
  const withPromise = call => context => call(ask(context.client, context.prompt), context);
  const unread = { usage: null, missing: 'unread' };
  return [
    { name: 'awaited', column: 'plain', order: { usage }, call: withPromise(async promise => answer(await promise)) },
    { name: 'the promise is what it was', column: 'plain', order: { usage }, call: withPromise(async promise => ({ shape: shapeOf(promise), ...answer(await promise) })) },
    {
      name: 'awaited twice',
      column: 'plain',
      call: withPromise(async promise => {
        const first = await promise;
        return { isSame: first === (await promise), ...answer(first) };
      }),
    },
    {
      name: 'awaited by two',
      column: 'plain',
      call: withPromise(async promise => {
        const [first, second] = await Promise.all([promise, promise.then((/** @type {any} */ value) => value)]);
        return { isSame: first === second, ...answer(first) };
      }),
    },
    {
      name: 'then, catch and finally',
      column: 'plain',
      call: withPromise(async promise => {
        /** @type {string[]} */ const order = [];
        const chained = promise.then((/** @type {any} */ value) => (order.push('then'), value)).catch(() => order.push('catch'));
        const value = await chained.finally(() => order.push('finally'));
        return { order, chained: shapeOf(chained), ...answer(value) };
      }),
    },
    {
      name: 'not awaited',
      column: 'plain',
      said: null,
      books: unread,
      isUnread: true,
      call: withPromise((promise, { asked }) => {
        void promise;
        return asked();
      }),
    },
    {
      name: 'withResponse()',
      column: 'plain',
      call: withPromise(async promise => {
        const { data, ...others } = await promise.withResponse();
        return { others: seen(others), ...answer(data) };
      }),
    },
    {
      name: 'asResponse(), the body read by the caller',
      column: 'plain',
      books: unread,
      call: withPromise(async promise => {
        const response = await promise.asResponse();
        return { response: seen(response), said: textOf(await response.json()) };
      }),
    },
    {
      name: 'asResponse(), then awaited',
      column: 'plain',
      // Counted when the response came and no one had asked for what it holds.
      books: { missing: 'unread' },
      call: withPromise(async promise => {
        const response = await promise.asResponse();
        return { status: response.status, ...answer(await promise) };
      }),
    },
    {
      name: 'awaited, then asResponse() and its used body',
      column: 'plain',
      call: withPromise(async promise => {
        const value = await promise;
        return { body: await endOf(async () => (await promise.asResponse()).json()), ...answer(value) };
      }),
    },
    {
      name: '_thenUnwrap()',
      column: 'plain',
      call: withPromise(async promise => {
        const unwrapped = promise._thenUnwrap((/** @type {any} */ value) => ({ wrapped: value }));
        const { data, response } = await unwrapped.withResponse();
        return { shape: shapeOf(unwrapped), status: response.status, ...answer(data.wrapped) };
      }),
    },
    { name: 'an answer the provider filtered', column: 'plain', order: { usage, stops: 'filtered' }, books: { outcome: 'content_filter' }, call: withPromise(async promise => answer(await promise)) },
    { name: 'an answer cut at its length', column: 'plain', order: { stops: 'length' }, call: withPromise(async promise => answer(await promise)) },
    ...(mayOmitUsage
      ? [
          /** @type {Case} */ ({
            name: 'an answer without usage',
            column: 'plain',
            order: { usage: null },
            books: { missing: 'no_usage' },
            call: withPromise(async promise => answer(await promise)),
          }),
        ]
      : []),
    {
      name: 'a model without a price',
      column: 'plain',
      order: { model: 'nobody-prices-this' },
      books: { model: 'nobody-prices-this', cost: 0, unpriced: 1 },
      call: withPromise(async promise => answer(await promise)),
    },
    ...(dated === undefined
      ? []
      : [
          /** @type {Case} */ ({
            name: 'a dated release of the model',
            column: 'plain',
            order: { model: dated, usage },
            books: { model: dated },
            call: withPromise(async promise => answer(await promise)),
          }),
        ]),
    {
      name: 'an answer after two refusals',
      column: 'plain',
      order: { fails: 'rate_limited', failures: 2 },
      books: { retries: 2, retryAfter: 0.001, outcome: 'ok' },
      call: withPromise(async promise => answer(await promise)),
    },
    { name: 'rate limits in the headers', column: 'plain', order: { limits: LIMITS }, books: { limits }, call: withPromise(async promise => answer(await promise)) },
    {
      name: 'instrumented twice',
      column: 'plain',
      call: async ({ client, prompt, instrument }) => answer(await ask(instrument(client), prompt)),
    },
    {
      name: 'a copy by withOptions()',
      column: 'plain',
      call: async ({ client, prompt }) => answer(await ask(client.withOptions({ timeout: 4_000 }), prompt)),
    },
    {
      name: 'monitorAiService() around a measured client',
      column: 'plain',
      order: { usage },
      books: { service: 'grading' },
      call: async ({ client, prompt, monitorAiService }) => answer(await monitorAiService('grading')((/** @type {string} */ text) => ask(client, text))(prompt)),
    },
    {
      name: 'an async function in monitorAiService() around a measured client',
      column: 'plain',
      order: { usage },
      books: { service: 'grading' },
      call: async ({ client, prompt, monitorAiService }) => {
        const grade = monitorAiService('grading', 'no-model')(async (/** @type {string} */ text) => await ask(client, text));
        return answer(await grade(prompt));
      },
    },
    {
      name: 'monitorAiService() alone, its promise the same',
      column: 'plain',
      order: { usage },
      call: async ({ plainClient, prompt, monitorAiService }) => {
        const promise = monitorAiService(service)((/** @type {string} */ text) => ask(plainClient, text))(prompt);
        const { data, response } = await promise.withResponse();
        return { shape: shapeOf(promise), status: response.status, ...answer(data) };
      },
    },
  ];
}
