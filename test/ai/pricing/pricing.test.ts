import { describe, expect, test, vi } from 'vitest';
import { InvalidOptionError } from '../../../src/core/errors.js';
import type { ModelPrices, PricedCall } from '../../../src/ai/pricing/model-prices.js';
import { Pricing } from '../../../src/ai/pricing/pricing.js';
import { PRICE_TABLE_DATE } from '../../../src/ai/pricing/table.js';

const USAGE = { inputTokens: 1_000_000, outputTokens: 0 };

const call = (model: string, service = 'openai', more: Partial<PricedCall> = {}): PricedCall => ({ service, model, usage: USAGE, ...more });

/** Cost of a million input tokens, or why there is none. */
const priceOf = (pricing: Pricing, model: string, service?: string): number | string => {
  const { cost, unpriced } = pricing.costOf(call(model, service));
  return cost ?? unpriced ?? 'neither';
};

describe('a call is priced', () => {
  test('by the bundled table, with no settings at all', () => {
    const usage = { inputTokens: 2_000, cachedInputTokens: 1_000, outputTokens: 500 };

    // 1,000 × 2.5 + 1,000 × 1.25 + 500 × 10
    expect(new Pricing().costOf({ service: 'openai', model: 'gpt-4o-2024-08-06', usage })).toEqual({ cost: 0.00875 });
    expect(new Pricing().costOf({ service: 'openai', model: 'gpt-4o', usage, serviceTier: 'flex' })).toEqual({ cost: 0.004375 });
  });

  test("by the user's prices before the table", () => {
    const pricing = new Pricing({ prices: { 'gpt-4o': { input: 7 } } });

    expect(priceOf(pricing, 'gpt-4o')).toBe(7);
    expect(priceOf(pricing, 'gpt-4o-2024-05-13')).toBe(7);
    expect(priceOf(pricing, 'openai/gpt-4o')).toBe(7);
    expect(priceOf(pricing, 'gpt-4o-mini')).toBe(0.15);
  });

  test('by the price of its service and model before that of its model', () => {
    const pricing = new Pricing({ prices: { 'gpt-4o-2024-08-06': { input: 7 }, 'azure/gpt-4o': { input: 8 }, 'Grader-EU/gpt-4o': { input: 9 } } });

    expect(priceOf(pricing, 'gpt-4o-2024-08-06', 'azure')).toBe(8);
    expect(priceOf(pricing, 'gpt-4o-2024-08-06', 'grader-eu')).toBe(9);
    expect(priceOf(pricing, 'gpt-4o-2024-08-06', 'openai')).toBe(7);
    expect(priceOf(pricing, 'gpt-4o', 'openai')).toBe(2.5);
  });

  test('by the price of its release before that of its model', () => {
    const pricing = new Pricing({ prices: { 'gpt-4o': { input: 7 }, 'gpt-4o-2024-05-13': { input: 9 } } });

    expect(priceOf(pricing, 'gpt-4o-2024-05-13')).toBe(9);
    expect(priceOf(pricing, 'gpt-4o-2024-11-20')).toBe(7);
  });

  test('whatever letters and dots its name is spelt with', () => {
    const pricing = new Pricing({ prices: { 'Claude-Sonnet-4.5': { input: 7 }, 'Qwen/Qwen3-32B': { input: 8 } } });

    expect(priceOf(pricing, 'claude-sonnet-4-5-20250929')).toBe(7);
    expect(priceOf(pricing, 'qwen/qwen3-32b', 'vllm')).toBe(8);
  });

  test('as free where its price is 0', () => {
    expect(priceOf(new Pricing({ prices: { 'llama3:8b': { input: 0 } } }), 'llama3:8b', 'ollama')).toBe(0);
  });

  test('without the table where that is off', () => {
    const pricing = new Pricing({ bundledPrices: false, prices: { mine: { input: 1 } } });

    expect(priceOf(pricing, 'gpt-4o')).toBe('model');
    expect(priceOf(pricing, 'mine')).toBe(1);
  });

  test('the same way the second time, and after thousands of other models', () => {
    const pricing = new Pricing();
    const first = priceOf(pricing, 'gpt-4o');
    for (let i = 0; i < 5_000; i += 1) expect(priceOf(pricing, `made-up-${i}`)).toBe('model');

    expect(priceOf(pricing, 'gpt-4o')).toBe(first);
    expect(priceOf(pricing, 'x'.repeat(10_000))).toBe('model');
  });

  test("by prices that the app can't change behind its back", () => {
    const mine = { input: 1 };
    const prices: Record<string, ModelPrices> = { mine };
    const pricing = new Pricing({ prices });
    mine.input = 2;
    prices['other'] = { input: 3 };

    expect(priceOf(pricing, 'mine')).toBe(1);
    expect(priceOf(pricing, 'other')).toBe('model');
  });
});

describe('a call that is not priced says why', () => {
  test('no price of its model', () => {
    expect(new Pricing().costOf(call('gpt-99', 'acme'))).toEqual({
      unpriced: 'model',
      reason:
        `a call of \`gpt-99\` (service \`acme\`) has no cost: no price of this model is known (the bundled ones are of ${PRICE_TABLE_DATE}); ` +
        'give one in `ai.prices`, or a cost by `ai.priceOf`',
    });
  });

  test('no tokens', () => {
    expect(new Pricing().costOf(call('gpt-4o', 'openai', { usage: {} }))).toMatchObject({ unpriced: 'usage' });
    expect(new Pricing({ prices: { picture: { input: 0, perCall: 0.04 } } }).costOf(call('picture', 'x', { usage: {} }))).toEqual({ cost: 0.04 });
  });

  test('a cost that is too large for a number', () => {
    const pricing = new Pricing({ prices: { dear: { input: 1e300, currency: 'EUR' } }, exchangeRates: { EUR: 1e300 } });

    expect(pricing.costOf(call('dear'))).toMatchObject({ unpriced: 'usage' });
  });

  test.each(['__proto__', 'constructor', '', 'toString', '/', 'models/'])('a model named %j', model => {
    expect(priceOf(new Pricing({ prices: { 'gpt-4o': { input: 1 } } }), model)).toBe('model');
    expect(priceOf(new Pricing(), 'gpt-4o', model)).toBe(2.5);
  });
});

describe('currencies', () => {
  test('costs are in US dollars unless the settings say otherwise', () => {
    expect(new Pricing().currency).toBe('USD');
    expect(new Pricing({ currency: 'CNY' }).currency).toBe('CNY');
  });

  test("the user's prices are in the currency of the settings, the bundled ones are converted", () => {
    const pricing = new Pricing({ currency: 'CNY', exchangeRates: { USD: 7 }, prices: { 'qwen-max': { input: 2.4 } } });

    expect(priceOf(pricing, 'qwen-max')).toBe(2.4);
    expect(priceOf(pricing, 'gpt-4o')).toBe(17.5);
  });

  test('a price may have its own', () => {
    const prices = { 'mistral-tiny': { input: 2, currency: 'EUR' }, 'qwen-max': { input: 2.4, currency: 'CNY' }, plain: { input: 3 } };
    const pricing = new Pricing({ prices, exchangeRates: { EUR: 1.25, CNY: 0.125 } });

    expect(priceOf(pricing, 'mistral-tiny')).toBe(2.5);
    expect(priceOf(pricing, 'qwen-max')).toBe(0.3);
    expect(priceOf(pricing, 'plain')).toBe(3);
  });

  test('a price without an exchange rate is none, and never taken as it stands', () => {
    expect(priceOf(new Pricing({ prices: { mine: { input: 2, currency: 'EUR' } } }), 'mine')).toBe('currency');
    expect(priceOf(new Pricing({ currency: 'CNY' }), 'gpt-4o')).toBe('currency');
    expect(new Pricing({ currency: 'CNY' }).costOf(call('gpt-4o'))).toMatchObject({ reason: expect.stringContaining('`ai.exchangeRates`') });
  });
});

describe('priceOf', () => {
  test('prices what nothing else does, in the currency of the settings', () => {
    const asked: PricedCall[] = [];
    const pricing = new Pricing({
      currency: 'CNY',
      prices: { mine: { input: 1 } },
      priceOf: given => {
        asked.push(given);
        return given.service === 'ollama' ? 0 : 0.25;
      },
    });
    const unknown = call('gpt-99', 'acme', { serviceTier: 'flex' });

    expect(pricing.costOf(unknown)).toEqual({ cost: 0.25 });
    expect(priceOf(pricing, 'llama3', 'ollama')).toBe(0);
    // No rate for the table's dollars
    expect(priceOf(pricing, 'gpt-4o')).toBe(0.25);
    expect(priceOf(pricing, 'mine')).toBe(1);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toBe(unknown);
  });

  test('may not know either', () => {
    const onFault = vi.fn();

    expect(priceOf(new Pricing({ priceOf: () => undefined, onFault }), 'gpt-99')).toBe('model');
    expect(priceOf(new Pricing({ currency: 'CNY', priceOf: () => undefined, onFault }), 'gpt-4o')).toBe('currency');
    expect(onFault).not.toHaveBeenCalled();
  });

  test('that throws leaves the call unpriced, and is reported', () => {
    const failure = new Error('no connection');
    const onFault = vi.fn();
    const pricing = new Pricing({
      priceOf: () => {
        throw failure;
      },
      onFault,
    });

    expect(priceOf(pricing, 'gpt-99')).toBe('adapter');
    expect(onFault).toHaveBeenCalledExactlyOnceWith(failure);
  });

  test.each<[unknown, string]>([
    [-1, '-1'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['0.5', '"0.5"'],
    [null, 'null'],
    [{ cost: 1 }, 'an object with keys {cost}'],
    [5n, '5'],
    [Promise.resolve(1), 'a promise'],
  ])('that gives %o leaves the call unpriced, and is reported', (value, shown) => {
    const onFault = vi.fn<(error: unknown) => void>();
    const pricing = new Pricing({ priceOf: () => value as number, onFault });

    expect(priceOf(pricing, 'gpt-99')).toBe('adapter');
    expect((onFault.mock.calls[0]?.[0] as Error).message).toBe(
      `priceOf gave ${shown}, expected a finite number of at least 0 or undefined`,
    );
  });
});

test('a priceOf that is asynchronous and fails ends no process', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const pricing = new Pricing({ priceOf: (() => Promise.reject(new Error('late'))) as never });

  expect(priceOf(pricing, 'gpt-99')).toBe('adapter');
  await new Promise(resolve => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

describe('known', () => {
  const pricing = new Pricing({ prices: { 'Qwen/Qwen3-32B': { input: 1 }, 'azure/essays': { input: 1 } } });

  test.each([
    ['openai', 'gpt-4o'],
    ['anthropic', 'claude-sonnet-4-5'],
    ['vllm', 'Qwen/Qwen3-32B'],
    ['azure', 'essays'],
  ])('%s %s', (service, model) => {
    expect(pricing.knows(service, model)).toBe(true);
  });

  // There is no end of these: as label values they would fill the memory.
  test.each([
    ['openai', 'gpt-4o-2031-01-01'],
    ['openai', 'GPT-4o'],
    ['openai', 'x/models/gpt-4o'],
    ['openai', 'ft:gpt-4o:x'],
    ['openai', ' gpt-4o'],
    ['openai', 'gpt-99'],
    ['openai', 'essays'],
  ])('not %s %s', (service, model) => {
    expect(pricing.knows(service, model)).toBe(false);
  });

  test('is nothing of the table where that is off', () => {
    expect(new Pricing({ bundledPrices: false }).knows('openai', 'gpt-4o')).toBe(false);
  });
});

describe('refused with the path of the option', () => {
  const refusal = (options: unknown): string => {
    try {
      new Pricing(options as object);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionError);
      return (error as Error).message;
    }
    return 'accepted';
  };
  const model = (prices: unknown): string => refusal({ prices: { 'gpt-4o': prices } });

  test.each([-1, NaN, Infinity, '2.5', null, undefined])('a price of %o', value => {
    expect(model({ input: value })).toMatch(/^Invalid option `ai\.prices\.gpt-4o\.input`: got .+, expected a finite number of at least 0\.$/);
    if (value === undefined) return;
    expect(model({ input: 1, output: value })).toContain('`ai.prices.gpt-4o.output`');
    expect(model({ input: 1, tiers: [{ aboveInputTokens: 1, input: value }] })).toContain('`ai.prices.gpt-4o.tiers[0].input`');
    expect(model({ input: 1, serviceTiers: { flex: { input: value } } })).toContain('`ai.prices.gpt-4o.serviceTiers.flex.input`');
    expect(model({ input: 1, serviceTiers: { flex: value } })).toMatch(/`ai\.prices\.gpt-4o\.serviceTiers\.flex`: got .+, expected a factor of at least 0/);
  });

  test('an unknown key, with the known ones', () => {
    expect(model({ input: 1, outptu: 2 })).toBe(
      'Invalid option `ai.prices.gpt-4o.outptu`: no such option; known here: input, output, cachedInput, cacheWrite, longCacheWrite, ' +
        'reasoning, outputWhenReasoning, perCall, tiers, serviceTiers, currency.',
    );
    expect(model({ input: 1, tiers: [{ above: 5 }] })).toContain('`ai.prices.gpt-4o.tiers[0].above`: no such option; known here: aboveInputTokens, input');
    expect(model({ input: 1, serviceTiers: { flex: { factor: 5 } } })).toContain('`ai.prices.gpt-4o.serviceTiers.flex.factor`: no such option');
  });

  test('a tier without its size', () => {
    expect(model({ input: 1, tiers: [{ input: 2 }] })).toContain('`ai.prices.gpt-4o.tiers[0].aboveInputTokens`: got undefined');
    expect(model({ input: 1, tiers: [undefined] })).toContain('`ai.prices.gpt-4o.tiers[0]`');
    expect(model({ input: 1, tiers: {} })).toContain('`ai.prices.gpt-4o.tiers`');
  });

  test('what is no price, no list of prices', () => {
    expect(model(2.5)).toBe('Invalid option `ai.prices.gpt-4o`: got 2.5, expected an object.');
    expect(model(null)).toContain('`ai.prices.gpt-4o`');
    expect(refusal({ prices: [] })).toContain('`ai.prices`');
    expect(refusal({ prices: { ' ': { input: 1 } } })).toContain("prices by a model's name, which is not empty");
  });

  test('two prices for one model', () => {
    expect(refusal({ prices: { 'gpt-4.1': { input: 1 }, 'GPT-4-1': { input: 2 } } })).toContain(
      '`ai.prices.GPT-4-1`: got an object with keys {input}, expected one price a model: `gpt-4.1` names the same one',
    );
  });

  test('currencies and rates that are none', () => {
    expect(refusal({ currency: 'usd' })).toContain("`ai.currency`: got \"usd\", expected a currency's ISO 4217 code, such as 'USD' or 'CNY'");
    expect(model({ input: 1, currency: '€' })).toContain('`ai.prices.gpt-4o.currency`');
    expect(refusal({ exchangeRates: { EUR: 0 } })).toContain('`ai.exchangeRates.EUR`: got 0, expected what one EUR is worth in USD: a finite number above 0');
    expect(refusal({ exchangeRates: { EUR: NaN } })).toContain('`ai.exchangeRates.EUR`');
    expect(refusal({ exchangeRates: { euro: 1 } })).toContain('`ai.exchangeRates`: got "euro"');
    expect(refusal({ currency: 'CNY', exchangeRates: { CNY: 7 } })).toContain('`ai.exchangeRates.CNY`');
  });

  test('adapters that are no functions', () => {
    expect(refusal({ priceOf: 5 })).toContain('`ai.priceOf`');
    expect(refusal({ bundledPrices: 'no' })).toContain('`ai.bundledPrices`');
  });

  test('but not what is left out, or set to undefined', () => {
    const full: ModelPrices = {
      input: 1,
      output: 2,
      cachedInput: 0.1,
      cacheWrite: 1.25,
      longCacheWrite: 2,
      reasoning: 3,
      outputWhenReasoning: 4,
      perCall: 0.01,
      tiers: [{ aboveInputTokens: 10, input: 2 }],
      serviceTiers: { flex: 0.5, priority: { output: 4 } },
      currency: 'EUR',
    };

    expect(model(full)).toBe('accepted');
    expect(model({ input: 0, output: undefined, tiers: undefined, serviceTiers: { flex: undefined } })).toBe('accepted');
    expect(refusal({ prices: { 'gpt-4o': undefined }, currency: undefined, exchangeRates: { EUR: undefined, USD: 1 } })).toBe('accepted');
  });
});
