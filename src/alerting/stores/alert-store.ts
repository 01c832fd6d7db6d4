import { SightlineError } from '../../core/errors.js';
import type { Alert, AlertInput, HistoryEntry } from '../alert.js';
import type { MaintenanceWindowOptions } from '../routing/maintenance-window.js';
import type { AlertSeverity } from '../severity.js';

/** An alert that is told, with its defaults and identity filled in. */
export interface FiredAlert extends Required<Pick<AlertInput, 'title' | 'description' | 'severity' | 'source' | 'labels' | 'annotations'>> {
  readonly fingerprint: string;
  readonly startsAt: Date;
  readonly endsAt: Date | undefined;
  readonly generatorUrl: string | undefined;
}

/** What telling an alert has changed. */
export type FireChange =
  /** There was none of this fingerprint. */
  | 'new'
  /** It was resolved, and is open again. */
  | 'reopened'
  /** It is worse than it was. */
  | 'raised'
  /** It is told again. */
  | 'merged';

export interface Fired {
  readonly alert: Alert;
  readonly change: FireChange;
}

/** Which alerts to list; all that are given must hold. */
export interface AlertFilter {
  readonly status?: Alert['status'] | 'active';
  readonly severity?: AlertSeverity;
  readonly source?: string;
  /** Matchers in Alertmanager's syntax, on the routing labels. */
  readonly matchers?: readonly string[];
}

/** What a store is asked for: the matchers come compiled, so that no store needs to know them. */
export interface StoreFilter extends Omit<AlertFilter, 'matchers'> {
  readonly accepts?: (alert: Alert) => boolean;
}

/** A part of a list: newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Gives the next page; left out on the last. */
  readonly next?: string;
}

/** How many open alerts there are of a kind. */
export interface OpenCount {
  readonly severity: AlertSeverity;
  readonly source: string;
  readonly status: Exclude<Alert['status'], 'resolved'>;
  readonly count: number;
}

/** A silence: alerts that all matchers match are not notified while it holds. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
  readonly updatedAt: Date;
}

/** What was last notified of a group to one receiver's channel: Alertmanager's notification log. */
export interface NotificationLogEntry {
  readonly at: Date;
  /** Fingerprints that were firing, with their severities, and those that were resolved. */
  readonly firing: Readonly<Record<string, AlertSeverity>>;
  readonly resolved: readonly string[];
}

/** Alerts that are notified together: of one route, with equal values of its `groupBy` labels. */
export interface GroupState {
  readonly key: string;
  readonly alertIds: readonly string[];
  /** When it is looked at next: while it is claimed, the end of the claim. */
  readonly dueAt: Date;
  /** Whether a look at it was ended before. */
  readonly isFlushed: boolean;
}

/** How a look at a group ends. */
export interface SettledGroup {
  /** When it is due next; earlier where that was asked for meanwhile. */
  readonly dueAt: Date;
  /** Alerts to drop, as they were seen: one that was told again since stays. Without `resolvedAt`: whatever became of it. */
  readonly drop: readonly { readonly id: string; readonly resolvedAt?: Date }[];
  /** The claim it was looked at under: without effect where another process has claimed the group since. */
  readonly leaseUntil?: Date;
}

/** Whose turn it is to tell a channel of a group: as {@link AlertStore.claimNotification} has it. */
export type NotificationClaim =
  | 'claimed'
  /** Somebody has told it since. */
  | 'told'
  /** Somebody else is telling it. */
  | 'busy';

/** An alert and everything that hangs on it are forgotten this long after its last event. */
export const ALERT_LIFE_MS: number = 30 * 86_400_000;
/** Silences and windows are kept this long after their end. */
export const SILENCE_LIFE_MS: number = 86_400_000;
/** What a store holds, if nobody says otherwise. */
export const MOST_ALERTS = 50_000;
export const MOST_SILENCES = 10_000;
export const MOST_WINDOWS = 1_000;

/** A store holds as much as it may. */
export class AlertStoreFullError extends SightlineError {
  constructor(what: 'alerts' | 'silences' | 'maintenance windows', limit: number) {
    const way = what === 'alerts' ? 'none of them is resolved. Keep ids and other unbounded values out of the labels' : 'end those that are not needed';
    super('SIGHTLINE_ALERT_STORE_FULL', `The store of alerts holds ${limit} ${what}, which is its limit: ${way}.`);
    this.name = 'AlertStoreFullError';
  }
}

/**
 * Where alerts live. The memory one and the Redis one pass one conformance suite. Every method is one atomic
 * transition: of two processes that fire the same fingerprint at once, one sees `new` and the other `merged`.
 * What it gives is a copy: who changes it changes nothing here. Any method rejects where Redis fails;
 * whether the transition was made is then not known.
 */
export interface AlertStore {
  /**
   * Tells an alert. In an episode the earliest `startsAt` wins, the later `endsAt` (none is the latest), the worst
   * severity (a milder one is merged and changes nothing: whoever is on call was promised the worse), and what was told
   * last of all else. Raised, an acknowledgement ends. Told after it was resolved, it is a new episode: as it is told,
   * counted from 1, neither acknowledged nor suppressed.
   *
   * @param routeBy what is new, reopened or raised is owed to somebody: unless `routed` says so before,
   *   `takeUnrouted` gives it from then on. Left out: it isn't
   * @throws AlertStoreFullError for a new one that there is no room for, even without those longest resolved
   */
  fire(alert: FiredAlert, now: Date, routeBy?: Date): Promise<Fired>;
  /** An alert was put into its groups. @param routeBy that of its `fire` or the `leaseUntil` it was taken with; told again since, it stays owed */
  routed(id: string, routeBy: Date): Promise<void>;
  /** Alerts that their processes have not routed in time, claimed until `leaseUntil`: those processes may have died. */
  takeUnrouted(now: Date, leaseUntil: Date, limit: number): Promise<readonly Alert[]>;

  /** @returns `undefined` where that changes nothing: there is no such alert, or it is resolved already */
  resolve(id: string, now: Date, entry: HistoryEntry): Promise<Alert | undefined>;
  /** Resolves the alerts whose `endsAt` has come, as of then, with an entry `expired`. Each is given to one process. */
  resolveEnded(now: Date, limit: number): Promise<readonly Alert[]>;
  /** When the next alert ends. */
  nextEnd(): Promise<Date | undefined>;
  /** @returns `undefined` where that changes nothing: there is no such alert, it is resolved, or acknowledged already */
  acknowledge(id: string, now: Date, by: string): Promise<Alert | undefined>;
  /** @returns `undefined` where that changes nothing: there is no such alert, it is resolved, or not acknowledged */
  unacknowledge(id: string, now: Date, by: string): Promise<Alert | undefined>;
  /**
   * Adds to the history, and marks as suppressed or released where a status is given: an acknowledged alert shows that
   * once it is no longer acknowledged.
   *
   * @returns whether it was added. With a status it is not where that says nothing new: `suppressed` for the same
   *   reason as before, `firing` where it was not suppressed, either of a resolved alert
   */
  note(id: string, entry: HistoryEntry, status?: 'firing' | 'suppressed'): Promise<boolean>;
  get(id: string): Promise<Alert | undefined>;
  /** Those that there are, in this order. */
  getAll(ids: readonly string[]): Promise<readonly Alert[]>;
  /** The latest begun first. @param page `after` is the `next` of the page before */
  list(filter: StoreFilter, page: { readonly limit: number; readonly after?: string }): Promise<Page<Alert>>;
  /** All alerts that are not resolved. */
  active(): Promise<readonly Alert[]>;
  /** How many of them there are, by severity, source and status. Cheaper than to read them; not of one moment where others change them meanwhile. */
  countActive(): Promise<readonly OpenCount[]>;

  /** Adds a silence, or replaces that of its id. @throws AlertStoreFullError for a new one that there is no room for */
  putSilence(silence: Silence): Promise<void>;
  silences(): Promise<readonly Silence[]>;

  /** Adds a window, or replaces that of its name. @throws AlertStoreFullError for a new one that there is no room for */
  putWindow(window: MaintenanceWindowOptions): Promise<void>;
  /** As they were put, in no order; nobody has looked whether they can be used. */
  windows(): Promise<readonly MaintenanceWindowOptions[]>;
  /** @returns false where there is none of that name */
  removeWindow(name: string): Promise<boolean>;

  /**
   * Puts an alert into a group. A new group is due at `dueAt`, and so is one that was not looked at yet, unless it is due
   * earlier. One that was, or is now, keeps its clock, as in Alertmanager.
   *
   * @param isUrgent brings the latter forward as well: see `hastenGroup`. Default: false
   * @returns when the group is due
   */
  joinGroup(key: string, alertId: string, dueAt: Date, isUrgent?: boolean): Promise<Date>;
  /** Makes a group due at `at`, unless it is due earlier. While it is claimed it stays so, and is due then as soon as the look ends. */
  hastenGroup(key: string, at: Date): Promise<void>;
  /** The keys of the groups that an alert is in. */
  groupsOf(alertId: string): Promise<readonly string[]>;
  group(key: string): Promise<GroupState | undefined>;
  /** Groups that are due, the longest due first, claimed until `leaseUntil`: no other process gets them before. */
  takeDueGroups(now: Date, leaseUntil: Date, limit: number): Promise<readonly GroupState[]>;
  /** When the next group is due. */
  nextDue(): Promise<Date | undefined>;
  /**
   * Ends a look at a group: drops alerts, and those that are forgotten, and sets when it is due next. A group without
   * alerts is forgotten.
   *
   * @returns false where that had no effect: there is no such group, or the claim was lost
   */
  settleGroup(key: string, settled: SettledGroup): Promise<boolean>;

  notificationLog(groupKey: string, receiver: string, channel: string): Promise<NotificationLogEntry | undefined>;
  /**
   * Claims to be the one who tells a channel of a group, for at most `forMs`. Until a notification is recorded nobody else
   * gets the claim; who has it gets it again.
   *
   * @param seen when the entry was made that the news was found by; `undefined`: there was none
   */
  claimNotification(groupKey: string, receiver: string, channel: string, seen: Date | undefined, claim: { readonly by: string; readonly forMs: number }): Promise<NotificationClaim>;
  /** An entry replaces one that is not later, and ends a claim. */
  recordNotification(groupKey: string, receiver: string, channel: string, entry: NotificationLogEntry): Promise<void>;

  /** Claims a right that one holder has at a time, for at most `forMs`. @returns whether it was free, or its own */
  claim(name: string, by: string, forMs: number): Promise<boolean>;
  /** Gives a claim back. Without effect where another holder has it. */
  unclaim(name: string, by: string): Promise<void>;

  /** Forgets what is older than its life: alerts 30 days after their last event, silences and windows a day after their end. */
  expire(now: Date): Promise<void>;
  close(): Promise<void>;
}
