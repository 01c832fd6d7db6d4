import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

const response = {
  id: 'resp_68',
  object: 'response',
  created_at: 1_761_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  model: 'gpt-5-2025-08-07',
  output: [{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [] }],
  output_text: 'Good.',
  service_tier: 'priority',
  usage: {
    input_tokens: 2_000,
    input_tokens_details: { cached_tokens: 1_024, cache_write_tokens: 500, cache_write_tokens_details: { ttl_12h_tokens: 300, ttl_30m_tokens: 200 } },
    output_tokens: 87,
    output_tokens_details: { reasoning_tokens: 64 },
    total_tokens: 2_087,
  },
};
const facts = {
  usage: { inputTokens: 2_000, outputTokens: 87, cachedInputTokens: 1_024, cacheWriteTokens: 500, longCacheWriteTokens: 300, reasoningTokens: 64 },
  model: 'gpt-5-2025-08-07',
  finishReason: 'completed',
  serviceTier: 'priority',
  responseId: 'resp_68',
};

describe('a response', () => {
  test('tells its tokens, model, tier, id and how it ended', () => {
    expect(read(response)).toEqual({ shape: 'openai-responses', ...facts });
  });

  test('that was cut short tells why', () => {
    expect(read({ ...response, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }).finishReason).toBe('max_output_tokens');
  });

  test('that failed has an error instead of throwing it', () => {
    const error = { code: 'server_error', message: 'The model failed.' };
    expect(read({ ...response, status: 'failed', error, usage: null })).toMatchObject({ error, finishReason: 'failed', usage: undefined });
  });

  test('of which an app hands on only the usage is not taken for Anthropic’s', () => {
    expect(read({ grade: 5, usage: response.usage })).toEqual({ shape: 'openai-responses', usage: facts.usage });
  });
});

describe('a stream', () => {
  const begun = { ...response, status: 'in_progress', usage: null, output: [] };
  const opening = [
    { type: 'response.created', sequence_number: 0, response: begun },
    { type: 'response.in_progress', sequence_number: 1, response: begun },
    { type: 'response.output_item.added', sequence_number: 2, output_index: 0, item: { type: 'message', id: 'msg_1', content: [] } },
    { type: 'response.output_text.delta', sequence_number: 3, item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hi', logprobs: [] },
  ];

  test('ends with the whole response', () => {
    expect(replay([...opening, { type: 'response.completed', sequence_number: 4, response }])).toEqual({ output: [false, false, false, true, false], ...facts });
  });

  test('that breaks off has told model and tier', () => {
    expect(replay(opening)).toEqual({ output: [false, false, false, true], model: 'gpt-5-2025-08-07', serviceTier: 'priority', responseId: 'resp_68' });
  });

  test('that is cut short keeps its usage', () => {
    const cut = { ...response, status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    expect(replay([...opening, { type: 'response.incomplete', sequence_number: 4, response: cut }])).toMatchObject({ usage: facts.usage, finishReason: 'content_filter' });
  });

  test('that fails tells the error, whichever way it says it', () => {
    const error = { code: 'rate_limit_exceeded', message: 'Slow down.' };
    expect(replay([...opening, { type: 'response.failed', sequence_number: 4, response: { ...response, status: 'failed', error, usage: null } }]).error).toBe(error);
    const event = { type: 'error', sequence_number: 4, code: 'server_error', message: 'Oops', param: null };
    expect(replay([...opening, event]).error).toBe(event);
  });

  test.each(['response.reasoning_summary_text.delta', 'response.function_call_arguments.delta', 'response.refusal.delta', 'response.image_generation_call.partial_image'])(
    'counts %s as written',
    type => {
      expect(replay([...opening.slice(0, 1), { type, delta: '{' }]).output).toEqual([false, true]);
    },
  );
});
