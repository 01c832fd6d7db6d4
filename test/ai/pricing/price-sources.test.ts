import { describe, expect, test } from 'vitest';
import { fromGenaiPrices, fromLlmPricing, laterPrices } from '../../../src/ai/pricing/price-sources.mjs';

const DATE = '2026-09-01';

describe('genai-prices', () => {
  test('gives names, prices and tiers', () => {
    const models = [
      {
        id: 'claude-sonnet-4-5',
        match: { or: [{ starts_with: 'claude-sonnet-4-5' }, { equals: 'Claude-Sonnet-4.5' }, { regex: '^x' }, { contains: 'sonnet' }] },
        prices: {
          input_mtok: { base: 3, tiers: [{ start: 200_000, price: 6 }] },
          output_mtok: { base: 15, tiers: [{ start: 200_000, price: 22.5 }] },
          cache_read_mtok: 0.3,
          cache_write_mtok: 3.75,
          cache_write_1h_mtok: 6,
          web_searches_kcount: 10,
        },
      },
    ];

    expect(fromGenaiPrices('anthropic', models, DATE)).toEqual([
      {
        seller: 'anthropic',
        names: ['claude-sonnet-4-5', 'claude-sonnet-4.5'],
        prices: { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, longCacheWrite: 6 },
        tiers: [{ above: 200_000, input: 6, output: 22.5 }],
      },
    ]);
  });

  test('gives the price in force on the day', () => {
    const models = [
      {
        id: 'o3',
        match: { equals: 'o3' },
        prices: [
          { prices: { input_mtok: 10 } },
          { constraint: { type: 'start_date', start_date: '2025-06-10' }, prices: { input_mtok: 2 } },
          { constraint: { type: 'start_date', start_date: '2027-01-01' }, prices: { input_mtok: 1 } },
        ],
      },
    ];

    expect(fromGenaiPrices('openai', models, DATE)[0]?.prices).toEqual({ input: 2 });
    expect(fromGenaiPrices('openai', models, '2025-01-01')[0]?.prices).toEqual({ input: 10 });
    expect(laterPrices('openai', models, DATE)).toEqual(['openai o3 changes on 2027-01-01']);
  });

  test('gives the dearest of prices that change with the hour', () => {
    const hours = { type: 'time_of_date', start_time: '01:00:00Z', end_time: '04:00:00Z' };
    const models = [{ id: 'deepseek-v9', match: {}, prices: [{ prices: { input_mtok: 0.2 } }, { constraint: hours, prices: { input_mtok: 0.4 } }] }];

    expect(fromGenaiPrices('deepseek', models, DATE)[0]?.prices).toEqual({ input: 0.4 });
  });

  test.each<[string, object]>([
    ['what is paid by the minute', { id: 'whisper-1', prices: { audio_hours: 0.36 } }],
    ['what has no price', { id: 'moderation', prices: {} }],
    ['what is paid by pictures too', { id: 'gpt-5-picture', prices: { input_mtok: 1, output_image_mtok: 30 } }],
    ['sound models', { id: 'gpt-4o-audio-preview', prices: { input_mtok: 2.5, output_mtok: 10 } }],
    ['free variants', { id: 'mistral-nemo:free', prices: { input_mtok: 1 } }],
    ["a gateway's figures", { id: 'gpt-next', prices: { input_mtok: 1 }, price_comments: 'Imported from OpenRouter pricing; verify.' }],
  ])('leaves out %s', (_, model) => {
    expect(fromGenaiPrices('openai', [{ match: {}, ...model }], DATE)).toEqual([]);
  });

  test('keeps fine-tuned models and those of Bedrock', () => {
    const fineTuned = { id: 'ft:gpt-3.5-turbo-', match: { starts_with: 'ft:gpt-3.5-turbo' }, prices: { input_mtok: 3 } };
    const nova = { id: 'amazon.nova-pro-v1:0', match: { contains: 'amazon.nova-pro' }, prices: { input_mtok: 0.8 } };

    expect(fromGenaiPrices('openai', [fineTuned], DATE)[0]?.names).toEqual(['ft:gpt-3.5-turbo']);
    expect(fromGenaiPrices('amazon', [nova], DATE)[0]?.names).toEqual(['amazon.nova-pro-v1:0']);
  });
});

describe('llm-pricing', () => {
  const rates = (input: number, output: number, cached: number, write: number): Record<string, number> => ({
    inputCostPerToken: input / 1e6,
    outputCostPerToken: output / 1e6,
    cacheReadInputCostPerToken: cached / 1e6,
    cacheCreationInputCostPerToken: write / 1e6,
  });
  const schedule = (card: object): object => ({ periods: [{ from: -Infinity, ...card }] });

  test('gives prices by million, without the noise of the conversion', () => {
    const [entry] = fromLlmPricing({ 'glm-4.6': schedule({ rates: rates(0.6, 2.2, 0.11, 0) }) }, DATE);

    expect(entry).toEqual({ seller: 'zhipu', names: ['glm-4.6'], prices: { input: 0.6, output: 2.2, cachedInput: 0.11 } });
  });

  test('gives no cached price that is only a filler', () => {
    expect(fromLlmPricing({ 'glm-4.5v': schedule({ rates: rates(0.6, 1.8, 0.06, 0.06) }) }, DATE)[0]?.prices).toEqual({ input: 0.6, output: 1.8 });
    expect(fromLlmPricing({ 'text-embedding-9': schedule({ rates: rates(0.1, 0, 0.01, 0.01) }) }, DATE)[0]?.prices).toEqual({ input: 0.1 });
  });

  test("gives Qwen's own cache prices in its place, and its price of thinking", () => {
    const plus = schedule({ rates: rates(0.4, 1.2, 0.04, 0.04), reasoningRates: rates(0.4, 4, 0.04, 0.04) });

    expect(fromLlmPricing({ 'qwen-plus': plus }, DATE, { 'qwen-plus': [[256_000, 3]] })).toEqual([
      {
        seller: 'qwen',
        names: ['qwen-plus'],
        prices: { input: 0.4, output: 1.2, cachedInput: 0.08, cacheWrite: 0.5, outputWhenReasoning: 4 },
        tiers: [{ above: 256_000, input: 1.2, output: 3.6, cachedInput: 0.24, cacheWrite: 1.5, outputWhenReasoning: 12 }],
      },
    ]);
  });

  test('gives the period of the day, and its peak', () => {
    const periods = [
      { from: -Infinity, rates: rates(1, 1, 0.5, 0.5) },
      { from: Date.parse('2026-08-01T00:00:00Z'), rates: rates(2, 2, 0.5, 0.5), peak: { rates: rates(4, 4, 1, 1) } },
      { from: Date.parse('2026-12-01T00:00:00Z'), rates: rates(9, 9, 0.5, 0.5) },
    ];

    expect(fromLlmPricing({ 'deepseek-v9': { periods } }, DATE)[0]?.prices).toMatchObject({ input: 4, output: 4 });
  });

  test('gives tiers', () => {
    const card = { rates: rates(0.5, 3, 0.05, 0.625), contextTiers: [{ abovePromptTokens: 256_000, rates: rates(2, 6, 0.2, 2.5) }] };

    expect(fromLlmPricing({ 'qwen3.7-plus': schedule(card) }, DATE)[0]).toMatchObject({
      prices: { cachedInput: 0.05, cacheWrite: 0.625 },
      tiers: [{ above: 256_000, input: 2, output: 6, cachedInput: 0.2, cacheWrite: 2.5 }],
    });
  });

  test.each(['qwen.qwen3-32b-v1:0', 'zai-org/glm-5-maas', 'llama-3.3-70b-instruct', 'claude-opus-5@default', 'gpt-image-1', 'mistral.pixtral-large'])(
    'leaves out what others sell or what is no text: %s',
    name => {
      expect(fromLlmPricing({ [name]: schedule({ rates: rates(1, 1, 0.5, 0.5) }) }, DATE)).toEqual([]);
    },
  );
});
