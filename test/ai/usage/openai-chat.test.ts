import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

const completion = {
  id: 'chatcmpl-B9MBs8',
  object: 'chat.completion',
  created: 1_761_000_000,
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Good.', refusal: null }, logprobs: null, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 1_219,
    completion_tokens: 310,
    total_tokens: 1_529,
    prompt_tokens_details: { cached_tokens: 1_024, audio_tokens: 0, cache_write_tokens: 128 },
    completion_tokens_details: { reasoning_tokens: 192, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
  },
  service_tier: 'flex',
  system_fingerprint: 'fp_1',
};

const withUsage = (usage: object): object => ({ ...completion, usage });

describe('a completion', () => {
  test('tells its tokens, model, tier, id and why it stopped', () => {
    expect(read(completion)).toEqual({
      shape: 'openai-chat',
      usage: { inputTokens: 1_219, outputTokens: 310, cachedInputTokens: 1_024, cacheWriteTokens: 128, reasoningTokens: 192 },
      model: 'gpt-4o-2024-08-06',
      finishReason: 'stop',
      serviceTier: 'flex',
      responseId: 'chatcmpl-B9MBs8',
    });
  });

  test('of the older API is read too', () => {
    const text = {
      id: 'cmpl-1',
      object: 'text_completion',
      created: 1,
      model: 'gpt-3.5-turbo-instruct',
      choices: [{ text: 'Yes', index: 0, logprobs: null, finish_reason: 'length' }],
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    };
    expect(read(text)).toMatchObject({ usage: { inputTokens: 5, outputTokens: 7 }, finishReason: 'length' });
  });

  test('without usage is known all the same', () => {
    expect(read({ ...completion, usage: undefined })).toMatchObject({ model: 'gpt-4o-2024-08-06', usage: undefined });
  });

  test('as withResponse() gives it', () => {
    expect(read({ data: completion, response: new Response(), request_id: 'req_1' })).toMatchObject({ model: 'gpt-4o-2024-08-06', usage: { inputTokens: 1_219 } });
  });

  test('of which an app hands on only the usage', () => {
    expect(read({ text: 'Good.', usage: completion.usage })).toMatchObject({ usage: { inputTokens: 1_219, outputTokens: 310 } });
  });

  test('that is an error in the shape of an answer (OpenRouter)', () => {
    const error = { code: 502, message: 'Provider returned error' };
    expect(read({ ...completion, usage: undefined, choices: [{ index: 0, error, finish_reason: 'error' }] }).error).toBe(error);
  });
});

describe('the words of other providers', () => {
  test.each([
    [
      'DeepSeek',
      { prompt_tokens: 100, completion_tokens: 40, total_tokens: 140, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36, completion_tokens_details: { reasoning_tokens: 30 } },
      { inputTokens: 100, outputTokens: 40, cachedInputTokens: 64, reasoningTokens: 30 },
    ],
    ['Moonshot', { prompt_tokens: 100, completion_tokens: 40, total_tokens: 140, cached_tokens: 80 }, { inputTokens: 100, outputTokens: 40, cachedInputTokens: 80 }],
    [
      'Qwen',
      { prompt_tokens: 100, completion_tokens: 40, total_tokens: 140, prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 90, text_tokens: 100 } },
      { inputTokens: 100, outputTokens: 40, cachedInputTokens: 0, cacheWriteTokens: 90 },
    ],
    [
      'xAI, who counts reasoning beside the completion',
      { prompt_tokens: 100, completion_tokens: 40, total_tokens: 440, completion_tokens_details: { reasoning_tokens: 300 } },
      { inputTokens: 100, outputTokens: 340, reasoningTokens: 300 },
    ],
    [
      'Groq, with null for the details',
      { prompt_tokens: 100, completion_tokens: 40, total_tokens: 140, prompt_tokens_details: null, completion_tokens_details: null, queue_time: 0.01 },
      { inputTokens: 100, outputTokens: 40 },
    ],
    ['a server that knows no output', { prompt_tokens: 100, total_tokens: 100 }, { inputTokens: 100 }],
  ])('%s', (_, usage, expected) => {
    expect(read(withUsage(usage)).usage).toEqual(expected);
  });
});

describe('figures that contradict each other', () => {
  test.each([
    ['more cached than read', { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 12 } }, { inputTokens: 10, outputTokens: 1, cachedInputTokens: 10 }],
    [
      'more cached and written than read',
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 8 } },
      { inputTokens: 10, outputTokens: 1, cachedInputTokens: 8, cacheWriteTokens: 2 },
    ],
    ['more reasoning than output', { prompt_tokens: 10, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 9 } }, { inputTokens: 10, outputTokens: 1, reasoningTokens: 1 }],
    ['parts without a total', { completion_tokens: 1, prompt_tokens_details: { cached_tokens: 12 } }, { outputTokens: 1 }],
    ['no number at all', { prompt_tokens: NaN, completion_tokens: -1 }, undefined],
  ])('%s', (_, usage, expected) => {
    expect(read(withUsage(usage)).usage).toEqual(expected);
  });
});

describe('a stream', () => {
  const chunk = (choices: readonly object[], rest: object = {}): object => ({
    id: 'chatcmpl-9',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-4o-mini',
    service_tier: 'default',
    choices,
    usage: null,
    ...rest,
  });
  const delta = (value: object, finish_reason: string | null = null): object => ({ index: 0, delta: value, finish_reason });

  test('tells its usage with the last event, and when the model began to write', () => {
    const events = [
      chunk([delta({ role: 'assistant', content: '', refusal: null })]),
      chunk([delta({ content: 'Hel' })]),
      chunk([delta({ content: 'lo' })]),
      chunk([delta({}, 'stop')]),
      chunk([], { usage: { prompt_tokens: 20, completion_tokens: 2, total_tokens: 22 } }),
    ];
    expect(replay(events)).toEqual({
      output: [false, true, true, false, false],
      usage: { inputTokens: 20, outputTokens: 2 },
      model: 'gpt-4o-mini',
      finishReason: 'stop',
      serviceTier: 'default',
      responseId: 'chatcmpl-9',
    });
  });

  test('that breaks off has told no usage and no reason', () => {
    const { usage, finishReason } = replay([chunk([delta({ role: 'assistant', content: '' })]), chunk([delta({ content: 'Hel' })])]);
    expect({ usage, finishReason }).toEqual({});
  });

  test.each([
    ['tool calls', { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'grade', arguments: '' } }] }],
    ['reasoning of DeepSeek', { content: null, reasoning_content: 'Hm' }],
    ['reasoning of OpenRouter', { content: '', reasoning: 'Hm' }],
    ['a refusal', { refusal: 'No' }],
    ['a function call', { function_call: { arguments: '{' } }],
    ['audio', { audio: { id: 'audio_1', data: 'AAAA' } }],
  ])('counts %s as written', (_, value) => {
    expect(replay([chunk([delta({ role: 'assistant' })]), chunk([delta(value)])]).output).toEqual([false, true]);
  });

  test("of Azure begins with its filter's event, which names nothing", () => {
    const filters = { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] };
    expect(replay([filters, chunk([delta({ content: 'Hi' })])])).toMatchObject({ output: [false, true], model: 'gpt-4o-mini', responseId: 'chatcmpl-9' });
  });

  test('of Groq has its usage in a field of its own', () => {
    const usage = { queue_time: 0.03, prompt_tokens: 18, completion_tokens: 5, total_tokens: 23, total_time: 0.02 };
    const events = [
      chunk([delta({ role: 'assistant', content: '' })], { x_groq: { id: 'req_1' } }),
      chunk([delta({}, 'stop')], { x_groq: { id: 'req_1', usage } }),
    ];
    expect(replay(events).usage).toEqual({ inputTokens: 18, outputTokens: 5 });
  });

  test('of Moonshot has it in the last choice', () => {
    const events = [chunk([delta({ content: 'Hi' })]), chunk([{ ...delta({}, 'stop'), usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } }])];
    expect(replay(events).usage).toEqual({ inputTokens: 9, outputTokens: 3 });
  });

  test('that tells its usage with every event ends with the last one', () => {
    const events = [1, 2, 3].map(n => chunk([delta({ content: 'x' })], { usage: { prompt_tokens: 20, completion_tokens: n, total_tokens: 20 + n } }));
    expect(replay(events).usage).toEqual({ inputTokens: 20, outputTokens: 3 });
  });

  test('that fails on the way tells the error', () => {
    const error = { code: 'server_error', message: 'Provider disconnected' };
    const events = [chunk([delta({ content: 'Hi' })]), chunk([delta({ content: '' }, 'error')], { error })];
    expect(replay(events)).toMatchObject({ error, finishReason: 'error' });
  });

  test('of the older completions', () => {
    const text = (value: string, finish_reason: string | null): object => ({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [{ text: value, index: 0, finish_reason }] });
    expect(replay([text('', null), text('Yes', null), text('', 'stop')])).toMatchObject({ output: [false, true, false], finishReason: 'stop' });
  });
});

test('an app’s own object with choices is none', () => {
  expect(read({ question: 'Which?', choices: ['a', 'b'], usage: { input_tokens: 3, output_tokens: 4 } })).toMatchObject({ shape: 'plain', usage: { inputTokens: 3, outputTokens: 4 } });
  expect(() => replay([{ question: 'Which?', choices: ['a', 'b'] }])).toThrow('No shape');
});
