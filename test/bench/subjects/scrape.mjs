// @ts-check
// A registry of 75,000 lines that is scraped: node scrape.mjs <sightline | prom-client> <text | openmetrics>
import { serveSlices } from '../support/child.mjs';
import { promClientSeries, sightlineSeries } from '../support/many-series.mjs';

const SERIES = 5_000;
const [library, format] = process.argv.slice(2);
const openMetrics = format === 'openmetrics';
const scrape = library === 'sightline' ? scrapeOfSightline() : scrapeOfPromClient();
/** @type {Buffer} */ let body = Buffer.alloc(0);
/** Longest time that the event loop was held by each scrape, the first one too. @type {number[]} */
const stalls = [];

serveSlices(
  async times => {
    let elapsed = 0;
    const cpu = process.cpuUsage();
    for (let i = 0; i < times; i++) {
      const watch = watchLoop();
      const start = performance.now();
      body = await scrape();
      elapsed += performance.now() - start;
      stalls.push(await watch());
    }
    const { user, system } = process.cpuUsage(cpu);
    return { elapsed: elapsed / times, cpu: (user + system) / 1_000 / times };
  },
  () => {
    // OpenMetrics' bounds are floats (`1.0`), which prom-client does not heed.
    const text = String(body).replaceAll(/le="(\d+)\.0"/g, 'le="$1"');
    const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
    // Sorted within each line too: the order of labels means nothing.
    return { stalls, samples: lines.map(line => [...line].sort().join('')).sort().join('\n'), lines: lines.length };
  },
);

function scrapeOfSightline() {
  const endpoint = sightlineSeries(SERIES, { counter: true }).metricsEndpoint();
  const accept = openMetrics ? 'application/openmetrics-text; version=1.0.0' : 'text/plain';
  const request = { method: 'GET', url: '/metrics', headers: { accept } };
  return async () => {
    /** @type {Buffer} */ let answer = Buffer.alloc(0);
    const end = (/** @type {Buffer} */ given) => {
      answer = given;
    };
    await endpoint.handle(request, { setHeader() {}, end });
    return answer;
  };
}

function scrapeOfPromClient() {
  const registry = promClientSeries(SERIES, { counter: true, openMetrics });
  return async () => Buffer.from(await registry.metrics());
}

/** Turns the event loop over until it is told to stop; then gives the longest turn, in milliseconds. */
function watchLoop() {
  let last = performance.now();
  let longest = 0;
  let isOver = false;
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return async () => {
    await new Promise(resolve => setImmediate(resolve));
    isOver = true;
    return longest;
  };
}
