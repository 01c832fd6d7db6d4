import { AlertStoreFullError } from './alert-store.js';
import { FIELDS, PUT_FIELD, REMOVE_FIELD } from './redis-alert-scripts.js';
import { pairsIn } from './redis-replies.js';
import type { RedisRunner } from './redis-runner.js';
import { parseJson } from './stored-json.js';

/** Ready values for {@link RedisRecords}. */
export interface RedisRecordsParts<T> {
  /** As the error names them that says there is no room. */
  readonly what: ConstructorParameters<typeof AlertStoreFullError>[0];
  readonly limit: number;
  readonly read: (value: unknown) => T | undefined;
  readonly nameOf: (record: T) => string;
  readonly endOf: (record: T) => number | undefined;
}

/** Records in one hash, as JSON under their names: silences, and windows of maintenance. */
export class RedisRecords<T> {
  readonly #redis: RedisRunner;
  readonly #key: string;
  readonly #parts: RedisRecordsParts<T>;

  constructor(redis: RedisRunner, key: string, parts: RedisRecordsParts<T>) {
    this.#redis = redis;
    this.#key = key;
    this.#parts = parts;
  }

  /** @throws AlertStoreFullError for a new one that there is no room for */
  async put(record: T): Promise<void> {
    const { what, limit, nameOf } = this.#parts;
    const reply = await this.#redis.run(PUT_FIELD, [this.#key], nameOf(record), JSON.stringify(record), limit);
    if (Number(reply) !== 1) throw new AlertStoreFullError(what, limit);
  }

  async all(): Promise<readonly T[]> {
    return (await this.#all()).map(({ record }) => record);
  }

  /** @returns false where there is none of that name */
  async remove(name: string): Promise<boolean> {
    const found = pairsIn(await this.#redis.run(FIELDS, [this.#key])).find(([each]) => each === name);
    return found !== undefined && Number(await this.#redis.run(REMOVE_FIELD, [this.#key], ...found)) === 1;
  }

  /** Forgets those that ended by `until`. */
  async expire(until: number): Promise<void> {
    const { nameOf, endOf } = this.#parts;
    for (const { record, json } of await this.#all()) {
      if ((endOf(record) ?? Infinity) <= until) await this.#redis.run(REMOVE_FIELD, [this.#key], nameOf(record), json);
    }
  }

  async #all(): Promise<{ readonly record: T; readonly json: string }[]> {
    const { read, nameOf } = this.#parts;
    return pairsIn(await this.#redis.run(FIELDS, [this.#key])).flatMap(([name, json]) => {
      const record = read(parseJson(json));
      if (record !== undefined && nameOf(record) === name) return { record, json };
      this.#redis.tellBad(`${this.#key} ${name}`);
      return [];
    });
  }
}
