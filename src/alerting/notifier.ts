import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { routingLabels, type Alert, type HistoryEntry, type Labels } from './alert.js';
import type { AlertMetrics } from './alert-metrics.js';
import type { Deliverer } from './delivery/deliverer.js';
import { worstFirst } from './delivery/digest.js';
import type { AlertLinks, Notification, NotificationReason } from './notification.js';
import { logEntryOf, notificationReason, toldOf } from './notification-reason.js';
import type { Judged, Pipeline } from './pipeline.js';
import { groupKey, groupLabels, type Route } from './routing/route.js';
import type { RouteTree } from './routing/route-tree.js';
import type { AlertStore, GroupState, Silence } from './stores/alert-store.js';

/** Ready values for {@link Notifier}. */
export interface NotifierParts {
  readonly store: AlertStore;
  readonly routes: RouteTree;
  readonly pipeline: Pipeline;
  readonly deliverer: Deliverer;
  /** Channels by receiver. */
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  readonly linksOf: (alert: Alert) => AlertLinks;
  readonly externalUrl: string | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
}

/** Alerts that one notification shows. */
const SHOWN = 100;

/** What stands around an alert when it is judged. */
export interface Surroundings {
  readonly now: Date;
  readonly active: readonly Alert[];
  readonly silences: readonly Silence[];
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
  async tellDirectly(alert: Alert): Promise<void> {
    await this.notify(this.channelsOf(alert), alert, 'first', 'direct');
  }

  /** Notifies a receiver's channels of one alert, outside of its group: an escalation, or an acknowledgement. */
  async notify(channels: readonly string[], alert: Alert, reason: NotificationReason, receiver: string): Promise<void> {
    const { routes, deliverer } = this.#parts;
    const labels = routingLabels(alert);
    const [route] = routes.match(labels);
    const notification = this.#notificationOf({
      alerts: [alert],
      reason,
      receiver,
      groupKey: route === undefined ? alert.id : groupKey(route, labels),
      groupLabels: route === undefined ? {} : groupLabels(route, labels),
    });
    await Promise.all(
      channels.map(channel =>
        deliverer.send(channel, {
          key: `${reason} ${alert.id} ${receiver}`,
          notification,
          onDelivered: detail => {
            this.#noteAll([alert], { event: 'notified', reason: `${reason}: ${detail}`, channel });
          },
          onFailed: why => {
            this.#noteAll([alert], { event: 'failed', reason: why, channel });
          },
        }),
      ),
    );
  }

  /** The alerts that may be notified, and when the first of the others may be. */
  async judge(alerts: readonly Alert[], route: Route, surroundings: Surroundings): Promise<{ passing: readonly Alert[]; wakeAt: number }> {
    const { pipeline, store, metrics } = this.#parts;
    const passing: Alert[] = [];
    let wakeAt = Infinity;
    for (const alert of alerts) {
      const judgement = pipeline.judge(judgedOf(alert, routingLabels(alert), route, surroundings));
      if (judgement === undefined || judgement.verdict.passes) {
        if (alert.status === 'suppressed') await store.note(alert.id, this.#entry({ event: 'released', reason: 'nothing keeps it back any more' }), 'firing');
        passing.push(alert.status === 'suppressed' ? { ...alert, status: 'firing' } : alert);
        continue;
      }
      const { stage, verdict } = judgement;
      if (alert.status === 'resolved') continue;
      wakeAt = Math.min(wakeAt, verdict.until?.getTime() ?? Infinity);
      const isNews = await store.note(alert.id, this.#entry({ event: 'suppressed', reason: `${stage}: ${verdict.reason}` }), 'suppressed');
      if (isNews) metrics.suppressed(stage);
    }
    return { passing: passing.sort(worstFirst), wakeAt };
  }

  /**
   * Tells a channel of a group, where there is news.
   * @returns whether all there is to say was delivered
   */
  async tellGroup(
    channel: string,
    { group, route, shared, alerts, now }: { group: GroupState; route: Route; shared: Labels; alerts: readonly Alert[]; now: Date },
  ): Promise<boolean> {
    const { store, deliverer } = this.#parts;
    const last = await store.notificationLog(group.key, route.receiver, channel);
    const reason = notificationReason(alerts, last, route.repeatIntervalMs, now);
    // What still waits to be delivered has been overtaken; what is under way may yet be delivered, and taken back then.
    if (reason === undefined) return deliverer.withdraw(group.key, channel);
    const told = toldOf(alerts, last);
    const notification = this.#notificationOf({ alerts: told, reason, receiver: route.receiver, groupKey: group.key, groupLabels: shared });
    const outcome = await deliverer.send(channel, {
      key: group.key,
      notification,
      onDelivered: detail => {
        // The log takes nothing earlier than it has, which is what a clock would say that was set back.
        const at = new Date(Math.max(this.#now().getTime(), last?.at.getTime() ?? -Infinity));
        this.#background(store.recordNotification(group.key, route.receiver, channel, logEntryOf(told, at)), 'a notification could not be recorded');
        this.#noteAll(notification.alerts, { event: 'notified', reason: `${reason}: ${detail}`, channel });
      },
      onFailed: why => {
        this.#noteAll(notification.alerts, { event: 'failed', reason: why, channel });
      },
      // Whoever starts next need not wait for the group's next turn.
      onLeft: () => {
        this.#background(store.hastenGroup(group.key, this.#now()), 'a group could not be left to the next process');
      },
    });
    return outcome !== 'held';
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

export function judgedOf(alert: Alert, labels: Labels, { muteTimes, activeTimes }: Route, surroundings: Surroundings): Judged {
  return { alert, labels, muteTimes, activeTimes, ...surroundings };
}

/** What all of them have, with the same value. */
function common(all: readonly Labels[]): Labels {
  const [first, ...others] = all;
  return Object.fromEntries(Object.entries(first ?? {}).filter(([name, value]) => others.every(each => each[name] === value)));
}
