import { DueQueue } from '../stores/due-queue.js';
import { rankOf } from './digest.js';
import type { FirstOutcome, Parcel } from './parcel.js';

/** A parcel that is not delivered yet. Times are those of the monotonic clock. */
export interface HeldParcel {
  readonly parcel: Parcel;
  /** When the first of its key came, and its place among those that came. */
  readonly since: number;
  readonly turn: number;
  failures: number;
  /** With how many others it may go out as one: fewer each time that they were refused. */
  mostTogether: number;
  notBefore: number;
  /** Tells who handed it in what became of it at once. */
  settle: ((outcome: FirstOutcome) => void) | undefined;
}

/** Parcels that go out as one: more would keep the process busy for too long. */
const MOST_IN_DIGEST = 5_000;
/** Further apart than parcels ever come. */
const TURNS = 2 ** 48;

/** The parcels of a line that wait, by when they may go and then by how bad they are; nothing here looks at all of them. */
export class HeldParcels {
  readonly #all = new Map<string, HeldParcel>();
  /** By rank, and by turn within it. */
  readonly #ready = new DueQueue();
  /** By time. */
  readonly #waiting = new DueQueue();
  #turn = 0;
  #criticals = 0;
  #alerts = 0;

  get size(): number {
    return this.#all.size;
  }

  /** How many alerts they hold. */
  get alerts(): number {
    return this.#alerts;
  }

  /** How many may go. */
  get ready(): number {
    return this.#ready.size;
  }

  /** How many of them are critical. */
  get criticals(): number {
    return this.#criticals;
  }

  /** When the next one may go, of those that may not yet. */
  get nextAt(): number {
    return this.#waiting.first()?.at ?? Infinity;
  }

  get(key: string): HeldParcel | undefined {
    return this.#all.get(key);
  }

  all(): HeldParcel[] {
    return [...this.#all.values()];
  }

  /** Takes one in, in place of that of its key. */
  add(parcel: Parcel, now: number, settle: HeldParcel['settle']): HeldParcel {
    const { since, turn, failures, notBefore } = this.#all.get(parcel.key) ?? { since: now, turn: this.#turn++, failures: 0, notBefore: now };
    const held: HeldParcel = { parcel, since, turn, failures, mostTogether: Infinity, notBefore, settle };
    this.put(held);
    return held;
  }

  /** Puts one in that was taken out. */
  put(held: HeldParcel): void {
    const { key } = held.parcel;
    this.remove(key);
    this.#all.set(key, held);
    this.#alerts += weightOf(held);
    this.#waiting.set(key, held.notBefore);
  }

  /** Puts another time. */
  postpone(held: HeldParcel, notBefore: number): void {
    held.notBefore = notBefore;
    this.put(held);
  }

  /** Those whose time has come may go. */
  ripen(now: number): void {
    for (const { key } of this.#waiting.take(now, Infinity)) {
      const held = this.#all.get(key) as HeldParcel;
      const rank = rankOf(held.parcel.notification);
      if (rank === 0) this.#criticals++;
      this.#ready.set(key, rank * TURNS + held.turn);
    }
  }

  /** Takes out the worst that may go, the longest ready first: one, or as many as may go out together. */
  takeReady(isDigest: boolean): HeldParcel[] {
    const taken: HeldParcel[] = [];
    let most = isDigest ? MOST_IN_DIGEST : 1;
    for (let first = this.#ready.first(); first !== undefined && taken.length < most; first = this.#ready.first()) {
      const held = this.#all.get(first.key) as HeldParcel;
      most = Math.min(most, held.mostTogether);
      if (taken.length > 0 && taken.length >= most) break;
      taken.push(held);
      this.remove(first.key);
    }
    return taken;
  }

  remove(key: string): HeldParcel | undefined {
    const held = this.#all.get(key);
    if (held === undefined) return undefined;
    this.#all.delete(key);
    this.#alerts -= weightOf(held);
    this.#waiting.delete(key);
    if (this.#ready.get(key) !== undefined) {
      this.#ready.delete(key);
      if (rankOf(held.parcel.notification) === 0) this.#criticals--;
    }
    return held;
  }
}

function weightOf({ parcel: { notification } }: HeldParcel): number {
  return Math.max(1, notification.alerts.length);
}
