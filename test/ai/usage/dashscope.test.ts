import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

const generation = (content: string, finish_reason: string, usage: object): object => ({
  status_code: 200,
  request_id: '902fee3b',
  code: '',
  message: '',
  output: { text: null, finish_reason: null, choices: [{ finish_reason, message: { role: 'assistant', content } }] },
  usage,
});

describe('a generation', () => {
  test('has all parts inside its totals', () => {
    const usage = {
      input_tokens: 1_024,
      output_tokens: 60,
      total_tokens: 1_084,
      prompt_tokens_details: { cached_tokens: 512, cache_creation_input_tokens: 256 },
      output_tokens_details: { reasoning_tokens: 40 },
    };
    expect(read(generation('Good.', 'stop', usage))).toEqual({
      shape: 'dashscope',
      usage: { inputTokens: 1_024, outputTokens: 60, cachedInputTokens: 512, cacheWriteTokens: 256, reasoningTokens: 40 },
      finishReason: 'stop',
      responseId: '902fee3b',
    });
  });

  test('in the form of a text', () => {
    expect(read({ request_id: 'r', output: { text: 'Good.', finish_reason: 'length' }, usage: { input_tokens: 3, output_tokens: 2 } })).toMatchObject({
      usage: { inputTokens: 3, outputTokens: 2 },
      finishReason: 'length',
    });
  });
});

test('embeddings have only a total', () => {
  expect(read({ request_id: 'r', output: { embeddings: [{ embedding: [0.1], text_index: 0 }] }, usage: { total_tokens: 12 } }).usage).toEqual({ inputTokens: 12 });
});

describe('a stream', () => {
  const events = [
    generation('', 'null', { input_tokens: 20, output_tokens: 0 }),
    generation('Go', 'null', { input_tokens: 20, output_tokens: 1 }),
    generation('od', 'stop', { input_tokens: 20, output_tokens: 2 }),
  ];

  test('ends with the last count, as each is for all so far', () => {
    expect(replay(events)).toEqual({ output: [false, true, true], usage: { inputTokens: 20, outputTokens: 2 }, finishReason: 'stop', responseId: '902fee3b' });
  });

  test('that breaks off has not finished, though it says `null`', () => {
    expect(replay(events.slice(0, 2))).toMatchObject({ usage: { outputTokens: 1 }, finishReason: undefined });
  });

  test('that fails tells the error', () => {
    const error = { request_id: '902fee3b', code: 'Throttling.RateQuota', message: 'Requests rate limit exceeded' };
    expect(replay([...events.slice(0, 2), error])).toMatchObject({ error, usage: { outputTokens: 1 } });
  });
});
