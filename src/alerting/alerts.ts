import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { parseDuration, type Duration } from '../core/duration.js';
import { InvalidOptionError } from '../core/errors.js';
import { aText, type OptionRule } from '../core/options.js';
import type { AckLinks } from './ack-links.js';
import type { AlertMetrics } from './alert-metrics.js';
import { identityOf, readAlertInput } from './alert-input.js';
import { routingLabels, type Alert, type AlertInput } from './alert.js';
import type { Deliverer } from './delivery/deliverer.js';
import type { Dispatcher } from './dispatcher.js';
import type { MaintenanceWindows, MaintenanceWindowState } from './maintenance-windows.js';
import { checkNeeded } from './needed-options.js';
import type { Notifier } from './notifier.js';
import type { Outbox } from './outbox.js';
import type { Escalator } from './escalation/escalation.js';
import type { Explanation } from './explanation.js';
import type { Farewells } from './farewells.js';
import type { Intake } from './intake.js';
import type { WorkQueue } from './queue/work-queue.js';
import type { Remediator } from './remediation.js';
import { remediationOf, type RespondOptions } from './respond-options.js';
import type { InhibitRule } from './routing/inhibition.js';
import type { MaintenanceWindowOptions } from './routing/maintenance-window.js';
import { matchesAll, parseMatchers } from './routing/matcher.js';
import type { RouteTree } from './routing/route-tree.js';
import type { AlertFilter, AlertStore, FiredAlert, Page, Silence } from './stores/alert-store.js';
import type { SelfWatch } from './self-check/self-watch.js';

/** Ready values for {@link Alerts}. */
export interface AlertsParts {
  readonly store: AlertStore;
  readonly intake: Intake;
  readonly outbox: Outbox;
  readonly dispatcher: Dispatcher;
  readonly notifier: Notifier;
  readonly deliverer: Deliverer;
  readonly farewells: Farewells;
  /** Closed with them. */
  readonly queue: WorkQueue;
  readonly escalator: Escalator;
  readonly remediator: Remediator;
  readonly watch: SelfWatch;
  readonly windows: MaintenanceWindows;
  readonly routes: RouteTree;
  readonly inhibitRules: readonly InhibitRule[];
  /** When an alert is over that Alertmanager's API was told of without an end. */
  readonly resolveTimeoutMs: number;
  readonly links: AckLinks | undefined;
  readonly source: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: AlertMetrics;
}

/** What a silence is made of. */
export interface SilenceInput {
  /** Matchers in Alertmanager's syntax, on labels, `alertname`, `severity` and `source`; all must match. */
  readonly matchers: readonly string[];
  /** How long it holds. */
  readonly duration: Duration;
  /** Default: now. */
  readonly startsAt?: Date;
  readonly createdBy: string;
  readonly comment?: string;
}

const LARGEST_PAGE = 500;
/** Alertmanager's clients read no year of more than four digits; and a date that is none would stop all that waits for it. */
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const aDuration: OptionRule = { allowed: "a duration such as '2h'", accepts: value => typeof value === 'string' || typeof value === 'number' };
const SILENCE_RULES: Readonly<Record<keyof SilenceInput, OptionRule>> = {
  matchers: { allowed: 'a list of at least one matcher', accepts: value => Array.isArray(value) && value.length > 0 },
  duration: aDuration,
  startsAt: { allowed: 'a Date', accepts: value => value instanceof Date && !Number.isNaN(value.getTime()) },
  createdBy: aText,
  comment: { allowed: 'a string', accepts: value => typeof value === 'string' },
};

/**
 * The alerts of one monitor: told, kept, and brought to those they are for.
 * @example await monitor.alerts.fire({ title: 'Payment provider down', severity: 'critical', source: 'billing', labels: { region: 'eu' } });
 */
export class Alerts {
  /**
   * Silences: alerts they match are not notified while they hold, and are told afterwards if they still fire. With `redis`
   * they are shared by all processes.
   *
   * @example
   * const { id } = await monitor.alerts.silences.create({ matchers: ['alertname="Disk slow"'], duration: '2h', createdBy: 'ann' });
   * await monitor.alerts.silences.expire(id);
   */
  readonly silences: {
    /** @throws InvalidOptionError for what can't be used, such as no matchers, or a duration that is over */
    create(input: SilenceInput): Promise<Silence>;
    /** Those that hold, will, or ended in the last day. */
    list(): Promise<readonly Silence[]>;
    /** Ends one now. @returns `false` where there is none of that id that holds or will */
    expire(id: string): Promise<boolean>;
  };
  /**
   * Windows of maintenance: alerts they mute are not notified while they are on, and are told afterwards if they still
   * fire. With `redis` they are shared by all processes. A one-off window is forgotten a day after its end.
   *
   * @example
   * await monitor.alerts.maintenanceWindows.add({ name: 'backups', every: 'day', at: '03:00', duration: '90m', timeZone: 'Asia/Shanghai' });
   */
  readonly maintenanceWindows: {
    /**
     * Adds one, or replaces the added one of its name.
     * @throws InvalidOptionError for what can't be used, or a name that a window of the option `alerts.maintenanceWindows` has
     */
    add(window: MaintenanceWindowOptions): Promise<void>;
    /** Those of the options and those that were added, by name. */
    list(): Promise<readonly MaintenanceWindowState[]>;
    /** @returns `false` where none of that name was added; one of the options can't be removed */
    remove(name: string): Promise<boolean>;
  };
  readonly #parts: AlertsParts;
  #closing: Promise<void> | undefined;

  /** Use `createMonitor`. @internal */
  constructor(parts: AlertsParts) {
    this.#parts = parts;
    this.silences = {
      create: input => this.#createSilence(input),
      list: () => parts.store.silences(),
      expire: id => this.#expireSilence(id),
    };
    this.maintenanceWindows = parts.windows;
  }

  /**
   * Tells of a fault. Told again with the same title, source and labels it is the same alert: counted, and notified anew
   * only when it became worse, or after it was resolved. Where the store can't take it, its channels are told directly.
   *
   * A call that nobody awaits never ends the process: what is wrong with it is in the log.
   *
   * @returns the alert as it is now: with its `id`, `count` and history
   * @throws InvalidOptionError for an alert without a title, or with a severity that is none
   * @example
   * await monitor.alerts.fire({ title: 'Payment provider down', severity: 'critical', source: 'billing', labels: { region: 'eu' } });
   */
  fire(input: AlertInput): Promise<Alert> {
    const fired = this.#fire(input);
    fired.catch((error: unknown) => {
      this.#parts.diagnostics.fault('alerts', 'an alert could not be fired', error);
    });
    return fired;
  }

  /** What it is made of, for `serveAlerts`. @internal */
  get parts(): AlertsParts {
    return this.#parts;
  }

  /**
   * Takes an alert that another system tells, under the fingerprint it has there; one whose end has come is over.
   * @returns `undefined` where that changes nothing
   * @internal
   */
  async receive(told: FiredAlert): Promise<Alert | undefined> {
    const now = this.#now();
    if (told.endsAt === undefined || told.endsAt > now) return this.#parts.intake.fire(told);
    return this.#parts.intake.resolve(told.fingerprint, { at: now, event: 'resolved', reason: 'the system that told of it says that it is over' });
  }

  /**
   * Ends an alert, and tells those who were told of it.
   *
   * @param which its id; or the title, source and labels it was fired with
   * @param by who did; without, it is told to have resolved by itself
   * @returns `undefined` where there is none, or it is resolved already; or the store can't be reached, which is then
   *   told when it is back
   * @example
   * await monitor.alerts.resolve({ title: 'Payment provider down', source: 'billing', labels: { region: 'eu' } });
   */
  async resolve(which: string | Pick<AlertInput, 'title' | 'source' | 'labels'>, by?: string): Promise<Alert | undefined> {
    const id = typeof which === 'string' ? which : identityOf(which.title, which.source ?? this.#parts.source, which.labels ?? {});
    const who = by === undefined ? { reason: 'the app says that it is over' } : { reason: `resolved by ${by}`, by };
    return this.#parts.intake.resolve(id, { at: this.#now(), event: 'resolved', ...who });
  }

  /**
   * Says that somebody takes care of it: it is not repeated and not escalated any more.
   * @param user who does, for the history and the notification
   * @returns `undefined` where there is none, it is resolved, or acknowledged already
   * @throws InvalidOptionError without a user
   * @example await monitor.alerts.acknowledge(alert.id, 'ann');
   */
  async acknowledge(id: string, user: string): Promise<Alert | undefined> {
    if (typeof user !== 'string' || user.trim() === '') throw new InvalidOptionError('user', user, 'who acknowledges it');
    const alert = await this.#parts.store.acknowledge(id, this.#now(), user);
    if (alert === undefined) return undefined;
    await this.#parts.escalator.watch(alert);
    await this.#tellAcknowledged(alert);
    return alert;
  }

  /** Takes an acknowledgement back. @returns `undefined` where there is none */
  async unacknowledge(id: string, user: string): Promise<Alert | undefined> {
    const alert = await this.#parts.store.unacknowledge(id, this.#now(), user);
    if (alert !== undefined) await this.#parts.escalator.watch(alert);
    return alert;
  }

  async get(id: string): Promise<Alert | undefined> {
    return this.#parts.store.get(id);
  }

  /**
   * Alerts, the latest begun first.
   * @param page `after` is the `next` of the page before; `limit` is at most 500, by default 100
   * @throws InvalidOptionError for a matcher or a `limit` that is none
   * @example
   * const { items, next } = await monitor.alerts.list({ status: 'active', matchers: ['severity=~"critical|high"'] }, { limit: 50 });
   */
  async list(filter: AlertFilter = {}, page: { readonly limit?: number; readonly after?: string } = {}): Promise<Page<Alert>> {
    const { matchers: texts = [], ...wanted } = filter;
    const matchers = texts.flatMap((each, i) => parseMatchers(each, `matchers[${i}]`));
    const given = page.limit ?? 100;
    // A part of an alert is never reached, and all would be given.
    if (!Number.isInteger(given) || given < 1) throw new InvalidOptionError('limit', given, `a whole number from 1 to ${LARGEST_PAGE}`);
    const limit = Math.min(LARGEST_PAGE, given);
    const accepts = (alert: Alert): boolean => matchesAll(matchers, routingLabels(alert));
    return this.#parts.store.list({ ...wanted, ...(matchers.length > 0 && { accepts }) }, { limit, ...(page.after !== undefined && { after: page.after }) });
  }

  /**
   * Why an alert was notified or not: what each stage says of it now, where it goes, and what has happened to it.
   * @returns `undefined` where there is none of that id
   * @example
   * const why = await monitor.alerts.explain(alert.id);
   * why?.routes.flatMap(({ judgements }) => judgements.filter(({ verdict }) => !verdict.passes)); // what keeps it back
   */
  async explain(id: string): Promise<Explanation | undefined> {
    const { store, dispatcher, deliverer } = this.#parts;
    const alert = await store.get(id);
    if (alert === undefined) return undefined;
    return { alert, routes: await dispatcher.explain(alert), backlog: deliverer.backlog() };
  }

  /**
   * Has something done when an alert begins to fire or becomes worse: for one alert never twice at once, in all processes.
   * Its outcome is written on the alert, and counted.
   *
   * @throws InvalidOptionError for what can't be used
   * @example
   * monitor.alerts.respond({
   *   name: 'restart the worker',
   *   match: ['alertname="Worker stuck"'],
   *   run: async (alert, { resolve, signal }) => {
   *     await restart(alert.labels['worker'], { signal });
   *     await resolve('it runs again');
   *   },
   * });
   */
  respond(options: RespondOptions): void {
    const remediation = remediationOf(options);
    if (this.#parts.remediator.has(remediation.name)) throw new InvalidOptionError('respond.name', remediation.name, 'a name that no other response has');
    this.#parts.remediator.add(remediation);
  }

  /** Stops. What waits to be delivered is lost where the store is in memory and has no snapshot. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const { dispatcher, escalator, remediator, deliverer, outbox, store, queue } = this.#parts;
    this.#parts.watch.close();
    escalator.close();
    remediator.close();
    const closed = Promise.all([dispatcher.close(), queue.close()]);
    // What the dispatcher looks at, and what is done of the queue, waits for deliveries, and these don't wait long any more.
    await deliverer.close();
    await closed;
    await outbox.close();
    await store.close();
  }

  async #fire(input: AlertInput): Promise<Alert> {
    return this.#parts.intake.fire(readAlertInput(input, this.#parts.source, this.#now()));
  }

  /** Services that keep incidents of their own are told. */
  async #tellAcknowledged(alert: Alert): Promise<void> {
    const { notifier, deliverer, farewells } = this.#parts;
    const takesThem = (name: string): boolean => deliverer.channel(name)?.takesAcknowledgements === true;
    if (!deliverer.channels.some(takesThem)) return;
    const channels = notifier.channelsOf(alert).filter(takesThem);
    if (channels.length > 0) await notifier.notify(channels, alert, 'acknowledged', 'acknowledged');
    for (const { channel, groupKey } of await farewells.owed(alert)) {
      if (takesThem(channel)) await notifier.notifyUnder(groupKey, channel, alert, 'acknowledged');
    }
  }

  async #createSilence(input: SilenceInput): Promise<Silence> {
    checkNeeded('silence', input, SILENCE_RULES, ['matchers', 'duration', 'createdBy']);
    const { matchers, duration, startsAt, createdBy, comment = '' } = input;
    const parsed = matchers.flatMap((each, i) => parseMatchers(each, `silence.matchers[${i}]`));
    if (parsed.length === 0) throw new InvalidOptionError('silence.matchers', matchers, 'at least one matcher: without, it would silence everything');
    const now = this.#now();
    const begin = startsAt ?? now;
    const endsAt = new Date(begin.getTime() + parseDuration(duration, 'silence.duration'));
    if (endsAt <= now) throw new InvalidOptionError('silence.duration', duration, 'one that ends in the future');
    if (!(endsAt.getTime() <= LATEST_MS)) throw new InvalidOptionError('silence.duration', duration, 'one that ends before the year 10000');
    const silence: Silence = { id: randomUUID(), matchers: [...matchers], startsAt: begin, endsAt, createdBy, comment, updatedAt: now };
    await this.#parts.store.putSilence(silence);
    return silence;
  }

  async #expireSilence(id: string): Promise<boolean> {
    const { store, dispatcher } = this.#parts;
    const now = this.#now();
    const silence = (await store.silences()).find(each => each.id === id);
    if (silence === undefined || silence.endsAt <= now) return false;
    const startsAt = silence.startsAt > now ? now : silence.startsAt;
    await store.putSilence({ ...silence, startsAt, endsAt: now, updatedAt: now });
    await dispatcher.reconsiderAll();
    return true;
  }

  #now(): Date {
    return new Date(this.#parts.clock.now());
  }
}
