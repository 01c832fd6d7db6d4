// @ts-check
import { startChild } from '../support/child.mjs';
import { interleave } from '../support/slices.mjs';
import { median, minimum } from '../support/statistics.mjs';

const OURS = ['sightline', 'sightline, nested', 'sightline, traced'];
/** As their own documentation sets them up; Traceloop's also without prompts and answers, which ours leaves out, too. */
const PEERS = ['Traceloop', 'Traceloop, no content', 'OpenInference', 'Langfuse'];
/** What knowing the call that code runs in costs by itself, on Node 20 and 22: whoever traces anything pays it. */
const CONTEXT = 'in an AsyncLocalStorage';
const BARE = 'bare';
// The bare client twice: what the second one seems to add is how far these numbers can be trusted.
const NAMES = [BARE, 'bare again', CONTEXT, ...OURS, ...PEERS];

/** Chunks by which the subject's long streams are longer than its short ones. */
const FURTHER_CHUNKS = 400;
const CHUNK_BUDGET_US = 2;
/** After this time no further round begins. */
const LAST_ROUND_MS = 120_000;

/**
 * CPU microseconds.
 *
 * @typedef {object} Cost
 * @property {number} call with a whole answer
 * @property {number} stream a call with a short stream
 * @property {number} chunk each further chunk of a stream
 */

/** @type {import('../run.mjs').Row} */
export const aiCalls = {
  name: 'ai',
  title: "What a wrapper costs OpenAI's client, CPU by call and by chunk of a stream",
  async run({ quick }) {
    // Many short slices: what else runs on the machine spares some of them. `times` must be a multiple of 20.
    const plan = quick ? { slices: 40, times: 60, warmUp: 30 } : { slices: 100, times: 80, warmUp: 40 };
    /** @type {Map<string, Cost>[]} */ const rounds = [];
    const start = performance.now();
    // On a busy machine fewer rounds have to do: one takes four times as long there.
    do rounds.push(await oneRound(plan));
    while (rounds.length < (quick ? 2 : 3) && performance.now() - start < LAST_ROUND_MS);
    /** What a variant adds to the bare client of the same round. */
    const added = (/** @type {string} */ name, /** @type {keyof Cost} */ what) =>
      rounds.map(round => (round.get(name)?.[what] ?? NaN) - (round.get(BARE)?.[what] ?? NaN)).sort((a, b) => a - b);
    return {
      verdicts: OURS.flatMap(name => {
        const chunk = median(added(name, 'chunk'));
        return [
          comparedWithPeers(`\`instrumentAiClient\`, an AI call (${name})`, name, 'call', added),
          comparedWithPeers(`\`instrumentAiClient\`, a stream's chunk (${name})`, name, 'chunk', added),
          {
            path: `the same (${name})`,
            budget: `≤ ${CHUNK_BUDGET_US} µs`,
            measured: `${chunk.toFixed(2)} µs`,
            isMet: chunk <= CHUNK_BUDGET_US,
          },
        ];
      }),
      table: {
        head: ['', 'a call, µs', 'added', '(rounds)', 'a stream of 20 tokens, µs', 'added', 'a chunk, µs', 'added', '(rounds)'],
        rows: NAMES.map(name => {
          const of = (/** @type {keyof Cost} */ what) => median(rounds.map(round => round.get(name)?.[what] ?? NaN));
          const add = (/** @type {keyof Cost} */ what, digits = 1) => {
            const inRounds = added(name, what);
            const spread = `${inRounds[0]?.toFixed(digits)} to ${inRounds.at(-1)?.toFixed(digits)}`;
            return name === BARE ? ['', ''] : [median(inRounds).toFixed(digits), spread];
          };
          return [
            name,
            ...[of('call').toFixed(1), ...add('call')],
            ...[of('stream').toFixed(1), add('stream')[0] ?? ''],
            ...[of('chunk').toFixed(2), ...add('chunk', 2)],
          ];
        }),
      },
    };
  },
};

/**
 * Every variant has a process of its own, because some patch the client for good, and the slices of all of them are
 * interleaved. In several rounds with fresh processes, as in the row `express`.
 *
 * @param {{ slices: number, times: number, warmUp: number }} plan
 * @returns {Promise<Map<string, Cost>>}
 */
async function oneRound(plan) {
  /** @type {import('../support/child.mjs').Child[]} */ const children = [];
  for (const name of NAMES) children.push(await startChild('ai-client.mjs', [name.replace(' again', '')]));
  /** @type {Map<string, import('../support/child.mjs').Costs[]>} */ const slices = new Map(NAMES.map(name => [name, []]));
  const subjects = NAMES.map((name, i) => ({
    name,
    slice: async (/** @type {number} */ times) => {
      const costs = (await children[i]?.slice(times)) ?? {};
      slices.get(name)?.push(costs);
      return costs['call'] ?? NaN;
    },
  }));
  await interleave(subjects, plan);
  for (const [i, child] of children.entries()) checkItObserved(NAMES[i] ?? '', /** @type {any} */ (await child.stop()));
  return new Map(
    NAMES.map(name => {
      const least = (/** @type {string} */ what) =>
        minimum((slices.get(name) ?? []).slice(plan.warmUp).map(costs => costs[what] ?? NaN));
      return [name, { call: least('call'), stream: least('short'), chunk: (least('long') - least('short')) / FURTHER_CHUNKS }];
    }),
  );
}

/**
 * A variant that observed nothing would look cheap.
 *
 * @param {string} name
 * @param {{ calls: number, tokens: number, exportedSpans: number, text: string }} found
 */
function checkItObserved(name, { calls, tokens, exportedSpans, text }) {
  const isTraced = PEERS.includes(name) || name === 'sightline, traced';
  if (exportedSpans !== (isTraced ? calls : 0)) throw new Error(`${name} exported ${exportedSpans} spans of ${calls} calls`);
  if (!OURS.includes(name)) return;
  const counted = (/** @type {RegExp} */ series) => Number(series.exec(text)?.[1] ?? 0);
  const countedCalls = counted(/^ai_requests_total\{.*status="success"\} (\d+)$/m);
  const countedTokens = counted(/^ai_token_usage_total\{.*type="output"\} (\d+)$/m);
  if (countedCalls !== calls || countedTokens !== tokens) {
    throw new Error(`${name} recorded ${countedCalls} of ${calls} calls and ${countedTokens} of ${tokens} tokens:\n${text}`);
  }
}

/**
 * @param {string} path
 * @param {string} name
 * @param {keyof Cost} what
 * @param {(name: string, what: keyof Cost) => number[]} added
 * @returns {import('../run.mjs').Verdict}
 */
function comparedWithPeers(path, name, what, added) {
  const ours = median(added(name, what));
  const theirs = minimum(PEERS.map(peer => median(added(peer, what))));
  const cheapest = PEERS.find(peer => median(added(peer, what)) === theirs);
  return {
    path,
    budget: '≤ 1/4 of what the cheapest of Traceloop, OpenInference and Langfuse adds',
    measured: `${((100 * ours) / theirs).toFixed(0)} % of ${cheapest}'s`,
    isMet: ours <= theirs / 4,
  };
}
