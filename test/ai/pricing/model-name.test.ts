import { describe, expect, test } from 'vitest';
import { modelNames } from '../../../src/ai/pricing/model-name.js';

describe('the names of a model begin with its own', () => {
  test.each(['gpt-4o', 'claude-sonnet-4-5', 'qwen-max', 'text-embedding-3-small', 'llama3:8b'])('%s', name => {
    expect(modelNames(name)).toEqual([name]);
  });

  test('in one spelling', () => {
    expect(modelNames(' GPT-4o ')).toEqual(['gpt-4o']);
    expect(modelNames('claude-sonnet-4.5')).toEqual(['claude-sonnet-4-5']);
    expect(modelNames('Qwen2.5-72B-Instruct')).toEqual(['qwen2-5-72b-instruct']);
  });
});

describe('the release is taken off', () => {
  test.each([
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4@20250514', 'claude-sonnet-4'],
    ['claude-opus-4-8@default', 'claude-opus-4-8'],
    ['gpt-4-0613', 'gpt-4'],
    ['grok-4-0709', 'grok-4'],
    ['qwen-plus-0919', 'qwen-plus'],
    ['qwen-max-2025-01-25', 'qwen-max'],
    ['doubao-1.5-pro-32k-250115', 'doubao-1-5-pro-32k'],
    ['command-r-08-2024', 'command-r'],
    ['gemini-2.0-flash-001', 'gemini-2-0-flash'],
    ['gpt-5-chat-latest', 'gpt-5-chat'],
    ['mistral-large-latest', 'mistral-large'],
  ])('%s', (name, without) => {
    expect(modelNames(name).slice(1)).toEqual([without]);
  });

  test('with the preview that it is of, which is tried first', () => {
    expect(modelNames('gemini-2.5-pro-preview-05-06')).toEqual(['gemini-2-5-pro-preview-05-06', 'gemini-2-5-pro-preview', 'gemini-2-5-pro']);
    expect(modelNames('gemini-2.5-flash-preview-09-2025').slice(1)).toEqual(['gemini-2-5-flash-preview', 'gemini-2-5-flash']);
  });
});

describe('what names another model stays', () => {
  test.each([
    'gpt-4o-audio-preview',
    'gpt-4o-mini',
    'gpt-4.1-nano',
    'o1-preview',
    'gemini-3-pro-preview',
    'grok-4-fast',
    'gpt-5.1-codex-max',
    // Year and month: Mistral Large 2 and 3 have not one price.
    'mistral-large-2512',
    'mistral-large-2411',
    'qwen3-235b-a22b-instruct-2507',
    // No days.
    'gpt-4-1332',
    'llama3-70b-8192',
    'gpt-4o-2024-13-01',
    'moonshot-v1-128k',
    'deepseek-v3',
    'amazon.titan-embed-text-v2',
    // Variants of a gateway's
    'deepseek-chat:free',
    'claude-3.7-sonnet:thinking',
    'gpt-4o:extended',
    'qwen3:8b',
  ])('%s', name => {
    expect(modelNames(name)).toHaveLength(1);
  });

  test('and the audio model of a date is not the text model', () => {
    expect(modelNames('gpt-4o-audio-preview-2024-12-17')).toEqual(['gpt-4o-audio-preview-2024-12-17', 'gpt-4o-audio-preview']);
  });
});

describe('what a gateway or a cloud puts around a name is taken off', () => {
  test.each([
    ['openai/gpt-4o', 'gpt-4o'],
    ['openai/gpt-4o-2024-08-06', 'gpt-4o'],
    ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['openrouter/google/gemini-2.5-pro', 'gemini-2-5-pro'],
    ['vertex_ai/gemini-2.5-flash', 'gemini-2-5-flash'],
    ['z-ai/glm-4.6', 'glm-4-6'],
    ['models/gemini-2.5-pro', 'gemini-2-5-pro'],
    ['publishers/google/models/gemini-2.0-flash-001', 'gemini-2-0-flash'],
    ['projects/p/locations/us-central1/publishers/anthropic/models/claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['accounts/fireworks/models/deepseek-v3', 'deepseek-v3'],
    ['bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet'],
    ['eu.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['global.anthropic.claude-opus-5', 'claude-opus-5'],
    ['us-gov.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5'],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 'claude-3-haiku'],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0', 'claude-sonnet-4'],
    ['arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0', 'amazon.nova-pro-v1'],
    ['us.amazon.nova-lite-v1:0', 'amazon.nova-lite-v1'],
    ['amazon.nova-pro-v1:0:24k', 'amazon.nova-pro-v1'],
    ['global.openai.gpt-5.6-sol', 'gpt-5-6-sol'],
  ])('%s', (name, model) => {
    expect(modelNames(name).at(-1)).toBe(model);
  });

  test('step by step, the most particular name first', () => {
    expect(modelNames('us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toEqual([
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'us.anthropic.claude-sonnet-4-5-20250929-v1',
      'us.anthropic.claude-sonnet-4-5-20250929',
      'us.anthropic.claude-sonnet-4-5',
      'anthropic.claude-sonnet-4-5-20250929',
      'anthropic.claude-sonnet-4-5',
      'claude-sonnet-4-5-20250929',
      'claude-sonnet-4-5',
    ]);
  });

  test.each(['deepseek-ai/DeepSeek-V3.1', 'acme/gpt-4o', 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3'])(
    'but not what may be the name itself: %s',
    name => {
      expect(modelNames(name)).not.toContain('gpt-4o');
      expect(modelNames(name)).not.toContain('deepseek-v3-1');
    },
  );
});

describe('a fine-tuned model', () => {
  test('leads to the price of fine-tuned ones, never to that of its base', () => {
    expect(modelNames('ft:gpt-4o-mini-2024-07-18:acme:essays:abc123')).toEqual([
      'ft:gpt-4o-mini-2024-07-18:acme:essays:abc123',
      'ft:gpt-4o-mini-2024-07-18',
      'ft:gpt-4o-mini',
    ]);
    expect(modelNames('ft:gpt-4o-mini-2024-07-18:acme::abc123').at(-1)).toBe('ft:gpt-4o-mini');
  });
});

test('a name of any length and kind is taken at once', () => {
  for (const part of ['a', '-2024-08-06', '/', 'models/', 'us.', ':0', '1.', '-v1', 'anthropic.']) {
    const long = part.repeat(100_000);
    expect(modelNames(long)).toHaveLength(1);
    expect(modelNames(part.repeat(40)).length).toBeLessThan(200);
  }
  expect(modelNames('')).toEqual(['']);
});
