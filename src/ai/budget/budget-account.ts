import type { BudgetAddition } from './budget-store.js';
import type { WindowSpan } from './budget-window.js';
import type { CheckedBudget } from './check-budgets.js';
import { exactUnits } from './money.js';

/** Totals outlast their window by this, or by its length where that is less: other processes may have more to add. */
const LONGEST_KEPT_MS = 3_600_000;

/** The total of one budget, or of one tenant in it, in one window: what the store holds, and what it was not yet told. */
export class BudgetAccount {
  readonly budget: CheckedBudget;
  readonly tenant: string | undefined;
  readonly window: WindowSpan;
  readonly key: string;
  /** What the store said last. */
  stored = 0;
  /** Units that the store was not given. */
  unsent = 0;
  /** What the store was given, until it answers. Given again as it was, until it does. */
  sent: Pick<BudgetAddition, 'units' | 'sequence'> | undefined;
  /** Whether the answer is being waited for. */
  isSending = false;
  isReading = false;
  /** By the monotonic clock. */
  readAt: number = -Infinity;
  /** How often the store has answered an addition. */
  answers = 0;
  /** Whether a call had to do with it, not only a scrape. */
  isUsed = false;
  /** What is left of one unit. */
  #rest = 0;

  constructor(budget: CheckedBudget, tenant: string | undefined, window: WindowSpan, key: string) {
    this.budget = budget;
    this.tenant = tenant;
    this.window = window;
    this.key = key;
  }

  /** All that is known to be spent, in units. */
  get spent(): number {
    return this.stored + this.unsent + (this.sent?.units ?? 0);
  }

  get isExceeded(): boolean {
    return this.spent >= this.budget.limitUnits;
  }

  /** Whether the store knows all of it. */
  get isSettled(): boolean {
    return this.unsent === 0 && this.sent === undefined;
  }

  /** When the total has no more use. */
  get keptUntil(): number {
    const { start, end } = this.window;
    return end + Math.min(end - start, LONGEST_KEPT_MS);
  }

  /** Whole units of an amount. What is left of one counts with the next amount, so that many small ones are not lost. */
  unitsOf(amount: number): number {
    const exact = exactUnits(amount) + this.#rest;
    const units = Math.round(exact);
    this.#rest = exact - units;
    return units;
  }
}
