/** More than any call can use; what is larger is a fault, and one of them would spoil a counter for good. */
const LIMIT = 1e12;
/** A count as protobuf's JSON writes large ones. */
const DIGITS = /^\d{1,12}$/;

/**
 * A number of tokens as providers give it; `undefined` for anything that is none. Every count goes through here.
 *
 * - Fractions are rounded: Cohere's billed units are floats, and gateways average. There are no parts of a token.
 * - Bigints and strings of digits count: some JSON parsers make them of 64-bit numbers.
 * - NaN, infinite and negative numbers are no counts, so none of them reaches a total.
 */
export function tokenCount(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 && value <= LIMIT ? Math.round(value) + 0 : undefined; // + 0: never -0
  if (typeof value === 'bigint') return value >= 0n && value <= LIMIT ? Number(value) : undefined;
  if (typeof value === 'string') return DIGITS.test(value) ? Number(value) : undefined;
  return undefined;
}

/** The sum of what is known; `undefined` where nothing is. */
export function sumOf(a: number | undefined, b: number | undefined, c?: number): number | undefined {
  if (a === undefined && b === undefined && c === undefined) return undefined;
  return (a ?? 0) + (b ?? 0) + (c ?? 0);
}
