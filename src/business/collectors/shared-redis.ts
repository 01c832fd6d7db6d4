import { systemClock } from '../../core/clock.js';
import type { RedisScript } from '../../core/redis-script.js';
import type { RedisConnection } from '../../core/redis.js';
import { rejectAfter } from '../../core/reject-after.js';

/** Redis answers in milliseconds. */
const ANSWER_MS = 5_000;
/** What a client of ioredis is while it has lost its connection: the app's own might keep commands, and send them when they are of no use any more. */
const LOST: ReadonlySet<unknown> = new Set(['reconnecting', 'disconnecting', 'close', 'end']);

/**
 * Runs scripts for one collector, each for so long and one at a time: a client that holds commands back, as the app's own
 * may, must not gather those of hours.
 */
export class SharedRedis {
  readonly #redis: Pick<RedisConnection, 'client' | 'opened'>;
  #isWaiting = false;

  constructor(redis: Pick<RedisConnection, 'client' | 'opened'>) {
    this.#redis = redis;
  }

  /** @throws what Redis answers, or that it does not: whether the script has run is then not known */
  async run(script: RedisScript, key: string, ...scriptArguments: readonly (string | number)[]): Promise<unknown> {
    const { client, opened } = this.#redis;
    await opened;
    const { status } = client as { status?: unknown };
    if (LOST.has(status)) throw new Error(`there is no connection to Redis: it is "${String(status)}"`);
    if (this.#isWaiting) throw new Error('Redis has not answered what was asked before');
    this.#isWaiting = true;
    const answer = script.run(client, [key], ...scriptArguments).finally(() => {
      this.#isWaiting = false;
    });
    // How long a network takes has nothing to do with the clock that collections go by.
    return rejectAfter(answer, ANSWER_MS, 'an answer of Redis', systemClock);
  }
}
