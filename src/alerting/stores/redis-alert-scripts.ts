import { RedisScript } from '../../core/redis-script.js';
import { SEVERITIES } from '../severity.js';
import { REASONS } from './alert-transitions.js';
import { FIRST_TO_GO, MOST_ENTRIES } from './stored-alert.js';

// One script for each transition of an alert: the rules of alert-transitions.ts, in Lua. An alert is a hash with a field
// for each fact; an entry of its history is a field too (`h0`, `h1`, …), so that adding one need not read the others.
// What a field's absence says there is `undefined` here. Every key a script touches is named in KEYS.

const SHARED = `
local function later(one, other)
  if (tonumber(one) or -math.huge) > tonumber(other) then return one end
  return other
end
local function addEntry(key, entry)
  local n = redis.call('HINCRBY', key, 'entries', 1) - 1
  redis.call('HSET', key, 'h' .. n, entry)
  if n < ${MOST_ENTRIES} then return end
  local places = {}
  for _, name in ipairs(redis.call('HKEYS', key)) do
    local place = tonumber(string.match(name, '^h(%d+)$'))
    if place and place > 0 and place < n then places[#places + 1] = place end
  end
  if #places + 2 <= ${MOST_ENTRIES} then return end
  table.sort(places)
  local gone = places[1]
  for _, place in ipairs(places) do
    if ({ ${[...FIRST_TO_GO].map(event => `${event} = true`).join(', ')} })[string.match(redis.call('HGET', key, 'h' .. place), '"event":"(%a+)"')] then
      gone = place
      break
    end
  end
  redis.call('HDEL', key, 'h' .. gone)
end
local function touch(key, lives, id, at, lifeMs)
  at = later(redis.call('HGET', key, 'touchedAt'), at)
  redis.call('HSET', key, 'touchedAt', at)
  redis.call('ZADD', lives, at, id)
  redis.call('PEXPIRE', key, lifeMs)
end
local function entryOf(at, event, reason)
  return '{"at":' .. at .. ',"event":"' .. event .. '","reason":"' .. reason .. '"}'
end
`;

/** What a merge gives of an alert whose history the process knows: that is most of it. */
const FACTS = [
  'title',
  'description',
  'severity',
  'source',
  'labels',
  'annotations',
  'generatorUrl',
  'startsAt',
  'endsAt',
  'count',
  'firstSeen',
  'lastSeen',
  'acknowledgedBy',
  'acknowledgedAt',
  'suppressedFor',
  'touchedAt',
].map(name => `'${name}'`);

/** @returns the change, the alert's fields and values (without its history where that is of the version given), and the version; or `{'full'}` */
export const FIRE: RedisScript = new RedisScript(`${SHARED}
local key, all, active, ends, resolved, lives, unrouted = unpack(KEYS)
local id, now, limit, lifeMs, severity, startsAt, endsAt, routeBy, known, title, description, source, labels, annotations, url = unpack(ARGV)
local rank = { ${SEVERITIES.map((severity, i) => `${severity} = ${i}`).join(', ')} }
local old = redis.call('HMGET', key, 'severity', 'resolvedAt', 'startsAt', 'endsAt', 'lastSeen')
local change, entry = 'merged', nil
-- What something else has written here is no alert.
if not (rank[old[1]] and tonumber(old[3])) then
  if not redis.call('ZSCORE', all, id) and redis.call('ZCARD', all) >= tonumber(limit) then return { 'full' } end
  change, entry = 'new', entryOf(now, 'fired', '${REASONS.fired}')
  redis.call('DEL', key)
  redis.call('HSET', key, 'firstSeen', now)
elseif old[2] then
  change, entry = 'reopened', entryOf(now, 'reopened', '${REASONS.reopened}')
elseif rank[severity] < rank[old[1]] then
  change, entry = 'raised', entryOf(now, 'raised', old[1] .. ' → ' .. severity)
end
if change == 'new' or change == 'reopened' then
  redis.call('HDEL', key, 'resolvedAt', 'acknowledgedBy', 'acknowledgedAt', 'suppressedFor')
  redis.call('HSET', key, 'count', 1, 'severity', severity)
  redis.call('ZREM', resolved, id)
else
  redis.call('HINCRBY', key, 'count', 1)
  if tonumber(old[3]) < tonumber(startsAt) then startsAt = old[3] end
  endsAt = (old[4] and endsAt ~= '') and later(old[4], endsAt) or ''
end
if change == 'raised' then
  redis.call('HSET', key, 'severity', severity)
  redis.call('HDEL', key, 'acknowledgedBy', 'acknowledgedAt')
end
redis.call('HSET', key, 'title', title, 'description', description, 'source', source, 'labels', labels,
  'annotations', annotations, 'startsAt', startsAt, 'lastSeen', later(old[5], now))
if url ~= '' then redis.call('HSET', key, 'generatorUrl', string.sub(url, 2)) else redis.call('HDEL', key, 'generatorUrl') end
if startsAt ~= old[3] or change == 'new' or change == 'reopened' then
  redis.call('ZADD', all, startsAt, id)
  redis.call('ZADD', active, startsAt, id)
end
if endsAt ~= '' then
  redis.call('HSET', key, 'endsAt', endsAt)
  redis.call('ZADD', ends, endsAt, id)
elseif old[4] then
  redis.call('HDEL', key, 'endsAt')
  redis.call('ZREM', ends, id)
end
if entry then
  addEntry(key, entry)
  if routeBy ~= '' then redis.call('ZADD', unrouted, routeBy, id) end
end
touch(key, lives, id, now, lifeMs)
-- An alert that was forgotten and told anew has other times, should it have as many entries.
local version = table.concat(redis.call('HMGET', key, 'firstSeen', 'entries'), ' ')
if version ~= known then return { change, redis.call('HGETALL', key), version } end
local names, facts = { ${FACTS.join(', ')} }, {}
for i, value in ipairs(redis.call('HMGET', key, unpack(names))) do
  if value then
    facts[#facts + 1] = names[i]
    facts[#facts + 1] = value
  end
end
return { change, facts, version }
`);

/** @returns the alert's fields and values; nothing where it is none, resolved, or does not end by `endBy` */
export const RESOLVE: RedisScript = new RedisScript(`${SHARED}
local key, active, ends, resolved, lives, unrouted = unpack(KEYS)
local id, resolvedAt, lifeMs, at, entry, endBy = unpack(ARGV)
local old = redis.call('HMGET', key, 'severity', 'resolvedAt', 'endsAt')
if endBy ~= '' then
  resolvedAt = old[3]
  if tonumber(resolvedAt) and tonumber(resolvedAt) > tonumber(endBy) then return false end
  redis.call('ZREM', ends, id)
end
if not old[1] or old[2] or not resolvedAt then return false end
redis.call('HSET', key, 'resolvedAt', resolvedAt)
redis.call('ZREM', active, id)
redis.call('ZREM', ends, id)
redis.call('ZREM', unrouted, id)
redis.call('ZADD', resolved, resolvedAt, id)
addEntry(key, entry)
touch(key, lives, id, at, lifeMs)
return redis.call('HGETALL', key)
`);

/** Acknowledges, or with an empty name takes that back. @returns the alert's fields and values; nothing where that changes nothing */
export const ACKNOWLEDGE: RedisScript = new RedisScript(`${SHARED}
local key, lives = unpack(KEYS)
local id, at, lifeMs, by, entry = unpack(ARGV)
local old = redis.call('HMGET', key, 'severity', 'resolvedAt', 'acknowledgedAt')
if not old[1] or old[2] then return false end
if by ~= '' then
  if old[3] then return false end
  redis.call('HSET', key, 'acknowledgedAt', at, 'acknowledgedBy', string.sub(by, 2))
else
  if not old[3] then return false end
  redis.call('HDEL', key, 'acknowledgedAt', 'acknowledgedBy')
end
addEntry(key, entry)
touch(key, lives, id, at, lifeMs)
return redis.call('HGETALL', key)
`);

/** @returns 1 where the entry was added */
export const NOTE: RedisScript = new RedisScript(`${SHARED}
local key, lives = unpack(KEYS)
local id, at, lifeMs, entry, status, reason = unpack(ARGV)
local old = redis.call('HMGET', key, 'severity', 'resolvedAt', 'suppressedFor')
if not old[1] then return 0 end
if status ~= '' then
  if old[2] then return 0 end
  if status == 'suppressed' then
    if old[3] == reason then return 0 end
    redis.call('HSET', key, 'suppressedFor', reason)
  else
    if not old[3] then return 0 end
    redis.call('HDEL', key, 'suppressedFor')
  end
end
addEntry(key, entry)
touch(key, lives, id, at, lifeMs)
return 1
`);

/** Forgets an alert that was last touched by \`until\`, or, without it, one that is resolved. @returns 1 where it did */
export const FORGET: RedisScript = new RedisScript(`
local key, groupsOf, all, active, ends, resolved, lives, unrouted = unpack(KEYS)
local id, untilMs = unpack(ARGV)
if untilMs == '' then
  if not redis.call('ZSCORE', resolved, id) then return 0 end
else
  local touchedAt = redis.call('ZSCORE', lives, id)
  if touchedAt and tonumber(touchedAt) > tonumber(untilMs) then return 0 end
end
redis.call('DEL', key, groupsOf)
for _, index in ipairs({ all, active, ends, resolved, lives, unrouted }) do redis.call('ZREM', index, id) end
return 1
`);

/** @returns of each key, its fields and values, or the text of an error where it is no hash */
export const READ: RedisScript = new RedisScript(`
local found = {}
for i, key in ipairs(KEYS) do
  local fields = redis.pcall('HGETALL', key)
  found[i] = fields.err or fields
end
return found
`);

/** @returns of each alert's key, what its kind is read off: severity, source, resolvedAt, acknowledgedAt, suppressedFor */
export const STATES: RedisScript = new RedisScript(`
local found = {}
for i, key in ipairs(KEYS) do
  local fields = redis.pcall('HMGET', key, 'severity', 'source', 'resolvedAt', 'acknowledgedAt', 'suppressedFor')
  found[i] = fields.err or fields
end
return found
`);

/** @returns members of a sorted set by their ranks, the least first */
export const RANGE: RedisScript = new RedisScript(`return redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2])`);

/** @returns members and scores of a sorted set after a place in it, the greatest first */
export const PAGE: RedisScript = new RedisScript(`
local index, score, id, count = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local start = 0
if id ~= '' then
  local now = redis.call('ZSCORE', index, id)
  if now and tonumber(now) == tonumber(score) then
    start = redis.call('ZREVRANK', index, id) + 1
  else
    -- It was there, and is not any more.
    start = redis.call('ZCOUNT', index, '(' .. score, '+inf')
    local next = redis.call('ZREVRANGE', index, start, start, 'WITHSCORES')
    while next[1] and tonumber(next[2]) == tonumber(score) and next[1] > id do
      start = start + 1
      next = redis.call('ZREVRANGE', index, start, start, 'WITHSCORES')
    end
  end
end
return redis.call('ZREVRANGE', index, start, start + count - 1, 'WITHSCORES')
`);

/** @returns members and scores of a sorted set up to a score, the least first */
export const UNTIL: RedisScript = new RedisScript(`
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
`);

/** Moves members of a sorted set up to a score to a later one. @returns them */
export const CLAIM: RedisScript = new RedisScript(`
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], ARGV[2], id) end
return ids
`);

/** Removes a member of a sorted set that has this score. */
export const REMOVE: RedisScript = new RedisScript(`
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and tonumber(score) == tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
`);

/** Sets a field of a hash that takes so many. @returns 0 where it has no room */
export const PUT_FIELD: RedisScript = new RedisScript(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`);

/** @returns fields and values */
export const FIELDS: RedisScript = new RedisScript(`return redis.call('HGETALL', KEYS[1])`);

/** Removes a field of a hash that still has this value. @returns 1 where it did */
export const REMOVE_FIELD: RedisScript = new RedisScript(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
`);

/**
 * Claims to tell a channel of a group, where the log says still what the news was found by. By Redis' own clock: those
 * of the processes differ.
 */
export const CLAIM_NOTIFICATION: RedisScript = new RedisScript(`
local seen, by, forMs, lifeMs = unpack(ARGV)
local old = redis.call('HMGET', KEYS[1], 'at', 'claimedBy', 'claimedUntil')
if (old[1] or '') ~= seen then return 'told' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if old[2] and old[2] ~= by and tonumber(old[3]) > now then return 'busy' end
redis.call('HSET', KEYS[1], 'claimedBy', by, 'claimedUntil', now + tonumber(forMs))
redis.call('PEXPIRE', KEYS[1], lifeMs)
return 'claimed'
`);

/** @returns 1 where the claim was free, or the holder's own */
export const CLAIM_RIGHT: RedisScript = new RedisScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

export const UNCLAIM: RedisScript = new RedisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

/** Writes an entry of the notification log, unless there is a later one, and ends the claim to. */
export const RECORD: RedisScript = new RedisScript(`
redis.call('HDEL', KEYS[1], 'claimedBy', 'claimedUntil')
local at = redis.call('HGET', KEYS[1], 'at')
if at and tonumber(at) > tonumber(ARGV[1]) then return end
redis.call('HSET', KEYS[1], 'at', ARGV[1], 'entry', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
`);
