import { describe, expect, test } from 'vitest';
import { parseTable } from '../../../src/ai/pricing/bundled-prices.js';
import { formatTable, mergePrices, withBedrock, withoutRedundantNames } from '../../../src/ai/pricing/merge-prices.mjs';
import { modelNames } from '../../../src/ai/pricing/model-name.js';

interface Prices {
  input: number;
  output?: number;
  cachedInput?: number;
  cacheWrite?: number;
  longCacheWrite?: number;
}
const entry = (name: string, prices: Prices, seller = 'openai'): { seller: string; names: string[]; prices: Prices } => ({
  seller,
  names: name.split(','),
  prices,
});
const rules = { namesOf: modelNames };

describe('merging', () => {
  test('the first source goes before the second, which fills in', () => {
    const { entries, disagreements } = mergePrices(
      [entry('gpt-4o', { input: 2.5, output: 10 })],
      [entry('gpt-4o', { input: 2.5, output: 10 }), entry('glm-4.6', { input: 0.6 }, 'zhipu')],
      rules,
    );

    expect(entries.map(({ names }) => names)).toEqual([['gpt-4o'], ['glm-4.6']]);
    expect(disagreements).toEqual([]);
  });

  test('prices that differ by over 5 % are told', () => {
    const { entries, disagreements } = mergePrices(
      [entry('a', { input: 1, output: 10 })],
      [entry('a', { input: 1.04, output: 11, cachedInput: 5 })],
      rules,
    );

    expect(entries).toEqual([entry('a', { input: 1, output: 10 })]);
    expect(disagreements).toEqual(['openai a output: 10 is taken, not 11']);
  });

  test('a release is the model that its name leads to', () => {
    const { entries, disagreements } = mergePrices([entry('gpt-4o', { input: 2.5 })], [entry('gpt-4o-2024-08-06', { input: 5 })], rules);

    expect(entries).toHaveLength(1);
    expect(disagreements).toEqual(['openai gpt-4o-2024-08-06 input: 2.5 is taken, not 5']);
  });

  test('the same name of another seller is another model', () => {
    expect(mergePrices([entry('a', { input: 1 })], [entry('a', { input: 9 }, 'groq')], rules).entries).toHaveLength(2);
  });

  test('names may be taken from the second source', () => {
    const preferSecond = [{ seller: 'openai', name: 'a-latest' }];
    const { entries } = mergePrices([entry('a,a-latest', { input: 1 })], [entry('a-latest', { input: 2 })], { ...rules, preferSecond });

    expect(entries).toEqual([entry('a', { input: 1 }), entry('a-latest', { input: 2 })]);
  });

  test('what was read elsewhere goes before both', () => {
    const override = [entry('a', { input: 3 })];
    const { entries, disagreements } = mergePrices([entry('a,b', { input: 1 })], [entry('a', { input: 2 })], { ...rules, override });

    expect(entries).toEqual([entry('a', { input: 3 }), entry('b', { input: 1 })]);
    expect(disagreements).toEqual(['openai a input: 3 is taken, not 2']);
  });

  test("writing Claude's cache for an hour costs twice the input where no source says so", () => {
    const claude = entry('claude-x', { input: 3, cacheWrite: 3.75 }, 'anthropic');

    expect(mergePrices([claude], [], rules).entries[0]?.prices.longCacheWrite).toBe(6);
    expect(mergePrices([entry('gpt-x', { input: 3, cacheWrite: 3.75 })], [], rules).entries[0]?.prices.longCacheWrite).toBeUndefined();
  });
});

describe('Bedrock', () => {
  const sonnet = entry('claude-sonnet-4-5', { input: 3, output: 15 }, 'anthropic');

  test("keeps Amazon's models, without the version of the id", () => {
    expect(withBedrock([entry('amazon.nova-pro-v1:0', { input: 0.8 }, 'amazon')], modelNames)).toEqual([
      entry('amazon.nova-pro-v1', { input: 0.8 }, 'amazon'),
    ]);
  });

  test("keeps other makers' models only where they cost more than at the maker", () => {
    const regional = entry('anthropic.claude-sonnet-4-5-20250929-v1:0', { input: 3.3, output: 16.5 }, 'amazon');
    const global = entry('global.anthropic.claude-sonnet-4-5-20250929-v1:0', { input: 3, output: 15 }, 'amazon');
    const llama = entry('meta.llama3-70b-instruct-v1:0', { input: 1 }, 'amazon');

    expect(withBedrock([sonnet, regional, global, llama], modelNames)).toEqual([
      sonnet,
      entry('anthropic.claude-sonnet-4-5', { input: 3.3, output: 16.5 }, 'amazon'),
    ]);
  });
});

describe('names', () => {
  test('that lead to their own entry are dropped', () => {
    expect(withoutRedundantNames([entry('gpt-4o,gpt-4o-2024-08-06,gpt-4o-latest', { input: 2.5 })], modelNames)[0]?.names).toEqual(['gpt-4o']);
  });

  test('that lead to another entry are kept', () => {
    const entries = [entry('gpt-4o', { input: 2.5 }), entry('gpt-4o-2024-05-13', { input: 5 })];

    expect(withoutRedundantNames(entries, modelNames)).toEqual(entries);
  });

  test('that are one but for their spelling stay as the maker spells them', () => {
    expect(withoutRedundantNames([entry('claude-opus-4-5,claude-opus-4.5', { input: 5 })], modelNames)[0]?.names).toEqual(['claude-opus-4-5']);
  });
});

describe('the text', () => {
  const entries = [
    { ...entry('b-model,a-model', { input: 1.25, output: 10, cachedInput: 0.125, cacheWrite: 2, longCacheWrite: 3 }), serviceTiers: { ultra: 3 } },
    { ...entry('a-long', { input: 0.5 }), tiers: [{ above: 200_000, input: 1 }, { above: 300_000, input: 2, output: 4 }] },
    entry('free', { input: 0 }, 'groq'),
  ];
  const text = formatTable(entries, ['groq', 'openai'], modelNames, { 'B-Model': { priority: 2 } }, { openai: { batch: 0.5 } });

  test('is sorted, and the same whatever the order of the entries', () => {
    expect(text).toBe(
      [
        '# groq',
        'free i0',
        '# openai batch*0.5',
        'a-long i0.5 >200000 i1 >300000 i2 o4',
        'a-model,b-model i1.25 o10 c0.125 w2 l3 priority*2 ultra*3',
      ].join('\n'),
    );
    expect(formatTable(entries.toReversed(), ['groq', 'openai'], modelNames, { 'B-Model': { priority: 2 } }, { openai: { batch: 0.5 } })).toBe(text);
  });

  test('is read back as it was', () => {
    const { sections } = parseTable(text);

    expect(sections.get('openai')?.get('a-model')).toEqual({
      input: 1.25,
      output: 10,
      cachedInput: 0.125,
      cacheWrite: 2,
      longCacheWrite: 3,
      serviceTiers: { batch: 0.5, priority: 2, ultra: 3 },
    });
    expect(sections.get('openai')?.get('a-long')).toEqual({
      input: 0.5,
      tiers: [{ aboveInputTokens: 200_000, input: 1 }, { aboveInputTokens: 300_000, input: 2, output: 4 }],
      serviceTiers: { batch: 0.5 },
    });
    expect(sections.get('groq')?.get('free')).toEqual({ input: 0 });
  });
});
