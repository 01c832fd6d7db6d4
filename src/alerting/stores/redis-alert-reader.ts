import type { Alert } from '../alert.js';
import { READ } from './redis-alert-scripts.js';
import type { RedisKeys } from './redis-keys.js';
import { alertIn } from './redis-replies.js';
import type { RedisRunner } from './redis-runner.js';
import { toAlert, type StoredAlert } from './stored-alert.js';

/** Alerts that one call takes: Redis does nothing else meanwhile. */
export const BATCH = 200;

/** Reads the alerts of the Redis store, and what its scripts gave of one. */
export class RedisAlertReader {
  readonly #redis: RedisRunner;
  readonly #keys: RedisKeys;

  constructor(redis: RedisRunner, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Alerts by their ids; `undefined` for one that there is not, or that can't be read. */
  async readAll(ids: readonly string[]): Promise<(StoredAlert | undefined)[]> {
    const read = async (batch: readonly string[]): Promise<(StoredAlert | undefined)[]> => {
      const reply = batch.length === 0 ? [] : await this.#redis.run(READ, batch.map(id => this.#keys.alert(id)));
      return batch.map((id, i) => this.#stored(id, Array.isArray(reply) ? reply[i] : undefined));
    };
    return (await Promise.all(inBatches(ids).map(([batch]) => read(batch)))).flat();
  }

  /** The alert that a transition gave; `undefined` where it changed nothing. */
  read(id: string, fields: unknown): Alert | undefined {
    return Array.isArray(fields) ? toAlert(this.mustRead(id, fields)) : undefined;
  }

  /** @param history that of the alert, where it is known already */
  mustRead(id: string, fields: unknown, history?: StoredAlert['history']): StoredAlert {
    const alert = this.#stored(id, fields, history);
    if (alert === undefined) throw new TypeError(`Redis holds no alert in ${this.#keys.alert(id)} that can be read`);
    return alert;
  }

  #stored(id: string, fields: unknown, history?: StoredAlert['history']): StoredAlert | undefined {
    if (Array.isArray(fields) && fields.length === 0) return undefined;
    const onBadEntry = (): void => {
      this.#redis.tellBad(`${this.#keys.alert(id)} (its history)`);
    };
    const alert = alertIn(id, fields, onBadEntry, history);
    if (alert === undefined) this.#redis.tellBad(this.#keys.alert(id));
    return alert;
  }
}

/** Parts of a list, each with whether it is the last; of an empty one, one that is empty. */
export function inBatches<T>(list: readonly T[]): [readonly T[], boolean][] {
  const count = Math.max(1, Math.ceil(list.length / BATCH));
  return Array.from({ length: count }, (_, i) => [list.slice(i * BATCH, (i + 1) * BATCH), i === count - 1]);
}
