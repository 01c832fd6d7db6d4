import { randomUUID } from 'node:crypto';
import type { Diagnostics } from '../../core/diagnostics.js';
import { RedisScript } from '../../core/redis-script.js';
import { parseRows } from './rows.js';
import type { SharedRedis } from './shared-redis.js';
import type { CollectedTurn, Latest, Look, Turn, Turns } from './turns.js';

// A collector is one hash. `taken`: when the last turn was, by Redis' clock; `holder`: whose it is; `lease`: until when;
// `at`, `value`: what was collected last, and when; `cursor`: up to when was counted; `stored`: by which turn.

/**
 * The time is Redis' own: processes whose clocks are minutes apart agree on it. Intervals begin at fixed instants of it, each
 * collector's at others. One turn an interval, even if it fails: a database in need is not asked by all in turn.
 */
const LOOK = new RedisScript(`
local every, phase, leaseMs, token, mayTake, knownAt, keepMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local begin = math.floor((now - phase) / every) * every + phase
local known = redis.call('HMGET', KEYS[1], 'taken', 'lease', 'at', 'cursor')
local taken, lease = tonumber(known[1] or '-1'), tonumber(known[2] or '0')
-- Redis' clock was put back, or a server with another one took over.
if taken > now + every then taken = -1 end
if lease > now + 2 * every + leaseMs then lease = 0 end
local again, mine = begin + every - now, 0
if lease > now then
  again = math.min(again, lease - now, math.max(50, every / 20))
elseif taken < begin and mayTake ~= '1' then
  mine = 2
elseif taken < begin then
  mine = 1
  redis.call('HSET', KEYS[1], 'taken', string.format('%.0f', now), 'lease', string.format('%.0f', now + leaseMs), 'holder', token)
  redis.call('PEXPIRE', KEYS[1], keepMs)
end
local at, value = known[3] or '', ''
if at ~= '' and at ~= knownAt then value = redis.call('HGET', KEYS[1], 'value') or '' end
return { string.format('%.0f', now), math.ceil(again), mine, at, value, known[4] or '' }
`);

const FINISH = new RedisScript(`
local token, at, value, cursor, keepMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if redis.call('HGET', KEYS[1], 'holder') ~= token then
  if redis.call('HGET', KEYS[1], 'stored') == token then return 1 end
  return 0
end
redis.call('HSET', KEYS[1], 'at', at, 'value', value, 'stored', token)
if cursor ~= '' then redis.call('HSET', KEYS[1], 'cursor', cursor) end
redis.call('HDEL', KEYS[1], 'holder', 'lease')
redis.call('PEXPIRE', KEYS[1], keepMs)
return 1
`);

const GIVE_UP = new RedisScript(`
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then return redis.call('HDEL', KEYS[1], 'holder', 'lease') end
return 0
`);

/** Ready values for {@link RedisTurns}. */
export interface RedisTurnsParts {
  readonly redis: SharedRedis;
  readonly key: string;
  readonly everyMs: number;
  /** How long a collection may take. */
  readonly timeoutMs: number;
  /** How long the hash is kept when nobody collects any more. */
  readonly keepMs: number;
  readonly labelNames: readonly string[];
  readonly diagnostics: Diagnostics;
}

/** The longest that is waited, beyond the time of a collection, for what it gave to be stored. */
const LONGEST_GRACE_MS = 5_000;

/** The turns of processes that share their collections, in Redis. A lease, and no queue: nothing is left behind by who dies. */
export class RedisTurns implements Turns {
  readonly #parts: RedisTurnsParts;
  readonly #phase: number;
  readonly #leaseMs: number;
  #knownAt = '';
  /** A replica that took over may not have heard of the last one: what was counted once is not counted again by this process. */
  #counted: number | undefined;

  constructor(parts: RedisTurnsParts) {
    this.#parts = parts;
    this.#phase = phaseOf(parts.key, parts.everyMs);
    this.#leaseMs = Math.ceil(parts.timeoutMs + Math.min(LONGEST_GRACE_MS, parts.everyMs / 2));
  }

  async look(mayTake: boolean): Promise<Look> {
    const { redis, key, everyMs, keepMs } = this.#parts;
    const token = randomUUID();
    const reply = await redis.run(LOOK, key, everyMs, this.#phase, this.#leaseMs, token, mayTake ? '1' : '0', this.#knownAt, keepMs);
    const [time, again, mine, at, value, cursor] = Array.isArray(reply) ? (reply as unknown[]) : [];
    const now = Number(time);
    if (!Number.isSafeInteger(now) || !Number.isFinite(again)) throw new TypeError('Redis answered without a time');
    this.#learn(cursor);
    return {
      now,
      againInMs: again as number,
      turn: mine === 1 ? { token, cursor: this.#counted } : undefined,
      isMissed: mine === 2,
      latest: this.#latest(String(at), String(value), now),
    };
  }

  async finish({ token }: Turn, { at, rows, cursor }: CollectedTurn): Promise<boolean> {
    const { redis, key, keepMs } = this.#parts;
    const isMine = (await redis.run(FINISH, key, token, at, JSON.stringify(rows), cursor ?? '', keepMs)) === 1;
    if (isMine) {
      this.#knownAt = String(at);
      this.#learn(cursor);
    }
    return isMine;
  }

  async giveUp({ token }: Turn): Promise<void> {
    await this.#parts.redis.run(GIVE_UP, this.#parts.key, token);
  }

  #learn(cursor: unknown): void {
    const read = cursor === '' || cursor === undefined ? NaN : Number(cursor);
    if (Number.isFinite(read)) this.#counted = Math.max(read, this.#counted ?? read);
  }

  #latest(at: string, value: string, now: number): Latest | undefined {
    if (value === '' || at === this.#knownAt) return undefined;
    this.#knownAt = at;
    const rows = parseRows(value, this.#parts.labelNames);
    if (rows === undefined || !Number.isFinite(Number(at))) {
      this.#parts.diagnostics.fault('business', `the values in Redis at ${this.#parts.key} can't be read; another version may have written them`);
      return undefined;
    }
    return { rows, at: Number(at), ageMs: Math.max(0, now - Number(at)) };
  }
}

/** When intervals begin: spreads the collectors over it, as else all would ask the database at the full minute. */
export function phaseOf(key: string, everyMs: number): number {
  let hash = 0;
  for (const character of key) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % Math.floor(everyMs);
}
