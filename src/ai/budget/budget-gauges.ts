import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import type { GaugeName } from '../../metrics/catalogue.js';
import type { Gauge } from '../../metrics/gauge.js';
import type { BudgetAccount } from './budget-account.js';
import { amountOf } from './money.js';
import type { TrackedBudget } from './tracked-budget.js';

/** Tenants of one budget that are shown. Not the sums of the others: a gauge that is joined states nobody's value. */
const MOST_SHOWN = 100;

export interface BudgetGaugeParts {
  readonly metrics: { gauge(name: GaugeName): Gauge };
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Called for each total that a scrape shows. */
  readonly onShow: (account: BudgetAccount) => void;
}

/** Shows the limit of each budget, and what of it is spent and left in the window in which it is scraped. */
export class BudgetGauges {
  readonly #parts: BudgetGaugeParts;
  readonly #shown = new Map<TrackedBudget, Set<string>>();
  /** Budgets of which it was said that not all is shown. */
  readonly #noticed = new Set<TrackedBudget>();
  #isClosed = false;

  constructor(parts: BudgetGaugeParts) {
    this.#parts = parts;
  }

  /** Shows a budget, or a tenant's, from now on, if there is room. */
  show(budget: TrackedBudget, tenant = ''): void {
    const shown = this.#shown.get(budget) ?? new Set();
    this.#shown.set(budget, shown);
    if (shown.has(tenant)) return;
    if (shown.size >= MOST_SHOWN && !this.#hideOneUnused(budget, shown)) {
      this.#noticeOnce(budget);
      return;
    }
    const { name, limit } = budget.settings;
    if (!this.#isKeptApart(name, tenant)) return;
    shown.add(tenant);
    this.#observe('ai_budget_limit', budget, tenant, () => limit);
    this.#observe('ai_budget_spent', budget, tenant, ({ spent }) => amountOf(spent));
    this.#observe('ai_budget_remaining', budget, tenant, ({ spent }) => Math.max(amountOf(budget.settings.limitUnits - spent), 0));
  }

  /** Ends all series, at the next scrape. */
  close(): void {
    this.#isClosed = true;
  }

  #observe(gauge: GaugeName, budget: TrackedBudget, tenant: string, read: (account: BudgetAccount) => number): void {
    const { metrics, clock, onShow } = this.#parts;
    metrics.gauge(gauge).observe({ budget: budget.settings.name, tenant }, () => {
      const shown = this.#shown.get(budget);
      if (this.#isClosed || !shown?.has(tenant)) return undefined;
      const account = budget.peek(tenant, clock.now());
      if (account === undefined) shown.delete(tenant);
      else onShow(account);
      return account && read(account);
    });
  }

  /** Whether a series is its own, or one that the gauge's cap folds others into. */
  #isKeptApart(name: string, tenant: string): boolean {
    const gauge = this.#parts.metrics.gauge('ai_budget_limit');
    return gauge.table.values[gauge.slot(name, tenant)]?.join('\n') === [name, tenant].join('\n');
  }

  /** Gives up the place of a tenant without a call in the current window. */
  #hideOneUnused(budget: TrackedBudget, shown: Set<string>): boolean {
    const now = this.#parts.clock.now();
    for (const tenant of shown) if (!budget.peek(tenant, now)?.isUsed) return shown.delete(tenant);
    return false;
  }

  #noticeOnce(budget: TrackedBudget): void {
    if (this.#noticed.has(budget)) return;
    this.#noticed.add(budget);
    this.#parts.diagnostics.notice(
      'metrics',
      `the budget \`${budget.settings.name}\` has more than ${MOST_SHOWN} tenants; ai_budget_spent, _limit and _remaining show ${MOST_SHOWN} of them`,
    );
  }
}
