import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import type { AiOptions } from '../../src/ai/options.js';
import { testMonitor, type TestMonitor } from '../support/test-monitor.js';

function traced(ai: AiOptions = {}): TestMonitor & { spans(): Promise<ReadableSpan[]> } {
  const exporter = new InMemorySpanExporter();
  const made = testMonitor({ ai: { prices: { 'gpt-4o': { input: 2.5, output: 10 } }, ...ai }, tracing: { exporter } });
  return {
    ...made,
    async spans() {
      await made.monitor.tracing.flush();
      return exporter.getFinishedSpans();
    },
  };
}

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Well done, token=abcdef123456.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1_000, completion_tokens: 200, prompt_tokens_details: { cached_tokens: 400 } },
};
const REQUEST = { model: 'gpt-4o', messages: [{ role: 'user', content: 'My essay, password=hunter2' }] };

test('a call is a client span with the GenAI attributes, and active while the model is called', async () => {
  const { monitor, spans } = traced();
  let active: string | undefined;
  const ask = monitor.monitorAiService('openai')(async (_request: object) => {
    active = trace.getActiveSpan()?.spanContext().spanId;
    return Promise.resolve(ANSWER);
  });
  await ask(REQUEST);

  const [span] = await spans();
  expect(span).toMatchObject({ name: 'chat gpt-4o', kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } });
  expect(active).toBe(span?.spanContext().spanId);
  expect(span?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 1_000,
    'gen_ai.usage.output_tokens': 200,
    'gen_ai.usage.cache_read.input_tokens': 400,
    'sightline.ai.outcome': 'ok',
    'sightline.ai.cost': 0.0045,
  });
});

test('a call that fails marks its span, without the message: providers quote prompts in them', async () => {
  const { monitor, spans } = traced();
  const refused = Object.assign(new Error('Your prompt "my diary" is too long'), { status: 400 });
  await expect(monitor.monitorAiService('openai', 'gpt-4o')(async () => Promise.reject(refused))()).rejects.toBe(refused);

  const [span] = await spans();
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(span?.attributes).toMatchObject({ 'sightline.ai.outcome': 'invalid_request', 'error.type': expect.any(String) as unknown });
  expect(JSON.stringify([span?.attributes, span?.events])).not.toContain('diary');
});

test('the span of a stream ends with the stream, and names the time to its first part', async () => {
  const { monitor, spans } = traced();
  const stream = monitor.monitorAiService('openai', 'gpt-4o')(async function* () {
    yield { object: 'chat.completion.chunk', model: 'gpt-4o', choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] };
    yield { object: 'chat.completion.chunk', model: 'gpt-4o', choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } };
  })();
  await stream.next();
  expect(await spans()).toEqual([]);
  await stream.next();
  await stream.next();

  const [span] = await spans();
  expect(span?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 4 });
  expect(span?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThanOrEqual(0);
});

test('of nested calls only the inner span says what was used, so that spans add up', async () => {
  const { monitor, spans } = traced();
  const ask = monitor.monitorAiService('openai')(async () => Promise.resolve(ANSWER));
  await monitor.monitorAiService('grader', 'gpt-4o')(async () => ask())();

  const [inner, outer] = await spans();
  expect(inner?.attributes).toHaveProperty(['gen_ai.usage.input_tokens'], 1_000);
  expect(outer?.attributes).not.toHaveProperty(['gen_ai.usage.input_tokens']);
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
});

test('neither what is asked nor what is answered is recorded', async () => {
  const { monitor, spans } = traced();
  await monitor.monitorAiService('openai')(async (_request: object) => Promise.resolve(ANSWER))(REQUEST);

  expect(JSON.stringify((await spans())[0]?.attributes)).not.toMatch(/essay|Well done/);
});

test('with captureContent both are, with secrets masked and cut to a length', async () => {
  const { monitor, spans } = traced({ captureContent: true });
  await monitor.monitorAiService('openai')(async (_request: object) => Promise.resolve(ANSWER))(REQUEST);
  const { monitor: short, spans: shortSpans } = traced({ captureContent: { maxLength: 20 } });
  await short.monitorAiService('openai')(async (_request: object) => Promise.resolve(ANSWER))(REQUEST);

  const { attributes } = (await spans())[0] as ReadableSpan;
  expect(attributes['gen_ai.input.messages']).toMatch(/My essay/);
  expect(attributes['gen_ai.output.messages']).toMatch(/Well done/);
  expect(JSON.stringify(attributes)).not.toMatch(/hunter2|abcdef123456/);
  const cut = (await shortSpans())[0]?.attributes;
  expect(String(cut?.['gen_ai.input.messages']).length).toBeLessThanOrEqual(20);
  expect(String(cut?.['gen_ai.output.messages']).length).toBeLessThanOrEqual(20);
});

test('with captureContent a streamed answer is collected, up to the length', async () => {
  const { monitor, spans } = traced({ captureContent: { maxLength: 50 } });
  const stream = monitor.monitorAiService('openai', 'gpt-4o')(async function* () {
    for (let i = 0; i < 1_000; i++) {
      yield { object: 'chat.completion.chunk', model: 'gpt-4o', choices: [{ index: 0, delta: { content: `${i},` }, finish_reason: null }] };
    }
  })();
  for await (const chunk of stream) expect(chunk.model).toBe('gpt-4o');

  const output = String((await spans())[0]?.attributes['gen_ai.output.messages']);
  expect(output).toMatch(/^0,1,2,3,/);
  expect(output.length).toBeLessThanOrEqual(50);
});
