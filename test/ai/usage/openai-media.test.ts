import { expect, test } from 'vitest';
import { read, replay } from './reading.js';

const imageUsage = { total_tokens: 1_100, input_tokens: 50, output_tokens: 1_050, input_tokens_details: { text_tokens: 10, image_tokens: 40 } };

test('images', () => {
  const images = { created: 1_761_000_000, background: 'opaque', data: [{ b64_json: 'AAAA' }], output_format: 'png', quality: 'high', size: '1024x1024', usage: imageUsage };
  expect(read(images)).toEqual({ shape: 'openai-media', usage: { inputTokens: 50, outputTokens: 1_050 } });
});

test('images of a model that is paid by the image are known, and have no tokens', () => {
  expect(read({ created: 1_761_000_000, data: [{ url: 'https://example.com/a.png' }] })).toHaveProperty('usage', undefined);
});

test('a transcription', () => {
  const usage = { type: 'tokens', input_tokens: 14, input_token_details: { text_tokens: 0, audio_tokens: 14 }, output_tokens: 45, total_tokens: 59 };
  expect(read({ text: 'Hello.', usage })).toEqual({ shape: 'openai-media', usage: { inputTokens: 14, outputTokens: 45 } });
});

test('a transcription that is paid by the second is known, and has no tokens', () => {
  expect(read({ text: 'Hello.', usage: { type: 'duration', seconds: 9 } })).toHaveProperty('usage', undefined);
});

test('a stream of an image', () => {
  const events = [
    { type: 'image_generation.partial_image', b64_json: 'AA', partial_image_index: 0, created_at: 1 },
    { type: 'image_generation.completed', b64_json: 'AAAA', created_at: 2, usage: imageUsage },
  ];
  expect(replay(events)).toEqual({ output: [true, true], usage: { inputTokens: 50, outputTokens: 1_050 }, finishReason: 'completed' });
});

test('a stream of a transcription', () => {
  const events = [
    { type: 'transcript.text.delta', delta: 'Hel' },
    { type: 'transcript.text.done', text: 'Hello.', usage: { type: 'tokens', input_tokens: 14, output_tokens: 3, total_tokens: 17 } },
  ];
  expect(replay(events)).toMatchObject({ output: [true, false], usage: { inputTokens: 14, outputTokens: 3 } });
});
