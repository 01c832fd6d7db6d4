import { routingLabels, type Alert } from './alert.js';
import type { Deliverer } from './delivery/deliverer.js';
import { isFarewell, type Farewells } from './farewells.js';
import type { Notifier, Surroundings } from './notifier.js';
import { groupKey, groupLabels, type Route } from './routing/route.js';
import type { RouteTree } from './routing/route-tree.js';
import type { AlertStore, GroupState } from './stores/alert-store.js';
import { toldWith, type ToldChannels } from './told-channels.js';

/** Ready values for {@link GroupLook}. */
export interface GroupLookParts {
  readonly store: AlertStore;
  readonly routes: RouteTree;
  readonly notifier: Notifier;
  readonly deliverer: Deliverer;
  readonly farewells: Farewells;
  /** Channels by receiver. */
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  /** Puts an alert into the groups that it belongs to. @param told channels that know of it already */
  readonly regroup: (alert: Alert, told: ToldChannels) => Promise<void>;
}

/** Looks at a group that is due: has its channels told what is news, and lets go of the alerts that are over. */
export class GroupLook {
  readonly #parts: GroupLookParts;

  constructor(parts: GroupLookParts) {
    this.#parts = parts;
  }

  /** @returns when the group is due next, in milliseconds since the epoch; `Infinity`: it is no more */
  async at(group: GroupState, leaseUntil: Date, surroundings: Surroundings): Promise<number> {
    const { store, receivers, deliverer, notifier, farewells } = this.#parts;
    if (isFarewell(group.key)) return (await farewells.look(group, leaseUntil)).getTime();
    const all = await store.getAll(group.alertIds);
    const alerts: Alert[] = [];
    // Their severity, and with it their route, has changed since; or the routes have, with a new version of the app.
    const strays: Alert[] = [];
    for (const alert of all) (this.#routeOf(group.key, alert) === undefined ? strays : alerts).push(alert);
    const [first] = alerts;
    const route = first && this.#routeOf(group.key, first);
    for (const alert of strays) await this.#letGo(alert, group.key, first === undefined);
    if (first === undefined || route === undefined) {
      deliverer.withdraw(group.key);
      await store.settleGroup(group.key, { dueAt: surroundings.now, drop: group.alertIds.map(id => ({ id })), leaseUntil });
      return Infinity;
    }
    const { passing, wakeAt } = await notifier.judge(alerts, route, surroundings);
    const shared = groupLabels(route, routingLabels(first));
    const isDone = await Promise.all(
      (receivers[route.receiver] ?? []).map(channel => notifier.tellGroup(channel, { group, route, shared, alerts: passing, now: surroundings.now })),
    );
    const isTold = isDone.every(Boolean);
    const over = alerts.flatMap(({ id, status, resolvedAt }) => (isTold && status === 'resolved' && resolvedAt ? [{ id, resolvedAt }] : []));
    const drop = [...over, ...strays.map(({ id }) => ({ id }))];
    const next = Math.min(surroundings.now.getTime() + route.groupIntervalMs, wakeAt);
    await store.settleGroup(group.key, { dueAt: new Date(next), drop, leaseUntil });
    return next;
  }

  /** An alert leaves the group. Its channels are told with the next one, or at least that it is over. */
  async #letGo(alert: Alert, key: string, isLast: boolean): Promise<void> {
    const { store, receivers, deliverer, farewells, regroup } = this.#parts;
    const told = await toldWith(key, alert, { store, receivers });
    // Who was never told that it fires need not hear that it is over.
    if (alert.status !== 'resolved' || told.to.size > 0) await regroup(alert, told);
    for (const channel of told.to.keys()) {
      // The incident that others of the group keep open must not be closed.
      if (isLast || deliverer.channel(channel)?.keepsIncidents !== true) await farewells.owe(alert, channel, key);
    }
  }

  /** The route by which an alert belongs to a group; `undefined` where it does not. */
  #routeOf(key: string, alert: Alert): Route | undefined {
    const labels = routingLabels(alert);
    return this.#parts.routes.match(labels).find(route => groupKey(route, labels) === key);
  }
}
