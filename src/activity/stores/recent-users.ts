import { ONLINE_MS } from '../active-windows.js';

interface Seen {
  readonly userId: string;
  at: number;
  slice: number;
}

const SLICE_MS = 15_000;
/** Slices that users may be in who are online, and the one that is just leaving. */
const SLICES_KEPT = ONLINE_MS / SLICE_MS + 1;

/**
 * Who was seen in the last five minutes, and when. Users are kept by the quarter of a minute in which they were last seen,
 * so that those who leave are dropped together and nobody is looked at twice.
 */
export class RecentUsers {
  readonly #limit: number;
  readonly #users = new Map<string, Seen>();
  readonly #slices = new Map<number, Set<Seen>>();
  #newest = -Infinity;

  /** @param limit beyond, the longest unseen leave early */
  constructor(limit: number) {
    this.#limit = limit;
  }

  see(userId: string, at: number): void {
    const slice = Math.floor(at / SLICE_MS);
    const seen = this.#users.get(userId);
    if (seen === undefined) this.#add({ userId, at, slice });
    else if (at >= seen.at) {
      seen.at = at;
      if (slice !== seen.slice) this.#move(seen, slice);
    }
  }

  /** Users seen at `since` or later: how many, and the last of them, the latest first. */
  since(since: number, limit: number): { readonly count: number; readonly users: readonly { readonly userId: string; readonly at: number }[] } {
    let count = 0;
    const users: Seen[] = [];
    for (const slice of [...this.#slices.keys()].sort((a, b) => b - a)) {
      const all = [...(this.#slices.get(slice) as Set<Seen>)];
      const within = slice * SLICE_MS >= since ? all : all.filter(({ at }) => at >= since);
      count += within.length;
      if (users.length < limit) users.push(...within.sort((a, b) => b.at - a.at).slice(0, limit - users.length));
    }
    return { count, users: users.map(({ userId, at }) => ({ userId, at })) };
  }

  forget(userId: string): void {
    const seen = this.#users.get(userId);
    if (seen !== undefined) this.#remove(seen);
  }

  #add(seen: Seen): void {
    if (this.#users.size >= this.#limit) this.#removeOldest();
    this.#users.set(seen.userId, seen);
    this.#sliceOf(seen.slice).add(seen);
  }

  #move(seen: Seen, slice: number): void {
    this.#slices.get(seen.slice)?.delete(seen);
    seen.slice = slice;
    this.#sliceOf(slice).add(seen);
  }

  #sliceOf(slice: number): Set<Seen> {
    const known = this.#slices.get(slice);
    if (known !== undefined) return known;
    const users = new Set<Seen>();
    this.#slices.set(slice, users);
    if (slice > this.#newest) {
      this.#newest = slice;
      for (const other of this.#slices.keys()) if (other <= slice - SLICES_KEPT) this.#drop(other);
    }
    return users;
  }

  #drop(slice: number): void {
    for (const { userId } of this.#slices.get(slice) ?? []) this.#users.delete(userId);
    this.#slices.delete(slice);
  }

  #removeOldest(): void {
    for (const slice of [...this.#slices.keys()].sort((a, b) => a - b)) {
      const [oldest] = this.#slices.get(slice) as Set<Seen>;
      if (oldest !== undefined) {
        this.#remove(oldest);
        return;
      }
      this.#slices.delete(slice);
    }
  }

  #remove(seen: Seen): void {
    this.#users.delete(seen.userId);
    this.#slices.get(seen.slice)?.delete(seen);
  }
}
