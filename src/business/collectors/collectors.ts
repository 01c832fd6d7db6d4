import type { Clock } from '../../core/clock.js';
import type { Diagnostics } from '../../core/diagnostics.js';
import { InvalidOptionError, SightlineError } from '../../core/errors.js';
import type { RedisConnection } from '../../core/redis.js';
import { Counter } from '../../metrics/counter.js';
import type { Metrics } from '../../metrics/metrics.js';
import { AiServices } from './ai-services.js';
import { checkCollector, type CheckedCollector } from './check-collector.js';
import { CollectedGauge } from './collected-gauge.js';
import { CollectorHealth } from './collector-health.js';
import type { Collector, CollectorOptions } from './collector.js';
import { MemoryTurns } from './memory-turns.js';
import { RedisTurns } from './redis-turns.js';
import { RunningCollector, type Display } from './running-collector.js';
import { SharedRedis } from './shared-redis.js';
import type { Turns } from './turns.js';

/** Ready values for {@link Collectors}. */
export interface CollectorsParts {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** `undefined`: this process collects for itself alone. */
  readonly redis: Pick<RedisConnection, 'client' | 'opened'> | undefined;
  /** What all keys in Redis begin with, as the hash tag `{prefix}`. */
  readonly prefix: string;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Up to when was counted outlives a holiday of the app; what is shown needs no more than its age. */
const KEEP_CURSOR_MS = 30 * 86_400_000;

/** All collectors of a monitor: each has a loop of its own, so that none waits for another. */
export class Collectors {
  readonly #parts: CollectorsParts;
  readonly #aiServices: AiServices;
  readonly #running = new Map<string, RunningCollector>();
  #isClosed = false;

  constructor(parts: CollectorsParts) {
    this.#parts = parts;
    const { metrics, clock, diagnostics, redis, prefix } = parts;
    const shared = redis && { redis: new SharedRedis(redis), key: `{${prefix}}:ai-services` };
    this.#aiServices = new AiServices(metrics, clock, diagnostics, shared);
  }

  start(given: readonly CollectorOptions[]): readonly Collector[] {
    const checked = given.map(checkCollector);
    const names = checked.map(({ metric }) => metric.name);
    const twice = names.find((name, i) => this.#running.has(name) || names.indexOf(name) !== i);
    if (twice !== undefined) throw new InvalidOptionError('business.collect.name', twice, 'a name that nothing else is collected by: stop() the other collector first');
    const displays = checked.map(collector => this.#displayOf(collector));
    if (this.#isClosed) return names.map(name => ({ name, stop: () => Promise.resolve() }));
    return checked.map((collector, i) => this.#run(collector, displays[i] as Display));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#running.values()].map(collector => collector.stop()));
  }

  #run(collector: CheckedCollector, display: Display): Collector {
    const { metrics, clock, diagnostics, random } = this.#parts;
    const { name } = collector.metric;
    const running = new RunningCollector({
      collector,
      display,
      turns: this.#turnsOf(collector),
      health: new CollectorHealth(name, metrics, diagnostics),
      clock,
      diagnostics,
      random,
      aiServices: () => this.#aiServices.all(),
      // Before anything of theirs is old enough to be counted.
      beforeLook: () => (collector.type === 'counter' ? this.#aiServices.tell() : Promise.resolve()),
    });
    this.#running.set(name, running);
    return {
      name,
      stop: async () => {
        await running.stop();
        if (this.#running.get(name) === running) this.#running.delete(name);
      },
    };
  }

  #turnsOf({ metric, type, everyMs, timeoutMs, maxAgeMs }: CheckedCollector): Turns {
    const { redis, prefix, clock, diagnostics } = this.#parts;
    if (redis === undefined) return new MemoryTurns(clock, everyMs);
    return new RedisTurns({
      redis: new SharedRedis(redis),
      key: `{${prefix}}:metrics:${metric.name}`,
      everyMs,
      timeoutMs,
      keepMs: type === 'counter' ? Math.max(KEEP_CURSOR_MS, 2 * everyMs) : maxAgeMs + 2 * everyMs,
      labelNames: metric.labels,
      diagnostics,
    });
  }

  #displayOf({ metric, type, maxAgeMs }: CheckedCollector): Display {
    const { metrics, clock, diagnostics } = this.#parts;
    if (type === 'counter') {
      const counter = metrics.register(metric, settings => new Counter(settings));
      return {
        show: () => {},
        hide: () => {},
        add: rows => {
          for (const [labels, value] of rows) {
            if (value < 0) diagnostics.notice(`business ${metric.name}`, `\`${metric.name}\` was to grow by ${value}; a counter can't, so the row is left out`);
            else counter.add(counter.slot(...labels), value);
          }
        },
      };
    }
    const gauge = metrics.register(metric, settings => new CollectedGauge(settings, clock));
    // The registry may hold one of the same shape that is set by hand.
    if (!('show' in gauge)) {
      throw new SightlineError('SIGHTLINE_METRIC_CONFLICT', `\`${metric.name}\` is a gauge that is set by hand already; give what is collected another name`);
    }
    return {
      show: (rows, ageMs) => {
        gauge.show(rows, maxAgeMs - ageMs);
      },
      hide: () => {
        gauge.hide();
      },
      add: () => {},
    };
  }
}
