// @ts-check
import { startChild } from '../support/child.mjs';
import { interleave } from '../support/slices.mjs';
import { median, minimum } from '../support/statistics.mjs';

/** What Express itself takes for one more middleware. */
const EMPTY = 'an empty middleware';

/** @type {import('../run.mjs').Row} */
export const express = {
  name: 'express',
  title: 'What a request costs an Express 5 app, CPU by injected request',
  async run(scale) {
    const costs = await costPerRequest(
      [
        EMPTY,
        'sightline',
        'sightline, no process metrics',
        'prom-client by hand',
        'express-prom-bundle',
        '@promster/express',
        'prometheus-api-metrics',
      ],
      scale,
    );
    const bare = costs.get('bare')?.cpu ?? NaN;
    const ours = costs.get('sightline')?.added ?? NaN;
    const theirs = costs.get('express-prom-bundle')?.added ?? NaN;
    return {
      verdicts: [
        {
          path: '`monitorRequests` on a bare Express 5 app',
          budget: '≤ 5 % of the bare app',
          measured: `${((100 * ours) / bare).toFixed(1)} %`,
          isMet: ours <= bare * 0.05,
        },
        {
          path: 'the same',
          budget: '≤ 1/4 of what express-prom-bundle adds',
          measured: `1/${(theirs / ours).toFixed(1)}`,
          isMet: ours <= theirs / 4,
        },
      ],
      table: tableOf(costs),
    };
  },
};

/** @type {import('../run.mjs').Row} */
export const tracing = {
  name: 'tracing',
  title: 'What a request costs an Express 5 app that is traced at 10 % sampling',
  async run(scale) {
    const costs = await costPerRequest(['sightline, traced', 'OpenTelemetry http + express'], scale);
    const ours = costs.get('sightline, traced')?.added ?? NaN;
    const theirs = costs.get('OpenTelemetry http + express')?.added ?? NaN;
    return {
      verdicts: [
        {
          path: 'the same with tracing at 10 % sampling',
          budget: "≤ 1/3 of what OpenTelemetry's http + express instrumentations add",
          measured: `1/${(theirs / ours).toFixed(1)}`,
          isMet: ours <= theirs / 3,
        },
      ],
      table: tableOf(costs),
    };
  },
};

/**
 * What a request costs with one variant in front, in microseconds of CPU time.
 *
 * @typedef {object} Cost
 * @property {number} cpu
 * @property {number} added to the bare app's, by the cheapest slice of each
 * @property {number} addedByMedian by the median slice of each
 * @property {number[]} rounds what `added` was in each round, ascending
 */

/**
 * Every variant has a process of its own, and the slices of all of them are interleaved. A process is luckier than
 * the next one for its whole life (memory layout, compiler timing), so this is done in several rounds with fresh
 * processes, and the median of the rounds counts.
 *
 * @param {readonly string[]} variants
 * @param {import('../run.mjs').Scale} scale
 * @returns {Promise<Map<string, Cost>>}
 */
async function costPerRequest(variants, { quick }) {
  // The bare app twice: what the second one seems to add is how far these numbers can be trusted.
  const names = ['bare', 'bare again', ...variants];
  const plan = quick ? { slices: 25, times: 400, warmUp: 15 } : { slices: 60, times: 500, warmUp: 25 };
  /** @type {Map<string, number[]>[]} */ const rounds = [];
  for (let round = 0; round < (quick ? 1 : 4); round++) rounds.push(await oneRound(names, plan));
  return new Map(
    names.map(name => {
      const inRounds = rounds.map(costs => {
        const own = costs.get(name) ?? [];
        const bare = costs.get('bare') ?? [];
        return { cpu: minimum(own), added: minimum(own) - minimum(bare), addedByMedian: median(own) - median(bare) };
      });
      const cost = {
        cpu: median(inRounds.map(({ cpu }) => cpu)),
        added: median(inRounds.map(({ added }) => added)),
        addedByMedian: median(inRounds.map(({ addedByMedian }) => addedByMedian)),
        rounds: inRounds.map(({ added }) => added).sort((a, b) => a - b),
      };
      return [name, cost];
    }),
  );
}

/**
 * @param {readonly string[]} names
 * @param {{ slices: number, times: number, warmUp: number }} plan
 */
async function oneRound(names, plan) {
  /** @type {import('../support/child.mjs').Child[]} */ const children = [];
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
  if (name.startsWith('bare') || name === EMPTY) return;
  if (name.includes('traced') || name.includes('OpenTelemetry')) {
    if (exportedSpans < sent * 0.07) throw new Error(`${name} exported ${exportedSpans} spans of ${sent} requests`);
  }
  if (name.includes('OpenTelemetry')) return;
  const counts = [...text.matchAll(/^http_request_duration_seconds_count\S* (\d+)$/gm)].map(match => Number(match[1]));
  const counted = counts.reduce((sum, count) => sum + count, 0);
  if (counted !== sent) throw new Error(`${name} recorded ${counted} of ${sent} requests:\n${text}`);
}

/** @param {Map<string, Cost>} costs */
function tableOf(costs) {
  const bare = costs.get('bare')?.cpu ?? NaN;
  return {
    head: ['', 'CPU µs', 'added, µs', 'of the bare app', 'added by median slice, µs', 'lowest and highest round, µs'],
    rows: [...costs].map(([name, { cpu, added, addedByMedian, rounds }]) => [
      name,
      cpu.toFixed(1),
      name === 'bare' ? '' : added.toFixed(1),
      name === 'bare' ? '' : `${((100 * added) / bare).toFixed(1)} %`,
      name === 'bare' ? '' : addedByMedian.toFixed(1),
      name === 'bare' ? '' : `${(rounds[0] ?? NaN).toFixed(1)} to ${(rounds.at(-1) ?? NaN).toFixed(1)}`,
    ]),
  };
}
