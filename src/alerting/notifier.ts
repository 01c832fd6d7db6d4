import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { isActive, routingLabels, type Alert, type HistoryEntry, type Labels } from './alert.js';
import type { AlertMetrics } from './alert-metrics.js';
import type { Deliverer } from './delivery/deliverer.js';
import { worstFirst } from './delivery/digest.js';
import { FAREWELL } from './farewells.js';
import type { AlertLinks, Notification, NotificationReason } from './notification.js';
import { logEntryOf, notificationReason, toldOf } from './notification-reason.js';
import type { NotificationRecords } from './notification-records.js';
import type { Outbox } from './outbox.js';
import type { Judged, Pipeline } from './pipeline.js';
import type { MaintenanceWindow } from './routing/maintenance-window.js';
import { groupKey, groupLabels, type Route } from './routing/route.js';
import type { RouteTree } from './routing/route-tree.js';
import type { AlertStore, GroupState, NotificationLogEntry, Silence } from './stores/alert-store.js';

/** Ready values for {@link Notifier}. */
export interface NotifierParts {
  readonly store: AlertStore;
  readonly routes: RouteTree;
  readonly pipeline: Pipeline;
  readonly deliverer: Deliverer;
  readonly outbox: Outbox;
  readonly records: NotificationRecords;
  /** This process, where others share the store: who tells a channel must have claimed to. */
  readonly claimedBy: string | undefined;
  /** Who has claimed to tell a channel has done so by then, or has died: longer than an attempt takes. */
  readonly claimMs: number;
  /** Channels by receiver. */
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  readonly linksOf: (alert: Alert) => AlertLinks;
  readonly externalUrl: string | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
}

/** What became of an alert that was told directly. */
export interface ToldDirectly {
  /** Channels that know of it, and since when. */
  readonly to: Map<string, number>;
  /** The store has it now, and what waits to be told is its group's to tell. */
  isKept: boolean;
}

/** Alerts that one notification shows. */
const SHOWN = 100;
/** Somebody else is telling a channel: by then it is known what came of it. */
const OVERTAKEN_MS = 1_000;

/** What stands around an alert when it is judged. */
export interface Surroundings {
  readonly now: Date;
  /** All alerts that are not resolved, read when they are asked for. */
  readonly active: () => Promise<readonly Alert[]>;
  readonly silences: readonly Silence[];
  readonly windows: readonly MaintenanceWindow[];
}

/** Decides what is told of alerts, tells it, and writes down what came of it. */
export class Notifier {
  readonly #parts: NotifierParts;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  /** The channels that an alert goes to. */
  channelsOf(alert: Alert): readonly string[] {
    const { routes, receivers } = this.#parts;
    return [...new Set(routes.match(routingLabels(alert)).flatMap(({ receiver }) => receivers[receiver] ?? []))];
  }

  /** Tells of an alert that no store knows, past groups and pipeline. */
  async tellDirectly(alert: Alert, told: ToldDirectly): Promise<void> {
    const { outbox } = this.#parts;
    const onEnd = (channel: string) => (end: 'delivered' | 'failed' | 'left'): void => {
      if (end !== 'delivered') return;
      const at = this.#parts.clock.now();
      told.to.set(channel, at);
      // The attempt was under way when the store got it.
      if (told.isKept) outbox.write(`told ${JSON.stringify([alert.id, channel])}`, 'record', 'a notification could not be recorded', () => this.#parts.records.logEverywhere(alert, channel, at));
    };
    const claim = (): Promise<boolean> => Promise.resolve(!told.isKept);
    await Promise.all(this.channelsOf(alert).map(channel => this.#sendOne(channel, this.#notificationOfOne(alert, 'first', 'direct', this.keyFor(channel, alert)), alert, onEnd(channel), claim)));
  }

  /** Notifies channels of one alert, outside of its group: an acknowledgement, or an automated response. */
  async notify(channels: readonly string[], alert: Alert, reason: NotificationReason, receiver: string): Promise<void> {
    await Promise.all(channels.map(channel => this.#sendOne(channel, this.#notificationOfOne(alert, reason, receiver, this.keyFor(channel, alert)), alert)));
  }

  /** Notifies a channel of one alert under a group's key that it knows it by. */
  async notifyUnder(groupKey: string, channel: string, alert: Alert, reason: NotificationReason): Promise<void> {
    await this.#sendOne(channel, this.#notificationOfOne(alert, reason, reason, groupKey), alert);
  }

  /**
   * Notifies a channel of one alert. Resolves at the end, however often it has to be tried: when it is delivered, given up,
   * or left because the process ends.
   */
  deliver(channel: string, alert: Alert, reason: NotificationReason, receiver: string): Promise<'delivered' | 'failed' | 'left'> {
    return new Promise((resolve, reject) => {
      this.#sendOne(channel, this.#notificationOfOne(alert, reason, receiver, this.keyFor(channel, alert)), alert, resolve).catch(reject);
    });
  }

  /** The group's key in a notification of one alert: that of its group for who is told of that, else one of its own. */
  keyFor(channel: string, alert: Alert): string {
    const labels = routingLabels(alert);
    const route = this.#parts.routes.match(labels).find(({ receiver }) => this.#parts.receivers[receiver]?.includes(channel));
    return route === undefined ? `alert ${alert.id}` : groupKey(route, labels);
  }

  /** Tells a channel that an alert is over which it was told of outside of its groups. @returns false where that waits */
  async tellEnd(channel: string, alert: Alert, told: { readonly key: string; readonly groupKey: string; readonly seen: Date }): Promise<boolean> {
    const { store, deliverer, outbox, claimedBy } = this.#parts;
    const { key, seen } = told;
    const outcome = await deliverer.send(channel, {
      key: `${key} ${channel}`,
      notification: this.#notificationOfOne(alert, 'resolved', FAREWELL, told.groupKey),
      ...(claimedBy !== undefined && { claim: () => this.#claim(key, FAREWELL, channel, seen, claimedBy) }),
      onDelivered: detail => {
        const entry: NotificationLogEntry = { at: this.#parts.records.after({ at: seen, firing: {}, resolved: [] }), firing: {}, resolved: [alert.id] };
        outbox.write(`log ${JSON.stringify([key, FAREWELL, channel])}`, 'record', 'a notification could not be recorded', () => store.recordNotification(key, FAREWELL, channel, entry));
        this.#noteAll([alert], { event: 'notified', reason: `resolved: ${detail}`, channel });
      },
      onFailed: why => {
        this.#noteAll([alert], { event: 'failed', reason: why, channel });
      },
      onLeft: () => {
        this.#background(store.hastenGroup(key, this.#now()), 'a group could not be left to the next process');
      },
    });
    return outcome !== 'held';
  }

  /** The alerts that may be notified, and when the first of the others may be. */
  async judge(alerts: readonly Alert[], route: Route, surroundings: Surroundings): Promise<{ passing: readonly Alert[]; wakeAt: number }> {
    const { pipeline, store, metrics } = this.#parts;
    const passing: Alert[] = [];
    let wakeAt = Infinity;
    const active = alerts.some(alert => pipeline.looksAtActive(alert)) ? await surroundings.active() : [];
    for (const alert of alerts) {
      const judgement = pipeline.judge(judgedOf(alert, route, { ...surroundings, active }));
      if (judgement === undefined || judgement.verdict.passes) {
        if (alert.status === 'suppressed') await store.note(alert.id, this.#entry({ event: 'released', reason: 'nothing keeps it back any more' }), 'firing');
        passing.push(alert.status === 'suppressed' ? { ...alert, status: 'firing' } : alert);
        continue;
      }
      const { stage, verdict } = judgement;
      if (alert.status === 'resolved') continue;
      wakeAt = Math.min(wakeAt, verdict.until?.getTime() ?? Infinity);
      if (!this.#speaksFor(alert, route, { ...surroundings, active })) continue;
      const isNews = await store.note(alert.id, this.#entry({ event: 'suppressed', reason: `${stage}: ${verdict.reason}` }), 'suppressed');
      if (isNews) metrics.suppressed(stage);
    }
    return { passing: passing.sort(worstFirst), wakeAt };
  }

  /**
   * Whether a route's reason to keep an alert back is written on it. Of several routes the first one's is, and none while
   * another lets it pass: routes with different times would take turns to write theirs, for ever.
   */
  #speaksFor(alert: Alert, route: Route, surroundings: Pick<Judged, 'now' | 'active' | 'silences' | 'windows'>): boolean {
    const routes = this.#parts.routes.match(routingLabels(alert));
    if (routes.length === 1) return true;
    return routes[0]?.key === route.key && routes.every(other => this.#parts.pipeline.judge(judgedOf(alert, other, surroundings)) !== undefined);
  }

  /**
   * Tells a channel of a group, where there is news.
   * @returns whether all there is to say was delivered
   */
  async tellGroup(
    channel: string,
    { group, route, shared, alerts, now }: { group: GroupState; route: Route; shared: Labels; alerts: readonly Alert[]; now: Date },
  ): Promise<boolean> {
    const { store, deliverer, outbox, claimedBy } = this.#parts;
    const last = await store.notificationLog(group.key, route.receiver, channel);
    const sendsResolved = deliverer.channel(channel)?.sendsResolved ?? true;
    const reason = notificationReason(alerts, last, route.repeatIntervalMs, now, sendsResolved);
    // What still waits to be delivered has been overtaken; what is under way may yet be delivered, and taken back then.
    if (reason === undefined) return deliverer.withdraw(group.key, channel);
    const told = toldOf(alerts, last);
    const entry = (): NotificationLogEntry => logEntryOf(told, this.#parts.records.after(last));
    if (reason === 'resolved' && !sendsResolved) {
      if (!deliverer.withdraw(group.key, channel)) return false;
      // Another process may be delivering what fired.
      if (claimedBy !== undefined && !(await this.#claim(group.key, route.receiver, channel, last?.at, claimedBy))) return false;
      // Else it would be no news that they fire again.
      await store.recordNotification(group.key, route.receiver, channel, entry());
      return true;
    }
    const shown = sendsResolved ? told : told.filter(isActive);
    const notification = this.#notificationOf({ alerts: shown, reason, receiver: route.receiver, groupKey: group.key, groupLabels: shared });
    const outcome = await deliverer.send(channel, {
      key: group.key,
      notification,
      onDelivered: detail => {
        const delivered = entry();
        let isLate = false;
        outbox.write(`log ${JSON.stringify([group.key, route.receiver, channel])}`, 'record', 'a notification could not be recorded', async () => {
          if (isLate) return this.#parts.records.recordLate(delivered, group.key, route.receiver, channel);
          isLate = true;
          return store.recordNotification(group.key, route.receiver, channel, delivered);
        });
        this.#noteAll(notification.alerts, { event: 'notified', reason: `${reason}: ${detail}`, channel });
      },
      onFailed: why => {
        this.#noteAll(notification.alerts, { event: 'failed', reason: why, channel });
      },
      ...(claimedBy !== undefined && {
        claim: () => this.#claim(group.key, route.receiver, channel, last?.at, claimedBy),
        // By the log as it is now there may be news still.
        onOvertaken: () => {
          const soon = new Date(this.#parts.clock.now() + OVERTAKEN_MS);
          this.#background(store.hastenGroup(group.key, soon), 'a group could not be looked at again');
        },
      }),
      // Whoever starts next need not wait for the group's next turn.
      onLeft: () => {
        this.#background(store.hastenGroup(group.key, this.#now()), 'a group could not be left to the next process');
      },
    });
    return outcome !== 'held';
  }

  #notificationOfOne(alert: Alert, reason: NotificationReason, receiver: string, key: string): Notification {
    const labels = routingLabels(alert);
    const route = this.#parts.routes.match(labels).find(each => groupKey(each, labels) === key);
    return this.#notificationOf({ alerts: [alert], reason, receiver, groupKey: key, groupLabels: route === undefined ? {} : groupLabels(route, labels) });
  }

  async #sendOne(
    channel: string,
    notification: Notification,
    alert: Alert,
    onEnd: (end: 'delivered' | 'failed' | 'left') => void = () => {},
    claim?: () => Promise<boolean>,
  ): Promise<void> {
    const { reason, receiver } = notification;
    await this.#parts.deliverer.send(channel, {
      key: `${reason} ${alert.id} ${receiver}`,
      notification,
      ...(claim && { claim }),
      onDelivered: detail => {
        this.#noteAll([alert], { event: 'notified', reason: `${reason}: ${detail}`, channel });
        onEnd('delivered');
      },
      onFailed: why => {
        this.#noteAll([alert], { event: 'failed', reason: why, channel });
        onEnd('failed');
      },
      onLeft: () => {
        onEnd('left');
      },
    });
  }

  /** @returns whether this process is to tell the channel */
  async #claim(groupKey: string, receiver: string, channel: string, seen: Date | undefined, by: string): Promise<boolean> {
    const { store, diagnostics, claimMs } = this.#parts;
    try {
      return (await store.claimNotification(groupKey, receiver, channel, seen, { by, forMs: claimMs })) === 'claimed';
    } catch (error) {
      // Better told twice than not at all.
      diagnostics.fault('alerts', 'the processes could not agree on who notifies, so this one does', error);
      return true;
    }
  }

  #notificationOf(facts: Pick<Notification, 'alerts' | 'reason' | 'receiver' | 'groupKey' | 'groupLabels'>): Notification {
    const { linksOf, externalUrl } = this.#parts;
    const { alerts, reason, groupKey, receiver } = facts;
    const at = this.#now();
    const shown = alerts.slice(0, SHOWN);
    return {
      ...facts,
      id: createHash('sha256').update([groupKey, receiver, reason, at.getTime(), ...shown.map(alert => alert.id)].join('\n')).digest('hex').slice(0, 32),
      status: alerts.some(({ status }) => status !== 'resolved') ? 'firing' : 'resolved',
      at,
      commonLabels: common(alerts.map(routingLabels)),
      commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
      alerts: shown,
      truncatedAlerts: alerts.length - shown.length,
      links: Object.fromEntries(shown.map(alert => [alert.id, linksOf(alert)])),
      externalUrl,
    };
  }

  #noteAll(alerts: readonly Alert[], entry: Omit<HistoryEntry, 'at'>): void {
    for (const { id } of alerts) this.#background(this.#parts.store.note(id, this.#entry(entry)), 'the history of an alert could not be written');
  }

  #entry(entry: Omit<HistoryEntry, 'at'>): HistoryEntry {
    return { at: this.#now(), ...entry };
  }

  #background(work: Promise<unknown>, what: string): void {
    work.catch((error: unknown) => {
      this.#parts.diagnostics.fault('alerts', what, error);
    });
  }

  #now(): Date {
    return new Date(this.#parts.clock.now());
  }
}

export function judgedOf(alert: Alert, { muteTimes, activeTimes }: Route, surroundings: Pick<Judged, 'now' | 'active' | 'silences' | 'windows'>): Judged {
  const { now, active, silences, windows } = surroundings;
  return { alert, labels: routingLabels(alert), muteTimes, activeTimes, now, active, silences, windows };
}

/** What all of them have, with the same value. */
function common(all: readonly Labels[]): Labels {
  const [first, ...others] = all;
  return Object.fromEntries(Object.entries(first ?? {}).filter(([name, value]) => others.every(each => each[name] === value)));
}
