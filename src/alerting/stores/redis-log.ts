import { ALERT_LIFE_MS, type NotificationClaim, type NotificationLogEntry } from './alert-store.js';
import { CLAIM_NOTIFICATION, RECORD } from './redis-alert-scripts.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisRunner } from './redis-runner.js';
import { parseJson, readLogEntry } from './stored-json.js';

/** The notification log of the Redis store: a hash for each channel that was told of a group, with the claim to tell it. */
export class RedisLog {
  readonly #redis: RedisRunner;
  readonly #keys: RedisKeys;

  constructor(redis: RedisRunner, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async get(...place: readonly [groupKey: string, receiver: string, channel: string]): Promise<NotificationLogEntry | undefined> {
    const key = this.#keys.log(...place);
    const json = await this.#redis.field(key, 'entry');
    if (json === null) return undefined;
    const entry = readLogEntry(parseJson(json));
    if (entry === undefined) this.#redis.tellBad(key);
    return entry && { at: new Date(entry.at), firing: entry.firing, resolved: entry.resolved };
  }

  async put(place: readonly [groupKey: string, receiver: string, channel: string], { at, firing, resolved }: NotificationLogEntry): Promise<void> {
    const json = JSON.stringify({ key: place, at: at.getTime(), firing, resolved });
    await this.#redis.run(RECORD, [this.#keys.log(...place)], at.getTime(), json, ALERT_LIFE_MS);
  }

  async claim(
    place: readonly [groupKey: string, receiver: string, channel: string],
    seen: Date | undefined,
    { by, forMs }: { readonly by: string; readonly forMs: number },
  ): Promise<NotificationClaim> {
    const reply = await this.#redis.run(CLAIM_NOTIFICATION, [this.#keys.log(...place)], seen?.getTime() ?? '', by, forMs, ALERT_LIFE_MS);
    return reply as NotificationClaim;
  }
}
