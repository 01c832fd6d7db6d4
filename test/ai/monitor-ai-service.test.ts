import { expect, expectTypeOf, test } from 'vitest';
import { testMonitor } from '../support/test-monitor.js';
import { ManualClock } from '../support/manual-clock.js';
import { deferred } from '../support/deferred.js';

const PRICES = { 'gpt-4o': { input: 2.5, output: 10, cachedInput: 1.25 } };

/** What OpenAI answers to a chat. */
function completion(model = 'gpt-4o-2024-08-06', promptTokens = 1_000, completionTokens = 200): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: 'Good.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens },
  };
}

test('counts a call, its time, tokens and cost, and leaves type, this, name, length and answer alone', async () => {
  const clock = new ManualClock();
  const { monitor, series, value } = testMonitor({ clock, ai: { prices: PRICES } });
  const answer = completion();
  async function grade(this: { level: string }, essay: string): Promise<object> {
    clock.advance(1_500);
    return Promise.resolve(this.level + essay === 'cet4essay' ? answer : {});
  }
  const monitored = monitor.monitorAiService('openai', 'gpt-4o')(grade);

  expectTypeOf(monitored).toEqualTypeOf(grade);
  expect(await monitored.call({ level: 'cet4' }, 'essay')).toBe(answer);
  expect([monitored.name, monitored.length]).toEqual(['grade', 1]);
  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o-2024-08-06 success': 1 });
  expect(series('ai_request_outcomes_total')).toEqual({ 'openai gpt-4o-2024-08-06 ok': 1 });
  expect(series('ai_token_usage_total')).toEqual({ 'openai gpt-4o-2024-08-06 input': 1_000, 'openai gpt-4o-2024-08-06 output': 200 });
  expect(value('ai_request_duration_seconds', { service: 'openai' }, '_sum')).toBe(1.5);
  // 1,000 x 2.50 and 200 x 10.00, per million
  expect(value('ai_service_cost_total')).toBeCloseTo(0.0045, 12);
});

test('the model is the one of the response, else of the request, else of the instrument, else unknown', async () => {
  const { monitor, series } = testMonitor();
  const usage = { input_tokens: 1, output_tokens: 1 };
  const call = async (_request: unknown, answer: unknown): Promise<unknown> => Promise.resolve(answer);
  const named = monitor.monitorAiService('s', 'given')(call);

  await named({ model: 'asked' }, { model: 'answered', usage });
  await named({ model: 'asked' }, { usage });
  await named('an essay', { usage });
  await monitor.monitorAiService('s')(call)('an essay', { usage });

  expect(series('ai_requests_total')).toEqual({ 's answered success': 1, 's asked success': 1, 's given success': 1, 's unknown success': 1 });
});

test("reads the plan's plain token counts, in either spelling", async () => {
  const { monitor, series } = testMonitor();
  const ask = monitor.monitorAiService('local', 'm')(async (answer: unknown) => Promise.resolve(answer));

  await ask({ input_tokens: 3, output_tokens: 5 });
  await ask({ inputTokens: 30, outputTokens: 50 });

  expect(series('ai_token_usage_total')).toEqual({ 'local m input': 33, 'local m output': 55 });
});

test('a call that fails counts as an error with its outcome, and its error is the same object', async () => {
  const { monitor, series } = testMonitor();
  const limited = Object.assign(new Error('slow down'), { status: 429 });
  const instrument = monitor.monitorAiService('openai', 'gpt-4o');

  await expect(instrument(async () => { throw limited; })()).rejects.toBe(limited);
  expect(() => instrument((): void => { throw limited; })()).toThrow(limited);
  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o error': 2 });
  expect(series('ai_request_outcomes_total')).toEqual({ 'openai gpt-4o rate_limited': 2 });
  expect(series('ai_usage_missing_total')).toEqual({});
});

test('what is thrown may be anything, undefined included', async () => {
  const { monitor, series } = testMonitor();
  const ask = monitor.monitorAiService('s', 'm')(async (thrown: unknown) => { throw thrown; });

  for (const thrown of [undefined, null, 0, '', 'text', Symbol('s')]) {
    expect(await ask(thrown).then(() => 'none', (error: unknown) => error)).toBe(thrown);
  }
  expect(series('ai_requests_total')).toEqual({ 's m error': 6 });
});

test('a response that came back as an error counts as one', async () => {
  const { monitor, series } = testMonitor();
  const failed = { object: 'response', id: 'r', model: 'gpt-4o', status: 'failed', error: { code: 'server_error', message: 'x' }, output: [], usage: null };

  await monitor.monitorAiService('openai')(async () => Promise.resolve(failed))();

  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o error': 1 });
});

test('an answer cut by a content filter is a success with that outcome', async () => {
  const { monitor, series } = testMonitor();
  const filtered = { ...completion('gpt-4o'), choices: [{ index: 0, finish_reason: 'content_filter', message: { role: 'assistant', content: null } }] };

  await monitor.monitorAiService('openai')(async () => Promise.resolve(filtered))();

  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 1 });
  expect(series('ai_request_outcomes_total')).toEqual({ 'openai gpt-4o content_filter': 1 });
});

test('an answer without tokens says why they are missing, and adds none', async () => {
  const { monitor, series } = testMonitor();
  const ask = monitor.monitorAiService('s', 'm')(async (answer: unknown) => Promise.resolve(answer));

  await ask('text');
  await ask({ anything: 1 });
  await ask({ object: 'chat.completion', model: 'm', choices: [] });
  await ask({
    get usage(): never {
      throw new Error('hostile');
    },
  });

  expect(series('ai_usage_missing_total')).toEqual({ 's m unknown_shape': 2, 's m no_usage': 1, 's m unreadable': 1 });
  expect(series('ai_token_usage_total')).toEqual({});
});

test('extractUsage reads what no shape knows, and goes before them; a bad one is told by reason', async () => {
  const { monitor, series } = testMonitor();
  const own = monitor.monitorAiService('s', 'm', { extractUsage: answer => ({ inputTokens: (answer as { words: number }).words }) });
  const bad = monitor.monitorAiService('s', 'bad', {
    extractUsage: () => {
      throw new Error('mine');
    },
  });

  await own(async () => Promise.resolve({ words: 7, usage: { input_tokens: 100, output_tokens: 1 } }))();
  await bad(async () => Promise.resolve({ words: 7 }))();

  expect(series('ai_token_usage_total')).toEqual({ 's m input': 7 });
  expect(series('ai_usage_missing_total')).toEqual({ 's bad unreadable': 1 });
});

test('a model without a price is counted as unpriced and told once, never as 0', async () => {
  const { monitor, series, log } = testMonitor();
  const ask = monitor.monitorAiService('s', 'house-model')(async () => Promise.resolve({ input_tokens: 5, output_tokens: 5 }));

  await ask();
  await ask();

  expect(series('ai_cost_unpriced_total')).toEqual({ 's house-model': 2 });
  expect(series('ai_service_cost_total')).toEqual({});
  expect(log).toHaveLength(1);
  expect(log[0]).toContain('house-model');
});

test('calls under way are a gauge by service', async () => {
  const { monitor, value } = testMonitor();
  const gate = deferred<object>();
  const ask = monitor.monitorAiService('openai', 'gpt-4o')(() => gate.promise);

  const both = Promise.all([ask(), ask()]);
  expect(value('ai_requests_in_flight', { service: 'openai' })).toBe(2);
  gate.resolve(completion());
  await both;
  expect(value('ai_requests_in_flight', { service: 'openai' })).toBe(0);
});

test('a name of a model that nobody answers to never becomes a label, whatever the clients of a proxy send', async () => {
  const { monitor, series } = testMonitor();
  const notFound = Object.assign(new Error('no such model'), { status: 404 });
  const ask = monitor.monitorAiService('openai')(async ({ model }: { model: string }) => {
    if (model !== 'house-model') throw notFound;
    return Promise.resolve({ input_tokens: 1, output_tokens: 1 });
  });

  for (const model of ['x1', 'x2', 'gpt-4o']) await ask({ model }).catch(() => {});
  await ask({ model: 'house-model' });

  expect(series('ai_requests_total')).toEqual({ 'openai other error': 2, 'openai gpt-4o error': 1, 'openai house-model success': 1 });
});

test('a fetch Response counts when it comes, with the tokens unread', async () => {
  const { monitor, series } = testMonitor();
  const ask = monitor.monitorAiService('openai', 'gpt-4o')(async (status: number) => Promise.resolve(new Response('{}', { status })));

  expect(await (await ask(200)).text()).toBe('{}');
  await ask(503);

  expect(series('ai_request_outcomes_total')).toEqual({ 'openai gpt-4o ok': 1, 'openai gpt-4o server': 1 });
  expect(series('ai_usage_missing_total')).toEqual({ 'openai gpt-4o unread': 1 });
});

test('a call after the monitor is closed still works', async () => {
  const { monitor } = testMonitor();
  const ask = monitor.monitorAiService('openai', 'gpt-4o')(async () => Promise.resolve('answer'));
  await monitor.close();

  expect(await ask()).toBe('answer');
});

test.each([
  ['a service', () => testMonitor().monitor.monitorAiService(''), /service.*expected the AI service's name/s],
  ['a model', () => testMonitor().monitor.monitorAiService('s', ' '), /model.*expected the model's name/s],
  ['an option', () => testMonitor().monitor.monitorAiService('s', 'm', { extractUsage: 3 as never }), /extractUsage.*a function/s],
  ['a name of an option', () => testMonitor().monitor.monitorAiService('s', 'm', { usage: 3 } as never), /no such option; known here: operation, provider, extractUsage/s],
  ['an option of the monitor', () => testMonitor({ ai: { currency: '' } }), /ai\.currency/s],
])('refuses %s that can not be used, naming what is allowed', (_what, make, message) => {
  expect(make).toThrow(message);
});
