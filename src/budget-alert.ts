import type { BudgetAlert } from './ai/budget/budget.js';
import type { AlertInput } from './alerting/alert.js';

/** The alert that says that a threshold of an AI budget was passed. It is over when the budget's window is. */
export function budgetAlert({ budget, tenant, threshold, limit, spent, currency, windowEnd }: BudgetAlert): AlertInput {
  const share = `${Math.round(threshold * 100)} %`;
  const whose = tenant === undefined ? '' : ` of ${tenant}`;
  return {
    title: `AI budget ${budget}${whose} has passed ${share}`,
    description: `${amountText(spent, limit)} of ${limit} ${currency} are spent.`,
    severity: threshold >= 1 ? 'high' : 'medium',
    source: 'ai',
    labels: { budget, ...(tenant !== undefined && { tenant }), threshold: String(threshold) },
    endsAt: new Date(windowEnd),
  };
}

/** Cents, and two digits that mean something where the budget is of less: `0.0041` of 0.005. */
function amountText(spent: number, limit: number): string {
  const scale = Math.min(spent > 0 ? spent : limit, limit);
  const decimals = scale > 0 ? 1 - Math.floor(Math.log10(scale)) : 2;
  return spent.toFixed(Math.min(10, Math.max(2, decimals)));
}
