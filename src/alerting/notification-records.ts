import type { Clock } from '../core/clock.js';
import { routingLabels, type Alert } from './alert.js';
import { groupKey, type Route } from './routing/route.js';
import type { RouteTree } from './routing/route-tree.js';
import { isWorse, type AlertSeverity } from './severity.js';
import type { AlertStore, NotificationLogEntry } from './stores/alert-store.js';

/** Ready values for {@link NotificationRecords}. */
export interface NotificationRecordsParts {
  readonly store: AlertStore;
  readonly routes: RouteTree;
  /** Channels by receiver. */
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  /** This process, where others share the store. */
  readonly claimedBy: string | undefined;
  readonly claimMs: number;
  readonly clock: Clock;
}

/** Writes into the notification log what could not be written in time, or was told past it, beside what others write there. */
export class NotificationRecords {
  readonly #parts: NotificationRecordsParts;

  constructor(parts: NotificationRecordsParts) {
    this.#parts = parts;
  }

  /**
   * Has the log say that channels know of an alert, which were told of it directly.
   * @param severity as which they were
   * @param channels and since when they know
   * @throws where somebody is telling one of them of the alert's group: what comes of that must not be overwritten
   */
  async logAsTold(alert: Alert, severity: AlertSeverity, route: Route, channels: ReadonlyMap<string, number>): Promise<void> {
    const { store, receivers, claimedBy, claimMs } = this.#parts;
    const key = groupKey(route, routingLabels(alert));
    for (const channel of receivers[route.receiver] ?? []) {
      const since = channels.get(channel);
      if (since === undefined) continue;
      const last = await store.notificationLog(key, route.receiver, channel);
      const before = last !== undefined && Object.hasOwn(last.firing, alert.id) ? last.firing[alert.id] : undefined;
      if (before !== undefined && !isWorse(severity, before)) continue;
      // What they heard last is that it is over.
      if (last?.resolved.includes(alert.id) && last.at.getTime() >= since) continue;
      // This process may be telling it, too.
      const claim = { by: `${claimedBy} direct`, forMs: claimMs };
      if (claimedBy !== undefined && (await store.claimNotification(key, route.receiver, channel, last?.at, claim)) !== 'claimed') {
        throw new Error('the channel is being told of the group');
      }
      const resolved = (last?.resolved ?? []).filter(id => id !== alert.id);
      await store.recordNotification(key, route.receiver, channel, { at: this.after(last), firing: { ...last?.firing, [alert.id]: severity }, resolved });
    }
  }

  /** A channel was told of an alert directly: its groups must know. */
  async logEverywhere(alert: Alert, channel: string, at: number): Promise<void> {
    const labels = routingLabels(alert);
    for (const route of this.#parts.routes.match(labels)) {
      await this.logAsTold(alert, alert.severity, route, new Map([[channel, at]]));
      await this.#lookAgain(groupKey(route, labels), [alert.id]);
    }
  }

  /** Writes an entry that could not be written in time, with what others have told since. */
  async recordLate(entry: NotificationLogEntry, ...place: readonly [groupKey: string, receiver: string, channel: string]): Promise<void> {
    const { store } = this.#parts;
    const last = await store.notificationLog(...place);
    if (last === undefined || last.at <= entry.at) {
      await store.recordNotification(...place, entry);
    } else {
      const unknown = Object.entries(entry.firing).filter(([id]) => !last.resolved.includes(id) && !Object.hasOwn(last.firing, id));
      await store.recordNotification(...place, { ...last, at: this.after(last), firing: { ...last.firing, ...Object.fromEntries(unknown) } });
    }
    await this.#lookAgain(place[0], Object.keys(entry.firing));
  }

  /** Alerts that are over by now may have left the group, because nobody seemed to know of them. */
  async #lookAgain(key: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#parts.store.joinGroup(key, id, new Date(this.#parts.clock.now()), true);
  }

  /** Now, or by a clock that is behind: the log takes nothing earlier than it has, and what is as late seems the same. */
  after(last: NotificationLogEntry | undefined): Date {
    return new Date(Math.max(this.#parts.clock.now(), (last?.at.getTime() ?? -Infinity) + 1));
  }
}
