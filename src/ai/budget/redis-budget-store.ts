import { RedisScript } from '../../core/redis-script.js';
import type { RedisConnection } from '../../core/redis.js';
import type { BudgetAddition, BudgetStore, BudgetTotals } from './budget-store.js';
import { MOST_UNITS } from './money.js';

/**
 * A total is a hash, so that it and what it remembers of its writers are kept and lost together: `spent` is the total,
 * and the field of each writer its last addition: `sequence before after`. Numbers are written out by `%.0f`, because
 * Lua itself rounds them to 14 digits.
 */
const ADD = new RedisScript(`
local key, units, keepMs, writer, sequence = KEYS[1], ARGV[1], ARGV[2], 'writer:' .. ARGV[3], ARGV[4]
local last = redis.call('HGET', key, writer)
if last then
  local lastSequence, before, after = string.match(last, '^(%d+) (%d+) (%d+)$')
  if tonumber(lastSequence) >= tonumber(sequence) then return { before, after } end
end
local total = tonumber(redis.call('HGET', key, 'spent') or '0')
local before = string.format('%.0f', total)
local after = string.format('%.0f', math.min(total + tonumber(units), ${MOST_UNITS}))
redis.call('HSET', key, 'spent', after, writer, sequence .. ' ' .. before .. ' ' .. after)
redis.call('PEXPIRE', key, keepMs)
return { before, after }
`);

/** Totals that all processes share, in Redis. Each key is one hash, so a cluster needs no more than its name. */
export class RedisBudgetStore implements BudgetStore {
  readonly #connection: Pick<RedisConnection, 'client' | 'opened'>;

  constructor(connection: Pick<RedisConnection, 'client' | 'opened'>) {
    this.#connection = connection;
  }

  async add({ key, units, keepMs, writer, sequence }: BudgetAddition): Promise<BudgetTotals> {
    const { client, opened } = this.#connection;
    await opened;
    const reply = await ADD.run(client, [key], units, Math.ceil(keepMs), writer, sequence);
    const [before, after] = Array.isArray(reply) ? reply.map(Number) : [];
    if (!Number.isSafeInteger(before) || !Number.isSafeInteger(after)) throw new TypeError('Redis answered without totals');
    return { before: before as number, after: after as number };
  }

  async read(key: string): Promise<number> {
    const { client, opened } = this.#connection;
    await opened;
    const total = Number((await client.hget(key, 'spent')) ?? 0);
    if (!Number.isSafeInteger(total)) throw new TypeError(`Redis holds no total in the field \`spent\` of ${key}`);
    return total;
  }
}
