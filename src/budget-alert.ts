import type { BudgetAlert } from './ai/budget/budget.js';
import type { AlertInput } from './alerting/alert.js';

/** The alert that says that a threshold of an AI budget was passed. It is over when the budget's window is. */
export function budgetAlert({ budget, tenant, threshold, limit, spent, currency, windowEnd }: BudgetAlert): AlertInput {
  const share = `${Math.round(threshold * 100)} %`;
  const whose = tenant === undefined ? '' : ` of ${tenant}`;
  return {
    title: `AI budget ${budget}${whose} has passed ${share}`,
    description: `${spent.toFixed(2)} of ${limit} ${currency} are spent.`,
    severity: threshold >= 1 ? 'high' : 'medium',
    source: 'ai',
    labels: { budget, ...(tenant !== undefined && { tenant }), threshold: String(threshold) },
    endsAt: new Date(windowEnd),
  };
}
