import type { Diagnostics } from '../../core/diagnostics.js';
import type { RedisScript } from '../../core/redis-script.js';
import type { RedisConnection } from '../../core/redis.js';
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
  type FireChange,
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
import { REASONS } from './alert-transitions.js';
import { KnownHistories } from './known-histories.js';
import { cursorOf, isWanted, readCursor, type Place } from './listing.js';
import { BATCH, inBatches, RedisAlertReader } from './redis-alert-reader.js';
import { ACKNOWLEDGE, CLAIM, CLAIM_RIGHT, FIRE, FORGET, NOTE, PAGE, REMOVE, RESOLVE, UNCLAIM, UNTIL } from './redis-alert-scripts.js';
import { HASTEN, JOIN, MEMBERS, READ_GROUP, SETTLE, TAKE } from './redis-group-scripts.js';
import { RedisKeys } from './redis-keys.js';
import { countOpen } from './redis-open-alerts.js';
import { RedisLog } from './redis-log.js';
import { RedisRecords } from './redis-records.js';
import { pairsIn, textsIn } from './redis-replies.js';
import { RedisRunner } from './redis-runner.js';
import { toAlert, toStoredEntry } from './stored-alert.js';
import { readSilence, readStoredWindow } from './stored-json.js';
import { toSilence, toStoredSilence, type StoredSilence } from './stored-silence.js';
import { toStoredWindow, toWindow, type StoredWindow } from './stored-window.js';

export interface RedisAlertStoreOptions {
  /** Where its bad records are told of. */
  readonly diagnostics: Diagnostics;
  /** What all keys begin with, as the hash tag `{prefix}`; apps that share a Redis need different ones. Default: `sightline:alerts`. */
  readonly prefix?: string;
  /** Alerts that it holds. Beyond, those longest resolved are forgotten; where none is resolved, new ones are refused. Default: 50,000. */
  readonly limit?: number;
  /** Shared with who else uses the connection, so that all know when it is silent. Default: its own. */
  readonly runner?: RedisRunner;
}

/** Processes that all make room may take it from each other. */
const ATTEMPTS = 10;

/** Alerts that all processes share, in Redis. */
export class RedisAlertStore implements AlertStore {
  readonly #redis: RedisRunner;
  readonly #keys: RedisKeys;
  readonly #limit: number;
  readonly #alerts: RedisAlertReader;
  readonly #log: RedisLog;
  readonly #silences: RedisRecords<StoredSilence>;
  readonly #windows: RedisRecords<StoredWindow>;
  readonly #histories = new KnownHistories();

  /** @throws InvalidOptionError for a prefix that can't be one */
  constructor(redis: Pick<RedisConnection, 'client' | 'opened'>, { diagnostics, prefix = 'sightline:alerts', limit = MOST_ALERTS, runner }: RedisAlertStoreOptions) {
    this.#redis = runner ?? new RedisRunner(redis, diagnostics);
    this.#keys = new RedisKeys(prefix);
    this.#limit = limit;
    this.#alerts = new RedisAlertReader(this.#redis, this.#keys);
    this.#log = new RedisLog(this.#redis, this.#keys);
    this.#silences = new RedisRecords(this.#redis, this.#keys.silences, {
      what: 'silences',
      limit: MOST_SILENCES,
      read: readSilence,
      nameOf: ({ id }) => id,
      endOf: ({ endsAt }) => endsAt,
    });
    this.#windows = new RedisRecords(this.#redis, this.#keys.windows, {
      what: 'maintenance windows',
      limit: MOST_WINDOWS,
      read: readStoredWindow,
      nameOf: ({ name }) => name,
      endOf: ({ end }) => end,
    });
  }

  async fire(told: FiredAlert, now: Date, routeBy?: Date): Promise<Fired> {
    const { all, active, ends, resolved, lives, unrouted } = this.#keys;
    const id = told.fingerprint;
    const keys = [this.#keys.alert(id), all, active, ends, resolved, lives, unrouted];
    const { title, description, severity, source, generatorUrl } = told;
    const texts = [title, description, source, JSON.stringify(told.labels), JSON.stringify(told.annotations), optional(generatorUrl)];
    const times = [told.startsAt.getTime(), told.endsAt?.getTime() ?? '', routeBy?.getTime() ?? ''];
    for (let attempt = 1; ; attempt++) {
      const known = this.#histories.get(id);
      const reply = await this.#run(FIRE, keys, id, now.getTime(), this.#limit, ALERT_LIFE_MS, severity, ...times, known?.version ?? '', ...texts);
      const [change, fields, version = ''] = Array.isArray(reply) ? (reply as [FireChange | 'full', unknown, string?]) : [];
      if (change === undefined) throw new TypeError('Redis answered without what has changed');
      if (change !== 'full') {
        const alert = this.#alerts.mustRead(id, fields, known?.version === version ? known.history : undefined);
        this.#histories.remember(id, { version, history: alert.history });
        return { alert: toAlert(alert), change };
      }
      if (attempt === ATTEMPTS || !(await this.#makeRoom())) throw new AlertStoreFullError('alerts', this.#limit);
    }
  }

  async routed(id: string, routeBy: Date): Promise<void> {
    await this.#run(REMOVE, [this.#keys.unrouted], id, routeBy.getTime());
  }

  async takeUnrouted(now: Date, leaseUntil: Date, limit: number): Promise<readonly Alert[]> {
    const ids = textsIn(await this.#run(CLAIM, [this.#keys.unrouted], now.getTime(), leaseUntil.getTime(), limit));
    const alerts = await this.getAll(ids);
    const found = new Set(alerts.map(({ id }) => id));
    await Promise.all(ids.filter(id => !found.has(id)).map(id => this.routed(id, leaseUntil)));
    return alerts;
  }

  async resolve(id: string, now: Date, entry: HistoryEntry): Promise<Alert | undefined> {
    return this.#resolve(id, now.getTime(), entry, '');
  }

  async resolveEnded(now: Date, limit: number): Promise<readonly Alert[]> {
    const ended = await this.#until(this.#keys.ends, now.getTime(), limit);
    const resolved = await Promise.all(ended.map(([id]) => this.#resolve(id, 0, { at: now, event: 'expired', reason: REASONS.expired }, now.getTime())));
    return resolved.filter(alert => alert !== undefined);
  }

  async nextEnd(): Promise<Date | undefined> {
    return this.#first(this.#keys.ends);
  }

  async acknowledge(id: string, now: Date, by: string): Promise<Alert | undefined> {
    const entry = { at: now.getTime(), event: 'acknowledged', reason: REASONS.acknowledged, by };
    return this.#alerts.read(id, await this.#run(ACKNOWLEDGE, this.#keysOf(id), id, now.getTime(), ALERT_LIFE_MS, optional(by), JSON.stringify(entry)));
  }

  async unacknowledge(id: string, now: Date, by: string): Promise<Alert | undefined> {
    const entry = { at: now.getTime(), event: 'unacknowledged', reason: REASONS.unacknowledged, by };
    return this.#alerts.read(id, await this.#run(ACKNOWLEDGE, this.#keysOf(id), id, now.getTime(), ALERT_LIFE_MS, '', JSON.stringify(entry)));
  }

  async note(id: string, entry: HistoryEntry, status?: 'firing' | 'suppressed'): Promise<boolean> {
    const json = JSON.stringify(toStoredEntry(entry));
    return Number(await this.#run(NOTE, this.#keysOf(id), id, entry.at.getTime(), ALERT_LIFE_MS, json, status ?? '', entry.reason)) === 1;
  }

  async get(id: string): Promise<Alert | undefined> {
    return (await this.getAll([id]))[0];
  }

  async getAll(ids: readonly string[]): Promise<readonly Alert[]> {
    return (await this.#alerts.readAll(ids)).flatMap(alert => (alert ? [toAlert(alert)] : []));
  }

  async list(filter: StoreFilter, { limit, after }: { readonly limit: number; readonly after?: string }): Promise<Page<Alert>> {
    const { all, active } = this.#keys;
    const index = filter.status === undefined || filter.status === 'resolved' ? all : active;
    const items: Alert[] = [];
    let last: Place | undefined;
    for (let place = readCursor(after); ; ) {
      const count = last ? BATCH : Math.min(BATCH, limit + 1);
      const members = pairsIn(await this.#run(PAGE, [index], place?.startsAt ?? 0, place?.id ?? '', count));
      const places = members.map(([id, startsAt]): Place => ({ id, startsAt: Number(startsAt) }));
      const found = await this.#alerts.readAll(places.map(({ id }) => id));
      for (const [i, alert] of found.entries()) {
        const given = alert && isWanted(alert, filter) ? toAlert(alert) : undefined;
        if (given === undefined || filter.accepts?.(given) === false) continue;
        if (items.length === limit) return { items, ...(last && { next: cursorOf(last) }) };
        items.push(given);
        last = places[i];
      }
      if (places.length < count) return { items };
      place = places.at(-1);
    }
  }

  async active(): Promise<readonly Alert[]> {
    const members = await this.#until(this.#keys.active, '+inf', -1);
    return (await this.getAll(members.map(([id]) => id))).filter(({ status }) => status !== 'resolved');
  }

  countActive(): Promise<readonly OpenCount[]> {
    return countOpen(this.#redis, this.#keys);
  }

  async putSilence(silence: Silence): Promise<void> {
    await this.#silences.put(toStoredSilence(silence));
  }

  async silences(): Promise<readonly Silence[]> {
    return (await this.#silences.all()).map(toSilence);
  }

  async putWindow(window: MaintenanceWindowOptions): Promise<void> {
    await this.#windows.put(toStoredWindow(window));
  }

  async windows(): Promise<readonly MaintenanceWindowOptions[]> {
    return (await this.#windows.all()).map(toWindow);
  }

  async removeWindow(name: string): Promise<boolean> {
    return this.#windows.remove(name);
  }

  async joinGroup(key: string, alertId: string, dueAt: Date, isUrgent = false): Promise<Date> {
    const { due, leases, wanted, flushed } = this.#keys;
    const keys = [due, leases, wanted, flushed, this.#keys.group(key), this.#keys.groupsOf(alertId)];
    return new Date(Number(await this.#run(JOIN, keys, key, alertId, dueAt.getTime(), isUrgent ? 1 : 0, ALERT_LIFE_MS)));
  }

  async hastenGroup(key: string, at: Date): Promise<void> {
    const { due, leases, wanted } = this.#keys;
    await this.#run(HASTEN, [due, leases, wanted], key, at.getTime());
  }

  async groupsOf(alertId: string): Promise<readonly string[]> {
    return textsIn(await this.#run(MEMBERS, [this.#keys.groupsOf(alertId)]));
  }

  async group(key: string): Promise<GroupState | undefined> {
    const { due, flushed } = this.#keys;
    const reply = await this.#run(READ_GROUP, [due, flushed, this.#keys.group(key)], key);
    if (!Array.isArray(reply)) return undefined;
    const [dueAt, isFlushed, alertIds] = reply as unknown[];
    return { key, alertIds: textsIn(alertIds), dueAt: new Date(Number(dueAt)), isFlushed: Number(isFlushed) === 1 };
  }

  async takeDueGroups(now: Date, leaseUntil: Date, limit: number): Promise<readonly GroupState[]> {
    const { due, leases, wanted } = this.#keys;
    const taken = textsIn(await this.#run(TAKE, [due, leases, wanted], now.getTime(), leaseUntil.getTime(), limit));
    // Read once they are claimed, by scripts that name their keys: a cluster that moves slots goes by these.
    const groups = await Promise.all(taken.map(key => this.group(key)));
    return groups.filter(group => group !== undefined);
  }

  async nextDue(): Promise<Date | undefined> {
    return this.#first(this.#keys.due);
  }

  async settleGroup(key: string, { dueAt, drop, leaseUntil }: SettledGroup): Promise<boolean> {
    const { due, leases, wanted, flushed } = this.#keys;
    const group = this.#keys.group(key);
    const ways = new Map<string, string | number>(textsIn(await this.#run(MEMBERS, [group])).map(id => [id, 'gone']));
    for (const { id, resolvedAt } of drop) ways.set(id, resolvedAt?.getTime() ?? 'any');
    for (const [batch, isLast] of inBatches([...ways])) {
      const keys = [due, leases, wanted, flushed, group, ...batch.flatMap(([id]) => [this.#keys.alert(id), this.#keys.groupsOf(id)])];
      const reply = await this.#run(SETTLE, keys, key, leaseUntil?.getTime() ?? '', isLast ? dueAt.getTime() : '', ALERT_LIFE_MS, ...batch.flat());
      if (Number(reply) !== 1) return false;
    }
    return true;
  }

  async notificationLog(groupKey: string, receiver: string, channel: string): Promise<NotificationLogEntry | undefined> {
    return this.#log.get(groupKey, receiver, channel);
  }

  async claimNotification(
    groupKey: string,
    receiver: string,
    channel: string,
    seen: Date | undefined,
    claim: { readonly by: string; readonly forMs: number },
  ): Promise<NotificationClaim> {
    return this.#log.claim([groupKey, receiver, channel], seen, claim);
  }

  async recordNotification(groupKey: string, receiver: string, channel: string, entry: NotificationLogEntry): Promise<void> {
    await this.#log.put([groupKey, receiver, channel], entry);
  }

  async claim(name: string, by: string, forMs: number): Promise<boolean> {
    return Number(await this.#run(CLAIM_RIGHT, [this.#keys.claim(name)], by, Math.max(1, Math.ceil(forMs)))) === 1;
  }

  async unclaim(name: string, by: string): Promise<void> {
    await this.#run(UNCLAIM, [this.#keys.claim(name)], by);
  }

  async expire(now: Date): Promise<void> {
    const until = now.getTime() - ALERT_LIFE_MS;
    for (let isMore = true; isMore; ) {
      const old = await this.#until(this.#keys.lives, until, BATCH);
      const forgotten = await Promise.all(old.map(([id]) => this.#forget(id, until)));
      isMore = old.length === BATCH && forgotten.includes(true);
    }
    await this.#silences.expire(now.getTime() - SILENCE_LIFE_MS);
    await this.#windows.expire(now.getTime() - SILENCE_LIFE_MS);
  }

  /** The connection is not its own. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async #resolve(id: string, resolvedAt: number, entry: HistoryEntry, endBy: number | ''): Promise<Alert | undefined> {
    const { active, ends, resolved, lives, unrouted } = this.#keys;
    const keys = [this.#keys.alert(id), active, ends, resolved, lives, unrouted];
    const touchedAt = entry.at.getTime();
    return this.#alerts.read(id, await this.#run(RESOLVE, keys, id, resolvedAt, ALERT_LIFE_MS, touchedAt, JSON.stringify(toStoredEntry(entry)), endBy));
  }

  async #makeRoom(): Promise<boolean> {
    const [longestResolved] = await this.#until(this.#keys.resolved, '+inf', 1);
    if (longestResolved === undefined) return false;
    // Another process may have made room with it, or told it again: then the next attempt shows.
    await this.#forget(longestResolved[0], '');
    return true;
  }

  async #forget(id: string, until: number | ''): Promise<boolean> {
    const { all, active, ends, resolved, lives, unrouted } = this.#keys;
    const keys = [this.#keys.alert(id), this.#keys.groupsOf(id), all, active, ends, resolved, lives, unrouted];
    return Number(await this.#run(FORGET, keys, id, until)) === 1;
  }

  async #first(index: string): Promise<Date | undefined> {
    const [first] = await this.#until(index, '+inf', 1);
    return first && new Date(Number(first[1]));
  }

  async #until(index: string, until: number | string, limit: number): Promise<[string, string][]> {
    return pairsIn(await this.#run(UNTIL, [index], until, limit));
  }

  #keysOf(id: string): string[] {
    return [this.#keys.alert(id), this.#keys.lives];
  }

  async #run(script: RedisScript, keys: readonly string[], ...scriptArguments: readonly (string | number)[]): Promise<unknown> {
    return this.#redis.run(script, keys, ...scriptArguments);
  }
}

/** A text that may be absent or empty, as an argument: only what is absent is ''. */
function optional(text: string | undefined): string {
  return text === undefined ? '' : `=${text}`;
}
