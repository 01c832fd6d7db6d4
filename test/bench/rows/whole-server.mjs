// @ts-check
import http from 'node:http';
import { startChild } from '../support/child.mjs';
import { PATHS } from '../support/express-variants.mjs';
import { interleave } from '../support/slices.mjs';
import { median, minimum } from '../support/statistics.mjs';

const VARIANTS = ['bare', 'sightline', 'sightline, traced', 'express-prom-bundle', 'OpenTelemetry http + express'];
const CONNECTIONS = 8;

/** @type {import('../run.mjs').Row} */
export const wholeServer = {
  name: 'server',
  title: 'The whole server over loopback sockets: a sanity check, too noisy to resolve less than about 10 µs',
  async run({ quick }) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    /** @type {Map<string, number[]>} */ const rates = new Map(VARIANTS.map(name => [name, []]));
    /** @type {import('../support/child.mjs').Child[]} */ const children = [];
    for (const name of VARIANTS) children.push(await startChild('serving-app.mjs', [name]));
    const costs = await interleave(
      VARIANTS.map((name, i) => ({
        name,
        slice: async times => {
          const before = await children[i]?.slice(1);
          const start = performance.now();
          await sendRequests(agent, before?.['port'] ?? 0, times);
          const seconds = (performance.now() - start) / 1_000;
          const after = await children[i]?.slice(1);
          rates.get(name)?.push(times / seconds);
          return ((after?.['cpu'] ?? NaN) - (before?.['cpu'] ?? NaN)) / times;
        },
      })),
      { slices: quick ? 8 : 25, times: quick ? 400 : 1_000, warmUp: 3 },
    );
    for (const child of children) await child.stop();
    agent.destroy();
    return {
      verdicts: [],
      table: {
        head: ['', 'CPU µs a request (minimum)', '(median)', 'requests a second (median)'],
        rows: [...costs].map(([name, values]) => [
          name,
          minimum(values).toFixed(0),
          median(values).toFixed(0),
          median(rates.get(name) ?? []).toFixed(0),
        ]),
      },
    };
  },
};

/**
 * @param {http.Agent} agent
 * @param {number} port
 * @param {number} times
 */
async function sendRequests(agent, port, times) {
  let left = times;
  const worker = async () => {
    while (left-- > 0) await get(agent, port, PATHS[left % PATHS.length] ?? '/');
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

/**
 * @param {http.Agent} agent
 * @param {number} port
 * @param {string} path
 */
function get(agent, port, path) {
  return new Promise((resolve, reject) => {
    const request = http.get({ agent, host: '127.0.0.1', port, path }, response => {
      response.resume();
      response.once('end', resolve);
    });
    request.once('error', reject);
  });
}
