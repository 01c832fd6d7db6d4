// @ts-check
import { startChild } from '../support/child.mjs';
import { median, minimum } from '../support/statistics.mjs';
import { interleave } from '../support/slices.mjs';

/** @typedef {import('../run.mjs').Scale} Scale */

/**
 * CPU time that each variant adds to a request of the bare app, in microseconds. Every variant has a process of its
 * own, and the slices of all of them are interleaved. A process is luckier than the next one for its whole life
 * (memory layout, compiler timing), so that is repeated with fresh ones, and the median of the rounds counts.
 *
 * @param {readonly string[]} variants
 * @param {Scale} scale
 */
export async function costPerRequest(variants, { quick }) {
  // The bare app twice: what the second one seems to add is how far these numbers can be trusted.
  const names = ['bare', 'bare again', ...variants];
  /** @type {Map<string, { cpu: number, added: number, addedByMedian: number }[]>} */
  const rounds = new Map(names.map(name => [name, []]));
  for (let round = 0; round < (quick ? 1 : 7); round++) {
    const costs = await oneRound(names, quick ? { slices: 25, times: 450, warmUp: 15 } : { slices: 50, times: 600, warmUp: 20 });
    const bare = costs.get('bare') ?? [];
    for (const [name, values] of costs) {
      rounds.get(name)?.push({
        cpu: minimum(values),
        added: minimum(values) - minimum(bare),
        addedByMedian: median(values) - median(bare),
      });
    }
  }
  return new Map(
    [...rounds].map(([name, results]) => [
      name,
      {
        cpu: median(results.map(({ cpu }) => cpu)),
        added: median(results.map(({ added }) => added)),
        addedByMedian: median(results.map(({ addedByMedian }) => addedByMedian)),
        range: results.map(({ added }) => added).sort((a, b) => a - b),
      },
    ]),
  );
}

/**
 * @param {readonly string[]} names
 * @param {{ slices: number, times: number, warmUp: number }} plan
 */
async function oneRound(names, plan) {
  const children = [];
  for (const name of names) children.push(await startChild('express-app.mjs', [name.replace(' again', '')]));
  const subjects = names.map((name, i) => ({
    name,
    slice: async (/** @type {number} */ times) => (await children[i]?.slice(times))?.['cpu'] ?? NaN,
  }));
  const costs = await interleave(subjects, plan);
  for (const [i, child] of children.entries()) checkItObserved(names[i] ?? '', /** @type {any} */ (await child.stop()));
  return costs;
}

/**
 * A variant that observed nothing would look cheap.
 *
 * @param {string} name
 * @param {{ sent: number, exportedSpans: number, text: string }} found
 */
function checkItObserved(name, { sent, exportedSpans, text }) {
  if (name.startsWith('bare')) return;
  if (name.includes('traced') || name.includes('OpenTelemetry')) {
    if (exportedSpans < sent * 0.08) throw new Error(`${name} exported ${exportedSpans} spans of ${sent} requests`);
  }
  if (name.includes('OpenTelemetry')) return;
  const counts = [...text.matchAll(/^http_request_duration_seconds_count\S* (\d+)$/gm)].map(match => Number(match[1]));
  const counted = counts.reduce((sum, count) => sum + count, 0);
  if (counted !== sent) throw new Error(`${name} recorded ${counted} of ${sent} requests:\n${text}`);
}
