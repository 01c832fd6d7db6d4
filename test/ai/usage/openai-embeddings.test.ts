import { expect, test } from 'vitest';
import { read } from './reading.js';

const data = [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }];

test('embeddings have input alone', () => {
  const response = { object: 'list', data, model: 'text-embedding-3-small', usage: { prompt_tokens: 8, total_tokens: 8 } };
  expect(read(response)).toEqual({ shape: 'openai-embeddings', usage: { inputTokens: 8 }, model: 'text-embedding-3-small' });
});

test('of providers who give only a total', () => {
  expect(read({ object: 'list', data, model: 'voyage-3', usage: { total_tokens: 10 } }).usage).toEqual({ inputTokens: 10 });
});

test('without usage are known all the same', () => {
  expect(read({ object: 'list', data, model: 'local' })).toMatchObject({ model: 'local', usage: undefined });
});
