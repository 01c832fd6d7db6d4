import { RedisScript } from '../../core/redis-script.js';

// The groups: each has a set of its alerts; `due` sorts all by when they are due, `leases` has the end of each claim,
// `wanted` the time a claimed group was asked to be due, and `flushed` names those that were looked at before.

const HASTEN_GROUP = `
local function hasten(due, leases, wanted, key, at)
  if redis.call('HEXISTS', leases, key) == 1 then
    local before = redis.call('HGET', wanted, key)
    if not before or tonumber(at) < tonumber(before) then redis.call('HSET', wanted, key, at) end
  else
    local before = redis.call('ZSCORE', due, key)
    if before and tonumber(at) < tonumber(before) then redis.call('ZADD', due, at, key) end
  end
end
`;

/** @returns when the group is due */
export const JOIN: RedisScript = new RedisScript(`${HASTEN_GROUP}
local due, leases, wanted, flushed, group, groupsOf = unpack(KEYS)
local key, id, dueAt, isUrgent, lifeMs = unpack(ARGV)
if not redis.call('ZSCORE', due, key) then
  redis.call('ZADD', due, dueAt, key)
elseif isUrgent == '1' or (redis.call('SISMEMBER', flushed, key) == 0 and redis.call('HEXISTS', leases, key) == 0) then
  hasten(due, leases, wanted, key, dueAt)
end
redis.call('SADD', group, id)
redis.call('SADD', groupsOf, key)
redis.call('PEXPIRE', group, lifeMs)
redis.call('PEXPIRE', groupsOf, lifeMs)
local at, wantedAt = redis.call('ZSCORE', due, key), redis.call('HGET', wanted, key)
if wantedAt and tonumber(wantedAt) < tonumber(at) then return wantedAt end
return at
`);

export const HASTEN: RedisScript = new RedisScript(`${HASTEN_GROUP}
hasten(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2])
`);

/** @returns the keys of the groups that were claimed */
export const TAKE: RedisScript = new RedisScript(`
local due, leases, wanted = unpack(KEYS)
local now, leaseUntil, limit = unpack(ARGV)
local keys = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, limit)
for _, key in ipairs(keys) do
  redis.call('ZADD', due, leaseUntil, key)
  redis.call('HSET', leases, key, leaseUntil)
  redis.call('HDEL', wanted, key)
end
return keys
`);

/** @returns when a group is due, whether it was looked at before, and its alerts */
export const READ_GROUP: RedisScript = new RedisScript(`
local dueAt = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not dueAt then return false end
return { dueAt, redis.call('SISMEMBER', KEYS[2], ARGV[1]), redis.call('SMEMBERS', KEYS[3]) }
`);

/** @returns the members of a set */
export const MEMBERS: RedisScript = new RedisScript(`return redis.call('SMEMBERS', KEYS[1])`);

/**
 * Of each alert two keys: itself and its groups; and two arguments: its id and which way it is dropped: `any`, `gone`
 * (if there is none), or with the time it must have been resolved at. Without `dueAt` more of them are to come.
 *
 * @returns 1 where the claim held
 */
export const SETTLE: RedisScript = new RedisScript(`
local due, leases, wanted, flushed, group = unpack(KEYS, 1, 5)
local key, lease, dueAt, lifeMs = unpack(ARGV, 1, 4)
if not redis.call('ZSCORE', due, key) then return 0 end
if lease ~= '' and redis.call('HGET', leases, key) ~= lease then return 0 end
for i = 6, #KEYS, 2 do
  local alert, groupsOf, id, how = KEYS[i], KEYS[i + 1], ARGV[i - 1], ARGV[i]
  local isOver = how == 'any' or redis.call('EXISTS', alert) == 0
  if not isOver and how ~= 'gone' then isOver = redis.call('HGET', alert, 'resolvedAt') == how end
  if isOver then
    redis.call('SREM', group, id)
    redis.call('SREM', groupsOf, key)
  end
end
if dueAt == '' then return 1 end
local wantedAt = redis.call('HGET', wanted, key)
redis.call('HDEL', leases, key)
redis.call('HDEL', wanted, key)
if redis.call('SCARD', group) == 0 then
  redis.call('ZREM', due, key)
  redis.call('SREM', flushed, key)
  return 1
end
if wantedAt and tonumber(wantedAt) < tonumber(dueAt) then dueAt = wantedAt end
redis.call('ZADD', due, dueAt, key)
redis.call('SADD', flushed, key)
redis.call('PEXPIRE', group, lifeMs)
return 1
`);
