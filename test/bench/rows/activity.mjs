// @ts-check
import { findOptionalServer } from '../../support/servers.mjs';
import { bareCommands, capture, inMemory, onRedis, replay, requestCost } from '../support/activity-runs.mjs';
import { startRedis } from '../support/redis.mjs';
import { median, minimum } from '../support/statistics.mjs';

const EVENTS = 200_000;
const EVENTS_ON_REDIS = 50_000;
const RATE_BUDGET = 100_000;
const SHARE_BUDGET = 0.7;
const COST_BUDGET_US = 5;

/** @type {import('../run.mjs').Row} */
export const activity = {
  name: 'activity',
  title: 'Activity of users: events of 100,000 users in memory, and on Redis beside bare ioredis pipelines',
  async run({ quick }) {
    const rounds = quick ? 3 : 9;
    const memory = newRun('in memory', EVENTS);
    const ours = newRun('on Redis, by `track`', EVENTS_ON_REDIS);
    const replayed = newRun('the very commands that it sends, pipelined bare', EVENTS_ON_REDIS);
    const bare = newRun('a command for each thing an event changes, pipelined bare', EVENTS_ON_REDIS);
    /** @type {number[]} */ const memoryCosts = [];
    /** @type {number[]} */ const hashedCosts = [];
    /** @type {number[]} */ const redisCosts = [];
    const program = findOptionalServer('redis-server');
    for (let round = 0; round < rounds; round++) {
      memory.seconds.push(await inMemory(EVENTS));
      memoryCosts.push(await requestCost({}));
      hashedCosts.push(await requestCost({ activity: { hashIds: 'a secret of the bench' } }));
      if (program === undefined) continue;
      // Anew each time: what a round left would be the next one's.
      const redis = await startRedis(program);
      const commands = await capture(redis.url, EVENTS_ON_REDIS);
      for (const measure of round % 2 === 0 ? [measureOurs, measureReplay, measureBare] : [measureBare, measureReplay, measureOurs]) await measure();
      redisCosts.push(await requestCost({ redis: redis.url }));
      await redis.stop();

      async function measureOurs() {
        ours.seconds.push(await onRedis(redis.url, EVENTS_ON_REDIS));
      }
      async function measureReplay() {
        replayed.seconds.push(await replay(redis.url, commands));
      }
      async function measureBare() {
        bare.seconds.push(await bareCommands(redis.url, EVENTS_ON_REDIS));
      }
    }
    const rate = EVENTS / median(memory.seconds);
    // What else runs on the machine takes two processes' time from us, and one's from them: the least of it shows.
    const share = minimum(replayed.seconds) / minimum(ours.seconds);
    const costs = [['in memory', median(memoryCosts)], ['with ids hashed, each for the first time', median(hashedCosts)], ...(redisCosts.length > 0 ? [['on Redis', median(redisCosts)]] : [])];
    return {
      verdicts: [
        { path: '`activity.track` in memory', budget: `≥ ${RATE_BUDGET} events/s`, measured: `${rate.toFixed(0)} events/s`, isMet: rate >= RATE_BUDGET },
        ...costs.map(([where, cost]) => ({
          path: `\`activity.track\` in a request, ${where}`,
          budget: `≤ ${COST_BUDGET_US} µs`,
          measured: `${Number(cost).toFixed(2)} µs`,
          isMet: Number(cost) <= COST_BUDGET_US,
        })),
        ...(program === undefined
          ? []
          : [
              {
                path: '`activity.track` on Redis, of the same commands pipelined bare',
                budget: `≥ ${SHARE_BUDGET * 100} %`,
                measured: `${(share * 100).toFixed(0)} %`,
                isMet: share >= SHARE_BUDGET,
              },
            ]),
      ],
      table: {
        head: ['events', 'how many', 'seconds (minimum)', '(median)', 'events a second (median)'],
        rows: [memory, ours, replayed, bare].filter(({ seconds }) => seconds.length > 0).map(rowOf),
      },
    };
  },
};

function newRun(/** @type {string} */ name, /** @type {number} */ events) {
  return { name, events, seconds: /** @type {number[]} */ ([]) };
}

function rowOf(/** @type {ReturnType<typeof newRun>} */ { name, events, seconds }) {
  return [name, String(events), minimum(seconds).toFixed(2), median(seconds).toFixed(2), (events / median(seconds)).toFixed(0)];
}
