import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import type { BudgetStore } from '../../../src/ai/budget/budget-store.js';
import type { AiBudget, BudgetAlert } from '../../../src/ai/budget/budget.js';
import { Budgets } from '../../../src/ai/budget/budgets.js';
import { MemoryBudgetStore } from '../../../src/ai/budget/memory-budget-store.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import type { MetricName } from '../../../src/metrics/catalogue.js';
import type { PromMetric } from '../../../src/metrics/metric.js';
import { Metrics } from '../../../src/metrics/metrics.js';
import { ManualClock } from '../../support/manual-clock.js';

/** A Friday. */
export const NOON: number = Date.parse('2026-11-20T12:00:00Z');

export interface TestBudgetsOptions {
  readonly store?: BudgetStore;
  readonly clock?: ManualClock;
  readonly seriesLimit?: number;
  readonly onThreshold?: (alert: BudgetAlert) => void;
}

/** The budgets of one process, with what a test reads of them. */
export interface TestBudgets {
  readonly budgets: Budgets;
  readonly clock: ManualClock;
  readonly alerts: readonly BudgetAlert[];
  /** The thresholds that were passed, in their order. */
  thresholds(): number[];
  /** Lines of the log. */
  readonly log: readonly string[];
  /** Spends for the one service and model of most tests. */
  spend(cost: number, tenant?: string): void;
  /** The names of the budgets that keep a call from being made. */
  refused(tenant?: string): string | undefined;
  /** The series of a metric: label values, joined by blanks, → value. */
  series(name: MetricName): Record<string, number>;
}

/** Budgets that are closed when the test ends. Unless it says otherwise: in memory, at noon. */
export function testBudgets(budgets: readonly AiBudget[], options: TestBudgetsOptions = {}): TestBudgets {
  const { clock = new ManualClock(NOON), store = new MemoryBudgetStore(clock), seriesLimit = 5_000 } = options;
  const log: string[] = [];
  const alerts: BudgetAlert[] = [];
  const registry = new Registry();
  const diagnostics = new Diagnostics({ warn: line => log.push(line) }, clock);
  const metrics = new Metrics({ registry, clock, diagnostics, seriesLimit, seriesTtlMs: undefined, buckets: {} });
  const made = new Budgets({
    budgets,
    store,
    clock,
    diagnostics,
    metrics,
    currency: 'USD',
    onThreshold: alert => {
      alerts.push(alert);
      return options.onThreshold?.(alert);
    },
  });
  onTestFinished(async () => {
    const closing = made.close();
    clock.advance(2_000);
    await closing;
  });
  const call = (tenant?: string): { service: string; model: string; tenant: string | undefined } => ({ service: 'openai', model: 'gpt-4o', tenant });
  return {
    budgets: made,
    clock,
    alerts,
    thresholds: () => alerts.map(({ threshold }) => threshold),
    log,
    spend: (cost, tenant) => {
      made.spend({ ...call(tenant), cost });
    },
    refused: tenant => made.check(call(tenant))?.budget,
    series: name =>
      Object.fromEntries(
        ((registry.getSingleMetric(name) as { get(): PromMetric } | undefined)?.get().values ?? []).map(({ labels, value }) => [
          Object.values(labels).filter(text => text !== '').join(' '),
          value,
        ]),
      ),
  };
}
