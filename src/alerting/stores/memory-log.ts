import type { NotificationLogEntry } from './alert-store.js';
import { DueQueue } from './due-queue.js';
import { MOST_ALERTS } from './alert-store.js';

/** An entry of the notification log as it is kept. */
export interface StoredLogEntry extends Omit<NotificationLogEntry, 'at'> {
  /** Group, receiver and channel. */
  readonly key: readonly [string, string, string];
  readonly at: number;
}

/** The notification log of {@link MemoryAlertStore}; the oldest entries are forgotten where there are too many. */
export class MemoryLog {
  readonly #entries = new Map<string, StoredLogEntry>();
  readonly #oldest = new DueQueue();

  get(...key: StoredLogEntry['key']): NotificationLogEntry | undefined {
    const entry = this.#entries.get(JSON.stringify(key));
    return entry && { at: new Date(entry.at), firing: { ...entry.firing }, resolved: [...entry.resolved] };
  }

  put(groupKey: string, receiver: string, channel: string, { at, firing, resolved }: NotificationLogEntry): void {
    this.restore({ key: [groupKey, receiver, channel], at: at.getTime(), firing: { ...firing }, resolved: [...resolved] });
  }

  restore(entry: StoredLogEntry): void {
    const key = JSON.stringify(entry.key);
    if ((this.#entries.get(key)?.at ?? -Infinity) > entry.at) return;
    this.#entries.set(key, entry);
    this.#oldest.set(key, entry.at);
    if (this.#oldest.size > MOST_ALERTS) this.#take(Infinity, 1);
  }

  /** Forgets what was notified by `until`. */
  expire(until: number): void {
    this.#take(until, Infinity);
  }

  save(): Iterable<StoredLogEntry> {
    return this.#entries.values();
  }

  #take(until: number, limit: number): void {
    for (const { key } of this.#oldest.take(until, limit)) this.#entries.delete(key);
  }
}
