import { expect, test } from 'vitest';
import { read, replay } from './reading.js';

const figures = { total_input_tokens: 100, total_cached_tokens: 60, total_output_tokens: 20, total_thought_tokens: 40, total_tool_use_tokens: 5, total_tokens: 165 };
const interaction = { id: 'v1_1', object: 'interaction', model: 'gemini-3-pro', status: 'completed', created: '2026-11-01T00:00:00Z', steps: [], usage: figures };
const facts = {
  usage: { inputTokens: 105, outputTokens: 60, cachedInputTokens: 60, reasoningTokens: 40 },
  model: 'gemini-3-pro',
  finishReason: 'completed',
  responseId: 'v1_1',
};

test('an interaction has thoughts and what tools gave back added to the totals', () => {
  expect(read(interaction)).toEqual({ shape: 'google-interactions', ...facts });
});

test('an interaction that failed tells why', () => {
  const error = { code: 'internal', message: 'Oops' };
  expect(read({ ...interaction, status: 'failed', errors: [error] }).error).toBe(error);
});

test('a stream', () => {
  const events = [
    { event_type: 'interaction.created', interaction: { ...interaction, status: 'in_progress', usage: undefined } },
    { event_type: 'step.start', index: 0, step: { type: 'model_output' } },
    { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'Good' } },
    { event_type: 'step.stop', index: 0 },
    { event_type: 'interaction.completed', interaction },
  ];
  expect(replay(events)).toEqual({ output: [false, false, true, false, false], ...facts });
  expect(replay(events.slice(0, 3))).toMatchObject({ model: 'gemini-3-pro', usage: undefined, finishReason: undefined });
  expect(replay([...events.slice(0, 3), { event_type: 'interaction.status_update', interaction_id: 'v1_1', status: 'in_progress', usage: figures }]).usage).toEqual(facts.usage);
});
