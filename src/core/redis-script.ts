import { createHash } from 'node:crypto';
import type { RedisClient } from './redis.js';

/**
 * A Lua script that Redis runs as one step. Sent by its hash; in full where the server does not know it: the first
 * time, after a restart, on each node of a cluster. Not by ioredis' `defineCommand`: the client may be the app's.
 */
export class RedisScript {
  readonly #source: string;
  readonly #sha1: string;

  constructor(source: string) {
    this.#source = source;
    this.#sha1 = createHash('sha1').update(source).digest('hex');
  }

  /**
   * Runs the script. In a cluster all keys must lie in one slot (`{…}` in their names).
   *
   * @returns what the script returns
   * @throws what the client rejects with; whether the script has run is then not known
   */
  async run(client: RedisClient, keys: readonly string[], ...scriptArguments: readonly (string | number)[]): Promise<unknown> {
    const rest = [...keys, ...scriptArguments];
    try {
      return await client.evalsha(this.#sha1, keys.length, ...rest);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.eval(this.#source, keys.length, ...rest);
    }
  }
}
