import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import type { Metrics } from '../../metrics/metrics.js';
import type { BudgetAccount } from './budget-account.js';
import { AiBudgetExceededError } from './budget-exceeded-error.js';
import { BudgetGauges } from './budget-gauges.js';
import { BudgetLedger } from './budget-ledger.js';
import type { BudgetStore, BudgetTotals } from './budget-store.js';
import type { AiBudget, BudgetAlert } from './budget.js';
import { checkBudgets } from './check-budgets.js';
import { amountOf } from './money.js';
import { MOST_TENANTS, TrackedBudget, type BudgetedCall } from './tracked-budget.js';

/** Ready values for {@link Budgets}. */
export interface BudgetsParts {
  readonly budgets: readonly AiBudget[];
  readonly store: BudgetStore;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly metrics: Pick<Metrics, 'gauge' | 'counter'>;
  readonly currency: string;
  /** Called in one of the processes that share a store, once for each threshold that is passed in a window. */
  readonly onThreshold: (alert: BudgetAlert) => void;
}

/** A call whose cost is known. */
export interface BudgetedCost extends BudgetedCall {
  readonly cost: number;
}

/**
 * The budgets of a monitor. What calls wait for is in memory; where the totals are in Redis, these follow within a
 * second. So a budget that rejects may be overspent by the calls under way when its limit is reached, and by those
 * that other processes make until they have read of it.
 */
export class Budgets {
  readonly #parts: BudgetsParts;
  readonly #budgets: readonly TrackedBudget[];
  readonly #ledger: BudgetLedger;
  readonly #gauges: BudgetGauges;
  #isClosed = false;

  /** @throws InvalidOptionError with the path of what can't be used: `ai.budgets[0].limit` */
  constructor(parts: BudgetsParts) {
    this.#parts = parts;
    const { store, clock, diagnostics, metrics, currency } = parts;
    this.#ledger = new BudgetLedger({
      store,
      clock,
      diagnostics,
      onAdded: (account, totals) => {
        this.#alert(account, totals);
      },
    });
    this.#gauges = new BudgetGauges({
      metrics,
      clock,
      diagnostics,
      onShow: account => {
        this.#ledger.refresh(account);
      },
    });
    this.#budgets = checkBudgets(parts.budgets).map(settings => {
      const budget: TrackedBudget = new TrackedBudget(settings, currency, ({ tenant }) => {
        this.#gauges.show(budget, tenant);
      });
      return budget;
    });
    diagnostics.guard('ai', 'budgets could not be shown', () => {
      // Totals of before a restart are known by the first calls, and what nobody has spent is shown.
      for (const budget of this.#budgets) if (!budget.isPerTenant) this.#refresh(budget, undefined);
    });
  }

  /**
   * Whether a call may be made: the error to fail it with where a budget with `onExceeded: 'reject'` is spent, as far as
   * this process knows. Never throws.
   */
  check(call: BudgetedCall): AiBudgetExceededError | undefined {
    return this.#parts.diagnostics.guard('ai', 'budgets could not be checked', () => {
      let refusal: AiBudgetExceededError | undefined;
      for (const budget of this.#budgets) {
        if (!budget.appliesTo(call)) continue;
        const account = this.#refresh(budget, call.tenant);
        if (account?.budget.rejects && account.isExceeded) refusal ??= this.#refuse(account);
      }
      return refusal;
    });
  }

  /** Counts what a call has cost, to all budgets that it belongs to. Never throws, never waits. */
  spend({ cost, ...call }: BudgetedCost): void {
    if (!(cost > 0) || this.#isClosed) return;
    const { clock, diagnostics } = this.#parts;
    diagnostics.guard('ai', 'a cost could not be counted to its budgets', () => {
      for (const budget of this.#budgets) {
        if (!budget.appliesTo(call)) continue;
        const account = budget.accountOf(call.tenant, clock.now());
        if (account !== undefined) {
          this.#ledger.add(account, account.unitsOf(cost));
          continue;
        }
        const { name } = budget.settings;
        diagnostics.fault('ai', `a cost does not count to the budget \`${name}\`: while their store is away, no more than ${MOST_TENANTS} tenants can be kept`);
      }
    });
  }

  /** Resolves when nothing is under way to or from the store. */
  settled(): Promise<void> {
    return this.#ledger.settled();
  }

  /** Gives the store what it was not yet told, for two seconds at most. Leaves its connection open. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#gauges.close();
    await this.#ledger.close();
  }

  #refresh(budget: TrackedBudget, tenant: string | undefined): BudgetAccount | undefined {
    const account = budget.accountOf(tenant, this.#parts.clock.now());
    if (account !== undefined) this.#ledger.refresh(account);
    return account;
  }

  #refuse({ budget, tenant, spent, window }: BudgetAccount): AiBudgetExceededError {
    const { metrics, currency } = this.#parts;
    metrics.counter('ai_budget_rejections_total').inc({ budget: budget.name });
    const { name, limit } = budget;
    return new AiBudgetExceededError({ budget: name, tenant, limit, spent: amountOf(spent), currency, resetsAt: new Date(window.end) });
  }

  /** An addition passes the thresholds between the totals before and after it: in one process, whoever else adds. */
  #alert({ budget, tenant, window }: BudgetAccount, { before, after }: BudgetTotals): void {
    const { metrics, currency } = this.#parts;
    for (const { share, units } of budget.thresholds) {
      if (before >= units || after < units) continue;
      metrics.counter('ai_budget_thresholds_total').inc({ budget: budget.name, threshold: share });
      this.#tell({
        budget: budget.name,
        ...(tenant !== undefined && { tenant }),
        threshold: share,
        limit: budget.limit,
        spent: amountOf(after),
        currency,
        windowStart: window.start,
        windowEnd: window.end,
      });
    }
  }

  #tell(alert: BudgetAlert): void {
    const { diagnostics, onThreshold } = this.#parts;
    const report = (error: unknown): void => {
      diagnostics.fault('ai', 'the callback for thresholds of budgets failed', error);
    };
    try {
      // It may be asynchronous, whatever its type says.
      const told = onThreshold(alert) as unknown;
      if (told instanceof Promise) told.catch(report);
    } catch (error) {
      report(error);
    }
  }
}
