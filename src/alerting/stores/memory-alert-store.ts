/* eslint-disable @typescript-eslint/require-await -- asynchronous as Redis is: what it throws is a rejection */
import { nextTurn } from '../../core/next-turn.js';
import type { Alert, HistoryEntry } from '../alert.js';
import type { MaintenanceWindowOptions } from '../routing/maintenance-window.js';
import {
  ALERT_LIFE_MS,
  AlertStoreFullError,
  MOST_ALERTS,
  MOST_SILENCES,
  MOST_WINDOWS,
  SILENCE_LIFE_MS,
  type AlertStore,
  type Fired,
  type FiredAlert,
  type GroupState,
  type NotificationClaim,
  type NotificationLogEntry,
  type OpenCount,
  type Page,
  type SettledGroup,
  type Silence,
  type StoreFilter,
} from './alert-store.js';
import { acknowledge, fire, note, REASONS, resolve, unacknowledge } from './alert-transitions.js';
import { DueQueue } from './due-queue.js';
import { cursorOf, isAfter, isBefore, isWanted, readCursor } from './listing.js';
import { MemoryClaims } from './memory-claims.js';
import { MemoryGroups } from './memory-groups.js';
import { OpenCounts } from './open-counts.js';
import { MemoryLog } from './memory-log.js';
import type { SnapshotFile } from './snapshot-file.js';
import { toSilence, toStoredSilence, type StoredSilence } from './stored-silence.js';
import { toStoredWindow, toWindow, type StoredWindow } from './stored-window.js';
import type { StoreState } from './store-state.js';
import { dateOf, toAlert, toStoredEntry, type StoredAlert } from './stored-alert.js';

export interface MemoryAlertStoreOptions {
  /** Alerts that it holds. Beyond, those longest resolved are forgotten; where none is resolved, new ones are refused. Default: 50,000. */
  readonly limit?: number;
  /** Where it is kept across restarts. Default: nowhere. */
  readonly snapshot?: SnapshotFile;
}

const COUNTED_AT_ONCE = 2_000;

/** Alerts of one process, in its memory. */
export class MemoryAlertStore implements AlertStore {
  readonly #limit: number;
  readonly #snapshot: SnapshotFile | undefined;
  readonly #alerts = new Map<string, StoredAlert>();
  readonly #active = new Map<string, StoredAlert>();
  readonly #resolved = new DueQueue();
  readonly #ends = new DueQueue();
  readonly #unrouted = new DueQueue();
  readonly #groups = new MemoryGroups();
  readonly #silences = new Map<string, StoredSilence>();
  readonly #windows = new Map<string, StoredWindow>();
  readonly #log = new MemoryLog();
  readonly #claims = new MemoryClaims();
  /** All alerts, the latest begun first; made when it is asked for. */
  #inOrder: StoredAlert[] | undefined;

  constructor({ limit = MOST_ALERTS, snapshot }: MemoryAlertStoreOptions = {}) {
    this.#limit = limit;
    this.#snapshot = snapshot;
    snapshot?.start(
      state => {
        this.#restore(state);
      },
      () => this.#save(),
    );
  }

  /** How many alerts there are. */
  get size(): number {
    return this.#alerts.size;
  }

  async fire(told: FiredAlert, now: Date, routeBy?: Date): Promise<Fired> {
    const before = this.#alerts.get(told.fingerprint);
    if (before === undefined) this.#makeRoom();
    const { after, change } = fire(before, told, now.getTime());
    this.#put(after, before);
    if (change !== 'merged' && routeBy) this.#unrouted.set(after.id, routeBy.getTime());
    return { alert: toAlert(after), change };
  }

  async routed(id: string, routeBy: Date): Promise<void> {
    if (this.#unrouted.get(id) !== routeBy.getTime()) return;
    this.#unrouted.delete(id);
    this.#changed();
  }

  async takeUnrouted(now: Date, leaseUntil: Date, limit: number): Promise<readonly Alert[]> {
    const ids = this.#unrouted.take(now.getTime(), limit).map(({ key }) => key);
    for (const id of ids) this.#unrouted.set(id, leaseUntil.getTime());
    return this.getAll(ids);
  }

  async resolve(id: string, now: Date, entry: HistoryEntry): Promise<Alert | undefined> {
    return this.#change(id, alert => resolve(alert, now.getTime(), toStoredEntry(entry)));
  }

  async resolveEnded(now: Date, limit: number): Promise<readonly Alert[]> {
    const entry = { at: now.getTime(), event: 'expired', reason: REASONS.expired } as const;
    return this.#ends.take(now.getTime(), limit).flatMap(({ key, at }) => this.#change(key, alert => resolve(alert, at, entry)) ?? []);
  }

  async nextEnd(): Promise<Date | undefined> {
    return dateOf(this.#ends.first()?.at);
  }

  async acknowledge(id: string, now: Date, by: string): Promise<Alert | undefined> {
    return this.#change(id, alert => acknowledge(alert, now.getTime(), by));
  }

  async unacknowledge(id: string, now: Date, by: string): Promise<Alert | undefined> {
    return this.#change(id, alert => unacknowledge(alert, now.getTime(), by));
  }

  async note(id: string, entry: HistoryEntry, status?: 'firing' | 'suppressed'): Promise<boolean> {
    return this.#change(id, alert => note(alert, toStoredEntry(entry), status)) !== undefined;
  }

  async get(id: string): Promise<Alert | undefined> {
    const alert = this.#alerts.get(id);
    return alert && toAlert(alert);
  }

  async getAll(ids: readonly string[]): Promise<readonly Alert[]> {
    return ids.flatMap(id => this.#alerts.get(id) ?? []).map(toAlert);
  }

  async list(filter: StoreFilter, { limit, after }: { readonly limit: number; readonly after?: string }): Promise<Page<Alert>> {
    const cursor = readCursor(after);
    this.#inOrder ??= [...this.#alerts.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
    const items: Alert[] = [];
    let last: StoredAlert | undefined;
    for (const inOrder of this.#inOrder) {
      if (cursor && !isAfter(inOrder, cursor)) continue;
      const stored = this.#alerts.get(inOrder.id) as StoredAlert;
      if (!isWanted(stored, filter)) continue;
      const alert = toAlert(stored);
      if (filter.accepts?.(alert) === false) continue;
      if (items.length === limit) return { items, ...(last && { next: cursorOf(last) }) };
      items.push(alert);
      last = inOrder;
    }
    return { items };
  }

  async active(): Promise<readonly Alert[]> {
    return Array.from(this.#active.values(), toAlert);
  }

  async countActive(): Promise<readonly OpenCount[]> {
    const counts = new OpenCounts();
    let n = 0;
    for (const alert of this.#active.values()) {
      counts.add(alert);
      // The app has its turn between them.
      if (++n % COUNTED_AT_ONCE === 0) await nextTurn();
    }
    return counts.all();
  }

  async putSilence(silence: Silence): Promise<void> {
    if (this.#silences.size >= MOST_SILENCES && !this.#silences.has(silence.id)) throw new AlertStoreFullError('silences', MOST_SILENCES);
    this.#silences.set(silence.id, toStoredSilence(silence));
    this.#changed();
  }

  async silences(): Promise<readonly Silence[]> {
    return Array.from(this.#silences.values(), toSilence);
  }

  async putWindow(window: MaintenanceWindowOptions): Promise<void> {
    if (this.#windows.size >= MOST_WINDOWS && !this.#windows.has(window.name)) throw new AlertStoreFullError('maintenance windows', MOST_WINDOWS);
    this.#windows.set(window.name, toStoredWindow(window));
    this.#changed();
  }

  async windows(): Promise<readonly MaintenanceWindowOptions[]> {
    return Array.from(this.#windows.values(), toWindow);
  }

  async removeWindow(name: string): Promise<boolean> {
    this.#changed();
    return this.#windows.delete(name);
  }

  async joinGroup(key: string, alertId: string, dueAt: Date, isUrgent = false): Promise<Date> {
    this.#changed();
    return new Date(this.#groups.join(key, alertId, dueAt.getTime(), isUrgent));
  }

  async hastenGroup(key: string, at: Date): Promise<void> {
    this.#groups.hasten(key, at.getTime());
    this.#changed();
  }

  async groupsOf(alertId: string): Promise<readonly string[]> {
    return this.#groups.of(alertId);
  }

  async group(key: string): Promise<GroupState | undefined> {
    return this.#groups.get(key);
  }

  async takeDueGroups(now: Date, leaseUntil: Date, limit: number): Promise<readonly GroupState[]> {
    return this.#groups.takeDue(now.getTime(), leaseUntil.getTime(), limit);
  }

  async nextDue(): Promise<Date | undefined> {
    return dateOf(this.#groups.nextDue());
  }

  async settleGroup(key: string, settled: SettledGroup): Promise<boolean> {
    this.#changed();
    return this.#groups.settle(key, settled, id => {
      const alert = this.#alerts.get(id);
      return alert ? alert.resolvedAt : null;
    });
  }

  async notificationLog(groupKey: string, receiver: string, channel: string): Promise<NotificationLogEntry | undefined> {
    return this.#log.get(groupKey, receiver, channel);
  }

  async claimNotification(
    groupKey: string,
    receiver: string,
    channel: string,
    seen: Date | undefined,
    { by, forMs }: { readonly by: string; readonly forMs: number },
  ): Promise<NotificationClaim> {
    if (this.#log.get(groupKey, receiver, channel)?.at.getTime() !== seen?.getTime()) return 'told';
    return this.#claims.claim(logClaim(groupKey, receiver, channel), by, forMs) ? 'claimed' : 'busy';
  }

  async recordNotification(groupKey: string, receiver: string, channel: string, entry: NotificationLogEntry): Promise<void> {
    this.#log.put(groupKey, receiver, channel, entry);
    this.#claims.end(logClaim(groupKey, receiver, channel));
    this.#changed();
  }

  async claim(name: string, by: string, forMs: number): Promise<boolean> {
    return this.#claims.claim(name, by, forMs);
  }

  async unclaim(name: string, by: string): Promise<void> {
    this.#claims.unclaim(name, by);
  }

  async expire(now: Date): Promise<void> {
    const time = now.getTime();
    for (const { id, touchedAt } of this.#alerts.values()) if (touchedAt + ALERT_LIFE_MS <= time) this.#forget(id);
    for (const { id, endsAt } of this.#silences.values()) if (endsAt + SILENCE_LIFE_MS <= time) this.#silences.delete(id);
    for (const { name, end } of this.#windows.values()) if (end !== undefined && end + SILENCE_LIFE_MS <= time) this.#windows.delete(name);
    this.#log.expire(time - ALERT_LIFE_MS);
    this.#changed();
  }

  async close(): Promise<void> {
    await this.#snapshot?.close();
  }

  #change(id: string, transition: (alert: StoredAlert) => StoredAlert | undefined): Alert | undefined {
    const before = this.#alerts.get(id);
    const after = before && transition(before);
    if (after === undefined) return undefined;
    this.#put(after, before);
    return toAlert(after);
  }

  #put(alert: StoredAlert, before: StoredAlert | undefined): void {
    const { id, resolvedAt, endsAt } = alert;
    this.#alerts.set(id, alert);
    if (before?.startsAt !== alert.startsAt) this.#inOrder = undefined;
    if (resolvedAt === undefined) {
      this.#active.set(id, alert);
      if (before?.resolvedAt !== undefined) this.#resolved.delete(id);
      if (endsAt !== undefined) this.#ends.set(id, endsAt);
      else if (before?.endsAt !== undefined) this.#ends.delete(id);
    } else if (before?.resolvedAt === undefined) {
      this.#active.delete(id);
      this.#resolved.set(id, resolvedAt);
      this.#ends.delete(id);
      // Who hears of an alert only when it is over needn't hear of it.
      this.#unrouted.delete(id);
    }
    this.#changed();
  }

  #makeRoom(): void {
    if (this.#alerts.size < this.#limit) return;
    const longestResolved = this.#resolved.first();
    if (longestResolved === undefined) throw new AlertStoreFullError('alerts', this.#limit);
    this.#forget(longestResolved.key);
  }

  #forget(id: string): void {
    this.#alerts.delete(id);
    this.#active.delete(id);
    this.#resolved.delete(id);
    this.#ends.delete(id);
    this.#unrouted.delete(id);
    this.#inOrder = undefined;
  }

  #changed(): void {
    this.#snapshot?.changed();
  }

  /** All there is, of this moment: what is changed later does not change it. */
  #save(): StoreState {
    return {
      silences: [...this.#silences.values()],
      windows: [...this.#windows.values()],
      groups: [...this.#groups.save()],
      log: [...this.#log.save()],
      unrouted: [...this.#unrouted.keys()],
      alerts: [...this.#alerts.values()],
    };
  }

  #restore({ silences, windows, groups, log, unrouted, alerts }: StoreState): void {
    for (const alert of alerts) this.#put(alert, undefined);
    for (const silence of silences) this.#silences.set(silence.id, silence);
    for (const window of windows) this.#windows.set(window.name, window);
    for (const group of groups) this.#groups.restore(group);
    for (const entry of log) this.#log.restore(entry);
    // Whoever was about to route them is gone.
    for (const id of unrouted) this.#unrouted.set(id, 0);
  }
}

function logClaim(groupKey: string, receiver: string, channel: string): string {
  return JSON.stringify([groupKey, receiver, channel]);
}
