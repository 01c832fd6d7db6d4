// @ts-check
import { startChild } from '../support/child.mjs';

const BUDGET_BYTES = 300;

/** @type {import('../run.mjs').Row} */
export const seriesMemory = {
  name: 'memory',
  title: 'Memory of a histogram series with 11 buckets, by 50,000 of them',
  async run() {
    /** @type {Map<string, import('../support/child.mjs').Costs>} */ const bytes = new Map();
    for (const kind of ['labels', 'sightline', 'prom-client']) {
      const child = await startChild('series-memory.mjs', [kind], ['--expose-gc']);
      bytes.set(kind, await child.slice(1));
      await child.stop();
    }
    const labels = bytes.get('labels')?.['stored'] ?? NaN;
    const beyond = (/** @type {string} */ kind, /** @type {string} */ when) => (bytes.get(kind)?.[when] ?? NaN) - labels;
    const ours = beyond('sightline', 'scraped');
    return {
      verdicts: [
        {
          path: 'memory per histogram series (11 buckets)',
          budget: `≤ ${BUDGET_BYTES} bytes beyond its label strings`,
          measured: `${ours.toFixed(0)} bytes once scraped, ${beyond('sightline', 'stored').toFixed(0)} before`,
          isMet: ours <= BUDGET_BYTES,
        },
      ],
      table: {
        head: ['bytes a series beyond its label strings', 'recorded', 'scraped'],
        rows: ['sightline', 'prom-client'].map(kind => [kind, ...['stored', 'scraped'].map(when => beyond(kind, when).toFixed(0))]),
      },
    };
  },
};
