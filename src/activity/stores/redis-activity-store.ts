import { systemClock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { rejectAfter } from '../../core/reject-after.js';
import type { RedisScript } from '../../core/redis-script.js';
import type { RedisConnection } from '../../core/redis.js';
import type { ActivityCalendar } from '../activity-calendar.js';
import type { ActiveWindow } from '../activity-event.js';
import { HOURS_KEPT, ONLINE_MS } from '../active-windows.js';
import type { ActivityStore, Sighting, StoredEvent, StoredHour } from './activity-store.js';
import { LIVES_MS, RedisActivityKeys } from './redis-activity-keys.js';
import { COUNT_ACTIVE, FORGET, HOURS, ONLINE, RECENT, RECORD } from './redis-activity-scripts.js';

/** Ready values for {@link RedisActivityStore}. */
export interface RedisActivityStoreParts {
  readonly redis: Pick<RedisConnection, 'client' | 'opened'>;
  readonly calendar: ActivityCalendar;
  readonly diagnostics: Diagnostics;
  /** What all keys begin with. */
  readonly prefix: string;
  /** Events that are kept. */
  readonly eventLimit: number;
  /** Users that are kept as online; beyond, the longest unseen leave early. Default: 1,000,000. */
  readonly onlineLimit?: number;
}

const MOST_ONLINE = 1_000_000;
/** Who asks must not wait for ever on a client of the app's, which may have no limit. */
const ANSWER_MS = 5_000;
/** A client of the app's may keep for ever what is asked of a server that is silent: more must not pile up there. */
const MOST_UNANSWERED = 100;

/** What the sightings of a quarter of a minute add up to. */
interface Group {
  readonly at: number;
  readonly users: Set<string>;
  readonly actions: Map<string, number>;
}

/**
 * The activity of users in Redis, shared by all processes. However many sightings there are, one script writes them: one
 * round trip, in which all of them are written or none is.
 */
export class RedisActivityStore implements ActivityStore {
  readonly #parts: RedisActivityStoreParts;
  readonly #keys: RedisActivityKeys;
  #unanswered = 0;

  /** @throws InvalidOptionError for a prefix with a hash tag of its own */
  constructor(parts: RedisActivityStoreParts) {
    this.#parts = parts;
    this.#keys = new RedisActivityKeys(parts.prefix, parts.calendar);
  }

  /** @param sightings so few that their users are arguments of one command: 2,000 at most */
  async record(sightings: readonly Sighting[]): Promise<void> {
    const { redis, eventLimit, onlineLimit = MOST_ONLINE } = this.#parts;
    const lastSeen = new Map<string, number>();
    const groups = new Map<number, Group>();
    const events: (string | number)[] = [];
    let latest = 0;
    for (const { userId, at, event } of sightings) {
      latest = Math.max(latest, at);
      lastSeen.set(userId, Math.max(at, lastSeen.get(userId) ?? 0));
      const group = this.#groupOf(at, groups);
      group.users.add(userId);
      if (event === undefined) continue;
      group.actions.set(event.action, (group.actions.get(event.action) ?? 0) + 1);
      events.push(userId, event.action, at, event.metadata);
    }
    if (latest === 0) return;
    const keys = [this.#keys.events, this.#keys.online];
    // Twice as long as anyone asks for, because the clocks of processes differ.
    const rest: (string | number)[] = [eventLimit, onlineLimit, latest - 2 * ONLINE_MS, 2 * ONLINE_MS, ...LIVES_MS, lastSeen.size];
    for (const [userId, at] of lastSeen) rest.push(at, userId);
    for (const { at, users, actions } of groups.values()) {
      keys.push(...this.#keys.at(at));
      rest.push(users.size, ...users, actions.size);
      for (const [action, times] of actions) rest.push(action, times);
    }
    for (const value of events) rest.push(value);
    await redis.opened;
    await RECORD.run(redis.client, keys, ...rest);
  }

  async recent(count: number): Promise<readonly StoredEvent[]> {
    const entries = asList(await this.#ask(RECENT, [this.#keys.events], count));
    return entries.flatMap(entry => {
      const event = readEvent(asList(entry));
      if (event === undefined) this.#parts.diagnostics.fault('activity-store', `an event in Redis can't be read and is left out: ${this.#keys.events}`);
      return event ?? [];
    });
  }

  async hours(now: number): Promise<readonly StoredHour[]> {
    const hours = this.#parts.calendar.hoursBefore(now, HOURS_KEPT);
    const counted = asList(await this.#ask(HOURS, hours.map(({ start }) => this.#keys.hour(start))));
    return hours.flatMap(({ start }, i) => {
      const actions = new Map<string, number>();
      for (const [action, times] of pairs(asList(counted[i]))) actions.set(action, Number(times));
      return actions.size === 0 ? [] : [{ start, actions }];
    });
  }

  async online(now: number, limit: number): Promise<{ readonly count: number; readonly users: readonly { readonly userId: string; readonly at: number }[] }> {
    const [count, users] = asList(await this.#ask(ONLINE, [this.#keys.online], now - ONLINE_MS, limit));
    return { count: Number(count), users: pairs(asList(users)).map(([userId, at]) => ({ userId, at: Number(at) })) };
  }

  countActive(windows: readonly ActiveWindow[], now: number): Promise<readonly number[]> {
    // One after the other: joining the sketches of one takes Redis a millisecond or two, in which it does nothing else.
    return Promise.all(windows.map(async window => Number(await this.#ask(COUNT_ACTIVE, this.#keys.sketches(window, now)))));
  }

  async forget(userId: string): Promise<void> {
    let from = '-';
    for (;;) {
      const next = await this.#ask(FORGET, [this.#keys.events, this.#keys.online], userId, from);
      if (typeof next !== 'string') return;
      from = next;
    }
  }

  #groupOf(at: number, groups: Map<number, Group>): Group {
    const number = this.#keys.groupOf(at);
    const known = groups.get(number);
    if (known !== undefined) return known;
    const group = { at, users: new Set<string>(), actions: new Map<string, number>() };
    groups.set(number, group);
    return group;
  }

  #ask(script: RedisScript, keys: readonly string[], ...rest: readonly (string | number)[]): Promise<unknown> {
    const { client, opened } = this.#parts.redis;
    if (this.#unanswered >= MOST_UNANSWERED) return Promise.reject(new Error('Redis does not answer'));
    this.#unanswered++;
    const asking = opened
      .then(() => script.run(client, keys, ...rest))
      .finally(() => {
        this.#unanswered--;
      });
    // How long a network takes has nothing to do with the clock that events go by.
    return rejectAfter(asking, ANSWER_MS, 'an answer of Redis', systemClock);
  }
}

function asList(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

function pairs(list: readonly unknown[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < list.length; i += 2) found.push([String(list[i]), String(list[i + 1])]);
  return found;
}

function readEvent(fields: readonly unknown[]): StoredEvent | undefined {
  const { user, action, at, metadata } = Object.fromEntries(pairs(fields)) as Partial<Record<string, string>>;
  if (user === undefined || action === undefined || metadata === undefined || !(Math.abs(Number(at)) <= 8.64e15)) return undefined;
  return { userId: user, action, at: Number(at), metadata };
}
