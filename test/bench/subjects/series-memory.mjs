// @ts-check
// Memory that many series take: node --expose-gc series-memory.mjs <labels | sightline | prom-client>
import { serveSlices } from '../support/child.mjs';
import { endpointOf, promClientSeries, sightlineSeries } from '../support/many-series.mjs';
import { load } from '../support/peers.mjs';

const SERIES = 50_000;
/** What holds the series, so that they stay. @type {any} */
let kept;

/** Each makes the series and says how they are read. @type {Record<string, () => () => unknown>} */
const kinds = {
  labels() {
    kept = Array.from({ length: SERIES }, (_, i) => endpointOf(i));
    return () => {};
  },
  sightline() {
    kept = sightlineSeries(SERIES, { counter: false });
    const request = { method: 'GET', url: '/metrics', headers: {} };
    return () => kept.metricsEndpoint().handle(request, { setHeader() {}, end() {} });
  },
  'prom-client'() {
    kept = promClientSeries(SERIES, { counter: false, openMetrics: false });
    return () => kept.metrics();
  },
};

// Loaded by both, so that it counts for neither.
load('prom-client');
load('sightline');
const make = kinds[process.argv[2] ?? ''];
if (make === undefined) throw new Error(`There is no kind ${process.argv[2]}`);

serveSlices(
  async () => {
    const before = await usedBytes();
    const scrape = make();
    const stored = (await usedBytes()) - before;
    await scrape();
    const scraped = (await usedBytes()) - before;
    return { stored: stored / SERIES, scraped: scraped / SERIES };
  },
  () => undefined,
);

async function usedBytes() {
  // What is outside of the heap is let go of in later turns.
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
