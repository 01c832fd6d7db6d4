import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

const usage = { inputTokens: 120, outputTokens: 30 };

test.each([
  [{ input_tokens: 120, output_tokens: 30 }],
  [{ inputTokens: 120, outputTokens: 30 }],
  [{ usage: { input_tokens: 120, output_tokens: 30 } }],
  [{ usage: { inputTokens: 120, outputTokens: 30 } }],
  [{ score: 5, usage: { input_tokens: 120, output_tokens: 30 }, model: 'my-model' }],
  [Object.assign(Object.create(null), { input_tokens: 120, output_tokens: 30 })],
  // A provider's usage, handed on by itself
  [{ prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 }],
  [{ promptTokens: 120, completionTokens: 30 }],
])('%j', given => {
  expect(read(given)).toEqual({ shape: 'plain', usage, model: (given as { model?: string }).model });
});

test('the usage of `ai` by itself keeps its parts', () => {
  const given = { inputTokens: 120, inputTokenDetails: { cacheReadTokens: 100, cacheWriteTokens: 20, noCacheTokens: 0 }, outputTokens: 30, outputTokenDetails: { reasoningTokens: 10, textTokens: 20 } };
  expect(read(given).usage).toEqual({ ...usage, cachedInputTokens: 100, cacheWriteTokens: 20, reasoningTokens: 10 });
});

test.each([
  [{}],
  [[]],
  [{ input_tokens: 120 }],
  [{ inputTokens: 120 }],
  [{ usage: 120 }],
  [{ usage: { tokens: 120 } }],
  [{ usage: { input_tokens: '12 tokens', output_tokens: null } }],
  [{ data: { input_tokens: 120, output_tokens: 30 } }],
])('%j tells nothing', given => {
  expect(read(given).usage).toBeUndefined();
});

describe("an app's own stream", () => {
  test('of texts, with usage in the end', () => {
    expect(replay([{ text: 'Go' }, { text: 'od' }, { usage: { input_tokens: 120, output_tokens: 30 } }])).toMatchObject({ output: [true, true, false], usage });
  });

  test('may tell both in one event', () => {
    expect(replay([{ text: 'Good', usage: { input_tokens: 120, output_tokens: 30 } }])).toMatchObject({ output: [true], usage });
  });

  test('may hand on the usage of any provider', () => {
    expect(replay([{ delta: 'Good' }, { usage: { prompt_tokens: 120, completion_tokens: 30 } }]).usage).toEqual(usage);
  });

  test('that is about something else is not read', () => {
    expect(() => replay([{ progress: 0.5 }])).toThrow('No shape');
  });
});
