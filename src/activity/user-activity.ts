import type { Clock } from '../core/clock.js';
import { describe, InvalidOptionError } from '../core/errors.js';
import type { Diagnostics } from '../core/diagnostics.js';
import type { Counter } from '../metrics/counter.js';
import type { ActiveWindow, ActivityEvent, ActivityStats, OnlineUsers } from './activity-event.js';
import { ACTIVE_WINDOWS } from './active-windows.js';
import type { ActiveUsersGauge } from './active-users-gauge.js';
import type { ActivityBuffer } from './activity-buffer.js';
import { keptMetadata, type MetadataFault } from './kept-metadata.js';
import { idText, type UserId } from './stored-ids.js';
import type { ActivityStore, Sighting, StoredEvent } from './stores/activity-store.js';

/** Ready values for {@link UserActivity}. */
export interface UserActivityParts {
  readonly store: ActivityStore;
  /** Stands before a store that is far away. */
  readonly buffer: ActivityBuffer | undefined;
  readonly gauge: ActiveUsersGauge;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly eventLimit: number;
  readonly metadataLimit: number;
  /** Counts the actions tracked. */
  readonly actions: Counter;
  /** Counts what is not kept, by `reason`. */
  readonly dropped: Counter;
  /** Counts metadata that was not kept as it was, by `reason`. */
  readonly cut: Counter;
}

const LONGEST_ACTION = 100;

/**
 * What users do, and who of them is there: the events of late, counters by hour, who is online, and how many were active.
 * In memory, or with the option `redis` of all processes together.
 *
 * `track` and `touch` return at once, whatever Redis does, and never throw; the questions are answered by promises, which
 * reject where Redis can't be asked.
 */
export class UserActivity {
  readonly #parts: UserActivityParts;
  #isClosed = false;

  /** Use `createMonitor`. @internal */
  constructor(parts: UserActivityParts) {
    this.#parts = parts;
  }

  /**
   * A user did something. It is online and active from now on, too.
   *
   * @param userId at most 256 characters
   * @param action what it did: one of a few names, of at most 100 characters. Never made of what users send: each is a label
   * @param metadata what else there is to say of it, as JSON can: see `activity.metadataLimit`. What JSON can't say is left out, and told in the log
   * @example monitor.activity.track('user-7', 'exercise.submit', { kind: 'cloze', score: 87 });
   */
  track(userId: UserId, action: string, metadata?: Readonly<Record<string, unknown>>): void {
    try {
      const { actions, clock } = this.#parts;
      const id = this.#idOf(userId);
      if (id === undefined) return;
      if (!isAction(action)) {
        this.#refuse(`the action of an event must be a text of 1 to ${LONGEST_ACTION} characters; it is ${describe(action)}`);
        return;
      }
      const json = metadata === undefined ? '{}' : this.#keep(action, metadata);
      actions.add(actions.slot(action));
      this.#record({ userId: id, at: clock.now(), event: { action, metadata: json } });
    } catch (error) {
      this.#parts.diagnostics.fault('activity', 'an event could not be tracked', error);
    }
  }

  /**
   * A user is there: online, and active, without an event. `trackUsers` of `sightline/express` and `sightline/koa` does it
   * for each request.
   */
  touch(userId: UserId): void {
    try {
      const id = this.#idOf(userId);
      if (id !== undefined) this.#record({ userId: id, at: this.#parts.clock.now(), event: undefined });
    } catch (error) {
      this.#parts.diagnostics.fault('activity', 'a user could not be noted as online', error);
    }
  }

  /**
   * Users seen in the last five minutes.
   * @param limit of who is named, 0 to 10,000; all are counted. Default: 100
   * @throws InvalidOptionError for another limit
   */
  async onlineUsers({ limit = 100 }: { readonly limit?: number } = {}): Promise<OnlineUsers> {
    checkCount('limit', limit, 0, 10_000);
    const { count, users } = await this.#parts.store.online(this.#parts.clock.now(), limit);
    return { count, users: users.map(({ userId, at }) => ({ userId, lastSeen: new Date(at) })) };
  }

  /**
   * The last events, the newest first.
   * @param count 1 to as many as are kept (10,000). Default: 100
   * @throws InvalidOptionError for another count
   */
  async recent(count = 100): Promise<ActivityEvent[]> {
    checkCount('count', count, 1, this.#parts.eventLimit);
    return (await this.#parts.store.recent(count)).map(readEvent);
  }

  /**
   * How many users were seen in a window, by a HyperLogLog: an estimate, within about 1.5 %. With Redis, `5m` may reach
   * back 15 seconds further than it says, `1h` two minutes, `24h` half an hour.
   *
   * @throws InvalidOptionError for a window that is none
   * @example const monthly = await monitor.activity.activeUsers('30d');
   */
  async activeUsers(window: ActiveWindow): Promise<number> {
    if (!ACTIVE_WINDOWS.includes(window)) throw new InvalidOptionError('window', window, `one of ${ACTIVE_WINDOWS.join(', ')}`);
    const [count] = await this.#parts.store.countActive([window], this.#parts.clock.now());
    return count as number;
  }

  /** Actions by hour, and how many users there are: what a page that shows the present needs. */
  async stats(): Promise<ActivityStats> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const [online, active, hours] = await Promise.all([store.online(now, 0), store.countActive(ACTIVE_WINDOWS, now), store.hours(now)]);
    return {
      onlineUsers: online.count,
      activeUsers: Object.fromEntries(ACTIVE_WINDOWS.map((window, i) => [window, active[i] as number])) as Record<ActiveWindow, number>,
      hours: hours.map(({ start, actions }) => ({ start: new Date(start), actions: withoutPrototype(actions) })),
    };
  }

  /**
   * Removes what names a user: its events, and when it was last seen. The counters and the estimates hold no ids, and stay
   * as they are. What it does from now on is tracked again; what another process is just about to write is not removed.
   *
   * @throws what Redis rejects with: then the user may not be forgotten
   * @throws InvalidOptionError for what is no id
   */
  async forget(userId: UserId): Promise<void> {
    const id = idText(userId);
    if (id === undefined) throw new InvalidOptionError('userId', userId, 'the id of a user, of 1 to 256 characters');
    await this.#parts.buffer?.withdraw(id);
    await this.#parts.store.forget(id);
  }

  /** Resolves when what was tracked is written, or lost. With a Redis that is away it waits: don't await it in a request. */
  async flush(): Promise<void> {
    await this.#parts.buffer?.settled();
  }

  /** Writes what waits, for two seconds at most, and ends the metrics. @internal */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts.gauge.close();
    await this.#parts.buffer?.close();
  }

  #idOf(userId: unknown): string | undefined {
    const id = idText(userId);
    // Not shown: it names a user, or is a token in an id's place.
    if (id === undefined) this.#refuse(`the id of a user must be a text of 1 to 256 characters or a number; it is ${kindOf(userId)}`);
    return id;
  }

  #record(sighting: Sighting): void {
    const { store, buffer, dropped } = this.#parts;
    if (this.#isClosed) dropped.add(dropped.slot('closed'));
    else if (buffer !== undefined) buffer.add(sighting);
    else void store.record([sighting]);
  }

  #keep(action: string, metadata: unknown): string {
    const { metadataLimit, cut, diagnostics } = this.#parts;
    const { json, fault } = keptMetadata(metadata, metadataLimit);
    if (fault !== undefined) {
      cut.add(cut.slot(fault.kind));
      const where = fault.at === '' ? '' : ` at \`${fault.at}\``;
      diagnostics.notice('activity-metadata', `the metadata of an event \`${action}\` is not kept as it is: ${WHY[fault.kind](metadataLimit)}${where}`);
    }
    return json;
  }

  #refuse(why: string): void {
    const { dropped, diagnostics } = this.#parts;
    dropped.add(dropped.slot('invalid'));
    diagnostics.notice('activity-input', `${why}. It is not tracked`);
  }
}

const WHY: Readonly<Record<MetadataFault, (limit: number) => string>> = {
  too_large: limit => `it is longer than ${limit} characters of JSON (\`activity.metadataLimit\`), has more than 1,000 members or a name of more than 100 characters, and was cut`,
  too_deep: () => 'what is deeper than 8 levels was left out',
  cycle: () => 'an object that holds itself was left out',
  big_number: () => 'a BigInt is kept as a text, or left out beyond 256 bits',
  no_json: () => 'JSON has no such value; it was left out',
  unreadable: () => 'a member could not be read, and was left out',
  unsafe_key: () => 'a member of a name that changes prototypes was left out',
  no_object: () => 'it must be an object, and was left out',
};

function isAction(action: unknown): action is string {
  return typeof action === 'string' && action !== '' && action.length <= LONGEST_ACTION;
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : `a text of ${value.length} characters`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}

function checkCount(name: string, count: unknown, least: number, most: number): void {
  if (Number.isInteger(count) && (count as number) >= least && (count as number) <= most) return;
  throw new InvalidOptionError(name, count, `a whole number from ${least} to ${most}`);
}

function readEvent({ userId, action, at, metadata }: StoredEvent): ActivityEvent {
  return { userId, action, at: new Date(at), metadata: readMetadata(metadata) };
}

/** What is in Redis may have been written by anything. */
function readMetadata(json: string): Readonly<Record<string, unknown>> {
  try {
    const metadata: unknown = JSON.parse(json);
    return typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? (metadata as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** An action may be named `__proto__`. */
function withoutPrototype(actions: ReadonlyMap<string, number>): Record<string, number> {
  const record = Object.create(null) as Record<string, number>;
  for (const [action, count] of actions) record[action] = count;
  return record;
}
