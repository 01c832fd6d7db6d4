import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import type { MonitorOptions } from '../../src/monitor.js';
import { ManualClock } from '../support/manual-clock.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';
import { until } from '../support/until.js';

const REQUEST = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Grade this.' }] };
const USAGE = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };

interface Subject extends TestMonitor {
  readonly client: OpenAI;
  readonly clock: ManualClock;
  /** Resolves when so many responses have come. */
  readonly arrived: (responses: number) => Promise<void>;
}

function measured(answer: () => Response, options: MonitorOptions = {}, clock: ManualClock = new ManualClock()): Subject {
  const made = testMonitor({ ...options, clock });
  let responses = 0;
  const fetch = (): Promise<Response> => Promise.resolve(answer()).finally(() => responses++);
  const client = made.monitor.instrumentAiClient(new OpenAI({ apiKey: 'key', baseURL: 'https://api.openai.com/v1', fetch }));
  return {
    ...made,
    client,
    clock,
    async arrived(count) {
      await until(() => responses === count);
      // The SDK looks at each before it hands it on.
      await new Promise(resolve => setImmediate(resolve));
    },
  };
}

function whole(finishReason = 'stop'): Response {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Good.' }, finish_reason: finishReason }];
  return Response.json({ object: 'chat.completion', model: 'gpt-4o', choices, usage: USAGE });
}

function streamed(): Response {
  const chunks = [
    { choices: [{ index: 0, delta: { content: 'Good.' } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'content_filter' }] },
    { choices: [], usage: USAGE },
  ];
  const events = chunks.map(chunk => `data: ${JSON.stringify({ object: 'chat.completion.chunk', model: 'gpt-4o', ...chunk })}\n\n`);
  return new Response(`${events.join('')}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } });
}

test('calls made together and awaited one after the other are counted with their tokens and outcomes, and none as unread', async () => {
  const { client, series, value, clock, arrived } = measured(() => whole('content_filter'));
  const calls = [client.chat.completions.create(REQUEST), client.chat.completions.create(REQUEST), client.chat.completions.create(REQUEST)];

  for (const [i, call] of calls.entries()) {
    await call;
    if (i === 0) await arrived(3);
    // The time between them is the reader's.
    clock.advance(2_000);
  }

  expect(series('ai_request_outcomes_total')).toEqual({ 'openai gpt-4o content_filter': 3 });
  expect(series('ai_token_usage_total')).toEqual({ 'openai gpt-4o input': 300, 'openai gpt-4o output': 30 });
  expect(series('ai_usage_missing_total')).toEqual({});
  expect(value('ai_request_duration_seconds', { model: 'gpt-4o' }, '_sum')).toBe(0);
  expect(series('ai_requests_in_flight')).toEqual({ openai: 0 });
  expect(clock.waiting).toBe(0);
});

test('a stream that was asked for long before it is read has the outcome of its end', async () => {
  const { client, series, clock, arrived } = measured(streamed);
  const call = client.chat.completions.create({ ...REQUEST, stream: true });
  await arrived(1);
  clock.advance(9_000);

  for await (const chunk of await call) expect(chunk.model).toBe('gpt-4o');

  expect(series('ai_request_outcomes_total')).toEqual({ 'openai gpt-4o content_filter': 1 });
  expect(series('ai_usage_missing_total')).toEqual({});
});

test('an answer nobody reads counts after a while, as long as it took, and its tokens should it be read after all', async () => {
  const { client, series, value, clock, arrived } = measured(whole);
  const call = client.chat.completions.create(REQUEST);
  await arrived(1);
  clock.advance(9_999);
  expect(series('ai_requests_total')).toEqual({});
  clock.advance(1);

  expect(series('ai_request_outcomes_total')).toEqual({ 'openai gpt-4o ok': 1 });
  expect(series('ai_usage_missing_total')).toEqual({ 'openai gpt-4o unread': 1 });
  expect(value('ai_request_duration_seconds', { model: 'gpt-4o' }, '_sum')).toBe(0);

  await call;
  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 1 });
  expect(series('ai_token_usage_total')).toEqual({ 'openai gpt-4o input': 100, 'openai gpt-4o output': 10 });
});

test('the span of an answer nobody reads ends when the response came', async () => {
  const exporter = new InMemorySpanExporter();
  const clock = new ManualClock(Date.now() + 1_000);
  const { monitor, client, arrived } = measured(whole, { tracing: { exporter } }, clock);
  void client.chat.completions.create(REQUEST);
  await arrived(1);
  const came = clock.now();
  clock.advance(10_000);

  await monitor.tracing.flush();
  const [span] = exporter.getFinishedSpans();
  expect((span?.endTime[0] ?? NaN) * 1_000 + (span?.endTime[1] ?? NaN) / 1e6).toBeCloseTo(came, 0);
});

test('a response that is taken as it is counts at once, whether asked for before or after it came', async () => {
  const { client, series, clock, arrived } = measured(whole);
  await client.chat.completions.create(REQUEST).asResponse();
  expect(series('ai_usage_missing_total')).toEqual({ 'openai gpt-4o unread': 1 });

  const late = client.chat.completions.create(REQUEST);
  await arrived(2);
  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 1 });
  await late.asResponse();
  expect(series('ai_usage_missing_total')).toEqual({ 'openai gpt-4o unread': 2 });
  clock.advance(100);
  expect(clock.waiting).toBe(0);
});

test('a monitor that closes counts what nobody has read so far', async () => {
  const { monitor, client, series, arrived } = measured(whole);
  void client.chat.completions.create(REQUEST);
  await arrived(1);
  await monitor.close();

  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 1 });
  expect(series('ai_requests_in_flight')).toEqual({ openai: 0 });
});
