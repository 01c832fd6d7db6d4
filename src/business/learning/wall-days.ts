import { InvalidOptionError } from '../../core/errors.js';
import { ZonedTime } from '../../core/zoned-time.js';

const DAY_MS = 86_400_000;

/** Where windows of days begin, by the wall clock of a zone. */
export class WallDays {
  readonly #zone: ZonedTime;
  readonly #isCalendar: boolean;

  /** @throws InvalidOptionError for a zone that `Intl` does not know */
  constructor(timeZone: string, days: 'rolling' | 'calendar') {
    try {
      this.#zone = new ZonedTime(timeZone);
    } catch {
      throw new InvalidOptionError('learningMetrics.timeZone', timeZone, "a time zone such as 'Asia/Shanghai' or 'UTC'");
    }
    this.#isCalendar = days === 'calendar';
  }

  /**
   * When a window of so many days begins that ends now. Rolling: when the wall clock showed what it shows now, so many days
   * ago; that is 23 or 25 hours for a day in which clocks were put forward or back. Calendar: at the first midnight of
   * today and the days before it, so many together.
   */
  since(now: number, days: number): number {
    const wall = this.#zone.wallAt(now);
    return this.#zone.instantOf(this.#isCalendar ? Math.floor(wall / DAY_MS) * DAY_MS - (days - 1) * DAY_MS : wall - days * DAY_MS);
  }
}
