// @ts-check
// Makes the same calls twice, with a client as its SDK made it and with one that Sightline measures, against a
// stand-in that answers what it was told to. Prints a row for each: what was booked and what should be, and where
// the caller saw a difference.
import { setImmediate, setTimeout } from 'node:timers/promises';
// @ts-ignore The package as it is built, which is after the types are checked.
import * as sightline from 'sightline';
import { order as orderOf, readOrder } from '../../../support/ai-wire/order.mjs';
import { startStandIn } from '../../../support/ai-wire/server.mjs';
import { readBooks, withoutNothing } from './books.mjs';
import { costOf, PRICES } from './prices.mjs';
import { differences, seen } from './seen.mjs';

/** @typedef {import('../../../support/ai-wire/order.mjs').Order} Order */
/** @typedef {import('./books.mjs').Books} Books */
/** @typedef {'plain' | 'stream' | 'error' | 'abort'} Column */

/**
 * @typedef {object} Context
 * @property {any} client measured, in the second run
 * @property {any} plainClient measured in neither
 * @property {string} prompt orders the answer
 * @property {string} url the stand-in's
 * @property {string} model
 * @property {(service: string, model?: string) => (fn: any) => any} monitorAiService the monitor's; of the first run, one that changes nothing
 * @property {(client: any) => any} instrument likewise
 * @property {() => Promise<void>} asked waits until the stand-in has been asked
 */

/**
 * One call, or a few, made in one way.
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {Column} column
 * @property {Partial<Order>} [order]
 * @property {(context: Context) => unknown} call gives what the caller sees; `said` in it is what the model said
 * @property {(url: string) => any} [create] a client of another kind
 * @property {Books & { usage?: Order['usage'] }} [books] what differs from the usual; `usage` is what is to be booked
 * @property {string | null} [said] what the model says to the caller, if not all; `null`: nothing
 * @property {number} [unhandled] rejections that nobody handles
 * @property {boolean} [isUnread] whether nobody reads the answer, so that it counts when the monitor no longer waits for a reader
 * @property {boolean} [isRace] whether its time may be over before the stand-in is asked
 */

/**
 * @typedef {object} Row
 * @property {number} ms how long it took
 * @property {string} provider
 * @property {string} case
 * @property {Column} column
 * @property {Books} expected
 * @property {Books} booked
 * @property {string[]} differences between what the two callers saw
 * @property {string[]} problems that have nothing to do with Sightline: the stand-in, the SDK or the test is not as it should be
 */

/** @type {{ createMonitor: (options: object) => any }} */ const { createMonitor } = sightline;

/** @type {unknown[]} */ let unhandled = [];
process.on('unhandledRejection', reason => unhandled.push(reason));

/** Longer than any call takes, and short enough to see which one hangs. */
const PATIENCE_MS = 5_000;

/**
 * @param {object} subject
 * @param {string} subject.provider as the table names it
 * @param {import('../../../support/ai-wire/server.mjs').Provider} subject.wire
 * @param {string} subject.service as Sightline should name it
 * @param {string} subject.model
 * @param {(url: string) => any} subject.create
 * @param {(client: any) => void} [subject.dispose] ends what a client holds
 * @param {readonly Case[]} subject.cases
 */
export async function runMatrix({ provider, wire, service, model, create, dispose, cases }) {
  const standIn = await startStandIn(wire);
  const only = process.env['CASE'];
  for (const case_ of cases) {
    if (only !== undefined && !case_.name.includes(only)) continue;
    const start = performance.now();
    const prompt = orderOf(case_.order ?? {});
    const run = async (/** @type {any} */ monitor) => {
      await standIn.reset();
      unhandled = [];
      const instrument = (/** @type {any} */ client) => monitor?.instrumentAiClient(client) ?? client;
      const make = case_.create ?? create;
      const context = {
        client: instrument(make(standIn.url)),
        plainClient: make(standIn.url),
        prompt,
        url: standIn.url,
        model,
        instrument,
        monitorAiService: (/** @type {string} */ name, /** @type {string | undefined} */ itsModel = undefined) =>
          monitor?.monitorAiService(name, itsModel) ?? ((/** @type {any} */ fn) => fn),
        asked: () => until(() => standIn.asked.length > 0),
      };
      /** @type {any} */ let saw;
      try {
        saw = await inTime(case_.call(context));
        await inTime(standIn.quiet());
      } catch (error) {
        saw = { broke: seen(error) };
      }
      for (const client of [context.client, context.plainClient]) dispose?.(client);
      await until(() => unhandled.length >= (case_.unhandled ?? 0));
      for (let i = 0; i < 5; i++) await setImmediate();
      const requests = case_.isRace ? [] : standIn.asked.map(asked => wordsOf(asked, readOrder(asked.body)));
      return { saw, unhandled: unhandled.map(reason => seen(reason)), requests };
    };

    const plain = await run(undefined);
    const monitor = createMonitor({ metrics: { process: false }, ai: { prices: { [model]: PRICES }, bundledPrices: false }, logger: { warn() {} } });
    const measured = await run(monitor);
    const expected = expectedBooks(case_, readOrder(prompt), service, model);
    if (case_.isUnread) await monitor.close();
    await until(async () => ((await readBooks(monitor)).calls ?? 0) >= (expected.calls ?? 0), 500);

    /** @type {Row} */
    const row = {
      ms: Math.round(performance.now() - start),
      provider,
      case: case_.name,
      column: case_.column,
      expected,
      booked: await readBooks(monitor),
      differences: differences(plain, measured),
      problems: problemsOf(case_, readOrder(prompt), plain),
    };
    await monitor.close();
    process.stdout.write(`${JSON.stringify({ row })}\n`);
  }
  await standIn.close();
}

/**
 * @param {Case} case_
 * @param {Order} order
 * @param {string} service
 * @param {string} model
 * @returns {Books}
 */
function expectedBooks({ column, books = {} }, order, service, model) {
  const { usage = order.usage, ...others } = books;
  const isAnswered = column === 'plain' || column === 'stream';
  const booked = isAnswered || 'usage' in books ? usage : null;
  const { input = 0, output = 0, cached = 0, cacheWrite = 0, reasoning = 0 } = booked ?? {};
  return withoutNothing({
    calls: 1,
    status: isAnswered ? 'success' : 'error',
    outcome: isAnswered ? 'ok' : column === 'abort' ? 'aborted' : order.fails === 'overloaded' ? 'server' : (order.fails ?? 'ok'),
    service,
    model,
    tokens: { input, output, cached, cache_write: cacheWrite, reasoning },
    cost: booked ? costOf(booked) : 0,
    firstTokens: column === 'stream' ? 1 : 0,
    ...others,
  });
}

/**
 * Whether the first run, without Sightline, went as it was meant to.
 *
 * @param {Case} case_
 * @param {Order} order
 * @param {{ saw: any, unhandled: unknown[], requests: { isClosedEarly?: boolean }[] }} plain
 */
function problemsOf({ column, said, isRace, unhandled: rejections = 0 }, order, plain) {
  const isAnswered = column === 'plain' || column === 'stream';
  const words = said === undefined && isAnswered ? order.says.join('') : (said ?? undefined);
  const problems = [];
  if (plain.saw?.broke) problems.push(`the call broke off: ${JSON.stringify(plain.saw.broke)}`);
  else if (plain.saw?.said !== words) problems.push(`the caller should have read ${JSON.stringify(words)}: ${JSON.stringify(plain.saw)?.slice(0, 300)}`);
  if (plain.unhandled.length !== rejections) problems.push(`${plain.unhandled.length} unhandled rejections instead of ${rejections}`);
  if (order.hangsAfter !== undefined && !isRace && !plain.requests.at(-1)?.isClosedEarly) problems.push('the client did not hang up');
  return problems;
}

/** Headers that are another in each request. */
const CHANGING = /^(?:authorization|content-type|content-length|x-amz-date|amz-sdk-invocation-id|idempotency-key|x-client-request-id)$/;

/**
 * What a request says, without what is another in each.
 *
 * @param {import('../../../support/ai-wire/server.mjs').StandIn['asked'][number]} asked
 * @param {Order} order
 */
function wordsOf({ method, path, headers, body, isClosedEarly }, order) {
  const boundary = /boundary=(\S+)/.exec(headers['content-type'] ?? '')?.[1];
  return {
    method,
    path,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !CHANGING.test(name))),
    body: boundary === undefined ? body : body.replaceAll(boundary, '…'),
    // Only of an answer that never ends is it certain who ends it.
    ...(order.hangsAfter === undefined ? {} : { isClosedEarly }),
  };
}

/**
 * @template T
 * @param {T | Promise<T>} work
 * @returns {Promise<T>}
 */
async function inTime(work) {
  const controller = new AbortController();
  const late = setTimeout(PATIENCE_MS, undefined, { signal: controller.signal }).then(() => {
    throw new Error(`not over after ${PATIENCE_MS} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    controller.abort();
    late.catch(() => {});
  }
}

/**
 * Waits until something holds, at most so long.
 *
 * @param {() => boolean | Promise<boolean>} holds
 * @param {number} [ms]
 */
async function until(holds, ms = 1_000) {
  for (const end = performance.now() + ms; !(await holds()) && performance.now() < end; ) await setTimeout(1);
}
