import type { Clock } from '../../core/clock.js';
import type { BudgetAddition, BudgetStore, BudgetTotals } from './budget-store.js';
import { MOST_UNITS } from './money.js';

interface Total {
  units: number;
  keptUntil: number;
  /** The last addition of each writer. */
  readonly last: Map<string, BudgetTotals & { readonly sequence: number }>;
}

/** Totals kept; beyond, the one longest unused is forgotten. */
const MOST_TOTALS = 50_000;
const SWEEP_EVERY_MS = 60_000;

/** Totals of one process, in its memory. */
export class MemoryBudgetStore implements BudgetStore {
  readonly #clock: Clock;
  readonly #mostTotals: number;
  /** The longest unused first. */
  readonly #totals = new Map<string, Total>();
  #nextSweep = 0;

  constructor(clock: Clock, mostTotals: number = MOST_TOTALS) {
    this.#clock = clock;
    this.#mostTotals = mostTotals;
  }

  add({ key, units, keepMs, writer, sequence }: BudgetAddition): BudgetTotals {
    const now = this.#clock.now();
    const total: Total = this.#find(key, now) ?? { units: 0, keptUntil: 0, last: new Map() };
    const last = total.last.get(writer);
    if (last !== undefined && last.sequence >= sequence) return { before: last.before, after: last.after };
    const totals = { before: total.units, after: Math.min(total.units + units, MOST_UNITS) };
    total.units = totals.after;
    total.keptUntil = now + keepMs;
    total.last.set(writer, { before: totals.before, after: totals.after, sequence });
    this.#totals.delete(key);
    this.#totals.set(key, total);
    this.#makeRoom(now);
    return totals;
  }

  read(key: string): number {
    return this.#find(key, this.#clock.now())?.units ?? 0;
  }

  /** How many totals there are. */
  get size(): number {
    return this.#totals.size;
  }

  #find(key: string, now: number): Total | undefined {
    const total = this.#totals.get(key);
    return total === undefined || total.keptUntil <= now ? undefined : total;
  }

  #makeRoom(now: number): void {
    if (now >= this.#nextSweep) {
      this.#nextSweep = now + SWEEP_EVERY_MS;
      for (const [key, { keptUntil }] of this.#totals) if (keptUntil <= now) this.#totals.delete(key);
    }
    // Not by a loop that would find nothing to do: the beginning of a map whose keys move to its end is slow to reach.
    if (this.#totals.size <= this.#mostTotals) return;
    const [oldest] = this.#totals.keys();
    this.#totals.delete(oldest as string);
  }
}
