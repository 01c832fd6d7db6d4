import { randomUUID } from 'node:crypto';
import { RedisScript } from '../../core/redis-script.js';
import type { Quota } from '../channels/channel.js';
import type { ChannelShare, Turn } from '../delivery/channel-share.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisRunner } from './redis-runner.js';

// A sorted set for each channel: its attempts by when they were made, by Redis' own clock.

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Pairs of arguments: each quota's limit and window. @returns how long to wait, and how long ago the latest attempts were */
const TAKE_TURN = new RedisScript(`${NOW}
local key, token, most, longest = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', key, '-inf', now - longest)
local wait = 0
for i = 4, #ARGV, 2 do
  local limit, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local last = redis.call('ZREVRANGE', key, limit - 1, limit - 1, 'WITHSCORES')
  if last[2] then wait = math.max(wait, tonumber(last[2]) + window - now) end
end
if wait == 0 then
  redis.call('ZADD', key, now, token)
  redis.call('PEXPIRE', key, longest)
end
local latest, ages = redis.call('ZREVRANGE', key, 0, most - 1, 'WITHSCORES'), {}
for i = 2, #latest, 2 do ages[#ages + 1] = now - tonumber(latest[i]) end
return { wait, ages }
`);

const END_TURN = new RedisScript(`${NOW}
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then redis.call('ZADD', KEYS[1], now, ARGV[1]) end
`);

const GIVE_BACK = new RedisScript(`redis.call('ZREM', KEYS[1], ARGV[1])`);

/** Attempts that a process is told of: enough to plan by, and no more to send than needed. */
const MOST_TOLD = 500;

/** A channel's quotas, kept by all processes on one Redis together. */
export class RedisTurns implements ChannelShare {
  readonly #redis: RedisRunner;
  readonly #keys: readonly string[];
  readonly #quotas: readonly Quota[];
  readonly #longest: number;

  constructor(redis: RedisRunner, keys: RedisKeys, channel: string, quotas: readonly Quota[]) {
    this.#redis = redis;
    this.#keys = [keys.turns(channel)];
    this.#quotas = quotas.map(({ limit, windowMs }) => ({ limit: Math.max(1, Math.floor(limit)), windowMs: Math.ceil(windowMs) }));
    this.#longest = Math.max(...this.#quotas.map(({ windowMs }) => windowMs));
  }

  async take(): Promise<Turn> {
    const token = randomUUID();
    const quotas = this.#quotas.flatMap(({ limit, windowMs }) => [limit, windowMs]);
    const reply = await this.#redis.run(TAKE_TURN, this.#keys, token, MOST_TOLD, this.#longest, ...quotas);
    const [wait, ages] = reply as readonly [unknown, readonly unknown[]];
    const waitMs = Number(wait);
    return { token: waitMs > 0 ? undefined : token, waitMs, agesMs: ages.map(Number) };
  }

  async end(token: string): Promise<void> {
    await this.#redis.run(END_TURN, this.#keys, token);
  }

  async giveBack(token: string): Promise<void> {
    await this.#redis.run(GIVE_BACK, this.#keys, token);
  }
}
