import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { testMonitor } from '../support/test-monitor.js';

test("a compaction of OpenAI's responses is a call of its model, with the tokens that it is billed by", async () => {
  const { monitor, series } = testMonitor();
  const usage = { input_tokens: 900, output_tokens: 50, input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } };
  const fetch = (): Promise<Response> => Promise.resolve(Response.json({ id: 'r1', object: 'response.compaction', output: [], usage }));
  const client = monitor.instrumentAiClient(new OpenAI({ apiKey: 'key', baseURL: 'https://api.openai.com/v1', fetch }));

  await client.responses.compact({ model: 'gpt-4o', input: 'A long story.' });

  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 1 });
  expect(series('ai_token_usage_total')).toEqual({ 'openai gpt-4o input': 900, 'openai gpt-4o output': 50 });
});
