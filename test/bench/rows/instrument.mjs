// @ts-check
import { load } from '../support/peers.mjs';
import { cpuNanoseconds, interleave } from '../support/slices.mjs';
import { median, minimum } from '../support/statistics.mjs';

const BUDGET_NS = 250;
/** Results go here, so that no call can be left out as useless. */
const sink = { sum: 0 };

/** @type {import('../run.mjs').Row} */
export const instrument = {
  name: 'instrument',
  title: 'An instrument around a function, without tracing',
  async run({ quick }) {
    const monitor = load('sightline').createMonitor({ metrics: { process: false } });
    const monitorDbQuery = monitor.monitorDbQuery;
    const plain = (/** @type {number} */ id) => id + 1;
    const observed = monitorDbQuery('select', 'users')((/** @type {number} */ id) => id + 1);
    const shared = load('sightline').monitorDbQuery('select', 'users')((/** @type {number} */ id) => id + 1);
    const plainAsync = async (/** @type {number} */ id) => id + 1;
    const observedAsync = monitorDbQuery('insert', 'users')(async (/** @type {number} */ id) => id + 1);

    const plan = { slices: quick ? 40 : 200, times: 50_000, warmUp: 10 };
    const costs = await interleave(
      [
        synchronous('plain function', plain),
        synchronous('monitorDbQuery around it', observed),
        synchronous("the shared monitor's monitorDbQuery", shared),
        asynchronous('plain async function, awaited', plainAsync),
        asynchronous('monitorDbQuery around it, awaited', observedAsync),
      ],
      plan,
    );
    const [plainCost = [], observedCost = [], sharedCost = [], plainAsyncCost = [], asyncCost = []] = [...costs.values()];
    const added = minimum(sharedCost) - minimum(plainCost);
    const row = (/** @type {string} */ name, /** @type {number[]} */ cost, /** @type {number[]} */ base) => [
      name,
      (minimum(cost) - minimum(base)).toFixed(0),
      (median(cost) - median(base)).toFixed(0),
    ];
    return {
      verdicts: [
        {
          path: 'an instrument on a synchronous function, no tracing',
          budget: `≤ ${BUDGET_NS} ns`,
          measured: `${added.toFixed(0)} ns`,
          isMet: added <= BUDGET_NS,
        },
      ],
      table: {
        head: ['`monitorDbQuery` adds, in ns a call', 'minimum', 'median'],
        rows: [
          row('synchronous function, a monitor of its own', observedCost, plainCost),
          row('synchronous function, the shared monitor', sharedCost, plainCost),
          row('async function, awaited', asyncCost, plainAsyncCost),
        ],
      },
    };
  },
};

/**
 * @param {string} name
 * @param {(id: number) => number} fn
 */
function synchronous(name, fn) {
  const slice = cpuNanoseconds(times => {
    for (let i = 0; i < times; i++) sink.sum += fn(i);
  });
  return { name, slice };
}

/**
 * @param {string} name
 * @param {(id: number) => Promise<number>} fn
 */
function asynchronous(name, fn) {
  return {
    name,
    slice: async (/** @type {number} */ times) => {
      const start = process.cpuUsage();
      for (let i = 0; i < times; i++) sink.sum += await fn(i);
      const { user, system } = process.cpuUsage(start);
      return ((user + system) * 1_000) / times;
    },
  };
}
