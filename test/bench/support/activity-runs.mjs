// @ts-check
// Events of users: tracked by us in memory and on Redis, and written to Redis by bare pipelines of ioredis.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { load } from './peers.mjs';

const USERS = 100_000;
const ACTIONS = ['exercise.submit', 'lesson.open', 'video.play', 'essay.save', 'word.learn'];
/** Events of one turn of the event loop, as a busy server has them. */
const BURST = 250;

const userOf = (/** @type {number} */ i) => `user-${(i * 7_919) % USERS}`;
const actionOf = (/** @type {number} */ i) => /** @type {string} */ (ACTIONS[i % ACTIONS.length]);
const metadataOf = (/** @type {number} */ i) => ({ kind: 'cloze', score: i % 100, lesson: `lesson-${i % 300}` });

function newActivity(/** @type {object} */ where) {
  const { createMonitor } = load('sightline');
  const monitor = createMonitor({ metrics: { process: false }, ...where, activity: { bufferLimit: 1_000_000, .../** @type {{ activity?: object }} */ (where).activity } });
  return { monitor, activity: monitor.activity };
}

/** @param {{ track(user: string, action: string, metadata: object): void }} activity */
function trackBurst(activity, /** @type {number} */ from) {
  for (let i = from; i < from + BURST; i++) activity.track(userOf(i), actionOf(i), metadataOf(i));
}

/** Seconds. */
export async function inMemory(/** @type {number} */ events) {
  const { monitor, activity } = newActivity({});
  const start = performance.now();
  for (let i = 0; i < events; i += BURST) trackBurst(activity, i);
  const seconds = (performance.now() - start) / 1_000;
  await monitor.close();
  return seconds;
}

/** Seconds until Redis has all of them. */
export async function onRedis(/** @type {string | object} */ redis, /** @type {number} */ events) {
  const { monitor, activity } = newActivity({ redis });
  activity.touch('first');
  await activity.flush();
  const start = performance.now();
  for (let i = 0; i < events; i += BURST) {
    trackBurst(activity, i);
    await nextTurn();
  }
  await activity.flush();
  const seconds = (performance.now() - start) / 1_000;
  await monitor.close();
  return seconds;
}

/** What the caller of one `track` waits for it, in microseconds: of short bursts, with the writes between them left out. */
export async function requestCost(/** @type {object} */ where) {
  const { monitor, activity } = newActivity(where);
  let took = 0;
  const bursts = 400;
  for (let burst = -100; burst < bursts; burst++) {
    const start = performance.now();
    for (let i = 0; i < 20; i++) activity.track(userOf(burst * 20 + i + 2_000), actionOf(i), metadataOf(i));
    if (burst >= 0) took += performance.now() - start;
    await activity.flush();
    await nextTurn();
  }
  await monitor.close();
  return (took * 1_000) / (bursts * 20);
}

/** The commands by which our events are written, as ioredis is given them. */
export async function capture(/** @type {string} */ url, /** @type {number} */ events) {
  const client = new Redis(url);
  await new Promise(resolve => client.once('ready', resolve));
  /** @type {(string | number)[][]} */ const sent = [];
  await onRedis(
    {
      status: 'ready',
      evalsha: (/** @type {(string | number)[]} */ ...parts) => {
        sent.push(parts);
        return client.evalsha(.../** @type {[string, number]} */ (/** @type {unknown} */ (parts)));
      },
      eval: (/** @type {(string | number)[]} */ ...parts) => client.eval(.../** @type {[string, number]} */ (/** @type {unknown} */ (parts))),
      hget: (/** @type {string} */ key, /** @type {string} */ field) => client.hget(key, field),
    },
    events,
  );
  client.disconnect();
  // The others ask for the gauge.
  return sent.filter(([, keyCount, firstKey]) => Number(keyCount) >= 7 && String(firstKey).endsWith(':events'));
}

/** Seconds in which ioredis writes the same commands, two to a pipeline. */
export async function replay(/** @type {string} */ url, /** @type {(string | number)[][]} */ commands) {
  const client = new Redis(url);
  await client.ping();
  const start = performance.now();
  for (let i = 0; i < commands.length; i += 2) {
    const pipeline = client.pipeline();
    for (const command of commands.slice(i, i + 2)) pipeline.evalsha(.../** @type {[string, number]} */ (/** @type {unknown} */ (command)));
    await pipeline.exec();
  }
  const seconds = (performance.now() - start) / 1_000;
  client.disconnect();
  return seconds;
}

/** Seconds in which ioredis writes an event's changes by a command each, those of a burst in one pipeline. */
export async function bareCommands(/** @type {string} */ url, /** @type {number} */ events) {
  const client = new Redis(url);
  await client.ping();
  const start = performance.now();
  for (let first = 0; first < events; first += BURST) {
    const pipeline = client.pipeline();
    for (let i = first; i < first + BURST; i++) {
      const now = Date.now();
      pipeline.xadd('{bare}:events', 'MAXLEN', '~', 10_000, '*', 'user', userOf(i), 'action', actionOf(i), 'at', now, 'metadata', JSON.stringify(metadataOf(i)));
      pipeline.hincrby('{bare}:actions', actionOf(i), 1);
      pipeline.zadd('{bare}:online', 'GT', now, userOf(i));
      for (const window of ['5m', '1h', '24h', 'day']) pipeline.pfadd(`{bare}:users:${window}`, userOf(i));
    }
    await pipeline.exec();
  }
  const seconds = (performance.now() - start) / 1_000;
  client.disconnect();
  return seconds;
}
