import type { ZonedTime } from '../../core/zoned-time.js';

const DAY_MS = 86_400_000;

/** Whether it is on, and until when that stays so at least: the next may begin as one ends. */
export interface SpanState {
  readonly isOn: boolean;
  readonly until: number;
}

/**
 * A stretch of time that begins on some weekdays, always at the same time by the clock of a zone, and lasts as long each
 * time. On a day on which clocks are put forward over its beginning it begins there and then.
 */
export class RecurringSpan {
  readonly #weekdays: ReadonlySet<number>;
  readonly #minute: number;
  readonly #durationMs: number;
  readonly #zone: ZonedTime;
  #known: SpanState & { readonly from: number } = { isOn: false, from: 0, until: 0 };

  /**
   * @param weekdays 0 (Sunday) to 6
   * @param minute of the day
   * @param durationMs at most seven days
   */
  constructor(weekdays: Iterable<number>, minute: number, durationMs: number, zone: ZonedTime) {
    this.#weekdays = new Set(weekdays);
    this.#minute = minute;
    this.#durationMs = durationMs;
    this.#zone = zone;
  }

  /** The answer is kept as long as it holds: the calendar is asked twice a span. */
  at(now: number): SpanState {
    const { from, until } = this.#known;
    if (now < from || now >= until) this.#known = { ...this.#stateAt(now), from: now };
    return this.#known;
  }

  #stateAt(now: number): SpanState {
    const starts = this.#startsAround(now);
    const latest = starts.findLast(start => start <= now) ?? -Infinity;
    const end = latest + this.#durationMs;
    return end > now ? { isOn: true, until: end } : { isOn: false, until: starts.find(start => start > now) ?? now + DAY_MS };
  }

  /** Beginnings from the longest duration ago to a week ahead, in order. */
  #startsAround(now: number): number[] {
    const today = Math.floor(this.#zone.wallAt(now) / DAY_MS) * DAY_MS;
    const days = Array.from({ length: 17 }, (_, i) => today + (i - 8) * DAY_MS);
    return days.filter(day => this.#weekdays.has(new Date(day).getUTCDay())).map(day => this.#zone.instantOf(day + this.#minute * 60_000));
  }
}
