import { nextTurn } from '../../core/next-turn.js';
import { routingLabels, type Alert, type Labels } from '../alert.js';
import type { AlertsParts } from '../alerts.js';
import { fingerprintOf } from '../fingerprint.js';
import { Inhibitor } from '../routing/inhibition.js';
import { matchesAll, type Matcher } from '../routing/matcher.js';
import { groupKey, groupLabels } from '../routing/route.js';
import { alertmanagerAnnotations } from '../channels/alertmanager-payload.js';
import { matchersOf, silenceState } from './silence-input.js';
import { toldAnnotations } from './told-alert.js';

/** An alert in the answers of Alertmanager's API. */
export interface GettableAlert {
  readonly annotations: Labels;
  readonly endsAt: Date;
  readonly fingerprint: string;
  readonly receivers: readonly { readonly name: string }[];
  readonly startsAt: Date;
  readonly status: { readonly inhibitedBy: readonly string[]; readonly silencedBy: readonly string[]; readonly state: 'active' | 'suppressed' };
  readonly updatedAt: Date;
  readonly generatorURL?: string;
  readonly labels: Labels;
}

export interface AlertGroup {
  readonly alerts: readonly GettableAlert[];
  readonly labels: Labels;
  readonly receiver: { readonly name: string };
}

/** Which of the alerts are wanted, by Alertmanager's parameters. */
export interface ViewFilter {
  readonly matchers: readonly Matcher[];
  readonly active: boolean;
  readonly silenced: boolean;
  readonly inhibited: boolean;
  readonly receiver: (name: string) => boolean;
}

/** Alerts that are looked at in one turn. */
const BATCH = 200;

/** A silence that holds. */
interface ReadSilence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
}

/** The alerts that are not resolved, with all that Alertmanager says of them: read once for one answer. */
export class AlertmanagerView {
  readonly #parts: AlertsParts;
  readonly #now: Date;
  readonly #active: readonly Alert[];
  readonly #silences: readonly ReadSilence[];
  readonly #inhibitor: Inhibitor;

  private constructor(parts: AlertsParts, now: Date, active: readonly Alert[], silences: readonly ReadSilence[]) {
    this.#parts = parts;
    this.#now = now;
    this.#active = active;
    this.#silences = silences;
    this.#inhibitor = new Inhibitor(parts.inhibitRules);
    for (const alert of active) this.#inhibitor.add(alert.id, routingLabels(alert));
  }

  static async of(parts: AlertsParts): Promise<AlertmanagerView> {
    const now = new Date(parts.clock.now());
    const [active, silences] = await Promise.all([parts.store.active(), parts.store.silences()]);
    const holding = silences.flatMap(silence => {
      const matchers = silenceState(silence, now) === 'active' ? matchersOf(silence) : undefined;
      return matchers === undefined ? [] : [{ id: silence.id, matchers }];
    });
    return new AlertmanagerView(parts, now, active, holding);
  }

  /** In the order of their fingerprints. */
  async alerts(filter: ViewFilter): Promise<GettableAlert[]> {
    const found: GettableAlert[] = [];
    for await (const alert of this.#inTurns()) {
      const labels = routingLabels(alert);
      const receivers = this.#routesOf(labels).map(({ receiver }) => receiver);
      const gettable = receivers.some(filter.receiver) ? this.#wanted(alert, labels, receivers, filter) : undefined;
      if (gettable !== undefined) found.push(gettable);
    }
    return found.sort(byFingerprint);
  }

  /** Those that are notified together, in the order of their labels. */
  async groups(filter: ViewFilter): Promise<AlertGroup[]> {
    const groups = new Map<string, { alerts: GettableAlert[]; labels: Labels; receiver: { name: string } }>();
    for await (const alert of this.#inTurns()) {
      const labels = routingLabels(alert);
      // Of a group, no other receivers are named than were asked for.
      const routes = this.#routesOf(labels).filter(({ receiver }) => filter.receiver(receiver));
      const gettable = this.#wanted(alert, labels, routes.map(({ receiver }) => receiver), filter);
      if (gettable === undefined) continue;
      for (const route of routes) {
        const key = groupKey(route, labels);
        const group = groups.get(key) ?? { alerts: [], labels: groupLabels(route, labels), receiver: { name: route.receiver } };
        groups.set(key, group);
        group.alerts.push(gettable);
      }
    }
    for (const { alerts } of groups.values()) alerts.sort(byFingerprint);
    return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
  }

  /** To ask each of fifty thousand alerts takes a second: the app has its turn between them. */
  async *#inTurns(): AsyncIterable<Alert> {
    for (const [i, alert] of this.#active.entries()) {
      if (i % BATCH === BATCH - 1) await nextTurn();
      yield alert;
    }
  }

  #routesOf(labels: Labels): ReturnType<AlertsParts['routes']['match']> {
    return this.#parts.routes.match(labels);
  }

  #wanted(alert: Alert, labels: Labels, receivers: readonly string[], { matchers, active, silenced, inhibited }: ViewFilter): GettableAlert | undefined {
    if (!matchesAll(matchers, labels)) return undefined;
    const silencedBy = this.#silences.filter(silence => matchesAll(silence.matchers, labels)).map(({ id }) => id);
    const inhibition = this.#inhibitor.inhibitedBy(labels);
    const inhibitedBy = inhibition === undefined ? [] : [inhibition.sourceId];
    const isKeptBack = silencedBy.length + inhibitedBy.length > 0;
    if ((!active && !isKeptBack) || (!silenced && silencedBy.length > 0) || (!inhibited && inhibitedBy.length > 0)) return undefined;
    // What was told by labels is shown with these; what the app has told of has more to it than its own.
    const isTold = fingerprintOf(alert.labels) === alert.fingerprint;
    return {
      annotations: isTold ? toldAnnotations(alert) : alertmanagerAnnotations(alert),
      // There, each alert has an end; the app's own fire until they are resolved.
      endsAt: alert.endsAt ?? new Date(this.#now.getTime() + this.#parts.resolveTimeoutMs),
      fingerprint: alert.fingerprint,
      receivers: [...new Set(receivers)].map(name => ({ name })),
      startsAt: alert.timestamp,
      status: { inhibitedBy, silencedBy, state: isKeptBack ? 'suppressed' : 'active' },
      updatedAt: alert.lastSeen,
      ...(alert.generatorUrl !== undefined && { generatorURL: alert.generatorUrl }),
      labels: isTold ? alert.labels : labels,
    };
  }
}

function byFingerprint(one: GettableAlert, other: GettableAlert): number {
  return one.fingerprint < other.fingerprint ? -1 : 1;
}
