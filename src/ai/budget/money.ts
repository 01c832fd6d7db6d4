/**
 * Totals are counted in whole millionths of the currency. Sums of fractions drift, by an amount that depends on their
 * order, and ten times 0.1 is less than 1: thresholds would be passed late, and processes would not agree on when.
 */
const UNITS = 1_000_000;

/** The most that is counted: about nine billion of the currency. Beyond it whole numbers are no longer exact, here and in Lua. */
export const MOST_UNITS: number = Number.MAX_SAFE_INTEGER;

/** Millionths in an amount, with what is left of one. */
export function exactUnits(amount: number): number {
  return Math.min(amount * UNITS, MOST_UNITS);
}

/** The amount of so many millionths. */
export function amountOf(units: number): number {
  return units / UNITS;
}
