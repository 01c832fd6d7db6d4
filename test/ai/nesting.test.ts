import { expect, test } from 'vitest';
import { testMonitor } from '../support/test-monitor.js';

const ANSWER = { model: 'gpt-4o', usage: { input_tokens: 100, output_tokens: 10 }, id: 'r1' };

test('a call inside of a measured one is the one that counts, under the name that a person gave', async () => {
  const { monitor, series } = testMonitor();
  const client = { chat: { completions: { create: async (): Promise<object> => Promise.resolve(ANSWER) } } };
  monitor.instrumentAiClient(client);
  const grade = monitor.monitorAiService('grader')(async () => client.chat.completions.create());

  await grade();
  await client.chat.completions.create();

  expect(series('ai_requests_total')).toEqual({ 'grader gpt-4o success': 1, 'openai gpt-4o success': 1 });
  expect(series('ai_token_usage_total')).toEqual({
    'grader gpt-4o input': 100,
    'grader gpt-4o output': 10,
    'openai gpt-4o input': 100,
    'openai gpt-4o output': 10,
  });
  expect(series('ai_requests_in_flight')).toEqual({ grader: 0, openai: 0 });
});

test('an agent of several calls counts each of them once, and itself not', async () => {
  const { monitor, series } = testMonitor();
  const ask = monitor.monitorAiService('openai')(async () => Promise.resolve(ANSWER));
  const agent = monitor.monitorAiService('agent')(async () => {
    await Promise.all([ask(), ask()]);
    await ask();
    return { usage: { input_tokens: 300, output_tokens: 30 } };
  });

  await agent();

  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 3 });
  expect(series('ai_token_usage_total')).toEqual({ 'openai gpt-4o input': 300, 'openai gpt-4o output': 30 });
});

test('a wrapper whose inner call failed and was caught does not count another one', async () => {
  const { monitor, series } = testMonitor();
  const ask = monitor.monitorAiService('openai', 'gpt-4o')(async () => Promise.reject(Object.assign(new Error('x'), { status: 500 })));
  const grade = monitor.monitorAiService('grader', 'gpt-4o')(async () => ask().catch(() => 'no grade today'));

  expect(await grade()).toBe('no grade today');
  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o error': 1 });
});

test('a client is measured once, however often it is instrumented', async () => {
  const { monitor, series } = testMonitor();
  const client = { chat: { completions: { create: async (): Promise<object> => Promise.resolve(ANSWER) } } };

  expect(monitor.instrumentAiClient(monitor.instrumentAiClient(client))).toBe(client);
  await client.chat.completions.create();
  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 1 });
});

test('calls side by side do not nest', async () => {
  const { monitor, series } = testMonitor();
  const ask = monitor.monitorAiService('openai')(async () => Promise.resolve(ANSWER));
  const other = monitor.monitorAiService('other')(async () => Promise.resolve(ANSWER));

  await Promise.all([ask(), other(), ask()]);
  expect(series('ai_requests_total')).toEqual({ 'openai gpt-4o success': 2, 'other gpt-4o success': 1 });
});

test('an unknown client is refused, naming those that are known', () => {
  const { monitor } = testMonitor();

  expect(() => monitor.instrumentAiClient({ ask: () => 1 })).toThrow(/instrumentAiClient\(\) measures these clients: openai.*Got an object with keys \{ask\}.*monitorAiService/s);
  expect(() => monitor.instrumentAiClient(undefined as never)).toThrow(/Got undefined/);
});
