import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Alert, AlertInput } from '../../../src/alerting/alert.js';
import { AlertMetrics } from '../../../src/alerting/alert-metrics.js';
import type { Channel } from '../../../src/alerting/channels/channel.js';
import { SelfWatch } from '../../../src/alerting/self-check/self-watch.js';
import type { OpenCount } from '../../../src/alerting/stores/alert-store.js';
import { Diagnostics } from '../../../src/core/diagnostics.js';
import { ManualClock } from '../../support/manual-clock.js';
import { testMonitor, type TestMonitor } from '../../support/test-monitor.js';

interface Test extends Pick<TestMonitor, 'series' | 'value'> {
  readonly watch: SelfWatch;
  readonly clock: ManualClock;
  /** What was told past the store: `first to a, b: …`. */
  readonly told: string[];
  /** What was fired and resolved. */
  readonly fired: string[];
  readonly counts: OpenCount[];
  /** Moves the clock by so many times 15 seconds. `run`: what the dispatcher's loop says at each. */
  loops(count: number, run?: () => void): Promise<void>;
}

/** A watch over a dispatcher that does what a test says. */
function aWatch(): Test {
  const clock = new ManualClock();
  const { monitor, series, value } = testMonitor({ clock });
  const settings = { clock, diagnostics: new Diagnostics({ warn: () => {} }, clock), metrics: new AlertMetrics(monitor.metrics) };
  const watch = new SelfWatch({ ...settings, selfCheck: undefined, heartbeat: undefined, channels: ['a', 'b', 'quiet'], service: 'shop' });
  const told: string[] = [];
  const fired: string[] = [];
  const counts: OpenCount[] = [];
  watch.start({
    store: { countActive: async () => counts } as any,
    notifier: {
      channelsOf: () => ['a', 'b', 'quiet'],
      notify: async (channels: readonly string[], alert: Alert, reason: string) => {
        told.push(`${reason} to ${channels.join(', ')}: ${alert.title} (${alert.status}) ${alert.description}`);
      },
    },
    deliverer: { backlog: () => ({}), failing: () => [], channel: name => ({ sendsResolved: name !== 'quiet' }) as Channel },
    alerts: {
      fire: async (input: AlertInput) => {
        fired.push(`fire ${input.title} ${input.labels?.['channel']}`);
        return {} as Alert;
      },
      resolve: async (which: string | Pick<AlertInput, 'title' | 'labels'>) => {
        fired.push(typeof which === 'string' ? which : `resolve ${which.title} ${which.labels?.['channel']}`);
        return undefined;
      },
    },
  });
  return {
    watch,
    clock,
    told,
    fired,
    counts,
    series,
    value,
    async loops(count, run = () => {}) {
      for (let i = 0; i < count; i++) {
        clock.advance(15_000);
        run();
        await nextTurn();
      }
    },
  };
}

test('a store that fails for longer than a restart takes is told of past the store, once, and so is that it answers again', async () => {
  const { watch, told, loops, value } = aWatch();
  await loops(3, () => {
    watch.ran();
  });
  expect(value('alert_store_up')).toBe(1);
  await loops(2, () => {
    watch.ran(new Error('connect ECONNREFUSED'));
  });
  expect([told, value('alert_store_up')]).toEqual([[], 0]);
  await loops(100, () => {
    watch.ran(new Error('connect ECONNREFUSED'));
  });
  expect(told).toEqual([expect.stringMatching(/^first to a, b, quiet: AlertStoreUnreachable \(firing\) It can't keep alerts: connect ECONNREFUSED\. /)]);

  await loops(3, () => {
    watch.ran();
  });
  // A channel that takes no notices of what is over gets none.
  expect(told.slice(1)).toEqual([expect.stringMatching(/^resolved to a, b: AlertStoreUnreachable \(resolved\)/)]);
});

test('a store that neither answers nor fails is told of, too', async () => {
  const { watch, told, loops } = aWatch();
  watch.ran();
  await loops(3);
  expect(told).toEqual([]);
  await loops(1);
  expect(told).toEqual([expect.stringContaining('it has not answered for 60 s')]);
});

test('a process that stood still for an hour does not blame its store', async () => {
  const { watch, told, loops, clock } = aWatch();
  watch.ran();
  clock.advance(3_600_000);
  await loops(1);
  watch.ran();
  await loops(3);
  expect(told).toEqual([]);
});

test('what a process before this one left firing is resolved by the first delivery, and nothing more is done while all is well', async () => {
  const { watch, fired, loops } = aWatch();
  watch.found('a', undefined);
  await loops(1);
  expect(fired).toEqual(['resolve AlertChannelFailing a']);
  for (let i = 0; i < 50; i++) watch.found('a', undefined);
  await loops(5);
  expect(fired).toEqual(['resolve AlertChannelFailing a']);
});

test('told of at once, told again a minute later at the earliest as long as it goes on, and resolved once', async () => {
  const { watch, fired, loops } = aWatch();
  const fails = (): void => {
    watch.found('a', { kind: 'not_answering', reason: 'down' });
  };
  fails();
  fails();
  await loops(3, fails);
  expect(fired).toEqual(['fire AlertChannelFailing a']);
  await loops(2, fails);
  expect(fired).toEqual(['fire AlertChannelFailing a', 'fire AlertChannelFailing a']);
  // Without news of the channel there is none of it.
  await loops(50);
  watch.found('a', undefined);
  watch.found('a', undefined);
  await loops(1);
  expect(fired.slice(2)).toEqual(['resolve AlertChannelFailing a']);
});

test('open alerts are counted by severity, source and status, and a kind that is over stands at 0', async () => {
  const { watch, counts, loops, series } = aWatch();
  counts.push({ severity: 'high', source: 'billing', status: 'firing', count: 3 }, { severity: 'low', source: 'shop', status: 'acknowledged', count: 1 });
  const run = (): void => {
    watch.ran();
  };
  await loops(1, run);
  expect(series('alerts_open')).toEqual({ 'high billing firing': 3, 'low shop acknowledged': 1 });
  counts.shift();
  await loops(1, run);
  expect(series('alerts_open')).toEqual({ 'high billing firing': 0, 'low shop acknowledged': 1 });
});

test('beyond the series cap they are counted together, and none twice', async () => {
  const { monitor, series } = testMonitor({ metrics: { seriesLimit: 10 } });
  const metrics = new AlertMetrics(monitor.metrics);
  const counts = Array.from({ length: 50 }, (_, i): OpenCount => ({ severity: 'high', source: `source-${i}`, status: 'firing', count: 2 }));
  for (let i = 0; i < 3; i++) metrics.open(counts);
  const total = Object.values(series('alerts_open')).reduce((sum, count) => sum + count, 0);

  expect(total).toBe(100);
  expect(Object.keys(series('alerts_open')).length).toBeLessThan(15);
});
