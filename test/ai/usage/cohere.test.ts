import { describe, expect, test } from 'vitest';
import { read, replay } from './reading.js';

const figures = { billedUnits: { inputTokens: 17, outputTokens: 12 }, tokens: { inputTokens: 215, outputTokens: 12 }, cachedTokens: 16 };
const usage = { inputTokens: 17, outputTokens: 12, cachedInputTokens: 16 };

describe('a chat', () => {
  test('of version 2 counts what is billed', () => {
    const chat = { id: 'c-1', finishReason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: 'Good.' }] }, usage: figures };
    expect(read(chat)).toEqual({ shape: 'cohere', usage, finishReason: 'COMPLETE', responseId: 'c-1' });
  });

  test('of version 1 has it elsewhere', () => {
    const chat = { text: 'Good.', generationId: 'g-1', responseId: 'r-1', finishReason: 'MAX_TOKENS', meta: { apiVersion: { version: '1' }, ...figures } };
    expect(read(chat)).toEqual({ shape: 'cohere', usage, finishReason: 'MAX_TOKENS', responseId: 'r-1' });
  });

  test('as the API writes it', () => {
    const chat = { id: 'c-1', finish_reason: 'COMPLETE', usage: { billed_units: { input_tokens: 17, output_tokens: 12 }, tokens: { input_tokens: 215, output_tokens: 12 }, cached_tokens: 16 } };
    expect(read(chat)).toMatchObject({ usage, finishReason: 'COMPLETE' });
  });

  test('without billed units counts all', () => {
    expect(read({ id: 'c-1', finishReason: 'COMPLETE', usage: { tokens: { inputTokens: 215, outputTokens: 12 } } }).usage).toEqual({ inputTokens: 215, outputTokens: 12 });
  });
});

test('embeddings', () => {
  expect(read({ id: 'e-1', embeddings: { float: [[0.1]] }, texts: ['a'], meta: { billedUnits: { inputTokens: 3.0 } } })).toMatchObject({ shape: 'cohere', usage: { inputTokens: 3 } });
});

test('a ranking is billed by the search, and has no tokens', () => {
  expect(read({ id: 'r-1', results: [], meta: { billedUnits: { searchUnits: 1 } } })).toMatchObject({ usage: undefined, responseId: 'r-1' });
});

test('a stream of version 2', () => {
  const events = [
    { type: 'message-start', id: 'c-1', delta: { message: { role: 'assistant' } } },
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Good' } } } },
    { type: 'content-end', index: 0 },
    { type: 'message-end', id: 'c-1', delta: { finishReason: 'COMPLETE', usage: figures } },
  ];
  expect(replay(events)).toEqual({ output: [false, false, true, false, false], usage, finishReason: 'COMPLETE', responseId: 'c-1' });
  expect(replay(events.slice(0, 3))).toEqual({ output: [false, false, true], responseId: 'c-1' });
  expect(replay([...events.slice(0, 3), { type: 'message-end', delta: { finishReason: 'ERROR', error: 'internal' } }]).error).toBe('internal');
});

test('a stream of version 1', () => {
  const events = [
    { eventType: 'stream-start', generationId: 'g-1' },
    { eventType: 'text-generation', text: 'Good' },
    { eventType: 'stream-end', finishReason: 'COMPLETE', response: { text: 'Good', responseId: 'r-1', meta: figures } },
  ];
  expect(replay(events)).toEqual({ output: [false, true, false], usage, finishReason: 'COMPLETE', responseId: 'r-1' });
});
