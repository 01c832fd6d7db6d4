// @ts-check
import { startChild } from '../support/child.mjs';
import { interleave } from '../support/slices.mjs';
import { median, minimum } from '../support/statistics.mjs';

const FORMATS = ['text', 'openmetrics'];
const LIBRARIES = ['sightline', 'prom-client'];
const STALL_BUDGET_MS = 20;

/** @type {import('../run.mjs').Row} */
export const scrape = {
  name: 'scrape',
  title: 'A scrape of 75,000 lines: 5,000 series of a histogram and of a counter',
  async run({ quick }) {
    const names = FORMATS.flatMap(format => LIBRARIES.map(library => `${library} ${format}`));
    /** @type {import('../support/child.mjs').Child[]} */ const children = [];
    for (const name of names) children.push(await startChild('scrape.mjs', name.split(' ')));
    /** @type {Map<string, number[]>} */ const cpu = new Map(names.map(name => [name, []]));
    const elapsed = await interleave(
      names.map((name, i) => ({
        name,
        slice: async times => {
          const costs = await children[i]?.slice(times);
          cpu.get(name)?.push(costs?.['cpu'] ?? NaN);
          return costs?.['elapsed'] ?? NaN;
        },
      })),
      // No warm-up: a process is scraped once in a while, and the first scrape may stall the longest.
      { slices: quick ? 12 : 40, times: 1, warmUp: 0 },
    );
    /** @type {Map<string, { stalls: number[], samples: string, lines: number }>} */ const found = new Map();
    for (const [i, child] of children.entries()) found.set(names[i] ?? '', /** @type {any} */ (await child.stop()));

    for (const format of FORMATS) {
      const [ours, theirs] = LIBRARIES.map(library => found.get(`${library} ${format}`));
      if (ours?.lines !== 75_000 || ours.samples !== theirs?.samples) throw new Error(`the two ${format} scrapes differ`);
    }
    const ratios = FORMATS.map(
      format => minimum(elapsed.get(`prom-client ${format}`) ?? []) / minimum(elapsed.get(`sightline ${format}`) ?? []),
    );
    const worstStall = Math.max(...FORMATS.flatMap(format => found.get(`sightline ${format}`)?.stalls ?? []));
    return {
      verdicts: [
        {
          path: 'scrape of 75,000 lines',
          budget: '≥ 5 × faster than `registry.metrics()`',
          measured: ratios.map((ratio, i) => `${ratio.toFixed(1)} × (${FORMATS[i]})`).join(', '),
          isMet: ratios.every(ratio => ratio >= 5),
        },
        {
          path: 'the same, event loop',
          budget: `no stall over ${STALL_BUDGET_MS} ms`,
          measured: `${worstStall.toFixed(0)} ms at most`,
          isMet: worstStall <= STALL_BUDGET_MS,
        },
      ],
      table: {
        head: ['', 'ms (minimum)', 'ms (median)', 'CPU ms (minimum)', 'first scrape, ms', 'stall, ms (median)', 'stall, ms (worst)'],
        rows: names.map(name => {
          const times = elapsed.get(name) ?? [];
          const stalls = found.get(name)?.stalls ?? [];
          return [
            name,
            minimum(times).toFixed(1),
            median(times).toFixed(1),
            minimum(cpu.get(name) ?? []).toFixed(1),
            (times[0] ?? NaN).toFixed(0),
            median(stalls).toFixed(1),
            Math.max(...stalls).toFixed(0),
          ];
        }),
      },
    };
  },
};
