import type { Locale } from './template.js';
import { textsOf } from './texts.js';

/** Writes times of one time zone. */
export class TimeFormat {
  readonly #format: Intl.DateTimeFormat;

  /**
   * @param timeZone an IANA name; default: the process's
   * @throws RangeError for a zone that `Intl` does not know
   */
  constructor(timeZone?: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...(timeZone === undefined ? {} : { timeZone }),
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
  }

  /** `2026-11-22 09:05:00` as in the plan; in English with the offset, because its readers live in many zones. */
  full(time: Date, locale: Locale): string {
    const { year, month, day, hour, minute, second, timeZoneName } = this.#parts(time);
    if (year === undefined) return '—';
    const text = `${year.padStart(4, '0')}-${month}-${day} ${hour}:${minute}:${second}`;
    return locale === 'en' ? `${text} ${(timeZoneName ?? '').replace('GMT', 'UTC').replace('+00:00', '')}` : text;
  }

  /** `09:05` */
  short(time: Date): string {
    const { hour, minute } = this.#parts(time);
    return hour === undefined ? '—' : `${hour}:${minute}`;
  }

  #parts(time: Date): Partial<Record<Intl.DateTimeFormatPartTypes, string>> {
    // A date out of a store may be invalid, and must not cost the notification.
    if (Number.isNaN(time.getTime())) return {};
    return Object.fromEntries(this.#format.formatToParts(time).map(({ type, value }) => [type, value]));
  }
}

/** The two largest units: `2天3小时`, `5m 4s`. A clock that was put back gives 0 seconds. */
export function durationText(from: Date, to: Date, locale: Locale): string {
  const seconds = Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1_000)) || 0;
  const { units, unitSeparator } = textsOf(locale);
  const amounts = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const first = Math.max(
    0,
    amounts.findIndex((amount, unit) => amount > 0 || unit === 3),
  );
  return amounts
    .slice(first, first + 2)
    .map((amount, index) => `${amount}${units[first + index] ?? ''}`)
    .join(unitSeparator);
}
