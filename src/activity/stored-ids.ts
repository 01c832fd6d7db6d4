import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** How an app names a user. */
export type UserId = string | number | bigint;

/** Longer ones are no ids: a token, a page. */
const LONGEST_ID = 256;
/** Of 256 bits 132: no two users will share them. */
const HASH_LENGTH = 22;
/** A hash takes microseconds, and the same users come again. */
const MOST_KNOWN = 10_000;

/** The id of a user as a text; `undefined` for what is no id. */
export function idText(userId: unknown): string | undefined {
  if (typeof userId !== 'string' && typeof userId !== 'bigint' && !Number.isFinite(userId)) return undefined;
  const text = String(userId);
  return text !== '' && text.length <= LONGEST_ID ? text : undefined;
}

/** Keyed hashes of ids, which nobody can look up without the key. */
export class StoredIds {
  readonly #key: KeyObject;
  /** Hashes of the last users, and of those before. */
  #known = new Map<string, string>();
  #knownBefore = new Map<string, string>();

  constructor(key: string) {
    this.#key = createSecretKey(key, 'utf8');
  }

  hash(id: string): string {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const hash = this.#knownBefore.get(id) ?? createHmac('sha256', this.#key).update(id).digest('base64url').slice(0, HASH_LENGTH);
    if (this.#known.size >= MOST_KNOWN) {
      this.#knownBefore = this.#known;
      this.#known = new Map();
    }
    this.#known.set(id, hash);
    return hash;
  }
}
