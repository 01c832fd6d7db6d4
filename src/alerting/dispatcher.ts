import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { nextTurn } from '../core/next-turn.js';
import { ActiveAlerts } from './active-alerts.js';
import { routingLabels, type Alert, type HistoryEntry } from './alert.js';
import type { AlertMetrics } from './alert-metrics.js';
import type { Deliverer } from './delivery/deliverer.js';
import { isFarewell, type Farewells } from './farewells.js';
import { GroupLook } from './group-look.js';
import type { MaintenanceWindows } from './maintenance-windows.js';
import { judgedOf, type Notifier, type Surroundings } from './notifier.js';
import type { NotificationRecords } from './notification-records.js';
import type { Judgement, Pipeline } from './pipeline.js';
import { groupKey, type Route } from './routing/route.js';
import type { RouteTree } from './routing/route-tree.js';
import type { AlertStore, Fired, FiredAlert } from './stores/alert-store.js';
import type { ToldChannels } from './told-channels.js';

/** Ready values for {@link Dispatcher}. */
export interface DispatcherParts {
  readonly store: AlertStore;
  readonly routes: RouteTree;
  readonly notifier: Notifier;
  readonly records: NotificationRecords;
  readonly deliverer: Deliverer;
  readonly farewells: Farewells;
  readonly pipeline: Pipeline;
  readonly windows: MaintenanceWindows;
  /** Channels by receiver. */
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  /** Whether a resolved alert is told at once, instead of with its group's next turn. */
  readonly tellsResolvedAtOnce: boolean;
  /** A group that is being looked at is nobody else's for so long: longer than an attempt to deliver takes. */
  readonly leaseMs: number;
  /** The loop has come to its end. `error`: the store did not answer. */
  readonly onRun: (error?: unknown) => void;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
}

/** Groups that are looked at together. */
const BATCH = 100;
/** A process that took an alert has put it into its groups by then, or has died. */
const ROUTE_MS = 10_000;
/** Two versions of the app that differ in their routes would each take an alert out of the other one's group, as fast as they can. */
const STRAY_MS = 5_000;
/** When there is nothing to do, the store is asked this often: another process may have put a group there, and died. */
const LOOK_MS = 5_000;
/** A store that did not answer is asked again after this: others may have been waiting for it. */
const LOOK_AFTER_FAILURE_MS = 2_000;
/** What is older than its life is forgotten this often. */
const EXPIRE_MS = 10 * 60_000;
/** A clock that is set back by less is not noticed. */
const SET_BACK_MS = 1_000;
/** What other processes fire is seen by looks that begin later than this. */
const SURROUNDINGS_MS = 1_000;

/**
 * Takes alerts, and sees to it that those they are for hear of them: groups them by the routing tree and, when a group
 * is due, asks the pipeline which of its alerts may pass, and the notification log whether there is news.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #active: ActiveAlerts;
  readonly #look: GroupLook;
  readonly #looking = new Set<Promise<void>>();
  #cancelWake: (() => void) | undefined;
  #wakeAt = Infinity;
  #expireAt = -Infinity;
  /** Of the time of day from the monotonic one. */
  #offset = -Infinity;
  /** Alerts that began or ended to fire by this process. */
  #changes = 0;
  #isTaking = false;
  #isClosed = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#active = new ActiveAlerts(parts.store, parts.clock);
    this.#look = new GroupLook({ ...parts, regroup: (alert, told) => this.#group(alert, false, { isStray: true, told }) });
  }

  /** Goes on with what the store has from before. */
  start(): void {
    this.#wake(this.#parts.clock.now());
  }

  /** @param toldTo channels that know of it already, and since when */
  async fire(alert: FiredAlert, toldTo?: ReadonlyMap<string, number>): Promise<Fired> {
    const { store, metrics } = this.#parts;
    const now = this.#now();
    const routeBy = new Date(now.getTime() + ROUTE_MS);
    const fired = await store.fire(alert, now, routeBy);
    metrics.fired(fired.alert.severity, fired.alert.source, fired.change);
    if (fired.change !== 'merged') this.#changes++;
    // Told again, it is where it was: in its groups. What was told directly may have come to the store twice.
    const told = toldTo && { to: toldTo, as: alert.severity };
    if (fired.change !== 'merged' || told) await this.#group(fired.alert, fired.change === 'raised', { owedBy: routeBy, told });
    return fired;
  }

  /** @param isRepeated whether it was tried before, and may have been carried out without an answer */
  async resolve(id: string, entry: HistoryEntry, isRepeated = false): Promise<Alert | undefined> {
    const { store, metrics, tellsResolvedAtOnce } = this.#parts;
    const alert = await store.resolve(id, this.#now(), entry);
    if (alert === undefined && isRepeated && tellsResolvedAtOnce) await this.reconsider(id);
    if (alert === undefined) return undefined;
    this.#changes++;
    metrics.resolved(alert.severity, alert.source);
    await this.#reconsiderEnded(id);
    return alert;
  }

  /** Has the groups of an alert looked at now: something about it has changed. */
  async reconsider(id: string, isMeant: (key: string) => boolean = () => true): Promise<void> {
    const { store } = this.#parts;
    const now = this.#now();
    for (const key of (await store.groupsOf(id)).filter(isMeant)) await store.hastenGroup(key, now);
    this.#wake(now.getTime());
  }

  /** An alert is over: who is owed its end hears of it now, and its groups' channels where they are not to wait. */
  async #reconsiderEnded(id: string): Promise<void> {
    await this.reconsider(id, this.#parts.tellsResolvedAtOnce ? undefined : isFarewell);
  }

  /** Has all groups looked at now that hold active alerts: a silence or a window began or ended. */
  async reconsiderAll(): Promise<void> {
    const { store } = this.#parts;
    const now = this.#now();
    const keys = new Set<string>();
    const active = await store.active();
    for (let from = 0; from < active.length; from += BATCH) {
      const found = await Promise.all(active.slice(from, from + BATCH).map(({ id }) => store.groupsOf(id)));
      for (const key of found.flat()) keys.add(key);
      // The app has its turn between them.
      if (from + BATCH < active.length) await nextTurn();
    }
    for (const key of keys) await store.hastenGroup(key, now);
    // Once, at the end: to look at a group after each of its alerts would take as long as there are alerts, squared.
    this.#wake(now.getTime());
  }

  /** What each stage says of an alert now, for each route that takes it. */
  async explain(alert: Alert): Promise<readonly { readonly route: Route; readonly groupKey: string; readonly judgements: readonly Judgement[] }[]> {
    const { routes, pipeline } = this.#parts;
    const surroundings = await this.#surroundings();
    const labels = routingLabels(alert);
    const active = pipeline.looksAtActive(alert) ? await surroundings.active() : [];
    return routes.match(labels).map(route => ({
      route,
      groupKey: groupKey(route, labels),
      judgements: pipeline.explain(judgedOf(alert, route, { ...surroundings, active })),
    }));
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

  /**
   * @param owedBy as the store was told when it was asked for the alert: its debt is paid
   * @param told channels that know of it already
   * @param isStray whether it comes from a group that it does not belong to any more
   */
  async #group(
    alert: Alert,
    isRaised: boolean,
    { owedBy, told, isStray = false }: { readonly owedBy?: Date; readonly told?: ToldChannels | undefined; readonly isStray?: boolean } = {},
  ): Promise<void> {
    const { routes, store, records } = this.#parts;
    const now = this.#now().getTime();
    const labels = routingLabels(alert);
    for (const route of routes.match(labels)) {
      const waited = alert.timestamp.getTime() + route.groupWaitMs;
      // One that has fired for longer than a group waits need not wait again; one that became worse must not.
      const dueAt = isStray ? now + STRAY_MS : isRaised || waited < now ? now : now + route.groupWaitMs;
      if (told !== undefined) await records.logAsTold(alert, told.as, route, told.to);
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
      // Not by `queueMicrotask`, which Jest's fake timers hold back.
      void Promise.resolve().then(() => {
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
    let failure: unknown;
    const taking = this.#takeDue()
      .catch((error: unknown) => {
        failure = error;
        this.#parts.diagnostics.fault('alerts', 'due alerts could not be read', error);
      })
      .then(() => {
        this.#isTaking = false;
        this.#looking.delete(taking);
        return this.#scheduleNext(failure);
      });
    this.#looking.add(taking);
  }

  async #takeDue(): Promise<void> {
    const { store, clock } = this.#parts;
    // What is due at a time of day would wait for as long as the clock was set back.
    const offset = clock.now() - clock.monotonic();
    const isSetBack = offset < this.#offset - SET_BACK_MS;
    this.#offset = offset;
    if (isSetBack) await this.reconsiderAll();
    await this.#expire();
    await this.#takeEnded();
    await this.#takeUnrouted();
    let surroundings: Surroundings | undefined;
    let changes = 0;
    let readAt = 0;
    for (;;) {
      const now = this.#now();
      const leaseUntil = new Date(now.getTime() + this.#parts.leaseMs);
      const groups = await store.takeDueGroups(now, leaseUntil, BATCH);
      if (groups.length === 0) return;
      // All that is active, for each of many batches, would take longer the more there is of both.
      if (surroundings === undefined || changes !== this.#changes || clock.monotonic() - readAt > SURROUNDINGS_MS) {
        changes = this.#changes;
        readAt = clock.monotonic();
        surroundings = await this.#surroundings();
      }
      surroundings = { ...surroundings, now };
      for (const group of groups) {
        const looking = this.#look
          .at(group, leaseUntil, surroundings)
          .then(dueAt => {
            this.#wake(dueAt);
          })
          .catch((error: unknown) => {
            this.#parts.diagnostics.fault('alerts', 'a group of alerts could not be looked at', error);
          })
          .then(() => {
            this.#looking.delete(looking);
          });
        this.#looking.add(looking);
      }
      // Ten thousands of groups may be due at once: the app has its turn between them.
      if (groups.length === BATCH) await nextTurn();
    }
  }

  async #expire(): Promise<void> {
    const { store, clock } = this.#parts;
    if (clock.monotonic() < this.#expireAt) return;
    await store.expire(this.#now());
    this.#expireAt = clock.monotonic() + EXPIRE_MS;
  }

  /** Alerts whose end has come, because nobody told them again. */
  async #takeEnded(): Promise<void> {
    const { store, metrics } = this.#parts;
    for (;;) {
      const ended = await store.resolveEnded(this.#now(), BATCH);
      if (ended.length === 0) return;
      for (const { id, severity, source } of ended) {
        metrics.resolved(severity, source);
        await this.#reconsiderEnded(id);
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
      for (const alert of left) await this.#group(alert, true, { owedBy: leaseUntil });
    }
  }

  /** @param failure what kept the loop from taking what was due */
  async #scheduleNext(failure?: unknown): Promise<void> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    try {
      const [due, end] = await Promise.all([store.nextDue(), store.nextEnd()]);
      this.#ran(failure);
      this.#wake(Math.min(due?.getTime() ?? Infinity, end?.getTime() ?? Infinity, now + LOOK_MS));
    } catch (error) {
      this.#parts.diagnostics.fault('alerts', 'due alerts could not be read', error);
      this.#ran(error);
      this.#wake(now + LOOK_AFTER_FAILURE_MS);
    }
  }

  #ran(failure: unknown): void {
    const { onRun, diagnostics } = this.#parts;
    if (this.#isClosed) return;
    diagnostics.guard('alerts', 'that the dispatcher ran could not be recorded', () => {
      onRun(failure);
    });
  }

  async #surroundings(): Promise<Surroundings> {
    const { store, windows } = this.#parts;
    const [silences, current] = await Promise.all([store.silences(), windows.current()]);
    let active: Promise<readonly Alert[]> | undefined;
    return { now: this.#now(), silences, windows: current, active: () => (active ??= this.#active.get()) };
  }

  #now(): Date {
    return new Date(this.#parts.clock.now());
  }
}
