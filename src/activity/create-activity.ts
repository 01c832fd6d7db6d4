import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError, NOT_SHOWN } from '../core/errors.js';
import { nextTurn } from '../core/next-turn.js';
import { aText, checkOptions, type OptionRule } from '../core/options.js';
import type { RedisConnection } from '../core/redis.js';
import type { Metrics } from '../metrics/metrics.js';
import { ActiveUsersGauge } from './active-users-gauge.js';
import { ActivityBuffer } from './activity-buffer.js';
import { ActivityCalendar } from './activity-calendar.js';
import type { ActivityOptions } from './options.js';
import { StoredIds } from './stored-ids.js';
import type { ActivityStore } from './stores/activity-store.js';
import { hashingActivityStore, LateActivityStore } from './stores/hashing-activity-store.js';
import { MemoryActivityStore } from './stores/memory-activity-store.js';
import { RedisActivityStore } from './stores/redis-activity-store.js';
import { UserActivity } from './user-activity.js';

/** Ready values for {@link createActivity}. */
export interface ActivitySettings {
  readonly options: ActivityOptions;
  readonly service: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Where processes share it; `undefined`: they don't. */
  readonly redis: RedisConnection | undefined;
}

const LEAST_KEY = 16;
/** `checkKey` looks at it, and shows nothing of it. */
const anything: OptionRule = { allowed: '', accepts: () => true };
const RULES: Readonly<Record<keyof ActivityOptions, OptionRule>> = {
  hashIds: anything,
  timeZone: aText,
  eventLimit: wholeNumber(10, 100_000),
  metadataLimit: wholeNumber(2, 65_536),
  bufferLimit: wholeNumber(1, 10_000_000),
  keyPrefix: aText,
};

/**
 * Makes the activity of users as the options have it.
 * @throws InvalidOptionError naming the option, what was given and what is allowed
 */
export function createActivity({ options, service, metrics, clock, diagnostics, redis }: ActivitySettings): UserActivity {
  checkOptions('activity', options, RULES);
  checkKey(options.hashIds);
  const { hashIds, timeZone = 'UTC', eventLimit = 10_000, metadataLimit = 1_024, bufferLimit = 10_000, keyPrefix } = options;
  const calendar = openCalendar(timeZone);
  const dropped = metrics.counter('activity_dropped_total');
  const ids = hashIds === undefined ? undefined : new StoredIds(hashIds);
  let store: ActivityStore;
  let buffer: ActivityBuffer | undefined;
  if (redis === undefined) {
    if (keyPrefix !== undefined) throw new InvalidOptionError('activity.keyPrefix', keyPrefix, 'none: without the option `redis` there are no keys');
    store = new MemoryActivityStore({ calendar, eventLimit });
    const later = (work: () => void): void => {
      void nextTurn().then(() => diagnostics.guard('activity', 'events could not be kept', work));
    };
    if (ids !== undefined) store = new LateActivityStore(hashingActivityStore(store, ids), later);
  } else {
    const prefix = keyPrefix ?? `sightline:activity:${service.replace(/[{}]/g, '_')}`;
    store = new RedisActivityStore({ redis, calendar, diagnostics, prefix, eventLimit });
    if (ids !== undefined) store = hashingActivityStore(store, ids);
    const made = new ActivityBuffer({ store, isReachable: () => isReachable(redis), clock, diagnostics, limit: bufferLimit, dropped });
    metrics.gauge('activity_backlog').observe({}, () => made.size);
    buffer = made;
  }
  const gauge = new ActiveUsersGauge({ gauge: metrics.gauge('active_users_total'), store, clock, diagnostics });
  if (redis !== undefined) gauge.keepFresh();
  return new UserActivity({
    store,
    buffer,
    gauge,
    clock,
    diagnostics,
    eventLimit,
    metadataLimit,
    actions: metrics.counter('user_actions_total'),
    dropped,
    cut: metrics.counter('activity_metadata_cut_total'),
  });
}

/** Whether a client can send now. What it keeps until it can may be lost, or come twice; what waits here does not. */
function isReachable({ client }: RedisConnection): boolean {
  const { status } = client as { status?: unknown };
  // A client that connects when it is first used waits for that.
  return typeof status !== 'string' || status === 'ready' || status === 'wait';
}

function openCalendar(timeZone: string): ActivityCalendar {
  try {
    return new ActivityCalendar(timeZone);
  } catch {
    throw new InvalidOptionError('activity.timeZone', timeZone, "the IANA name of a time zone, such as 'Asia/Shanghai'");
  }
}

function checkKey(hashIds: unknown): void {
  if (hashIds === undefined || (typeof hashIds === 'string' && hashIds.length >= LEAST_KEY)) return;
  throw new InvalidOptionError('activity.hashIds', NOT_SHOWN, `expected a secret text of at least ${LEAST_KEY} characters; what was given is not shown`);
}

function wholeNumber(least: number, most: number): OptionRule {
  return { allowed: `a whole number from ${least} to ${most}`, accepts: value => Number.isInteger(value) && (value as number) >= least && (value as number) <= most };
}
