import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

const figures = {
  inputTokens: 20,
  outputTokens: 7,
  totalTokens: 627,
  cacheReadInputTokens: 400,
  cacheWriteInputTokens: 200,
  cacheDetails: [
    { ttl: '1h', inputTokens: 150 },
    { ttl: '5m', inputTokens: 50 },
  ],
};
const usage = { inputTokens: 620, outputTokens: 7, cachedInputTokens: 400, cacheWriteTokens: 200, longCacheWriteTokens: 150 };
const $metadata = { httpStatusCode: 200, requestId: '4f1c', attempts: 1, totalRetryDelay: 0 };

describe('an answer of Converse', () => {
  const answer = { $metadata, output: { message: { role: 'assistant', content: [{ text: 'Good.' }] } }, stopReason: 'end_turn', usage: figures, metrics: { latencyMs: 812 } };

  test('has its cached tokens added to the input', () => {
    expect(read({ ...answer, serviceTier: { type: 'priority' } })).toEqual({
      shape: 'bedrock',
      usage,
      finishReason: 'end_turn',
      serviceTier: 'priority',
      responseId: '4f1c',
    });
  });

  test('without a cache', () => {
    expect(read({ ...answer, usage: { inputTokens: 20, outputTokens: 7, totalTokens: 27 } })).toMatchObject({ shape: 'bedrock', usage: { inputTokens: 20, outputTokens: 7 } });
  });

  test('of which an app hands on only the usage', () => {
    expect(read({ grade: 5, usage: figures })).toEqual({ shape: 'bedrock', usage });
  });
});

test('the bytes of InvokeModel are not read', () => {
  expect(read({ $metadata, body: new Uint8Array([123, 125]), contentType: 'application/json' })).toEqual({});
});

describe('a stream', () => {
  const events = [
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { delta: { text: 'Good' }, contentBlockIndex: 0 } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { contentBlockStart: { start: { toolUse: { toolUseId: 't1', name: 'grade' } }, contentBlockIndex: 1 } },
    { messageStop: { stopReason: 'tool_use' } },
    { metadata: { usage: figures, metrics: { latencyMs: 812 }, serviceTier: { type: 'flex' } } },
  ];

  test('tells its usage in the end', () => {
    expect(replay(events)).toEqual({ output: [false, true, false, true, false, false], usage, finishReason: 'tool_use', serviceTier: 'flex' });
  });

  test('that breaks off has told none', () => {
    expect(replay(events.slice(0, 3)).usage).toBeUndefined();
  });

  test('that fails tells the error', () => {
    const error = { name: 'ThrottlingException', message: 'Too many requests' };
    expect(replay([...events.slice(0, 2), { throttlingException: error }]).error).toBe(error);
  });
});
