import { describe, expect, test } from 'vitest';
import { responseFacts } from '../../../src/ai/usage/read-response.js';
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

describe('the bytes of InvokeModel', () => {
  const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const claude = { type: 'message', model: 'claude', stop_reason: 'end_turn', usage: { input_tokens: 12, output_tokens: 3 } };

  test('are read as the response of the model', () => {
    expect(read({ $metadata, body: bytesOf(claude), contentType: 'application/json' })).toMatchObject({
      shape: 'bedrock-invoke',
      usage: { inputTokens: 12, outputTokens: 3 },
      finishReason: 'end_turn',
    });
  });

  test.each([
    ['Llama', { generation: 'Good.', prompt_token_count: 25, generation_token_count: 31, stop_reason: 'stop' }, { inputTokens: 25, outputTokens: 31 }, 'stop'],
    [
      'Titan',
      { inputTextTokenCount: 5, results: [{ tokenCount: 6, outputText: 'Good', completionReason: 'CONTENT_FILTERED' }, { tokenCount: 2 }] },
      { inputTokens: 5, outputTokens: 8 },
      'CONTENT_FILTERED',
    ],
    ['embeddings of Titan', { embedding: [0.1], inputTextTokenCount: 9 }, { inputTokens: 9 }, undefined],
  ])('of %s, which only Bedrock has', (_model, body, usage, finishReason) => {
    const { facts } = responseFacts({ $metadata, body: bytesOf(body), contentType: 'application/json' });
    expect(facts?.usage).toEqual(usage);
    expect(facts?.finishReason).toBe(finishReason);
  });

  test('that are none of a known model, or no JSON, say nothing', () => {
    for (const body of [bytesOf({ image: 'x' }), new Uint8Array([137, 80, 78, 71])]) {
      expect(responseFacts({ $metadata, body, contentType: 'application/json' })).toEqual({ facts: {}, failed: false });
    }
  });

  test('of a stream are read event by event; its last one has the count of Bedrock', () => {
    const events = [{ completion: 'Good' }, { completion: '', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 9, outputTokenCount: 4 } }];
    expect(replay(events.map(event => ({ chunk: { bytes: bytesOf(event) } })))).toMatchObject({ usage: { inputTokens: 9, outputTokens: 4 } });
  });
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
