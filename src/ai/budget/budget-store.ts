/** An amount to be added to a total. */
export interface BudgetAddition {
  readonly key: string;
  /** Millionths of the currency; a whole number of at least 1. */
  readonly units: number;
  /** How long the total is kept, from now on. */
  readonly keepMs: number;
  /** Who adds: unlike any other there is, in any process. */
  readonly writer: string;
  /** Grows from each of the writer's additions to the next. One that is given again, for want of an answer, has the same. */
  readonly sequence: number;
}

/** A total, before and after an addition. Of all additions to a key, each begins where another ended. */
export interface BudgetTotals {
  readonly before: number;
  readonly after: number;
}

/**
 * Where the totals of budgets are. The memory's answers at once, that of Redis by a promise, which
 * may reject without anyone knowing whether the amount was added. So an addition that is given again is not added
 * again, and gives the totals it gave the first time: a writer repeats one until it knows, and only then gives the
 * next one to that key. One that comes later than its successor is not added either.
 */
export interface BudgetStore {
  /** Adds in one step, whoever else is adding. */
  add(addition: BudgetAddition): BudgetTotals | Promise<BudgetTotals>;
  /** The total of a key; 0 where nothing was added, or where it is no longer kept. */
  read(key: string): number | Promise<number>;
}
