// A process of its own for budgets.redis.test.ts: spends, prints the thresholds that it was told, and ends.
import { Registry } from 'prom-client';
import { Budgets } from '../../../../src/ai/budget/budgets.js';
import { RedisBudgetStore } from '../../../../src/ai/budget/redis-budget-store.js';
import { systemClock } from '../../../../src/core/clock.js';
import { Diagnostics } from '../../../../src/core/diagnostics.js';
import { connectRedis } from '../../../../src/core/redis.js';
import { Metrics } from '../../../../src/metrics/metrics.js';

export interface Plan {
  readonly url: string;
  readonly budget: { readonly name: string; readonly limit: number; readonly window: 'month'; readonly thresholds: readonly number[] };
  readonly cost: number;
  readonly times: number;
}

const { url, budget, cost, times } = JSON.parse(process.argv[2] ?? '') as Plan;
const diagnostics = new Diagnostics(console, systemClock);
const connection = connectRedis(url, { diagnostics, neededFor: '`redis`' });
const thresholds: number[] = [];
const budgets = new Budgets({
  budgets: [budget],
  store: new RedisBudgetStore(connection),
  clock: systemClock,
  diagnostics,
  metrics: new Metrics({ registry: new Registry(), clock: systemClock, diagnostics, seriesLimit: 100, seriesTtlMs: undefined, buckets: {} }),
  currency: 'USD',
  onThreshold: ({ threshold }) => thresholds.push(threshold),
});
for (let i = 0; i < times; i++) {
  budgets.spend({ service: 'openai', model: 'gpt-4o', cost });
  await new Promise(setImmediate);
}
await budgets.close();
await connection.close();
process.stdout.write(JSON.stringify(thresholds));
