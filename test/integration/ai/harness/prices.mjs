// @ts-check

/** What every model of these tests costs, per million tokens: each kind something else. */
export const PRICES = { input: 2.5, cachedInput: 1.25, cacheWrite: 3.125, output: 10, reasoning: 12 };

/**
 * What an answer costs by them, worked out apart from Sightline.
 *
 * @param {import('../../../support/ai-wire/order.mjs').Usage} usage
 */
export function costOf({ input, output, cached = 0, cacheWrite = 0, reasoning = 0 }) {
  const micros =
    (input - cached - cacheWrite) * PRICES.input +
    cached * PRICES.cachedInput +
    cacheWrite * PRICES.cacheWrite +
    (output - reasoning) * PRICES.output +
    reasoning * PRICES.reasoning;
  return Number((micros / 1e6).toFixed(9));
}
