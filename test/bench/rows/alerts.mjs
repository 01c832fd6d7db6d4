// @ts-check
import { findOptionalServer } from '../../support/servers.mjs';
import { FAULTS, fireToSend, startBridge, stormOfOne, stormOfOurs, stormOfTheirs } from '../support/alert-storms.mjs';
import { startRedis } from '../support/redis.mjs';
import { median, minimum } from '../support/statistics.mjs';

const CALLS = 100_000;
/** On Redis each call is a round trip: enough of them to see the pace. */
const CALLS_ON_REDIS = 20_000;
const P99_BUDGET_MS = 10;
const FIRES_BUDGET = 50_000;
const FIRES_ON_REDIS_BUDGET = 5_000;

/** @type {import('../run.mjs').Row} */
export const alerts = {
  name: 'alerts',
  title: 'Alerts: from fire to send, and storms, in memory, on Redis and in Alertmanager',
  async run({ quick }) {
    const rounds = quick ? 3 : 9;
    const times = quick ? 1_000 : 5_000;
    const latencies = await fireToSend(times);
    const duplicates = newStorm('one alert, in memory', CALLS);
    const onRedis = newStorm('one alert, on Redis', CALLS_ON_REDIS);
    const ours = newStorm(`${FAULTS} alerts in memory, until a webhook is told of each`, CALLS);
    const oursOnRedis = newStorm('the same, on Redis', CALLS_ON_REDIS);
    const theirs = newStorm('the same, posted to Alertmanager 1,000 at a time', CALLS);
    const theirsFew = newStorm('the same', CALLS_ON_REDIS);
    /** @type {number[]} */ let latenciesOnRedis = [];
    let [told, toldOnRedis] = [0, 0];
    const bridge = await startBridge();
    const alertmanager = findOptionalServer('prometheus-alertmanager');
    const redisServer = findOptionalServer('redis-server');
    for (let round = 0; round < rounds; round++) {
      const storm = await stormOfOne(CALLS);
      duplicates.seconds.push(storm.seconds);
      told = Math.max(told, storm.notifications);
      ours.seconds.push(await stormOfOurs(bridge, CALLS));
      if (alertmanager !== undefined) {
        theirs.seconds.push(await stormOfTheirs(bridge, CALLS, alertmanager));
        theirsFew.seconds.push(await stormOfTheirs(bridge, CALLS_ON_REDIS, alertmanager));
      }
      if (redisServer === undefined) continue;
      // Anew each time: what a round left would be the next one's.
      const redis = await startRedis(redisServer);
      const where = { redis: redis.url };
      const shared = await stormOfOne(CALLS_ON_REDIS, where);
      onRedis.seconds.push(shared.seconds);
      toldOnRedis = Math.max(toldOnRedis, shared.notifications);
      oursOnRedis.seconds.push(await stormOfOurs(bridge, CALLS_ON_REDIS, where));
      if (round === 0) latenciesOnRedis = await fireToSend(times, where);
      await redis.stop();
    }
    bridge.close();
    const rate = CALLS / median(duplicates.seconds);
    const rateOnRedis = CALLS_ON_REDIS / median(onRedis.seconds);
    return {
      verdicts: [
        {
          path: '`alerts.fire` to `channel.send`, memory, p99',
          budget: `< ${P99_BUDGET_MS} ms`,
          measured: `${percentile(latencies, 99).toFixed(2)} ms`,
          isMet: percentile(latencies, 99) < P99_BUDGET_MS,
        },
        {
          path: 'storm of 100,000 duplicates of one alert',
          budget: `one notification; ≥ ${FIRES_BUDGET} fires/s`,
          measured: `${told}; ${rate.toFixed(0)} fires/s`,
          isMet: told === 1 && rate >= FIRES_BUDGET,
        },
        ...(redisServer === undefined
          ? []
          : [
              {
                path: 'the same on Redis, of 20,000',
                budget: `one notification; ≥ ${FIRES_ON_REDIS_BUDGET} fires/s`,
                measured: `${toldOnRedis}; ${rateOnRedis.toFixed(0)} fires/s`,
                isMet: toldOnRedis === 1 && rateOnRedis >= FIRES_ON_REDIS_BUDGET,
              },
            ]),
      ],
      table: {
        head: ['storm', 'calls', 'seconds (minimum)', '(median)', 'alerts a second (median)'],
        rows: [
          ...[duplicates, onRedis, ours, theirs, oursOnRedis, theirsFew].filter(({ seconds }) => seconds.length > 0).map(rowOf),
          ['`fire` to `send` in memory: p50, p99, most (ms)', String(times), ...[50, 99, 100].map(percent => percentile(latencies, percent).toFixed(2))],
          ...(latenciesOnRedis.length > 0 ? [['`fire` to `send` on Redis: p50, p99, most (ms)', String(times), ...[50, 99, 100].map(percent => percentile(latenciesOnRedis, percent).toFixed(2))]] : []),
        ],
      },
    };
  },
};

/** @returns {{ name: string, calls: number, seconds: number[] }} */
function newStorm(/** @type {string} */ name, /** @type {number} */ calls) {
  return { name, calls, seconds: [] };
}

function rowOf(/** @type {ReturnType<typeof newStorm>} */ { name, calls, seconds }) {
  return [name, String(calls), minimum(seconds).toFixed(2), median(seconds).toFixed(2), (calls / median(seconds)).toFixed(0)];
}

/** @param {readonly number[]} values */
function percentile(values, /** @type {number} */ percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}
