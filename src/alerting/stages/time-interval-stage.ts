import { PASSES, type Judged, type Stage, type Verdict } from '../pipeline.js';
import type { TimeInterval } from '../routing/time-interval.js';

/** How far ahead the end of an interval is looked for. */
const AHEAD_MS = 8 * 86_400_000;

/** Keeps back what a route does not want to hear of at this time. */
export class TimeIntervalStage implements Stage {
  readonly name = 'time_interval';
  /** By name; each is a list of which one must hold. */
  readonly #intervals: Readonly<Record<string, readonly TimeInterval[]>>;

  constructor(intervals: Readonly<Record<string, readonly TimeInterval[]>>) {
    this.#intervals = intervals;
  }

  judge({ muteTimes, activeTimes, now }: Judged): Verdict {
    const muting = muteTimes.find(name => this.#contains(name, now));
    if (muting !== undefined) return { passes: false, reason: `the mute time ${muting}`, until: this.#nextChange([muting], now) };
    if (activeTimes.length === 0 || activeTimes.some(name => this.#contains(name, now))) return PASSES;
    return { passes: false, reason: `outside of the active time ${activeTimes.join(', ')}`, until: this.#nextChange(activeTimes, now) };
  }

  #contains(name: string, now: Date): boolean {
    return (this.#intervals[name] ?? []).some(interval => interval.contains(now));
  }

  #nextChange(names: readonly string[], now: Date): Date | undefined {
    const limit = new Date(now.getTime() + AHEAD_MS);
    const changes = names.flatMap(name => this.#intervals[name] ?? []).flatMap(interval => interval.nextChange(now, limit) ?? []);
    return changes.length === 0 ? undefined : new Date(Math.min(...changes.map(change => change.getTime())));
  }
}
