import type { Clock } from '../core/clock.js';
import type { Alert } from './alert.js';
import type { Channel } from './channels/channel.js';
import type { AlertStore, GroupState } from './stores/alert-store.js';

/** Ready values for {@link Farewells}. */
export interface FarewellsParts {
  readonly store: AlertStore;
  readonly channels: Readonly<Record<string, Channel>>;
  /** The channels that an alert's groups tell. */
  readonly channelsOf: (alert: Alert) => readonly string[];
  /** Tells a channel of an alert outside of its groups, under the group's key that it was told with. @returns false where that waits */
  readonly tell: (channel: string, alert: Alert, told: { readonly key: string; readonly groupKey: string; readonly seen: Date }) => Promise<boolean>;
  readonly clock: Clock;
}

/** The receiver under which the notification log keeps who is owed an end. */
export const FAREWELL = 'farewell';
/** An end is looked for this often, should nobody have said that it has come. */
const LOOK_MS = 60 * 60_000;
/** Who could not be told yet is looked at again after this. */
const RETRY_MS = 60_000;

/**
 * Owes the end of an alert to channels that were told that it fires, and are none of those its groups tell: the levels
 * of an escalation, and those of a route it had before it became worse. It stands in the store as a group of that one
 * alert, so that any process pays the debt.
 */
export class Farewells {
  readonly #parts: FarewellsParts;

  constructor(parts: FarewellsParts) {
    this.#parts = parts;
  }

  /**
   * A channel was told of an alert outside of its groups.
   * @param groupKey that of the notification: services know their incidents by it
   */
  async owe(alert: Alert, channel: string, groupKey: string): Promise<void> {
    const { store, channels, channelsOf, clock } = this.#parts;
    if (channels[channel]?.sendsResolved === false || channelsOf(alert).includes(channel)) return;
    const key = keyOf(groupKey, alert.id);
    const now = clock.now();
    await store.recordNotification(key, FAREWELL, channel, { at: new Date(now), firing: { [alert.id]: alert.severity }, resolved: [] });
    // It may be over by now.
    const isOver = (await store.get(alert.id))?.status === 'resolved';
    await store.joinGroup(key, alert.id, new Date(isOver ? now : now + LOOK_MS), isOver);
  }

  /** The channels that are owed the end of an alert, and the group's key that they know it by. */
  async owed(alert: Alert): Promise<readonly { readonly channel: string; readonly groupKey: string }[]> {
    const keys = (await this.#parts.store.groupsOf(alert.id)).filter(isFarewell);
    const all = await Promise.all(keys.map(key => this.#known(key, alert)));
    return all.flat().map(({ channel, groupKey }) => ({ channel, groupKey }));
  }

  /** Looks at a debt, as at a group that is due: pays it where the alert is over. @returns when it is due next */
  async look({ key, alertIds }: GroupState, leaseUntil: Date): Promise<Date> {
    const { store, clock, channelsOf, tell } = this.#parts;
    const [alert] = await store.getAll(alertIds);
    let dueAt = new Date(clock.now() + LOOK_MS);
    let isPaid = alert === undefined;
    if (alert?.status === 'resolved') {
      const usual = channelsOf(alert);
      const known = (await this.#known(key, alert)).filter(({ channel }) => !usual.includes(channel));
      const told = await Promise.all(known.map(({ channel, groupKey, seen }) => tell(channel, alert, { key, groupKey, seen })));
      isPaid = told.every(Boolean);
      if (!isPaid) dueAt = new Date(clock.now() + RETRY_MS);
    }
    const drop = isPaid ? alertIds.map(id => ({ id, ...(alert?.resolvedAt && { resolvedAt: alert.resolvedAt }) })) : [];
    await store.settleGroup(key, { dueAt, drop, leaseUntil });
    return dueAt;
  }

  async #known(key: string, { id }: Alert): Promise<{ channel: string; groupKey: string; seen: Date }[]> {
    const { store, channels } = this.#parts;
    const groupKey = groupKeyIn(key);
    const found = await Promise.all(
      Object.keys(channels).map(async channel => {
        const log = await store.notificationLog(key, FAREWELL, channel);
        return log !== undefined && Object.hasOwn(log.firing, id) ? [{ channel, groupKey, seen: log.at }] : [];
      }),
    );
    return found.flat();
  }
}

/** Whether a group is such a debt. Keys of other groups begin with the route's matchers, in braces. */
export function isFarewell(key: string): boolean {
  return key.startsWith(`["${FAREWELL}",`);
}

function keyOf(groupKey: string, alertId: string): string {
  return JSON.stringify([FAREWELL, groupKey, alertId]);
}

function groupKeyIn(key: string): string {
  return (JSON.parse(key) as [string, string, string])[1];
}
