import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { routingLabels, type Alert, type HistoryEntry, type Labels } from './alert.js';
import type { AlertMetrics } from './alert-metrics.js';
import type { Deliverer } from './delivery/deliverer.js';
import { worstFirst } from './delivery/digest.js';
import type { AlertLinks, Notification, NotificationReason } from './notification.js';
import { logEntryOf, notificationReason } from './notification-reason.js';
import type { Judged, Judgement, Pipeline } from './pipeline.js';
import { groupKey, groupLabels, type Route } from './routing/route.js';
import type { RouteTree } from './routing/route-tree.js';
import type { AlertStore, Fired, FiredAlert, GroupState, Silence } from './stores/alert-store.js';

/** Ready values for {@link Dispatcher}. */
export interface DispatcherParts {
  readonly store: AlertStore;
  readonly routes: RouteTree;
  readonly pipeline: Pipeline;
  readonly deliverer: Deliverer;
  /** Channels by receiver. */
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  /** Whether a resolved alert is told at once, instead of with its group's next turn. */
  readonly tellsResolvedAtOnce: boolean;
  readonly linksOf: (alert: Alert) => AlertLinks;
  readonly externalUrl: string | undefined;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
}

/** Groups that are looked at together. */
const BATCH = 100;
/** A group that is being looked at is nobody else's for so long: longer than an attempt to deliver takes. */
const LEASE_MS = 60_000;
/** A process that took an alert has put it into its groups by then, or has died. */
const ROUTE_MS = 10_000;
/** Alerts that one notification shows. */
const SHOWN = 100;
/** When there is nothing to do, the store is asked this often: another process may have put a group there. */
const LOOK_MS = 15_000;

/** What stands around an alert when it is judged. */
interface Surroundings {
  readonly now: Date;
  readonly active: readonly Alert[];
  readonly silences: readonly Silence[];
}

/**
 * Takes alerts, and sees to it that those they are for hear of them: groups them by the routing tree and, when a group
 * is due, asks the pipeline which of its alerts may pass, and the notification log whether there is news.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #looking = new Set<Promise<void>>();
  #cancelWake: (() => void) | undefined;
  #wakeAt = Infinity;
  #isTaking = false;
  #isClosed = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Goes on with what the store has from before. */
  start(): void {
    this.#wake(this.#parts.clock.now());
  }

  async fire(alert: FiredAlert): Promise<Fired> {
    const { store, metrics } = this.#parts;
    const now = this.#now();
    const routeBy = new Date(now.getTime() + ROUTE_MS);
    const fired = await store.fire(alert, now, routeBy);
    metrics.fired(fired.alert.severity, fired.alert.source, fired.change);
    // Told again, it is where it was: in its groups.
    if (fired.change !== 'merged') await this.#group(fired.alert, fired.change === 'raised', routeBy);
    return fired;
  }

  async resolve(id: string, entry: HistoryEntry): Promise<Alert | undefined> {
    const { store, metrics, tellsResolvedAtOnce } = this.#parts;
    const alert = await store.resolve(id, this.#now(), entry);
    if (alert === undefined) return undefined;
    metrics.resolved(alert.severity, alert.source);
    if (tellsResolvedAtOnce) await this.reconsider(id);
    return alert;
  }

  /** Has the groups of an alert looked at now: something about it has changed. */
  async reconsider(id: string): Promise<void> {
    const { store } = this.#parts;
    const now = this.#now();
    for (const key of await store.groupsOf(id)) await store.hastenGroup(key, now);
    this.#wake(now.getTime());
  }

  /** Has all groups looked at now that hold active alerts: a silence or a window began or ended. */
  async reconsiderAll(): Promise<void> {
    for (const { id } of await this.#parts.store.active()) await this.reconsider(id);
  }

  /** What each stage says of an alert now, for each route that takes it. */
  async explain(alert: Alert): Promise<readonly { readonly route: Route; readonly groupKey: string; readonly judgements: readonly Judgement[] }[]> {
    const { routes, pipeline } = this.#parts;
    const surroundings = await this.#surroundings();
    const labels = routingLabels(alert);
    return routes.match(labels).map(route => ({
      route,
      groupKey: groupKey(route, labels),
      judgements: pipeline.explain(judgedOf(alert, labels, route, surroundings)),
    }));
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

  /** Resolves when nothing is being looked at, and no attempt that was begun is under way. */
  async settled(): Promise<void> {
    while (this.#looking.size > 0 || this.#isTaking) await Promise.race([...this.#looking, Promise.resolve()]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelWake?.();
    await Promise.allSettled(this.#looking);
  }

  /** @param owedBy as the store was told when it was asked for the alert: its debt is paid */
  async #group(alert: Alert, isRaised: boolean, owedBy?: Date): Promise<void> {
    const { routes, store } = this.#parts;
    const now = this.#now().getTime();
    const labels = routingLabels(alert);
    for (const route of routes.match(labels)) {
      const waited = alert.timestamp.getTime() + route.groupWaitMs;
      // One that has fired for longer than a group waits need not wait again; one that became worse must not.
      const dueAt = isRaised || waited < now ? now : now + route.groupWaitMs;
      const due = await store.joinGroup(groupKey(route, labels), alert.id, new Date(dueAt), isRaised);
      this.#wake(due.getTime());
    }
    if (owedBy !== undefined) await store.routed(alert.id, owedBy);
  }

  #wake(at: number): void {
    if (this.#isClosed || at >= this.#wakeAt) return;
    this.#cancelWake?.();
    this.#wakeAt = at;
    const { clock } = this.#parts;
    const delay = at - clock.now();
    if (delay <= 0) {
      this.#cancelWake = undefined;
      queueMicrotask(() => {
        this.#take();
      });
      return;
    }
    this.#cancelWake = clock.schedule(() => {
      this.#take();
    }, delay);
  }

  #take(): void {
    this.#wakeAt = Infinity;
    // What falls due while others are taken is seen when the next wake is set.
    if (this.#isClosed || this.#isTaking) return;
    this.#isTaking = true;
    const taking = this.#takeDue()
      .catch((error: unknown) => {
        this.#parts.diagnostics.fault('alerts', 'due alerts could not be read', error);
      })
      .then(() => {
        this.#isTaking = false;
        this.#looking.delete(taking);
        return this.#scheduleNext();
      });
    this.#looking.add(taking);
  }

  async #takeDue(): Promise<void> {
    const { store } = this.#parts;
    await this.#takeEnded();
    await this.#takeUnrouted();
    for (;;) {
      const now = this.#now();
      const leaseUntil = new Date(now.getTime() + LEASE_MS);
      const groups = await store.takeDueGroups(now, leaseUntil, BATCH);
      if (groups.length === 0) return;
      const surroundings = await this.#surroundings();
      for (const group of groups) {
        const looking = this.#lookAt(group, leaseUntil, surroundings)
          .catch((error: unknown) => {
            this.#parts.diagnostics.fault('alerts', 'a group of alerts could not be looked at', error);
          })
          .then(() => {
            this.#looking.delete(looking);
          });
        this.#looking.add(looking);
      }
    }
  }

  /** Alerts whose end has come, because nobody told them again. */
  async #takeEnded(): Promise<void> {
    const { store, metrics, tellsResolvedAtOnce } = this.#parts;
    for (;;) {
      const ended = await store.resolveEnded(this.#now(), BATCH);
      if (ended.length === 0) return;
      for (const { id, severity, source } of ended) {
        metrics.resolved(severity, source);
        if (tellsResolvedAtOnce) await this.reconsider(id);
      }
    }
  }

  /** Alerts of processes that died before they had put them into their groups. */
  async #takeUnrouted(): Promise<void> {
    for (;;) {
      const now = this.#now();
      const leaseUntil = new Date(now.getTime() + ROUTE_MS);
      const left = await this.#parts.store.takeUnrouted(now, leaseUntil, BATCH);
      if (left.length === 0) return;
      for (const alert of left) await this.#group(alert, true, leaseUntil);
    }
  }

  async #scheduleNext(): Promise<void> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    try {
      const [due, end] = await Promise.all([store.nextDue(), store.nextEnd()]);
      this.#wake(Math.min(due?.getTime() ?? Infinity, end?.getTime() ?? Infinity, now + LOOK_MS));
    } catch (error) {
      this.#parts.diagnostics.fault('alerts', 'due alerts could not be read', error);
      this.#wake(now + LOOK_MS);
    }
  }

  async #surroundings(): Promise<Surroundings> {
    const { store } = this.#parts;
    const [active, silences] = await Promise.all([store.active(), store.silences()]);
    return { now: this.#now(), active, silences };
  }

  async #lookAt(group: GroupState, leaseUntil: Date, surroundings: Surroundings): Promise<void> {
    const { store, receivers } = this.#parts;
    const all = await store.getAll(group.alertIds);
    const alerts = all.filter(alert => this.#routeOf(group.key, alert) !== undefined);
    const [first] = alerts;
    const route = first && this.#routeOf(group.key, first);
    // Their severity, and with it their route, has changed since; or the routes have, with a new version of the app.
    const strays = all.filter(alert => !alerts.includes(alert));
    for (const alert of strays) if (alert.status !== 'resolved') await this.#group(alert, false);
    if (first === undefined || route === undefined) {
      await store.settleGroup(group.key, { dueAt: surroundings.now, drop: group.alertIds.map(id => ({ id })), leaseUntil });
      return;
    }
    const labels = routingLabels(first);
    const { passing, wakeAt } = await this.#judge(alerts, route, surroundings);
    const shared = groupLabels(route, labels);
    const isDone = await Promise.all(
      (receivers[route.receiver] ?? []).map(channel => this.#notifyChannel(channel, { group, route, shared, alerts: passing, now: surroundings.now })),
    );
    const isTold = isDone.every(Boolean);
    const over = alerts.flatMap(({ id, status, resolvedAt }) => (isTold && status === 'resolved' && resolvedAt ? [{ id, resolvedAt }] : []));
    const drop = [...over, ...strays.map(({ id }) => ({ id }))];
    const next = surroundings.now.getTime() + route.groupIntervalMs;
    await store.settleGroup(group.key, { dueAt: new Date(Math.min(next, wakeAt)), drop, leaseUntil });
    this.#wake(Math.min(next, wakeAt));
  }

  /** The route by which an alert belongs to a group; `undefined` where it does not. */
  #routeOf(key: string, alert: Alert): Route | undefined {
    const labels = routingLabels(alert);
    return this.#parts.routes.match(labels).find(route => groupKey(route, labels) === key);
  }

  /** The alerts that may be notified, and when the first of the others may be. */
  async #judge(alerts: readonly Alert[], route: Route, surroundings: Surroundings): Promise<{ passing: readonly Alert[]; wakeAt: number }> {
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

  /** @returns whether all there is to say was delivered */
  async #notifyChannel(
    channel: string,
    { group, route, shared, alerts, now }: { group: GroupState; route: Route; shared: Labels; alerts: readonly Alert[]; now: Date },
  ): Promise<boolean> {
    const { store, deliverer } = this.#parts;
    const last = await store.notificationLog(group.key, route.receiver, channel);
    const reason = notificationReason(alerts, last, route.repeatIntervalMs, now);
    if (reason === undefined) return true;
    const told = reason === 'first' ? alerts.filter(({ status }) => status !== 'resolved') : alerts;
    const notification = this.#notificationOf({ alerts: told, reason, receiver: route.receiver, groupKey: group.key, groupLabels: shared });
    const outcome = await deliverer.send(channel, {
      key: group.key,
      notification,
      onDelivered: detail => {
        this.#record(group.key, route.receiver, channel, told);
        this.#noteAll(notification.alerts, { event: 'notified', reason: `${reason}: ${detail}`, channel });
      },
      onFailed: why => {
        this.#noteAll(notification.alerts, { event: 'failed', reason: why, channel });
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
      id: createHash('sha256').update(`${groupKey}\n${receiver}\n${reason}\n${at.getTime()}`).digest('hex').slice(0, 32),
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

  #record(groupKey: string, receiver: string, channel: string, told: readonly Alert[]): void {
    this.#background(this.#parts.store.recordNotification(groupKey, receiver, channel, logEntryOf(told, this.#now())), 'a notification could not be recorded');
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

function judgedOf(alert: Alert, labels: Labels, { muteTimes, activeTimes }: Route, surroundings: Surroundings): Judged {
  return { alert, labels, muteTimes, activeTimes, ...surroundings };
}

/** What all of them have, with the same value. */
function common(all: readonly Labels[]): Labels {
  const [first, ...others] = all;
  return Object.fromEntries(Object.entries(first ?? {}).filter(([name, value]) => others.every(each => each[name] === value)));
}
