import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

/** As the SDK has it: fields, and getters that warn when they are read. */
class GenerateContentResponse {
  constructor(fields: object) {
    Object.assign(this, fields);
  }
  get text(): string {
    throw new Error('This getter warns in the log.');
  }
}

const content = (parts: readonly object[], finishReason?: string): object => ({ candidates: [{ content: { parts, role: 'model' }, finishReason, index: 0 }] });
const response = (fields: object): object => new GenerateContentResponse({ modelVersion: 'gemini-2.5-flash', responseId: 'r-1', ...fields });

describe('a response', () => {
  test('has thoughts and what tools gave back added to the totals', () => {
    const usageMetadata = {
      promptTokenCount: 1_000,
      cachedContentTokenCount: 800,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 200,
      toolUsePromptTokenCount: 30,
      totalTokenCount: 1_280,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 1_000 }],
      trafficType: 'ON_DEMAND_PRIORITY',
    };
    expect(read(response({ ...content([{ text: 'Good.' }], 'STOP'), usageMetadata }))).toEqual({
      shape: 'google',
      usage: { inputTokens: 1_030, outputTokens: 250, cachedInputTokens: 800, reasoningTokens: 200 },
      model: 'gemini-2.5-flash',
      finishReason: 'STOP',
      serviceTier: 'ON_DEMAND_PRIORITY',
      responseId: 'r-1',
    });
  });

  test('to a blocked prompt wrote nothing', () => {
    const blocked = response({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 } });
    expect(read(blocked)).toMatchObject({ usage: { inputTokens: 7, outputTokens: 0 }, finishReason: 'PROHIBITED_CONTENT' });
  });

  test('that only thought before it was cut', () => {
    const usageMetadata = { promptTokenCount: 7, thoughtsTokenCount: 93, totalTokenCount: 100 };
    expect(read(response({ ...content([], 'MAX_TOKENS'), usageMetadata })).usage).toEqual({ inputTokens: 7, outputTokens: 93, reasoningTokens: 93 });
  });

  test('without usage is known all the same', () => {
    expect(read(response(content([{ text: 'Hi' }], 'STOP')))).toMatchObject({ model: 'gemini-2.5-flash', usage: undefined });
  });
});

describe('embeddings', () => {
  test('of Vertex are counted by text', () => {
    const embeddings = [
      { values: [0.1], statistics: { truncated: false, tokenCount: 4 } },
      { values: [0.2], statistics: { truncated: false, tokenCount: 5 } },
    ];
    expect(read({ embeddings, metadata: { billableCharacterCount: 40 } })).toEqual({ shape: 'google', usage: { inputTokens: 9 } });
  });

  test('with usage', () => {
    expect(read({ embeddings: [{ values: [0.1] }], usageMetadata: { promptTokenCount: 6 } }).usage).toEqual({ inputTokens: 6 });
  });
});

describe('a stream', () => {
  const events = [
    response({ ...content([{ text: 'Thinking', thought: true }]), usageMetadata: { promptTokenCount: 10, thoughtsTokenCount: 5, totalTokenCount: 15 } }),
    response({ ...content([{ text: 'Good' }]), usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 1, thoughtsTokenCount: 5, totalTokenCount: 16 } }),
    response({ ...content([{ text: '' }], 'STOP'), usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 3, thoughtsTokenCount: 5, totalTokenCount: 18 } }),
  ];

  test('ends with the last count, as each is for all so far', () => {
    expect(replay(events)).toEqual({
      output: [true, true, false],
      usage: { inputTokens: 10, outputTokens: 8, reasoningTokens: 5 },
      model: 'gemini-2.5-flash',
      finishReason: 'STOP',
      responseId: 'r-1',
    });
  });

  test('that breaks off keeps what came', () => {
    expect(replay(events.slice(0, 2))).toMatchObject({ usage: { inputTokens: 10, outputTokens: 6 }, finishReason: undefined });
  });

  test('of which an event without usage comes last keeps the one before', () => {
    expect(replay([...events, response(content([{ functionCall: { name: 'grade', args: {} } }]))])).toMatchObject({ usage: { outputTokens: 8 }, output: [true, true, false, true] });
  });
});
