import { SpanStatusCode } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';
import { startJaegerAgent, startJaegerCollector, type JaegerSpan } from '../support/jaeger-wire.js';
import { startHangingTarget } from '../support/http-target.js';
import { cleanUp, only, setUpTracing, type TestTracing } from './set-up.js';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await cleanUp();
  await Promise.all(closing.splice(0).map(item => item.close()));
});

function toClose<T extends { close(): Promise<void> }>(item: T): T {
  closing.push(item);
  return item;
}

/** A parent with a child that fails. */
function makeSpans({ tracing }: TestTracing): void {
  const parse = tracing.traceFunction('grade.parse', { 'essay.kind': 'cet4', words: 120, strict: true })(function parseEssay() {
    throw new TypeError('token=abc123 is no essay');
  });
  expect(tracing.traceFunction('grade')(() => parse())).toThrow(TypeError);
}

function expectSpans(spans: readonly JaegerSpan[]): void {
  const child = only(spans.filter(({ name }) => name === 'grade.parse'));
  const parent = only(spans.filter(({ name }) => name === 'grade'));
  expect(child.service).toBe('grader');
  expect(child.traceId).toMatch(/^(?!0{32})[\da-f]{32}$/);
  expect(child.traceId).toBe(parent.traceId);
  expect(child.parentSpanId).toBe(parent.spanId);
  expect(parent.parentSpanId).toBe('0'.repeat(16));
  expect(child.tags).toMatchObject({
    'essay.kind': 'cet4',
    words: 120,
    strict: true,
    'function.name': 'parseEssay',
    'function.module': 'test/tracing/jaeger.test.ts',
    success: false,
    'error.type': 'TypeError',
    'error.message': 'token=[redacted] is no essay',
    error: true,
    'otel.status_code': SpanStatusCode[SpanStatusCode.ERROR],
    'otel.status_description': 'token=[redacted] is no essay',
    'service.name': 'grader',
    'deployment.environment.name': 'test',
  });
  expect(only(child.logs)).toMatchObject({ event: 'exception', 'exception.type': 'TypeError' });
}

describe('a Jaeger agent, over UDP', () => {
  test('gets spans in binary Thrift, with their service, parents, attributes and errors', async () => {
    const agent = toClose(await startJaegerAgent());
    const jaeger = setUpTracing({
      service: 'grader',
      options: { exporter: 'jaeger', host: '127.0.0.1', port: agent.port, resource: { 'deployment.environment.name': 'test' } },
    });
    makeSpans(jaeger);
    await jaeger.tracing.flush();

    expectSpans(await agent.spans.atLeast(2));
    expect(jaeger.spansTotal()).toEqual({ 'jaeger exported': 2 });
  });

  test('is found in the environment, by the names of the plan', async () => {
    const agent = toClose(await startJaegerAgent());
    const { tracing } = setUpTracing({ options: true, env: { JAEGER_AGENT_HOST: '127.0.0.1', JAEGER_AGENT_PORT: String(agent.port) } });
    tracing.tracer.startSpan('x').end();
    await tracing.close();

    expect(only(await agent.spans.atLeast(1)).name).toBe('x');
  });

  test('gets every span of more than one datagram', async () => {
    const agent = toClose(await startJaegerAgent());
    const { tracing, spansTotal } = setUpTracing({ options: { exporter: 'jaeger', host: '127.0.0.1', port: agent.port } });
    // 100 KB. Much more at once would not fit the socket's buffer.
    for (let i = 0; i < 80; i++) tracing.tracer.startSpan(`span ${i}`, { attributes: { filler: 'é'.repeat(200) } }).end();
    await tracing.flush();

    const names = (await agent.spans.atLeast(80)).map(({ name }) => name);
    expect(new Set(names).size).toBe(80);
    expect(spansTotal()).toEqual({ 'jaeger exported': 80 });
  });

  test('one span too large for a datagram is given up, not the others with it', async () => {
    const agent = toClose(await startJaegerAgent());
    const { tracing, spansTotal, log } = setUpTracing({ options: { exporter: 'jaeger', host: '127.0.0.1', port: agent.port } });
    tracing.tracer.startSpan('before').end();
    const large = tracing.tracer.startSpan('large');
    for (let i = 0; i < 20; i++) large.setAttribute(`filler ${i}`, 'x'.repeat(4_000));
    large.end();
    tracing.tracer.startSpan('after').end();
    await tracing.flush();

    expect((await agent.spans.atLeast(2)).map(({ name }) => name)).toEqual(['before', 'after']);
    expect(spansTotal()).toEqual({ 'jaeger exported': 2, 'jaeger failed': 1 });
    expect(only(log)).toContain('larger than a datagram can be');
  });

  test('whose name cannot be resolved: spans count as failed', async () => {
    const { tracing, spansTotal, log } = setUpTracing({ options: { exporter: 'jaeger', host: 'no such host', port: 6_832 } });
    tracing.tracer.startSpan('x').end();
    await tracing.close();

    expect(spansTotal()).toEqual({ 'jaeger failed': 1 });
    expect(only(log)).toContain('the Jaeger agent at no such host:6832');
  });

  test('at the port for compact Thrift: the log says which one to use', () => {
    const { log } = setUpTracing({ options: { exporter: 'jaeger', port: 6_831 } });

    expect(only(log)).toMatch(/6831.*6832/);
  });

  test('comes before a Jaeger endpoint in the environment of the process', async () => {
    const agent = toClose(await startJaegerAgent());
    const name = 'OTEL_EXPORTER_JAEGER_ENDPOINT';
    process.env[name] = 'http://127.0.0.1:1/api/traces';
    try {
      const { tracing } = setUpTracing({ options: { exporter: 'jaeger', host: '127.0.0.1', port: agent.port } });
      expect(process.env[name]).toBe('http://127.0.0.1:1/api/traces');
      tracing.tracer.startSpan('x').end();
      await tracing.flush();
      expect(only(await agent.spans.atLeast(1)).name).toBe('x');
    } finally {
      delete process.env[name];
    }
  });
});

describe('a Jaeger collector, over HTTP', () => {
  test('gets the same spans at /api/traces', async () => {
    const collector = toClose(await startJaegerCollector());
    const jaeger = setUpTracing({
      service: 'grader',
      options: { exporter: 'jaeger', endpoint: collector.url, resource: { 'deployment.environment.name': 'test' } },
    });
    makeSpans(jaeger);
    await jaeger.tracing.flush();

    expectSpans(collector.spans.all);
    expect(jaeger.spansTotal()).toEqual({ 'jaeger exported': 2 });
  });

  test('that hangs, then answers: spans count as failed, later ones are exported', async () => {
    const hanging = await startHangingTarget();
    const { tracing, spansTotal } = setUpTracing({
      options: { exporter: 'jaeger', endpoint: hanging.url, exportTimeout: '100ms' },
    });
    tracing.tracer.startSpan('lost').end();
    await tracing.flush();
    expect(spansTotal()).toEqual({ 'jaeger failed': 1 });
    await hanging.close();

    const collector = toClose(await startJaegerCollector(hanging.port));
    tracing.tracer.startSpan('later').end();
    await tracing.flush();
    expect(only(await collector.spans.atLeast(1)).name).toBe('later');
    expect(spansTotal()).toEqual({ 'jaeger failed': 1, 'jaeger exported': 1 });
  });
});
