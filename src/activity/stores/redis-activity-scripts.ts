import { RedisScript } from '../../core/redis-script.js';
import { MOST_ACTIONS, OTHER_ACTIONS } from '../active-windows.js';

/**
 * Writes sightings. Its first command is one that a server refuses when it is full or a replica: then nothing is written,
 * and the same sightings may be sent again.
 *
 * Keys: the stream, who is online, then of each group of sightings the counters of its hour and its four sketches.
 * Arguments: the events to keep, the users to keep as online, when they leave, how long that key lives, how long each of
 * a group's five lives; the number of users, each when it was seen and who; of each group the number of its users and
 * who, the number of its actions and each with how often; then of each event its user, action, time and metadata.
 */
export const RECORD: RedisScript = new RedisScript(`
local at = 10
local function take()
  at = at + 1
  return ARGV[at - 1]
end
local function takeMany(count)
  at = at + count
  return unpack(ARGV, at - count, at - 1)
end

local online = KEYS[2]
redis.call('ZADD', online, 'GT', takeMany(2 * tonumber(take())))
redis.call('ZREMRANGEBYSCORE', online, '-inf', ARGV[3])
redis.call('ZREMRANGEBYRANK', online, 0, -1 - tonumber(ARGV[2]))
redis.call('PEXPIRE', online, ARGV[4])

for group = 3, #KEYS, 5 do
  local users = tonumber(take())
  local first, last = at, at + users - 1
  for kind = 1, 4 do
    redis.call('PFADD', KEYS[group + kind], unpack(ARGV, first, last))
    redis.call('PEXPIRE', KEYS[group + kind], ARGV[5 + kind])
  end
  at = last + 1
  local actions = tonumber(take())
  for i = 1, actions do
    local action, times = takeMany(2)
    if redis.call('HLEN', KEYS[group]) >= ${MOST_ACTIONS} and redis.call('HEXISTS', KEYS[group], action) == 0 then
      action = '${OTHER_ACTIONS}'
    end
    redis.call('HINCRBY', KEYS[group], action, times)
  end
  if actions > 0 then redis.call('PEXPIRE', KEYS[group], ARGV[5]) end
end

if at <= #ARGV then
  while at <= #ARGV do
    local user, action, time, metadata = takeMany(4)
    redis.call('XADD', KEYS[1], '*', 'user', user, 'action', action, 'at', time, 'metadata', metadata)
  end
  redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[1])
end
`);

/** The last events of the stream KEYS[1], ARGV[1] of them: lists of names and values. */
export const RECENT: RedisScript = new RedisScript(`
local events = {}
for i, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[1])) do events[i] = entry[2] end
return events
`);

/** Of each key the counters in it: lists of actions and counts. */
export const HOURS: RedisScript = new RedisScript(`
local hours = {}
for i, key in ipairs(KEYS) do hours[i] = redis.call('HGETALL', key) end
return hours
`);

/** Who was seen since ARGV[1]: how many, and the last ARGV[2] of them with when they were. */
export const ONLINE: RedisScript = new RedisScript(`
return {
  redis.call('ZCOUNT', KEYS[1], ARGV[1], '+inf'),
  redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
}
`);

export const COUNT_ACTIVE: RedisScript = new RedisScript(`return redis.call('PFCOUNT', unpack(KEYS))`);

/**
 * Removes a user, ARGV[1], from who is online and from a piece of the stream that begins at ARGV[2].
 * Gives where the next piece begins; nothing at the end.
 */
export const FORGET: RedisScript = new RedisScript(`
redis.call('ZREM', KEYS[2], ARGV[1])
local last
local entries = redis.call('XRANGE', KEYS[1], ARGV[2], '+', 'COUNT', 1000)
for i, entry in ipairs(entries) do
  last = entry[1]
  local fields = entry[2]
  for n = 1, #fields, 2 do
    if fields[n] == 'user' and fields[n + 1] == ARGV[1] then redis.call('XDEL', KEYS[1], last) end
  end
end
if #entries < 1000 then return false end
local time, number = string.match(last, '^(%d+)-(%d+)$')
return time .. '-' .. string.format('%.0f', tonumber(number) + 1)
`);
