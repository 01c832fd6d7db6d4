import type { HostValue } from './families.js';

/** A fall by this many seconds or more is a CPU that was taken away and came back. */
const RESTART_SECONDS = 3;

/**
 * CPU times that do not fall. The kernel lets a CPU's idle and iowait time shrink a little at times
 * (proc(5)); Prometheus would take that for a restart and add the whole counter to the rate.
 */
export class SteadyCounters {
  #last = new Map<string, number>();

  /** The values, each at least what it was at the last call, except after a restart. */
  steady(values: readonly HostValue[]): HostValue[] {
    const present = new Map<string, number>();
    const steady = values.map(reading => {
      const key = reading.labelValues.join(' ');
      const last = this.#last.get(key) ?? 0;
      const fell = last - reading.value;
      const value = fell > 0 && fell < RESTART_SECONDS ? last : reading.value;
      present.set(key, value);
      return { ...reading, value };
    });
    this.#last = present;
    return steady;
  }
}
