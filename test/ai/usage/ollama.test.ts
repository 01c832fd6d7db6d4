import { expect, test } from 'vitest';
import { read, replay } from './reading.js';

const durations = { total_duration: 4_883_583_458, load_duration: 1_334_875, prompt_eval_duration: 342_546_000, eval_duration: 4_535_599_000 };
const end = { model: 'llama3.2', created_at: new Date(0), done: true, done_reason: 'stop', prompt_eval_count: 26, eval_count: 282, ...durations };
const facts = { usage: { inputTokens: 26, outputTokens: 282 }, model: 'llama3.2', finishReason: 'stop' };

test('a chat', () => {
  expect(read({ ...end, message: { role: 'assistant', content: 'Good.' } })).toEqual({ shape: 'ollama', ...facts });
});

test('a generation whose prompt was in the cache', () => {
  expect(read({ ...end, prompt_eval_count: undefined, response: 'Good.', context: [1] }).usage).toEqual({ outputTokens: 282 });
});

test('embeddings', () => {
  expect(read({ model: 'all-minilm', embeddings: [[0.1]], total_duration: 1, load_duration: 1, prompt_eval_count: 8 })).toMatchObject({ usage: { inputTokens: 8 }, model: 'all-minilm' });
});

test('a stream', () => {
  const chunk = (message: object): object => ({ model: 'llama3.2', created_at: new Date(0), message: { role: 'assistant', content: '', ...message }, done: false });
  const events = [chunk({ thinking: 'Hm' }), chunk({ content: 'Good' }), chunk({ tool_calls: [{ function: { name: 'grade', arguments: {} } }] }), { ...end, message: { role: 'assistant', content: '' } }];
  expect(replay(events)).toEqual({ output: [true, true, true, false], ...facts });
  expect(replay(events.slice(0, 2))).toEqual({ output: [true, true], model: 'llama3.2' });
  expect(replay([{ model: 'm', created_at: new Date(0), response: 'G', done: false }]).output).toEqual([true]);
});
