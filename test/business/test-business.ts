import { onTestFinished } from 'vitest';
import type { Registry } from 'prom-client';
import type { Business } from '../../src/business/business.js';
import { createBusiness, type BusinessSettings } from '../../src/business/create-business.js';
import type { MetricName } from '../../src/metrics/catalogue.js';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor } from '../support/test-monitor.js';

/** The business part of a monitor, by a clock that stands still, without jitter unless it is given. */
export interface TestBusiness {
  readonly business: Business;
  readonly clock: ManualClock;
  readonly log: readonly string[];
  readonly monitor: ReturnType<typeof testMonitor>['monitor'];
  series(name: MetricName): Record<string, number>;
  /** Lines of a metric in a scrape. */
  lines(name: string): Promise<string[]>;
  /** Moves on, a step at a time, with time for promises between. */
  pass(ms: number, stepMs?: number): Promise<void>;
}

export function testBusiness(options: Partial<Pick<BusinessSettings, 'random' | 'redis'>> & { seriesLimit?: number } = {}): TestBusiness {
  const clock = new ManualClock();
  const { monitor, log, series } = testMonitor({ clock, metrics: options.seriesLimit === undefined ? {} : { seriesLimit: options.seriesLimit } });
  const { metrics, diagnostics, service } = monitor;
  const business = createBusiness({ options: {}, service, metrics, clock, diagnostics, redis: options.redis, random: options.random ?? (() => 0) });
  onTestFinished(() => business.close());
  return {
    business,
    clock,
    log,
    monitor,
    series,
    async lines(name) {
      const text = await (monitor.registry as Registry).metrics();
      return text.split('\n').filter(line => line.startsWith(name));
    },
    async pass(ms, stepMs = ms) {
      clock.advance(0);
      await promises();
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(Math.min(stepMs, ms - passed));
        await promises();
      }
    },
  };
}

/** Lets what waits for promises only go on. */
export async function promises(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => void setImmediate(resolve));
}
