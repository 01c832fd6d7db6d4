import { RedisScript } from '../../core/redis-script.js';
import type { RedisClient } from '../../core/redis.js';

const ENTER = new RedisScript(`return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0`);

const RENEW = new RedisScript(`
for i, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[i + 1] then redis.call('PEXPIRE', key, ARGV[1]) end
end`);

const LEAVE = new RedisScript(`if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`);

/** A lane that somebody is in. */
export interface HeldLane {
  readonly lane: string;
  readonly token: string;
}

/** Lanes that one is in at a time, over all processes. Who dies in one leaves it when its time is up. */
export class RedisLanes {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #lockMs: number;

  constructor(client: RedisClient, prefix: string, lockMs: number) {
    this.#client = client;
    this.#prefix = prefix;
    this.#lockMs = lockMs;
  }

  async enter({ lane, token }: HeldLane): Promise<boolean> {
    return Number(await ENTER.run(this.#client, [this.#keyOf(lane)], token, this.#lockMs)) === 1;
  }

  async renew(held: readonly HeldLane[]): Promise<void> {
    await RENEW.run(this.#client, held.map(({ lane }) => this.#keyOf(lane)), this.#lockMs, ...held.map(({ token }) => token));
  }

  async leave({ lane, token }: HeldLane): Promise<void> {
    await LEAVE.run(this.#client, [this.#keyOf(lane)], token);
  }

  #keyOf(lane: string): string {
    return `${this.#prefix}:lane:${lane}`;
  }
}
