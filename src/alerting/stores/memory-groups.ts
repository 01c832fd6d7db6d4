import type { GroupState, SettledGroup } from './alert-store.js';
import { DueQueue } from './due-queue.js';

interface Group {
  readonly alertIds: Set<string>;
  isFlushed: boolean;
  lease: Lease | undefined;
}

/** A claim on a group: the group is due again when it ends. */
interface Lease {
  readonly until: number;
  /** When the group was due, before it was claimed. */
  readonly wasDueAt: number;
  /** The earliest that the group was asked to be due, since. */
  wantedAt: number;
}

/** A group as a snapshot keeps it. */
export interface StoredGroup {
  readonly key: string;
  readonly alertIds: readonly string[];
  readonly dueAt: number;
  readonly isFlushed: boolean;
}

/** The groups of {@link MemoryAlertStore}. */
export class MemoryGroups {
  readonly #groups = new Map<string, Group>();
  readonly #due = new DueQueue();
  readonly #ofAlert = new Map<string, Set<string>>();

  join(key: string, alertId: string, dueAt: number, isUrgent: boolean): number {
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { alertIds: new Set(), isFlushed: false, lease: undefined };
      this.#groups.set(key, group);
      this.#due.set(key, dueAt);
    } else if (isUrgent || !(group.isFlushed || group.lease)) {
      this.hasten(key, dueAt);
    }
    group.alertIds.add(alertId);
    const keys = this.#ofAlert.get(alertId);
    if (keys) keys.add(key);
    else this.#ofAlert.set(alertId, new Set([key]));
    return Math.min(this.#due.get(key) as number, group.lease?.wantedAt ?? Infinity);
  }

  hasten(key: string, at: number): void {
    const group = this.#groups.get(key);
    if (group?.lease) group.lease.wantedAt = Math.min(group.lease.wantedAt, at);
    else if (group && at < (this.#due.get(key) as number)) this.#due.set(key, at);
  }

  of(alertId: string): string[] {
    return [...(this.#ofAlert.get(alertId) ?? [])];
  }

  get(key: string): GroupState | undefined {
    const group = this.#groups.get(key);
    if (group === undefined) return undefined;
    return { key, alertIds: [...group.alertIds], dueAt: new Date(this.#due.get(key) as number), isFlushed: group.isFlushed };
  }

  takeDue(now: number, leaseUntil: number, limit: number): GroupState[] {
    return this.#due.take(now, limit).map(({ key, at }) => {
      const group = this.#groups.get(key) as Group;
      group.lease = { until: leaseUntil, wasDueAt: at, wantedAt: Infinity };
      this.#due.set(key, leaseUntil);
      return this.get(key) as GroupState;
    });
  }

  nextDue(): number | undefined {
    return this.#due.first()?.at;
  }

  /** @param resolvedAt of an alert: `undefined` where it is active, `null` where there is none */
  settle(key: string, { dueAt, drop, leaseUntil }: SettledGroup, resolvedAt: (alertId: string) => number | undefined | null): boolean {
    const group = this.#groups.get(key);
    if (group === undefined || (leaseUntil && group.lease?.until !== leaseUntil.getTime())) return false;
    for (const seen of drop) {
      if (seen.resolvedAt === undefined || seen.resolvedAt.getTime() === resolvedAt(seen.id)) this.#leave(group, key, seen.id);
    }
    for (const id of group.alertIds) if (resolvedAt(id) === null) this.#leave(group, key, id);
    if (group.alertIds.size === 0) {
      this.#groups.delete(key);
      this.#due.delete(key);
      return true;
    }
    this.#due.set(key, Math.min(dueAt.getTime(), group.lease?.wantedAt ?? Infinity));
    group.isFlushed = true;
    group.lease = undefined;
    return true;
  }

  /** A copy of all groups. Claims are left out: who made them is gone when it is read. */
  *save(): Iterable<StoredGroup> {
    for (const [key, { alertIds, isFlushed, lease }] of this.#groups) {
      const dueAt = lease ? Math.min(lease.wasDueAt, lease.wantedAt) : (this.#due.get(key) as number);
      yield { key, alertIds: [...alertIds], dueAt, isFlushed };
    }
  }

  restore({ key, alertIds, dueAt, isFlushed }: StoredGroup): void {
    for (const id of alertIds) this.join(key, id, dueAt, false);
    const group = this.#groups.get(key);
    if (group) group.isFlushed = isFlushed;
  }

  #leave(group: Group, key: string, alertId: string): void {
    if (!group.alertIds.delete(alertId)) return;
    const keys = this.#ofAlert.get(alertId);
    keys?.delete(key);
    if (keys?.size === 0) this.#ofAlert.delete(alertId);
  }
}
