// @ts-check
import { load } from '../support/peers.mjs';
import { cpuNanoseconds, interleave } from '../support/slices.mjs';
import { median, minimum } from '../support/statistics.mjs';

const SERIES = 1_000;
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @type {import('../run.mjs').Row} */
export const recordRequest = {
  name: 'record',
  title: 'Record one HTTP request: counter and histogram, 1,000 series each',
  async run({ quick }) {
    const requests = makeRequests();
    const ours = load('sightline').createMonitor({ metrics: { process: false } }).metrics;
    const theirs = promClientMetrics();
    const costs = await interleave(
      [
        subject('prom-client: inc + observe', requests, ({ method, endpoint, statusCode, seconds }) => {
          theirs.requests.inc({ method, endpoint, status_code: statusCode });
          theirs.duration.observe({ method, endpoint }, seconds);
        }),
        subject('sightline: recordHttpRequest', requests, request => {
          ours.recordHttpRequest(request);
        }),
        subject('sightline: as monitorRequests records it', requests, ({ method, endpoint, statusCode, seconds }) => {
          ours.http.record(method, endpoint, statusCode, seconds, 0, 0);
        }),
      ],
      { slices: quick ? 40 : 200, times: 20_000, warmUp: 10 },
    );
    const [theirCost = [], ourCost = []] = [...costs.values()];
    return {
      verdicts: [
        {
          path: 'record one HTTP request (counter + histogram, 1,000 series)',
          budget: "≤ 1/6 of prom-client's `inc` + `observe`",
          measured: `1/${(minimum(theirCost) / minimum(ourCost)).toFixed(1)}`,
          isMet: minimum(ourCost) <= minimum(theirCost) / 6,
        },
      ],
      table: {
        head: ['', 'ns (minimum)', 'ns (median)', 'of prom-client'],
        rows: [...costs].map(([name, values]) => [
          name,
          minimum(values).toFixed(0),
          median(values).toFixed(0),
          `${((100 * minimum(values)) / minimum(theirCost)).toFixed(1)} %`,
        ]),
      },
    };
  },
};

/** @typedef {{ method: string, endpoint: string, statusCode: number, seconds: number }} Request */

/**
 * One request a series, in no order that a cache could learn.
 * @returns {Request[]}
 */
function makeRequests() {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  return Array.from({ length: SERIES }, (_, i) => {
    const n = (i * 617) % SERIES;
    return {
      method: methods[n % 5] ?? 'GET',
      endpoint: `/api/resource-${Math.floor(n / 5)}/:id`,
      statusCode: n % 20 === 0 ? 404 : 200,
      seconds: (n % 50) / 100,
    };
  });
}

function promClientMetrics() {
  const { Counter, Histogram, Registry } = load('prom-client');
  const registers = [new Registry()];
  return {
    requests: new Counter({
      name: 'http_requests_total',
      help: 'requests',
      labelNames: ['method', 'endpoint', 'status_code'],
      registers,
    }),
    duration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'duration',
      labelNames: ['method', 'endpoint'],
      buckets: BUCKETS,
      registers,
    }),
  };
}

/**
 * @param {string} name
 * @param {Request[]} requests
 * @param {(request: Request) => void} record
 */
function subject(name, requests, record) {
  const slice = cpuNanoseconds(times => {
    for (let i = 0; i < times; i++) record(/** @type {Request} */ (requests[i % SERIES]));
  });
  return { name, slice };
}
