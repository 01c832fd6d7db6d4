import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor } from '../support/test-monitor.js';

test('what is left of the limits of two models is shown, although their calls always come together', async () => {
  const clock = new ManualClock();
  const { monitor, series } = testMonitor({ clock });
  let left = 10;
  const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
    const { model } = JSON.parse(init?.body as string) as { model: string };
    const body = { object: 'chat.completion', model, choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } };
    return Promise.resolve(Response.json(body, { headers: { 'x-ratelimit-remaining-requests': String(left--) } }));
  };
  const client = monitor.instrumentAiClient(new OpenAI({ apiKey: 'key', baseURL: 'https://api.openai.com/v1', fetch }));

  for (let i = 0; i < 3; i++) {
    for (const model of ['one', 'two']) await client.chat.completions.create({ model, messages: [] });
    clock.advance(1_000);
  }

  // By their own names from the first answer on, although nobody prices them.
  expect(series('ai_rate_limit_remaining')).toEqual({ 'openai one requests': 6, 'openai two requests': 5 });
});
