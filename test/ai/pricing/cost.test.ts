import { describe, expect, test } from 'vitest';
import { callCost } from '../../../src/ai/pricing/cost.js';
import type { ModelPrices } from '../../../src/ai/pricing/model-prices.js';
import type { TokenUsage } from '../../../src/ai/usage/token-usage.js';

const MINI: ModelPrices = { input: 0.15, output: 0.6, cachedInput: 0.075 };
const SONNET: ModelPrices = {
  input: 3,
  output: 15,
  cachedInput: 0.3,
  cacheWrite: 3.75,
  longCacheWrite: 6,
  tiers: [{ aboveInputTokens: 200_000, input: 6, output: 22.5, cachedInput: 0.6, cacheWrite: 7.5, longCacheWrite: 12 }],
  serviceTiers: { batch: 0.5 },
};
const GEMINI: ModelPrices = {
  input: 1.25,
  output: 10,
  cachedInput: 0.125,
  tiers: [{ aboveInputTokens: 200_000, input: 2.5, output: 15, cachedInput: 0.25 }],
  serviceTiers: { flex: 0.5, priority: 1.8 },
};

describe('a call costs', () => {
  test('its tokens by their prices per million', () => {
    // 1,000 × 0.15 + 500 × 0.6 = 150 + 300
    expect(callCost(MINI, { inputTokens: 1_000, outputTokens: 500 })).toBe(0.00045);
    expect(callCost(MINI, { inputTokens: 1, outputTokens: 0 })).toBe(0.15e-6);
  });

  test('its input alone where it has no output, as embeddings', () => {
    expect(callCost({ input: 0.02 }, { inputTokens: 5_000 })).toBe(0.0001);
  });

  test('what is known of an interrupted one', () => {
    expect(callCost(MINI, { inputTokens: 1_000 })).toBe(0.00015);
    expect(callCost(MINI, { outputTokens: 500 })).toBe(0.0003);
  });

  test('less for the part that came from a cache', () => {
    // 600 × 0.15 + 400 × 0.075 = 90 + 30
    expect(callCost(MINI, { inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 0 })).toBe(0.00012);
  });

  test('more for the parts that were written to one, for minutes and for an hour', () => {
    // plain 3,000 × 3, cached 4,000 × 0.3, 5 minutes 2,000 × 3.75, an hour 1,000 × 6, output 2,000 × 15
    const usage = { inputTokens: 10_000, cachedInputTokens: 4_000, cacheWriteTokens: 3_000, longCacheWriteTokens: 1_000, outputTokens: 2_000 };

    expect(callCost(SONNET, usage)).toBeCloseTo((9_000 + 1_200 + 7_500 + 6_000 + 30_000) / 1e6, 12);
  });

  test('the plain price for parts that have none of their own', () => {
    const usage = { inputTokens: 1_000, cachedInputTokens: 300, cacheWriteTokens: 500, longCacheWriteTokens: 200, outputTokens: 10, reasoningTokens: 5 };

    expect(callCost({ input: 2, output: 8 }, usage)).toBe((1_000 * 2 + 10 * 8) / 1e6);
    // An hour costs what five minutes do.
    expect(callCost({ input: 2, output: 8, cacheWrite: 4 }, usage)).toBe((500 * 2 + 500 * 4 + 10 * 8) / 1e6);
  });

  test('its reasoning like the rest of the output', () => {
    expect(callCost(MINI, { inputTokens: 0, outputTokens: 1_000, reasoningTokens: 800 })).toBe(0.0006);
  });

  test('its reasoning apart where that has a price', () => {
    // 200 × 0.6 + 800 × 1 = 120 + 800
    expect(callCost({ ...MINI, reasoning: 1 }, { inputTokens: 0, outputTokens: 1_000, reasoningTokens: 800 })).toBe(0.00092);
  });

  test('another price for the whole answer once the model reasoned', () => {
    const qwen = { input: 0.4, output: 1.2, outputWhenReasoning: 4 };

    // 1,000 × 0.4 + 2,500 × 4
    expect(callCost(qwen, { inputTokens: 1_000, outputTokens: 2_500, reasoningTokens: 2_000 })).toBe(0.0104);
    // 1,000 × 0.4 + 2,500 × 1.2
    expect(callCost(qwen, { inputTokens: 1_000, outputTokens: 2_500, reasoningTokens: 0 })).toBe(0.0034);
  });

  test('its fixed price, beside its tokens', () => {
    expect(callCost({ input: 2, output: 8, perCall: 0.01 }, { inputTokens: 1_000, outputTokens: 0 })).toBe(0.012);
  });
});

describe('parts larger than the whole', () => {
  test.each<[string, TokenUsage, number]>([
    ['cached', { inputTokens: 100, cachedInputTokens: 500, outputTokens: 0 }, 100 * 0.3],
    ['written', { inputTokens: 100, cachedInputTokens: 60, cacheWriteTokens: 500, outputTokens: 0 }, 60 * 0.3 + 40 * 3.75],
    ['written for an hour', { inputTokens: 100, cacheWriteTokens: 10, longCacheWriteTokens: 500, outputTokens: 0 }, 90 * 3 + 10 * 6],
    ['reasoned', { inputTokens: 0, outputTokens: 100, reasoningTokens: 500 }, 100 * 20],
  ])('%s are cut', (_, usage, perMillion) => {
    expect(callCost({ ...SONNET, reasoning: 20 }, usage)).toBeCloseTo(perMillion / 1e6, 12);
  });
});

describe('a context tier', () => {
  test('holds for the whole call, output included, above its size', () => {
    // 200,000 × 1.25 + 1,000 × 10
    expect(callCost(GEMINI, { inputTokens: 200_000, outputTokens: 1_000 })).toBe(0.26);
    // 200,001 × 2.5 + 1,000 × 15
    expect(callCost(GEMINI, { inputTokens: 200_001, outputTokens: 1_000 })).toBe(0.5150025);
  });

  test('counts cached tokens', () => {
    // 50,000 × 2.5 + 200,000 × 0.25
    expect(callCost(GEMINI, { inputTokens: 250_000, cachedInputTokens: 200_000, outputTokens: 0 })).toBe(0.175);
  });

  test('is the largest that fits, in whatever order they stand', () => {
    const tiers = [
      { aboveInputTokens: 256_000, input: 9 },
      { aboveInputTokens: 32_000, input: 2 },
      { aboveInputTokens: 128_000, input: 5 },
    ];
    const cost = (inputTokens: number): number | undefined => callCost({ input: 1, tiers }, { inputTokens });

    expect(cost(32_000)).toBe(0.032);
    expect(cost(100_000)).toBe(0.2);
    expect(cost(200_000)).toBe(1);
    expect(cost(300_000)).toBeCloseTo(2.7, 12);
  });

  test('leaves the prices that it does not name', () => {
    const prices = { input: 1, output: 4, cachedInput: 0.1, tiers: [{ aboveInputTokens: 10, input: 2 }] };

    // 50 × 2 + 50 × 0.1 + 10 × 4
    expect(callCost(prices, { inputTokens: 100, cachedInputTokens: 50, outputTokens: 10 })).toBeCloseTo(145e-6, 15);
  });

  test('may hold from the first token on', () => {
    expect(callCost({ input: 1, tiers: [{ aboveInputTokens: 0, input: 2 }] }, { inputTokens: 1 })).toBe(2e-6);
  });
});

describe('a service tier', () => {
  const usage = { inputTokens: 1_000, cachedInputTokens: 500, outputTokens: 100 };

  test('as a factor changes all token prices', () => {
    const standard = callCost(GEMINI, usage) ?? NaN;

    expect(callCost(GEMINI, usage, 'flex')).toBeCloseTo(standard / 2, 15);
    expect(callCost(GEMINI, usage, 'priority')).toBeCloseTo(standard * 1.8, 15);
  });

  test('as a factor leaves the price of the call', () => {
    expect(callCost({ input: 1, perCall: 0.5, serviceTiers: { batch: 0 } }, { inputTokens: 1_000_000 }, 'batch')).toBe(0.5);
  });

  test('as a factor holds in every context tier', () => {
    // (300,000 × 6 + 1,000 × 22.5) / 2
    expect(callCost(SONNET, { inputTokens: 300_000, outputTokens: 1_000 }, 'batch')).toBe(0.91125);
  });

  test('with prices of its own takes their place, at every context size', () => {
    const prices: ModelPrices = { ...GEMINI, serviceTiers: { priority: { input: 3, output: 20 } } };

    // 500 × 3 + 500 × 0.125 + 100 × 20
    expect(callCost(prices, usage, 'priority')).toBeCloseTo((1_500 + 62.5 + 2_000) / 1e6, 15);
    // 300,000 × 3, what came from a cache as in the context tier: 200,000 × 0.25
    expect(callCost(prices, { inputTokens: 500_000, cachedInputTokens: 200_000, outputTokens: 0 }, 'priority')).toBeCloseTo(0.95, 12);
  });

  test.each(['default', 'standard', 'auto', '', 'constructor', '__proto__', 'toString'])('named %j costs the same as none', name => {
    expect(callCost(GEMINI, usage, name)).toBe(callCost(GEMINI, usage));
  });

  test('is found in capitals, as Google writes it', () => {
    expect(callCost(GEMINI, usage, 'FLEX')).toBe(callCost(GEMINI, usage, 'flex'));
  });
});

describe('tokens that are not known', () => {
  test.each<TokenUsage>([{}, { inputTokens: undefined, outputTokens: undefined }, { cachedInputTokens: 5 }, { inputTokens: NaN, outputTokens: -1 }])(
    'leave the cost open: %o',
    usage => {
      expect(callCost(MINI, usage)).toBeUndefined();
      expect(callCost({ input: 0, output: 1 }, usage)).toBeUndefined();
    },
  );

  test('cost nothing where they are free, so that only the call is paid', () => {
    expect(callCost({ input: 0 }, {})).toBe(0);
    expect(callCost({ input: 0, perCall: 0.04 }, {})).toBe(0.04);
  });
});

describe('whatever the usage', () => {
  const counts = [undefined, 0, 1, 7, 1_000, 199_999, 200_001, 1e9, 1e300, -1, NaN, Infinity, -Infinity];

  test('a cost is never negative, infinite or NaN', () => {
    for (const inputTokens of counts) {
      for (const outputTokens of counts) {
        for (const part of counts) {
          const usage = { inputTokens, outputTokens, cachedInputTokens: part, cacheWriteTokens: part, longCacheWriteTokens: part, reasoningTokens: part };
          const cost = callCost(SONNET, usage, 'batch');
          expect(cost === undefined || (Number.isFinite(cost) && cost >= 0), JSON.stringify({ ...usage, cost })).toBe(true);
        }
      }
    }
  });

  test('a cost too large for a number is none', () => {
    expect(callCost(SONNET, { inputTokens: 1e308, outputTokens: 1e308 })).toBeUndefined();
  });

  test('no part makes a call dearer than all of its tokens at the highest price', () => {
    for (const part of counts) {
      const usage = { inputTokens: 1_000, outputTokens: 0, cachedInputTokens: part, cacheWriteTokens: part, longCacheWriteTokens: part };
      expect(callCost(SONNET, usage)).toBeLessThanOrEqual(0.006);
    }
  });
});
