import { describe, expect, test } from 'vitest';
import { bundledPrices, parseTable } from '../../../src/ai/pricing/bundled-prices.js';
import { callCost } from '../../../src/ai/pricing/cost.js';
import { modelNames } from '../../../src/ai/pricing/model-name.js';
import type { ModelPrices, TokenPrices } from '../../../src/ai/pricing/model-prices.js';
import { SELLERS } from '../../../src/ai/pricing/sellers.js';
import { PRICE_TABLE, PRICE_TABLE_DATE } from '../../../src/ai/pricing/table.js';

const priced = (service: string, model: string): ModelPrices | undefined => bundledPrices(service, model, modelNames(model));

describe('the table', () => {
  const { sections } = parseTable(PRICE_TABLE);
  const entries = [...sections].flatMap(([seller, models]) => [...models].map(([name, prices]) => ({ name: `${seller}/${name}`, prices })));

  test('says of which day it is, and is small', () => {
    expect(PRICE_TABLE_DATE).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(Buffer.byteLength(PRICE_TABLE)).toBeLessThan(25_000);
  });

  test('has a section for each seller, and several hundred names', () => {
    expect([...sections.keys()]).toEqual(SELLERS);
    expect([...sections.values()].every(models => models.size > 4)).toBe(true);
    expect(entries.length).toBeGreaterThan(300);
  });

  test('has prices that can be: above 0, and below what the dearest model ever cost', () => {
    for (const { name, prices } of entries) {
      const { tiers = [], serviceTiers = {} } = prices;
      for (const card of [prices, ...tiers]) {
        const { input, output, cachedInput, cacheWrite, longCacheWrite, outputWhenReasoning } = card as TokenPrices;
        for (const price of [input, output, cachedInput, cacheWrite, longCacheWrite, outputWhenReasoning]) {
          expect(price === undefined || (price > 0 && price <= 600), `${name} ${JSON.stringify(card)}`).toBe(true);
        }
        expect(cachedInput ?? 0, name).toBeLessThanOrEqual(input);
        expect(cacheWrite ?? input, name).toBeGreaterThanOrEqual(input);
        expect(longCacheWrite ?? Infinity, name).toBeGreaterThanOrEqual(cacheWrite ?? 0);
        expect(output ?? 0, name).toBeLessThanOrEqual(input * 25);
      }
      for (const tier of tiers) expect(tier.aboveInputTokens, name).toBeGreaterThanOrEqual(100_000);
      for (const factor of Object.values(serviceTiers)) {
        expect(typeof factor === 'number' && factor >= 0.5 && factor <= 6, `${name} ${JSON.stringify(serviceTiers)}`).toBe(true);
      }
    }
  });

  test('has a price for every name, which leads to no other by the rules of names', () => {
    for (const { name, prices } of entries) {
      const [seller = '', model = ''] = [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)];
      expect(priced(seller, model), name).toEqual(prices);
    }
  });

  test('makes no call cheaper by more tokens', () => {
    const steps = [0, 1, 1_000, 127_999, 128_001, 199_999, 200_000, 200_001, 272_001, 1_000_000];
    for (const { name, prices } of entries) {
      for (const tier of [undefined, ...Object.keys(prices.serviceTiers ?? {})]) {
        let lastByInput = 0;
        let lastByOutput = 0;
        for (const tokens of steps) {
          const byInput = callCost(prices, { inputTokens: tokens, outputTokens: 100 }, tier) ?? NaN;
          const byOutput = callCost(prices, { inputTokens: 100, outputTokens: tokens }, tier) ?? NaN;
          expect(byInput >= lastByInput && byOutput >= lastByOutput, `${name} ${tokens}`).toBe(true);
          lastByInput = byInput;
          lastByOutput = byOutput;
        }
      }
    }
  });
});

describe('well-known models', () => {
  test.each<[string, string, number, number | undefined]>([
    ['openai', 'gpt-4o', 2.5, 10],
    ['openai', 'gpt-4o-mini', 0.15, 0.6],
    ['openai', 'gpt-4o-2024-05-13', 5, 15],
    ['openai', 'gpt-4.1', 2, 8],
    ['openai', 'gpt-5', 1.25, 10],
    ['openai', 'gpt-5-2025-08-07', 1.25, 10],
    ['openai', 'o3', 2, 8],
    ['openai', 'text-embedding-3-small', 0.02, undefined],
    ['azure', 'gpt-35-turbo', 0.5, 1.5],
    ['anthropic', 'claude-sonnet-4-5', 3, 15],
    ['anthropic', 'claude-sonnet-4-5-20250929', 3, 15],
    ['anthropic', 'claude-opus-4-1-20250805', 15, 75],
    ['anthropic', 'claude-3-5-haiku-latest', 0.8, 4],
    ['google', 'gemini-2.5-pro', 1.25, 10],
    ['google', 'models/gemini-2.5-flash', 0.3, 2.5],
    ['deepseek', 'deepseek-chat', 0.14, 0.28],
    ['dashscope', 'qwen-max', 1.6, 6.4],
    ['qwen', 'qwen-plus-2025-07-28', 0.4, 1.2],
    ['zhipu', 'glm-4.6', 0.6, 2.2],
    ['moonshot', 'kimi-k2-0905-preview', 0.6, 2.5],
    ['mistral', 'mistral-large-latest', 0.5, 1.5],
    ['cohere', 'command-r-08-2024', 0.15, 0.6],
    ['xai', 'grok-4-0709', 3, 15],
    ['groq', 'llama-3.3-70b-versatile', 0.59, 0.79],
    ['bedrock', 'amazon.nova-pro-v1:0', 0.8, 3.2],
  ])('%s %s', (service, model, input, output) => {
    expect(priced(service, model)).toMatchObject(output === undefined ? { input } : { input, output });
  });

  test('with their tiers', () => {
    expect(priced('anthropic', 'claude-sonnet-4-5')).toMatchObject({
      cachedInput: 0.3,
      cacheWrite: 3.75,
      longCacheWrite: 6,
      tiers: [{ aboveInputTokens: 200_000, input: 6, output: 22.5 }],
      serviceTiers: { batch: 0.5 },
    });
    expect(priced('google', 'gemini-2.5-pro')?.tiers).toEqual([{ aboveInputTokens: 200_000, input: 2.5, output: 15, cachedInput: 0.25 }]);
    expect(priced('openai', 'gpt-5.5')?.tiers).toEqual([{ aboveInputTokens: 271_999, input: 10, output: 45, cachedInput: 1 }]);
    expect(priced('openai', 'gpt-5.5')?.serviceTiers).toMatchObject({ batch: 0.5, flex: 0.5, priority: 2.5 });
    expect(priced('openai', 'gpt-5')?.serviceTiers).toMatchObject({ flex: 0.5, priority: 2 });
    expect(priced('anthropic', 'claude-opus-4-6')?.serviceTiers).toMatchObject({ batch: 0.5, fast: 6 });
    expect(priced('qwen', 'qwen-plus')).toMatchObject({ outputWhenReasoning: 4 });
  });
});

describe('a price holds for who sells the model', () => {
  test('whatever the service is called', () => {
    expect(priced('essay-grader', 'gpt-4o')?.input).toBe(2.5);
    expect(priced('openai', 'deepseek-chat')?.input).toBe(0.14);
    expect(priced('Azure_OpenAI', 'gpt-4o')?.input).toBe(2.5);
  });

  test('which on Bedrock depends on the region', () => {
    expect(priced('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0')?.input).toBe(3.3);
    expect(priced('bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0')?.input).toBe(3.3);
    expect(priced('bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0')?.input).toBe(3);
    expect(priced('any', 'eu.anthropic.claude-sonnet-4-20250514-v1:0')?.input).toBe(3);
  });

  test('which models of open weights need to say', () => {
    expect(priced('groq', 'openai/gpt-oss-20b')?.input).toBe(0.075);
    expect(priced('groq', 'qwen/qwen3-32b')?.input).toBe(0.29);
    expect(priced('dashscope', 'qwen3-32b')?.input).toBe(0.7);
    expect(priced('essay-grader', 'qwen3-32b')).toBeUndefined();
    expect(priced('vllm', 'Qwen/Qwen3-32B')).toBeUndefined();
    expect(priced('openrouter', 'openai/gpt-oss-20b')).toBeUndefined();
    expect(priced('groq', 'qwen3-max')).toBeUndefined();
  });

  test.each([
    ['ollama', 'deepseek-chat'],
    ['lm-studio', 'glm-4.6'],
    ['together', 'kimi-k2-thinking'],
    ['x', 'accounts/fireworks/models/kimi-k2-thinking'],
  ])('not for who runs it elsewhere: %s %s', (service, model) => {
    expect(priced(service, model)).toBeUndefined();
  });
});

describe('no price is taken from a similar name', () => {
  test.each([
    'gpt-4o-audio-preview',
    'gpt-4o-audio-preview-2024-12-17',
    'gpt-4o-realtime-preview',
    'gpt-4o-mini-tts',
    'gpt-4o-search-preview',
    'gpt-4o-something-new',
    'gpt-4oh',
    'gpt',
    'gpt-image-1',
    'whisper-1',
    'ft:gpt-4.1-mini-2025-04-14:acme::id',
    'mistral-large-2799',
    'amazon.titan-embed-text-v2:0',
    'claude',
    'deepseek/deepseek-chat:free',
    '',
    '__proto__',
    'constructor',
  ])('%j', model => {
    expect(priced('openai', model)).toBeUndefined();
    expect(priced('amazon', model)).toBeUndefined();
  });

  test('fine-tuned models have a price of their own', () => {
    expect(priced('openai', 'ft:gpt-4o-mini-2024-07-18:acme::id')).toMatchObject({ input: 0.3, output: 1.2 });
  });
});
