import type { Diagnostics } from '../core/diagnostics.js';
import { InvalidOptionError } from '../core/errors.js';
import { aText, checkOptions, type OptionRule } from '../core/options.js';
import { Counter } from '../metrics/counter.js';
import type { MetricSettings, Sample } from '../metrics/metric.js';
import { catalogue } from '../metrics/catalogue.js';
import type { Metrics } from '../metrics/metrics.js';

/** A running total: of a counter, all series together, or what a function gives for each scrape. */
export type RunningTotal = { total(): number } | (() => number);

/** A service level objective. */
export interface SloOptions {
  /** Its name, in the label `slo`. */
  readonly name: string;
  /** The share of events that is to be good: more than 0 and less than 1, such as 0.99. */
  readonly target: number;
  /** How many events were good, ever. Left out, together with `total`: events are told by {@link Slo.record}. */
  readonly good?: RunningTotal;
  /** How many events there were, ever, good and bad. */
  readonly total?: RunningTotal;
}

const aTotal: OptionRule = {
  allowed: 'a counter of `business.counter`, or a function that gives a running total',
  accepts: value => typeof value === 'function' || (typeof value === 'object' && value !== null && typeof (value as { total?: unknown }).total === 'function'),
};
const RULES: Readonly<Record<keyof SloOptions, OptionRule>> = {
  name: aText,
  target: { allowed: 'a number between 0 and 1, such as 0.99', accepts: value => typeof value === 'number' && value > 0 && value < 1 },
  good: aTotal,
  total: aTotal,
};

/**
 * A service level objective: two counters and a target, which is what a burn rate is made of. Made by `business.slo`.
 * @example graded.record(answer.ok)
 */
export class Slo {
  readonly name: string;
  readonly target: number;
  readonly #good: FollowingCounter;
  readonly #events: FollowingCounter;
  readonly #isTold: boolean;
  readonly #diagnostics: Diagnostics;

  /** Use `business.slo`. @internal */
  constructor(options: SloOptions, metrics: Metrics, diagnostics: Diagnostics) {
    checkOptions('business.slo', options ?? null, RULES);
    const { name, target, good, total } = options;
    for (const key of ['name', 'target'] as const) {
      if (options[key] === undefined) throw new InvalidOptionError(`business.slo.${key}`, undefined, RULES[key].allowed);
    }
    if ((good === undefined) !== (total === undefined)) {
      throw new InvalidOptionError(`business.slo.${good === undefined ? 'good' : 'total'}`, undefined, `${aTotal.allowed}: \`good\` and \`total\` go together; leave both out to record events one by one`);
    }
    this.name = name;
    this.target = target;
    this.#diagnostics = diagnostics;
    // The good ones first: those that come between two readings then make it look worse, by an event, and never better than all.
    this.#good = metrics.register({ ...catalogue.slo_good_events_total, name: 'slo_good_events_total' }, makeCounter);
    this.#events = metrics.register({ ...catalogue.slo_events_total, name: 'slo_events_total' }, makeCounter);
    this.#isTold = good === undefined || total === undefined;
    // From the start on, so that the first bad event is a rise and no new series.
    this.#good.inc({ slo: name }, 0);
    this.#events.inc({ slo: name }, 0);
    if (good !== undefined) this.#good.follow(name, good, diagnostics);
    if (total !== undefined) this.#events.follow(name, total, diagnostics);
    metrics.gauge('slo_target_ratio').set({ slo: name }, target);
  }

  /**
   * Tells of an event, or of several of a kind. Where the objective follows counters it is told by them alone, and
   * this does nothing but say so in the log. Never throws.
   * @param count of events. Default: 1.
   */
  record(isGood: boolean, count = 1): void {
    if (!this.#isTold) {
      this.#diagnostics.notice('business', `the objective \`${this.name}\` follows \`good\` and \`total\`; \`record()\` is for one without them`);
      return;
    }
    this.#diagnostics.guard('business', 'an event of an objective could not be recorded', () => {
      this.#events.inc({ slo: this.name }, count);
      if (isGood) this.#good.inc({ slo: this.name }, count);
    });
  }
}

interface Followed {
  readonly read: () => number;
  readonly diagnostics: Diagnostics;
  last: number;
}

/** A counter whose series follow running totals, read for each scrape. */
class FollowingCounter extends Counter {
  readonly #followed = new Map<string, Followed>();

  follow(slo: string, total: RunningTotal, diagnostics: Diagnostics): void {
    const read = typeof total === 'function' ? total : () => total.total();
    this.#followed.set(slo, { read, diagnostics, last: 0 });
  }

  /** There are as many as the app has objectives, and one without events has met its target. */
  override expireBefore(): void {}

  override *samples(): IterableIterator<Sample> {
    for (const [slo, followed] of this.#followed) {
      followed.diagnostics.guard('business', `a total of the objective \`${slo}\` could not be read`, () => {
        const now = followed.read();
        if (!Number.isFinite(now)) return;
        // One that fell began anew, as a counter does when its process is started again.
        this.inc({ slo }, now < followed.last ? now : now - followed.last);
        followed.last = now;
      });
    }
    yield* super.samples();
  }
}

function makeCounter(settings: MetricSettings): FollowingCounter {
  return new FollowingCounter(settings);
}

