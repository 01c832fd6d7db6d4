import { describe, expect, test } from 'vitest';
import { readerFor } from '../../../src/ai/usage/read-response.js';
import { read, replay } from './reading.js';

const message = {
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'Good.', citations: null }],
  container: null,
  stop_reason: 'end_turn',
  stop_sequence: null,
  stop_details: null,
  usage: {
    input_tokens: 21,
    output_tokens: 305,
    cache_creation_input_tokens: 500,
    cache_read_input_tokens: 1_888,
    cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 100 },
    output_tokens_details: { thinking_tokens: 200 },
    inference_geo: null,
    server_tool_use: null,
    service_tier: 'standard',
    speed: null,
  },
};
const usage = { inputTokens: 2_409, outputTokens: 305, cachedInputTokens: 1_888, cacheWriteTokens: 500, longCacheWriteTokens: 100, reasoningTokens: 200 };

describe('a message', () => {
  test('has its cached tokens added to the input', () => {
    expect(read(message)).toEqual({
      shape: 'anthropic',
      usage,
      model: 'claude-sonnet-4-5-20250929',
      finishReason: 'end_turn',
      serviceTier: 'standard',
      responseId: 'msg_01',
    });
  });

  test('without a cache', () => {
    const plain = { input_tokens: 9, output_tokens: 3, cache_creation_input_tokens: null, cache_read_input_tokens: null, cache_creation: null, service_tier: 'batch' };
    expect(read({ ...message, usage: plain })).toMatchObject({ usage: { inputTokens: 9, outputTokens: 3 }, serviceTier: 'batch' });
  });

  test('of fast mode tells the speed, which sets the price', () => {
    expect(read({ ...message, usage: { ...message.usage, speed: 'fast' } }).serviceTier).toBe('fast');
  });

  test('of which an app hands on only the usage', () => {
    expect(read({ text: 'Good.', usage: message.usage })).toMatchObject({ shape: 'anthropic', usage });
    expect(read(message.usage)).toMatchObject({ shape: 'plain', usage });
  });

  test('pays for the compactions on the way, and not for an advisor of another model', () => {
    const iteration = { cache_creation: null, cache_creation_input_tokens: 0, cache_read_input_tokens: 50, input_tokens: 100, output_tokens: 30 };
    const iterations = [
      { ...iteration, type: 'compaction' },
      { ...iteration, type: 'message' },
      { ...iteration, type: 'advisor_message', model: 'claude-opus-4-5' },
    ];
    const { inputTokens, outputTokens, cachedInputTokens } = read({ ...message, usage: { ...message.usage, iterations } }).usage ?? {};
    expect({ inputTokens, outputTokens, cachedInputTokens }).toEqual({ inputTokens: 2_409 + 150, outputTokens: 335, cachedInputTokens: 1_938 });
  });

  test('whose tokens were only counted has used none', () => {
    expect(read({ input_tokens: 2_095 })).toEqual({});
  });
});

describe('a stream', () => {
  const start = { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1, output_tokens_details: null } } };
  const text = (value: string): object => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: value } });
  const opening = [start, { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } }, text('Go'), text('od.')];
  const end = (figures: object): object => ({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null, container: null, stop_details: null }, usage: figures });

  test('takes over what its end says, and keeps what it leaves out', () => {
    const figures = { output_tokens: 305, input_tokens: null, cache_creation_input_tokens: null, cache_read_input_tokens: null, output_tokens_details: { thinking_tokens: 200 }, server_tool_use: null };
    const events = [...opening, { type: 'content_block_stop', index: 0 }, end(figures), { type: 'message_stop' }];
    expect(replay(events)).toEqual({
      output: [false, false, true, true, false, false, false],
      usage,
      model: 'claude-sonnet-4-5-20250929',
      finishReason: 'end_turn',
      serviceTier: 'standard',
      responseId: 'msg_01',
    });
  });

  test('never adds up figures that are for all so far', () => {
    const figures = { output_tokens: 40, input_tokens: 60, cache_creation_input_tokens: 500, cache_read_input_tokens: 2_000, output_tokens_details: null, server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } };
    const { inputTokens, outputTokens, cachedInputTokens } = replay([start, end({ ...figures, output_tokens: 20 }), end(figures)]).usage ?? {};
    expect({ inputTokens, outputTokens, cachedInputTokens }).toEqual({ inputTokens: 2_560, outputTokens: 40, cachedInputTokens: 2_000 });
  });

  test('that breaks off keeps what it began with', () => {
    const facts = replay(opening);
    expect(facts).toMatchObject({ usage: { inputTokens: 2_409, outputTokens: 1 } });
    expect(facts).not.toHaveProperty('finishReason');
  });

  test('is not misled by who changes the message it began with', () => {
    // The SDK's `MessageStream` does, while it puts the message together.
    const mutable = structuredClone(start);
    const reader = readerFor(mutable);
    reader?.add(mutable);
    mutable.message.usage.input_tokens = 9_999;
    expect(reader?.facts().usage?.inputTokens).toBe(2_409);
  });

  test.each<[boolean, object]>([
    [true, { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'toolu_1', name: 'grade', input: {} } }],
    [true, { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '' } }],
    [true, { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } }],
    [false, { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }],
    [false, { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'Eq' } }],
    [false, { type: 'ping' }],
  ])('says %s to whether the model wrote %j', (isOutput, event) => {
    expect(replay([start, event]).output[1]).toBe(isOutput);
  });

  test('may begin with a ping', () => {
    expect(replay([{ type: 'ping' }, ...opening])).toMatchObject({ model: 'claude-sonnet-4-5-20250929' });
  });

  test('that fails tells the error', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    expect(replay([start, { type: 'error', error }]).error).toBe(error);
  });
});
