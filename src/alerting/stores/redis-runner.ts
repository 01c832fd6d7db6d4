import { systemClock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import type { RedisScript } from '../../core/redis-script.js';
import type { RedisConnection } from '../../core/redis.js';
import { RedisPatience } from './redis-patience.js';

/** What the parts of the Redis store share: runs scripts, once the connection is opened, and tells of bad records. */
export class RedisRunner {
  readonly #redis: Pick<RedisConnection, 'client' | 'opened'>;
  readonly #diagnostics: Diagnostics;
  readonly #patience: RedisPatience;

  constructor(redis: Pick<RedisConnection, 'client' | 'opened'>, diagnostics: Diagnostics) {
    this.#redis = redis;
    this.#diagnostics = diagnostics;
    // How long a network takes has nothing to do with the clock that alerts go by.
    this.#patience = new RedisPatience(redis.client, systemClock);
  }

  async run(script: RedisScript, keys: readonly string[], ...scriptArguments: readonly (string | number)[]): Promise<unknown> {
    const { client, opened } = this.#redis;
    return this.#patience.wait(async () => {
      await opened;
      return script.run(client, keys, ...scriptArguments);
    });
  }

  async field(key: string, name: string): Promise<string | null> {
    const { client, opened } = this.#redis;
    return this.#patience.wait(async () => {
      await opened;
      return client.hget(key, name);
    });
  }

  tellBad(what: string): void {
    this.#diagnostics.fault('alerts', `a record in Redis can't be read and is left out: ${what}`);
  }
}
