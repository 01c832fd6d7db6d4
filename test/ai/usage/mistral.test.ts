import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

describe('a completion', () => {
  const completion = {
    id: 'cmpl-e5',
    object: 'chat.completion',
    model: 'mistral-small-latest',
    created: 1_761_000_000,
    choices: [{ index: 0, message: { role: 'assistant', content: 'Good.' }, finishReason: 'stop' }],
    usage: { promptTokens: 16, completionTokens: 34, totalTokens: 50, serviceTier: 'priority' },
  };

  test('in camelCase', () => {
    expect(read(completion)).toEqual({
      shape: 'mistral',
      usage: { inputTokens: 16, outputTokens: 34 },
      model: 'mistral-small-latest',
      finishReason: 'stop',
      serviceTier: 'priority',
      responseId: 'cmpl-e5',
    });
  });

  test.each([
    ['in camelCase', { promptTokensDetails: { cachedTokens: 8, audioTokens: 0 } }],
    ['as the API writes it, which the SDK hands on', { prompt_tokens_details: { cached_tokens: 8 } }],
    ['as a number', { numCachedTokens: 8 }],
  ])('with cached tokens %s', (_, details) => {
    expect(read({ ...completion, usage: { ...completion.usage, ...details } }).usage).toEqual({ inputTokens: 16, outputTokens: 34, cachedInputTokens: 8 });
  });

  test('whose zeros the SDK made up has no usage', () => {
    expect(read({ ...completion, usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0 } })).toMatchObject({ model: 'mistral-small-latest', usage: undefined });
  });
});

test('embeddings', () => {
  const response = { id: 'e-1', object: 'list', model: 'mistral-embed', data: [{ object: 'embedding', embedding: [0.1], index: 0 }], usage: { promptTokens: 15, completionTokens: 0, totalTokens: 15 } };
  expect(read(response)).toMatchObject({ shape: 'mistral', usage: { inputTokens: 15, outputTokens: 0 }, model: 'mistral-embed' });
});

test('a stream', () => {
  const event = (delta: object, rest: object = {}): object => ({ data: { id: 'c-1', object: 'chat.completion.chunk', created: 1, model: 'mistral-large-latest', choices: [{ index: 0, delta, finishReason: null }], ...rest } });
  const events = [
    event({ role: 'assistant', content: '' }),
    event({ content: 'Good' }),
    event({ toolCalls: [{ id: 't', function: { name: 'grade', arguments: '' } }] }),
    event({}, { choices: [{ index: 0, delta: { content: '' }, finishReason: 'tool_calls' }], usage: { promptTokens: 10, completionTokens: 2, totalTokens: 12 } }),
  ];
  expect(replay(events)).toEqual({
    output: [false, true, true, false],
    usage: { inputTokens: 10, outputTokens: 2 },
    model: 'mistral-large-latest',
    finishReason: 'tool_calls',
    responseId: 'c-1',
  });
});

test('a stream of a conversation', () => {
  const events = [
    { event: 'conversation.response.started', data: { type: 'conversation.response.started', conversationId: 'conv_1' } },
    { event: 'message.output.delta', data: { type: 'message.output.delta', id: 'msg_1', model: 'mistral-medium-latest', content: 'Good', role: 'assistant' } },
    { event: 'conversation.response.done', data: { type: 'conversation.response.done', usage: { promptTokens: 30, completionTokens: 4, totalTokens: 34, connectorTokens: null } } },
  ];
  expect(replay(events)).toMatchObject({ output: [false, true, false], usage: { inputTokens: 30, outputTokens: 4 }, model: 'mistral-medium-latest', responseId: 'conv_1' });
  const error = { type: 'conversation.response.error', message: 'Oops', code: 500 };
  expect(replay([...events.slice(0, 2), { event: 'conversation.response.error', data: error }]).error).toBe(error);
});
