import type { BudgetAlert, MonitorOptions } from 'sightline';

/** How the platform is watched: what it calls itself, and what its AI models may cost. */
export function monitorOptions(onBudget: (alert: BudgetAlert) => void): MonitorOptions {
  return {
    service: 'learning-platform',
    ai: {
      // US dollars. Small, so that it is passed while one looks on; `onExceeded: 'reject'` would stop the calls at 1.
      budgets: [{ name: 'essays', limit: 0.01, window: 'day', thresholds: [0.5, 0.8, 1] }],
      onBudget,
    },
  };
}
