import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

const details = (input: number, output: number): object => ({
  inputTokens: input,
  inputTokenDetails: { noCacheTokens: input - 30, cacheReadTokens: 20, cacheWriteTokens: 10 },
  outputTokens: output,
  outputTokenDetails: { textTokens: output - 5, reasoningTokens: 5 },
  totalTokens: input + output,
});
const response = { id: 'resp-1', modelId: 'gpt-4o-2024-08-06', timestamp: new Date(0), messages: [] };

/** As the package has it: getters of a class. */
class GenerateTextResult {
  readonly #fields: Record<string, unknown>;
  constructor(fields: Record<string, unknown>) {
    this.#fields = fields;
  }
  get usage(): unknown {
    return this.#fields['usage'];
  }
  get totalUsage(): unknown {
    return this.#fields['totalUsage'];
  }
  get finishReason(): unknown {
    return this.#fields['finishReason'];
  }
  get response(): unknown {
    return this.#fields['response'];
  }
  get providerMetadata(): unknown {
    return this.#fields['providerMetadata'];
  }
  get steps(): unknown {
    return this.#fields['steps'];
  }
  get output(): unknown {
    throw new Error('No output was asked for.');
  }
}

describe('a result of generateText()', () => {
  test('counts all steps, and the parts inside', () => {
    const result = new GenerateTextResult({
      usage: details(100, 10), // of the last step, up to version 6
      totalUsage: details(300, 40),
      finishReason: 'stop',
      response,
      providerMetadata: { openai: { responseId: 'resp-1', serviceTier: 'flex' } },
    });
    expect(read(result)).toEqual({
      shape: 'vercel-ai',
      usage: { inputTokens: 300, outputTokens: 40, cachedInputTokens: 20, cacheWriteTokens: 10, reasoningTokens: 5 },
      model: 'gpt-4o-2024-08-06',
      finishReason: 'stop',
      serviceTier: 'flex',
      responseId: 'resp-1',
    });
  });

  test('of many steps with Anthropic tells what is kept for an hour', () => {
    const step = { usage: { ...details(100, 10), raw: { cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6 } } } };
    const result = new GenerateTextResult({ ...step, steps: [step, step], totalUsage: details(200, 20), finishReason: 'stop', response });
    expect(read(result).usage).toMatchObject({ inputTokens: 200, outputTokens: 20, cacheWriteTokens: 20, longCacheWriteTokens: 12 });
  });

  test('of version 5 is flat', () => {
    const totalUsage = { inputTokens: 100, outputTokens: 40, totalTokens: 140, reasoningTokens: 30, cachedInputTokens: 64 };
    expect(read(new GenerateTextResult({ usage: totalUsage, totalUsage, finishReason: 'stop', response, providerMetadata: { openai: {} } })).usage).toEqual({
      inputTokens: 100,
      outputTokens: 40,
      reasoningTokens: 30,
      cachedInputTokens: 64,
    });
  });

  test('of version 5 with Anthropic has the cached tokens outside, in every step', () => {
    const step = (cacheCreationInputTokens: number | null): object => ({
      usage: { inputTokens: 10, outputTokens: 20, totalTokens: 30, cachedInputTokens: 1_000 },
      providerMetadata: { anthropic: { cacheCreationInputTokens } },
    });
    const result = new GenerateTextResult({
      ...step(null),
      totalUsage: { inputTokens: 20, outputTokens: 40, totalTokens: 60, cachedInputTokens: 2_000 },
      finishReason: 'stop',
      response,
      steps: [step(500), step(null)],
    });
    expect(read(result).usage).toEqual({ inputTokens: 2_520, outputTokens: 40, cachedInputTokens: 2_000, cacheWriteTokens: 500 });
  });

  test('of version 5 with Bedrock too', () => {
    const result = {
      object: { grade: 5 },
      finishReason: 'stop',
      usage: { inputTokens: 10, outputTokens: 20, totalTokens: 30, cachedInputTokens: 100 },
      providerMetadata: { bedrock: { usage: { cacheWriteInputTokens: 50 } } },
      response,
    };
    expect(read(result).usage).toEqual({ inputTokens: 160, outputTokens: 20, cachedInputTokens: 100, cacheWriteTokens: 50 });
  });

  test('whose provider told nothing has no usage', () => {
    const nothing = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined, inputTokenDetails: {}, outputTokenDetails: {} };
    expect(read({ usage: nothing, finishReason: 'stop', response })).toMatchObject({ model: 'gpt-4o-2024-08-06', usage: undefined });
  });
});

describe('a result of a model', () => {
  test('of versions 3 and 4', () => {
    const result = {
      content: [{ type: 'text', text: 'Good.' }],
      finishReason: { unified: 'content-filter', raw: 'refusal' },
      usage: { inputTokens: { total: 300, noCache: 270, cacheRead: 20, cacheWrite: 10 }, outputTokens: { total: 40, text: 35, reasoning: 5 }, raw: { prompt_tokens: 300 } },
      response: { id: 'resp-1', modelId: 'gpt-4o' },
      warnings: [],
    };
    expect(read(result)).toEqual({
      shape: 'vercel-ai',
      usage: { inputTokens: 300, outputTokens: 40, cachedInputTokens: 20, cacheWriteTokens: 10, reasoningTokens: 5 },
      model: 'gpt-4o',
      finishReason: 'content-filter',
      responseId: 'resp-1',
    });
  });

  test.each([
    ['embed()', { value: 'a', embedding: [0.1], usage: { tokens: 4 }, warnings: [], response: { headers: {}, body: {} } }, { inputTokens: 4 }],
    ['embedMany()', { values: ['a'], embeddings: [[0.1]], usage: { tokens: 9 }, warnings: [], responses: [{}] }, { inputTokens: 9 }],
    ['embed() of a provider that tells nothing', { value: 'a', embedding: [0.1], usage: { tokens: NaN }, warnings: [] }, undefined],
    ['generateImage()', { images: [], warnings: [], responses: [{ modelId: 'gpt-image-1' }], usage: { inputTokens: 12, outputTokens: 1_000, totalTokens: 1_012 } }, { inputTokens: 12, outputTokens: 1_000 }],
  ])('of %s', (_, result, usage) => {
    expect(read(result).usage).toEqual(usage);
  });
});

test('a result of streamText() is not touched: to read its usage is to consume it', () => {
  const touched: string[] = [];
  class StreamTextResult {
    get usage(): unknown {
      touched.push('usage');
      return Promise.resolve({});
    }
    get totalUsage(): unknown {
      touched.push('totalUsage');
      return Promise.resolve({});
    }
    get textStream(): unknown {
      touched.push('textStream');
      return undefined;
    }
  }
  expect(read(new StreamTextResult())).toEqual({});
  expect(touched).toEqual([]);
});

describe('a stream', () => {
  test('of streamText() counts all steps', () => {
    const step = (input: number, output: number): object => ({ type: 'finish-step', response, usage: details(input, output), finishReason: 'tool-calls', rawFinishReason: 'tool_calls', providerMetadata: { openai: { serviceTier: 'priority' } } });
    const events = [
      { type: 'start' },
      { type: 'start-step', request: {}, warnings: [] },
      { type: 'reasoning-delta', id: 'r', text: 'Hm' },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', text: 'Good' },
      { type: 'tool-call', toolCallId: 't', toolName: 'grade', input: {} },
      step(100, 10),
      { type: 'tool-result', toolCallId: 't', toolName: 'grade', output: 5 },
      step(200, 30),
    ];
    const total = { inputTokens: 300, outputTokens: 40, cachedInputTokens: 40, cacheWriteTokens: 20, reasoningTokens: 10 };
    const facts = { model: 'gpt-4o-2024-08-06', serviceTier: 'priority', responseId: 'resp-1' };
    const output = [false, false, true, false, true, true, false, false, false];
    // Left before the end: what the steps said.
    expect(replay(events)).toEqual({ output, usage: total, ...facts });
    const totalUsage = { ...details(300, 40), inputTokenDetails: { noCacheTokens: 240, cacheReadTokens: 40, cacheWriteTokens: 20 }, outputTokenDetails: { textTokens: 30, reasoningTokens: 10 } };
    expect(replay([...events, { type: 'finish', finishReason: 'stop', rawFinishReason: 'stop', totalUsage }])).toEqual({ output: [...output, false], usage: total, finishReason: 'stop', ...facts });
  });

  test('of version 5 with Anthropic keeps what the steps told of the cache', () => {
    const usage = { inputTokens: 10, outputTokens: 20, totalTokens: 30, cachedInputTokens: 1_000 };
    const events = [
      { type: 'start' },
      { type: 'finish-step', response, usage, finishReason: 'stop', providerMetadata: { anthropic: { cacheCreationInputTokens: 500 } } },
      { type: 'finish', finishReason: 'stop', totalUsage: usage },
    ];
    expect(replay(events).usage).toEqual({ inputTokens: 1_510, outputTokens: 20, cachedInputTokens: 1_000, cacheWriteTokens: 500 });
  });

  test('of a model', () => {
    const events = [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'resp-1', modelId: 'gpt-4o', timestamp: new Date(0) },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: '' },
      { type: 'text-delta', id: '0', delta: 'Good' },
      { type: 'tool-input-start', id: 't', toolName: 'grade' },
      {
        type: 'finish',
        usage: { inputTokens: { total: 30, noCache: 10, cacheRead: 20, cacheWrite: undefined }, outputTokens: { total: 4, text: 4, reasoning: 0 } },
        finishReason: { unified: 'stop', raw: 'stop' },
      },
    ];
    expect(replay(events)).toEqual({
      output: [false, false, false, false, true, true, false],
      usage: { inputTokens: 30, outputTokens: 4, cachedInputTokens: 20, reasoningTokens: 0 },
      model: 'gpt-4o',
      finishReason: 'stop',
      responseId: 'resp-1',
    });
  });

  test('of streamObject()', () => {
    const events = [{ type: 'object', object: {} }, { type: 'text-delta', textDelta: '{' }, { type: 'finish', finishReason: 'stop', usage: details(100, 40), response }];
    expect(replay(events)).toMatchObject({ output: [true, true, false], usage: { inputTokens: 100, outputTokens: 40 }, model: 'gpt-4o-2024-08-06' });
  });

  test('that fails tells the error', () => {
    const error = new Error('overloaded');
    expect(replay([{ type: 'start' }, { type: 'error', error }]).error).toBe(error);
  });
});
