import { describe, expect, test } from 'vitest';
import { requestContent, responseContent, StreamedText } from '../../src/ai/captured-content.js';

/** Built from parts, so that no scanner takes this file for a leak. */
const KEY = ['sk', 'live', 'abcdefghijklmnop1234'].join('-');
const MESSAGES = [{ role: 'user', content: 'Hello' }];

const asked = (...args: unknown[]): unknown => JSON.parse(requestContent(args, 4_096)!);
const answered = (value: unknown): unknown => JSON.parse(responseContent(value, 4_096)!);

describe('what is asked', () => {
  test.each<[string, unknown, unknown]>([
    ['OpenAI chat', { model: 'gpt-4o', temperature: 1, messages: MESSAGES }, { messages: MESSAGES }],
    ['OpenAI responses', { model: 'gpt-4o', instructions: 'Be kind', input: 'Hello' }, { input: 'Hello', instructions: 'Be kind' }],
    ['OpenAI embeddings', { model: 'x', input: ['one', 'two'] }, { input: ['one', 'two'] }],
    ['OpenAI images', { model: 'x', prompt: 'A cat' }, { prompt: 'A cat' }],
    ['Anthropic', { model: 'x', max_tokens: 9, system: 'Be kind', messages: MESSAGES }, { messages: MESSAGES, system: 'Be kind' }],
    [
      'Google',
      { model: 'x', contents: 'Hello', config: { systemInstruction: 'Be kind', temperature: 1 } },
      { contents: 'Hello', systemInstruction: 'Be kind' },
    ],
    ['a chat of Google', { message: 'Hello' }, { message: 'Hello' }],
    [
      'a command of Bedrock',
      { input: { modelId: 'x', messages: MESSAGES, system: [{ text: 'Be kind' }] }, middlewareStack: {} },
      { messages: MESSAGES, system: [{ text: 'Be kind' }] },
    ],
    ["Bedrock's bytes", { input: { modelId: 'x', body: new TextEncoder().encode('{"prompt":"Hello"}') } }, { body: '{"prompt":"Hello"}' }],
    ['ai', { model: {}, system: 'Be kind', prompt: 'Hello', tools: {} }, { prompt: 'Hello', system: 'Be kind' }],
    ['ai embeddings', { model: {}, values: ['a', 'b'] }, { values: ['a', 'b'] }],
    ['Cohere', { model: 'x', query: 'q', documents: ['d'] }, { query: 'q', documents: ['d'] }],
    ['DashScope', { model: 'x', input: { messages: MESSAGES }, parameters: {} }, { input: { messages: MESSAGES } }],
    [
      'LangChain',
      [{ lc_namespace: ['langchain_core', 'messages'], lc_kwargs: {}, type: 'human', content: 'Hello' }],
      [{ type: 'human', content: 'Hello' }],
    ],
  ])('of %s', (_, request, content) => {
    expect(asked(request, { signal: 'x' })).toEqual(content);
  });

  test('a text is itself', () => {
    expect(requestContent(['Hello "you"'], 100)).toBe('Hello "you"');
  });

  test.each<[string, unknown[]]>([
    ['no argument', []],
    ['nothing', [undefined]],
    ['a number', [7]],
    ['an empty list', [[]]],
    ["an object of the app's", [{ essay: 'x', student: 7 }]],
    [
      'an object that throws',
      [
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('no');
            },
          },
        ),
      ],
    ],
  ])('of %s is nothing', (_, args) => {
    expect(requestContent(args, 100)).toBeUndefined();
  });

  test('an image is a note of its size', () => {
    const data = Buffer.alloc(3_000, 1).toString('base64');
    const content = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
      { image: { format: 'png', source: { bytes: new Uint8Array(7) } } },
    ];

    expect(asked({ messages: [{ role: 'user', content }] })).toEqual({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: '[image/png, 3000 bytes]' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '[base64, 3000 bytes]' } },
            { image: { format: 'png', source: { bytes: '[binary, 7 bytes]' } } },
          ],
        },
      ],
    });
  });

  test('secrets are masked', () => {
    expect(asked({ prompt: `use ${KEY}` })).toEqual({ prompt: 'use [redacted]' });
    expect(requestContent([`use ${KEY}`], 100)).toBe('use [redacted]');
  });

  test('a long one is cut, and stays JSON', () => {
    const content = requestContent([{ messages: [{ role: 'user', content: 'x '.repeat(5_000_000) }], system: 'Be kind' }], 200)!;

    expect(content.length).toBeLessThanOrEqual(200);
    expect(JSON.parse(content)).toEqual({ messages: [{ role: 'user', content: expect.stringMatching(/^(?:x )+x?…$/) }] });
  });

  test('nothing is read where nothing may be kept', () => {
    const request = {
      get messages(): never {
        throw new Error('read');
      },
    };

    for (const maxLength of [0, -1, NaN]) expect(requestContent([request], maxLength)).toBeUndefined();
  });
});

describe('what is answered', () => {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }];

  test.each<[string, unknown, unknown]>([
    [
      'OpenAI chat',
      { id: 'x', object: 'chat.completion', choices: [{ ...choices[0], logprobs: { content: [] } }], usage: {} },
      { choices },
    ],
    [
      'OpenAI responses',
      { object: 'response', output: [{ type: 'message' }], output_text: 'Hi', text: { format: {} } },
      { output: [{ type: 'message' }] },
    ],
    ['Anthropic', { type: 'message', content: [{ type: 'text', text: 'Hi' }], usage: {} }, { content: [{ type: 'text', text: 'Hi' }] }],
    [
      'Google',
      { candidates: [{ content: { parts: [{ text: 'Hi' }] } }], text: 'Hi' },
      { candidates: [{ content: { parts: [{ text: 'Hi' }] } }] },
    ],
    [
      'Bedrock',
      { output: { message: { content: [{ text: 'Hi' }] } }, $metadata: {} },
      { output: { message: { content: [{ text: 'Hi' }] } } },
    ],
    ['ai', { text: 'Hi', usage: {}, response: { messages: [] } }, { text: 'Hi' }],
    ['an object of ai', { object: { grade: 7 }, usage: {} }, { object: { grade: 7 } }],
    ['LangChain', { content: 'Hi', tool_calls: [{ name: 'f' }], response_metadata: {} }, { content: 'Hi', tool_calls: [{ name: 'f' }] }],
    [
      'Cohere',
      { message: { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] } },
      { message: { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] } },
    ],
    ['Ollama', { model: 'x', response: 'Hi', done: true }, { response: 'Hi' }],
  ])('by %s', (_, response, content) => {
    expect(answered(response)).toEqual(content);
  });

  test('a text is itself', () => {
    expect(responseContent('Hi', 100)).toBe('Hi');
  });

  test('numbers of an embedding are no content', () => {
    expect(responseContent({ object: 'list', data: [{ embedding: [0.1] }] }, 100)).toBeUndefined();
  });

  test('streams are left alone', () => {
    const streamText = {
      get textStream(): never {
        throw new Error('started');
      },
      get text(): never {
        throw new Error('started');
      },
    };

    expect(responseContent(streamText, 100)).toBeUndefined();
    expect(responseContent({ text: 'x', async *[Symbol.asyncIterator]() {} }, 100)).toBeUndefined();
  });

  test.each([undefined, null, 7, {}, { id: 'x' }, Object.create(null)])('%j is nothing', value => {
    expect(responseContent(value, 100)).toBeUndefined();
  });
});

describe('a streamed answer', () => {
  function collect(events: readonly unknown[], maxLength = 100): string | undefined {
    const text = new StreamedText(maxLength);
    for (const event of events) text.add(event);
    return text.text;
  }

  test.each<[string, unknown[]]>([
    [
      'OpenAI chat',
      [
        { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
        { choices: [{ index: 0, delta: { content: 'Hel' } }] },
        { choices: [{ index: 1, delta: { content: 'another choice' } }] },
        { choices: [{ index: 0, delta: { content: 'lo' } }] },
        { choices: [], usage: {} },
      ],
    ],
    ['OpenAI, a refusal', [{ choices: [{ index: 0, delta: { content: null, refusal: 'Hello' } }] }]],
    ['OpenAI completions', [{ choices: [{ index: 0, text: 'Hello' }] }]],
    [
      'OpenAI responses',
      [
        { type: 'response.created', response: {} },
        { type: 'response.reasoning_summary_text.delta', delta: 'thinking' },
        { type: 'response.output_text.delta', delta: 'Hel' },
        { type: 'response.output_text.delta', delta: 'lo' },
        { type: 'response.output_text.done', text: 'Hello' },
      ],
    ],
    [
      'Anthropic',
      [
        { type: 'message_start', message: { content: [] } },
        { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'thinking' } },
        { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hello' } },
        { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{' } },
      ],
    ],
    [
      'Google',
      [
        { candidates: [{ content: { parts: [{ text: 'thinking', thought: true }, { text: 'Hel' }] } }] },
        { candidates: [{ content: { parts: [{ text: 'lo' }] } }] },
        { usageMetadata: {} },
      ],
    ],
    [
      "Google's interactions",
      [
        { event_type: 'step.delta', delta: { type: 'thought_summary', content: { text: 'x' } } },
        { event_type: 'step.delta', delta: { type: 'text', text: 'Hello' } },
      ],
    ],
    [
      'Bedrock',
      [
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { delta: { text: 'Hello' } } },
        { contentBlockDelta: { delta: { toolUse: { input: '{' } } } },
        { metadata: {} },
      ],
    ],
    [
      'ai',
      [
        { type: 'text-start', id: '0' },
        { type: 'text-delta', id: '0', text: 'Hel' },
        { type: 'reasoning-delta', text: 'thinking' },
        { type: 'text-delta', id: '0', delta: 'l' },
        { type: 'text-delta', textDelta: 'o' },
      ],
    ],
    ['a stream of texts', ['Hel', 'lo']],
    [
      'LangChain',
      [
        { content: 'Hel', response_metadata: {} },
        {
          content: [
            { type: 'text', text: 'lo' },
            { type: 'reasoning', reasoning: 'x' },
          ],
        },
      ],
    ],
    [
      'Mistral',
      [
        { data: { choices: [{ index: 0, delta: { content: 'Hel' } }] } },
        {
          data: {
            choices: [
              {
                index: 0,
                delta: {
                  content: [
                    { type: 'text', text: 'lo' },
                    { type: 'thinking', thinking: [] },
                  ],
                },
              },
            ],
          },
        },
      ],
    ],
    ["Mistral's conversations", [{ event: 'message.output.delta', data: { type: 'message.output.delta', content: 'Hello' } }]],
    [
      'Cohere',
      [
        { type: 'message-start', delta: { message: { content: [] } } },
        { type: 'content-delta', delta: { message: { content: { text: 'Hello' } } } },
      ],
    ],
    [
      "Cohere's first API",
      [
        { eventType: 'text-generation', text: 'Hello' },
        { eventType: 'stream-end', response: {} },
      ],
    ],
    [
      'Ollama',
      [
        { message: { role: 'assistant', content: 'Hel' }, done: false },
        { response: 'lo', done: false },
      ],
    ],
  ])('of %s', (_, events) => {
    expect(collect(events)).toBe('Hello');
  });

  test('is cut, and secrets that came in parts are masked', () => {
    expect(collect(['x'.repeat(60), 'y'.repeat(60)], 100)).toBe(`${'x'.repeat(60)}${'y'.repeat(39)}…`);
    expect(collect(['the key is ', KEY.slice(0, 9), KEY.slice(9), '!'])).toBe('the key is [redacted]!');
    expect(collect(['the key is ', KEY.slice(0, 9), KEY.slice(9), '!'], 20)).toBe('the key is [redacte…');
  });

  test('joins the halves of a character', () => {
    expect(collect(['\ud83d', '\ude00'])).toBe('😀');
    expect(collect(['😀😀😀'], 4)).toBe('😀…');
  });

  test('keeps no more than it shows, whatever comes', () => {
    const text = new StreamedText(10);
    for (let i = 0; i < 10_000; i++) text.add('x '.repeat(1_000));

    expect(text.text).toBe('x x x x x…');
  });

  test('of other events is nothing', () => {
    const events = [
      undefined,
      null,
      7,
      {},
      [],
      { type: 'ping' },
      { choices: 'x' },
      { choices: [null] },
      { candidates: [{}] },
      { delta: 'x' },
    ];

    expect(collect(events)).toBeUndefined();
    expect(
      collect([
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('no');
            },
          },
        ),
        'Hi',
      ]),
    ).toBe('Hi');
  });

  test('of which nothing may be kept is nothing', () => {
    for (const maxLength of [0, -1, NaN]) expect(collect(['Hi'], maxLength)).toBeUndefined();
  });
});
