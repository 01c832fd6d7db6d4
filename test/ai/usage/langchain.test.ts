import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

/** As LangChain's messages: what was given, and methods and getters of a class. */
class AIMessage {
  usage_metadata: object | undefined;
  response_metadata: object = {};
  additional_kwargs: object = {};
  tool_call_chunks: readonly object[] = [];
  content: unknown = '';
  id: string | undefined;
  lc_namespace: readonly string[] = ['langchain_core', 'messages'];
  constructor(fields: Partial<AIMessage>) {
    Object.assign(this, fields);
  }
}

const usage_metadata = {
  input_tokens: 350,
  output_tokens: 240,
  total_tokens: 590,
  input_token_details: { audio: 10, cache_creation: 200, cache_read: 100 },
  output_token_details: { audio: 10, reasoning: 200 },
};
const usage = { inputTokens: 350, outputTokens: 240, cachedInputTokens: 100, cacheWriteTokens: 200, reasoningTokens: 200 };

describe('a message', () => {
  test('of OpenAI', () => {
    const message = new AIMessage({
      id: 'chatcmpl-1',
      content: 'Good.',
      usage_metadata,
      response_metadata: { tokenUsage: { promptTokens: 1, completionTokens: 1 }, finish_reason: 'stop', model_name: 'gpt-4o-2024-08-06', service_tier: 'flex', model_provider: 'openai' },
    });
    expect(read(message)).toEqual({ shape: 'langchain', usage, model: 'gpt-4o-2024-08-06', finishReason: 'stop', serviceTier: 'flex', responseId: 'chatcmpl-1' });
  });

  test('of Anthropic', () => {
    const own = { service_tier: 'standard', cache_creation: { ephemeral_5m_input_tokens: 150, ephemeral_1h_input_tokens: 50 } };
    const response_metadata = { id: 'msg_1', model: 'claude-haiku-4-5', stop_reason: 'end_turn', usage: own, model_provider: 'anthropic' };
    expect(read(new AIMessage({ id: 'run-1', usage_metadata, response_metadata }))).toMatchObject({
      usage: { ...usage, longCacheWriteTokens: 50 },
      model: 'claude-haiku-4-5',
      finishReason: 'end_turn',
      serviceTier: 'standard',
      responseId: 'msg_1',
    });
  });

  test("of OpenAI's Responses", () => {
    const response_metadata = { id: 'resp_1', model_name: 'gpt-5', model_provider: 'openai', object: 'response', status: 'completed', incomplete_details: null };
    expect(read(new AIMessage({ id: 'msg_1', usage_metadata, response_metadata }))).toMatchObject({ model: 'gpt-5', finishReason: 'completed', responseId: 'resp_1' });
  });

  test('with only what older versions tell', () => {
    const message = new AIMessage({ response_metadata: { tokenUsage: { promptTokens: 5, completionTokens: 6, totalTokens: 11 }, model_name: 'm' } });
    expect(read(message)).toMatchObject({ usage: { inputTokens: 5, outputTokens: 6 }, model: 'm' });
  });

  test('beside the structured output', () => {
    expect(read({ raw: new AIMessage({ usage_metadata }), parsed: { grade: 5 } })).toMatchObject({ shape: 'langchain', usage });
  });

  test('from a cache used nothing', () => {
    const zeros = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
    expect(read(new AIMessage({ usage_metadata: zeros })).usage).toEqual({ inputTokens: 0, outputTokens: 0 });
  });

  test('whose zeros LangChain made up has no usage', () => {
    const zeros = { input_tokens: 0, output_tokens: 0, total_tokens: 0, input_token_details: {}, output_token_details: {} };
    expect(read(new AIMessage({ usage_metadata: zeros }))).toHaveProperty('usage', undefined);
  });
});

describe('a result of generate()', () => {
  const generation = { text: 'Good.', message: new AIMessage({ usage_metadata, response_metadata: { model_name: 'gpt-4o' } }) };

  test('adds up its prompts, whose generations share one usage', () => {
    const llmOutput = { tokenUsage: { promptTokens: 700, completionTokens: 480, totalTokens: 1_180 } };
    expect(read({ generations: [[generation, generation], [generation]], llmOutput })).toMatchObject({
      shape: 'langchain',
      usage: { inputTokens: 700, outputTokens: 480, cachedInputTokens: 200 },
      model: 'gpt-4o',
    });
  });

  test('of a model without messages', () => {
    const llmOutput = { tokenUsage: { promptTokens: 7, completionTokens: 4, totalTokens: 11 } };
    expect(read({ generations: [[{ text: 'Good.', generationInfo: { finishReason: 'stop' } }]], llmOutput }).usage).toEqual({ inputTokens: 7, outputTokens: 4 });
  });

  test('of the insides of a model is one list', () => {
    expect(read({ generations: [generation, generation], llmOutput: {} }).usage).toEqual(usage);
  });
});

describe('a stream', () => {
  const chunk = (fields: Partial<AIMessage>): AIMessage => new AIMessage({ response_metadata: { model_provider: 'anthropic' }, ...fields });

  test('adds up the usage of its chunks, as LangChain does where it joins them', () => {
    const events = [
      chunk({
        id: 'msg_1',
        additional_kwargs: { model: 'claude-haiku-4-5', id: 'msg_1', role: 'assistant' },
        usage_metadata: { input_tokens: 120, output_tokens: 1, total_tokens: 121, input_token_details: { cache_creation: 0, cache_read: 100 } },
      }),
      chunk({ content: 'Good' }),
      chunk({ tool_call_chunks: [{ index: 0, name: 'grade', args: '' }] }),
      chunk({ additional_kwargs: { stop_reason: 'end_turn' }, usage_metadata: { input_tokens: 0, output_tokens: 30, total_tokens: 30 } }),
    ];
    expect(replay(events)).toEqual({
      output: [false, true, true, false],
      usage: { inputTokens: 120, outputTokens: 31, cachedInputTokens: 100, cacheWriteTokens: 0 },
      model: 'claude-haiku-4-5',
      finishReason: 'end_turn',
      responseId: 'msg_1',
    });
  });

  test('of the insides of a model has the messages in its chunks', () => {
    const events = [
      { text: 'Good', generationInfo: { prompt: 0 }, message: new AIMessage({ content: 'Good' }) },
      { text: '', message: new AIMessage({ usage_metadata, response_metadata: { model_name: 'gpt-4o', finish_reason: 'stop' } }) },
    ];
    expect(replay(events)).toMatchObject({ output: [true, false], usage, model: 'gpt-4o', finishReason: 'stop' });
  });
});
