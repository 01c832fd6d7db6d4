import { InvalidOptionError } from './errors.js';

/**
 * A length of time in an option: Prometheus form (`'500ms'`, `'30s'`, `'5m'`, `'1h30m'`, `'30d'`)
 * or a number of milliseconds.
 */
export type Duration = string | number;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const FORM = /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;

/**
 * Milliseconds of a {@link Duration}.
 *
 * The string form is Prometheus's: whole numbers with units from the largest to the smallest,
 * each at most once (https://prometheus.io/docs/prometheus/latest/configuration/configuration/).
 *
 * @param option name of the option, for the error
 * @throws InvalidOptionError for anything else, for negative and for non-finite numbers, and for what is
 *   beyond counting in milliseconds
 * @example parseDuration('1h30m', 'seriesTtl') // 5400000
 */
export function parseDuration(value: Duration, option: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  if (value === '0') return 0;
  const parts = typeof value === 'string' && value !== '' ? FORM.exec(value) : null;
  let total = parts ? 0 : NaN;
  for (const part of parts?.slice(1) ?? []) {
    if (part === undefined) continue;
    const digits = Number.parseInt(part, 10);
    total += digits * (UNIT_MS[part.slice(String(part.match(/^\d+/)?.[0]).length)] ?? 0);
  }
  if (!Number.isSafeInteger(total)) {
    throw new InvalidOptionError(option, value, "milliseconds or a duration such as '500ms', '30s', '5m' or '1h30m'");
  }
  return total;
}
