/** What a wall clock in a zone shows, as if it showed UTC: milliseconds of that reading since the epoch. */
type WallMs = number;

const DAY_MS = 86_400_000;

/**
 * The wall clock of an IANA time zone, by `Intl`: right across daylight saving time, half-hour zones
 * and days that a zone skipped. Slow (microseconds a question): ask, and keep the answer.
 */
export class ZonedTime {
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError for a zone that `Intl` does not know */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What the wall clock shows at an instant; `new Date(wallAt(…)).getUTCHours()` is the hour it shows. */
  wallAt(instant: number): WallMs {
    return instant + this.offsetAt(instant);
  }

  /** By how many milliseconds the zone is ahead of UTC. */
  offsetAt(instant: number): number {
    const fields: Partial<Record<string, number>> = {};
    for (const { type, value } of this.#format.formatToParts(instant)) fields[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000;
  }

  /**
   * The first instant at which the wall clock shows this reading. Where it never does, because clocks
   * were put forward over it: the instant they were put forward.
   */
  instantOf(wall: WallMs): number {
    // No zone changes its offset twice in two days: these are the offsets before and after any change near the reading.
    const candidates = [this.offsetAt(wall - DAY_MS), this.offsetAt(wall + DAY_MS)].map(offset => ({ instant: wall - offset, offset }));
    const real = candidates.filter(({ instant, offset }) => this.offsetAt(instant) === offset);
    const instants = (real.length > 0 ? real : candidates).map(({ instant }) => instant);
    return real.length > 0 ? Math.min(...instants) : this.changeBetween(Math.min(...instants), Math.max(...instants));
  }

  /** The first instant after `from` whose offset is that of `to`: there is one change between the two. */
  changeBetween(from: number, to: number): number {
    const after = this.offsetAt(to);
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === after) high = middle;
      else low = middle;
    }
    return high;
  }
}
