// @ts-check
import { spawnSync } from 'node:child_process';
import { PROJECT } from '../support/peers.mjs';
import { interleave } from '../support/slices.mjs';
import { median, minimum } from '../support/statistics.mjs';

/** What is loaded and done, in either module system: `get` is `require`, or awaits `import`. */
const STEPS = {
  'prom-client and @opentelemetry/api': "get('prom-client'); get('@opentelemetry/api');",
  'the same, and collectDefaultMetrics()': "get('@opentelemetry/api'); get('prom-client').collectDefaultMetrics();",
  sightline: "get('sightline/express').monitorRequests({ monitor: get('sightline').createMonitor() });",
  'sightline without process metrics':
    "get('sightline/express').monitorRequests({ monitor: get('sightline').createMonitor({ metrics: { process: false } }) });",
};
const BASELINE = 'prom-client and @opentelemetry/api';
const LIMIT = 1.3;

/** @type {import('../run.mjs').Row} */
export const startUp = {
  name: 'start-up',
  title: "`import 'sightline'` + createMonitor() + monitorRequests(), in fresh processes",
  async run({ quick }) {
    /** @type {{ system: string, name: string, ms: number, median: number, cpu: number, heap: number }[]} */ const results = [];
    for (const system of ['ESM', 'CommonJS']) {
      /** @type {Map<string, { heap: number, cpu: number }[]>} */ const others = new Map();
      const elapsed = await interleave(
        Object.entries(STEPS).map(([name, code]) => ({
          name,
          slice: () => {
            const { ms, heap, cpu } = freshProcess(system, code);
            others.set(name, [...(others.get(name) ?? []), { heap, cpu }]);
            return ms;
          },
        })),
        { slices: quick ? 8 : 30, times: 1, warmUp: 1 },
      );
      for (const [name, times] of elapsed) {
        const heap = minimum(others.get(name)?.map(other => other.heap) ?? []);
        const cpu = minimum(others.get(name)?.map(other => other.cpu) ?? []);
        results.push({ system, name, ms: minimum(times), median: median(times), cpu, heap });
      }
    }
    const ratios = results.map(result => {
      const baseline = results.find(({ system, name }) => system === result.system && name === BASELINE) ?? result;
      return { ...result, time: result.ms / baseline.ms, memory: result.heap / baseline.heap };
    });
    return {
      verdicts: ratios
        .filter(({ name }) => name === 'sightline')
        .map(({ system, time, memory }) => ({
          path: `import + createMonitor() + monitorRequests(), ${system}`,
          budget: `≤ ${LIMIT} × importing prom-client and @opentelemetry/api, time and heap`,
          measured: `${time.toFixed(2)} × time, ${memory.toFixed(2)} × heap`,
          isMet: time <= LIMIT && memory <= LIMIT,
        })),
      table: {
        head: ['', '', 'ms (minimum)', 'ms (median)', 'CPU ms', 'heap, KiB', 'time', 'heap'],
        rows: ratios.map(({ system, name, ms, median: middle, cpu, heap, time, memory }) => [
          system,
          name,
          ms.toFixed(1),
          middle.toFixed(1),
          cpu.toFixed(1),
          (heap / 1_024).toFixed(0),
          `${time.toFixed(2)} ×`,
          `${memory.toFixed(2)} ×`,
        ]),
      },
    };
  },
};

/**
 * @param {string} system
 * @param {string} code
 * @returns {{ ms: number, heap: number, cpu: number }}
 */
function freshProcess(system, code) {
  const isEsm = system === 'ESM';
  const loading = isEsm ? code.replaceAll(/get\(('[^']+')\)/g, '(await import($1))') : code.replaceAll('get(', 'require(');
  const script = `
    gc();
    const heap = process.memoryUsage().heapUsed;
    const cpu = process.cpuUsage();
    const start = performance.now();
    ${loading}
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    gc();
    console.log(JSON.stringify({ ms, cpu: (user + system) / 1000, heap: process.memoryUsage().heapUsed - heap }));
    process.exit();`;
  const options = ['--expose-gc', `--input-type=${isEsm ? 'module' : 'commonjs'}`, '--eval', script];
  const { stdout, stderr, status } = spawnSync(process.execPath, options, { cwd: PROJECT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`a process ended with exit code ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
