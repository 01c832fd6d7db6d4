import { SpanKind } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';
import { startOtlpCollector } from '../support/otlp-wire.js';
import { cleanUp, only, setUpTracing } from './set-up.js';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await cleanUp();
  await Promise.all(closing.splice(0).map(item => item.close()));
});

async function startCollector() {
  const collector = await startOtlpCollector();
  closing.push(collector);
  return collector;
}

describe.each(['http/protobuf', 'http/json'] as const)('OTLP over %s', protocol => {
  test('a collector gets spans with their service, parents, attributes and errors', async () => {
    const collector = await startCollector();
    const { tracing, spansTotal } = setUpTracing({
      service: 'grader',
      options: { exporter: 'otlp', protocol, endpoint: collector.url, headers: { 'api-key': 'k' }, resource: { zone: 'a' } },
    });
    const parse = tracing.traceFunction('grade.parse', { kind: 'cet4', words: 120, share: 0.5, strict: true, tags: ['a', 'b'] })(
      function parseEssay() {
        throw new TypeError('token=abc123 is no essay');
      },
    );
    expect(tracing.traceFunction('grade')(() => parse())).toThrow(TypeError);
    tracing.tracer.startSpan('client', { kind: SpanKind.CLIENT }).end();
    await tracing.flush();

    const spans = collector.spans.all;
    const child = only(spans.filter(({ name }) => name === 'grade.parse'));
    const parent = only(spans.filter(({ name }) => name === 'grade'));
    expect(child).toMatchObject({
      scope: 'sightline',
      traceId: parent.traceId,
      parentSpanId: parent.spanId,
      kind: 1,
      resource: { 'service.name': 'grader', zone: 'a', 'telemetry.sdk.name': 'opentelemetry', 'process.pid': process.pid },
      attributes: {
        kind: 'cet4',
        words: 120,
        share: 0.5,
        strict: true,
        tags: ['a', 'b'],
        'function.name': 'parseEssay',
        success: false,
        'error.type': 'TypeError',
        'error.message': 'token=[redacted] is no essay',
      },
      status: { code: 2, message: 'token=[redacted] is no essay' },
    });
    expect(only(child.events)).toMatchObject({ name: 'exception', attributes: { 'exception.type': 'TypeError' } });
    expect(child.traceId).toMatch(/^[\da-f]{32}$/);
    expect(child.spanId).toMatch(/^[\da-f]{16}$/);
    expect(parent.parentSpanId).toBe('');
    expect(only(spans.filter(({ name }) => name === 'client')).kind).toBe(3);
    expect(only(collector.requests)).toMatchObject({
      path: '/v1/traces',
      headers: { 'api-key': 'k', 'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf' },
    });
    expect(spansTotal()).toEqual({ 'otlp exported': 3 });
  });
});

test('a collector is found in the environment, with its headers', async () => {
  const collector = await startCollector();
  const { tracing } = setUpTracing({
    options: true,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/base`, OTEL_EXPORTER_OTLP_HEADERS: 'tenant=a%20b' },
  });
  tracing.tracer.startSpan('x').end();
  await tracing.close();

  expect(only(collector.spans.all).name).toBe('x');
  expect(only(collector.requests)).toMatchObject({ path: '/base/v1/traces', headers: { tenant: 'a b' } });
});

test('close exports what is finished, more than one batch of it', async () => {
  const collector = await startCollector();
  const { tracing, spansTotal } = setUpTracing({ options: { endpoint: collector.url } });
  for (let i = 0; i < 1_500; i++) tracing.tracer.startSpan('x').end();
  await tracing.close();

  expect(collector.spans.all).toHaveLength(1_500);
  expect(spansTotal()).toEqual({ 'otlp exported': 1_500 });
});

test('flush waits for an export that is already under way', async () => {
  const collector = await startCollector();
  const { tracing } = setUpTracing({ options: { endpoint: collector.url } });
  // A full batch is sent at once, without being asked.
  for (let i = 0; i < 512; i++) tracing.tracer.startSpan('x').end();
  await tracing.flush();

  expect(collector.spans.all).toHaveLength(512);
});

test('spans are sent by themselves after the interval', async () => {
  const collector = await startCollector();
  const { tracing } = setUpTracing({ options: { endpoint: collector.url, exportInterval: 1 } });
  tracing.tracer.startSpan('x').end();

  expect(only(await collector.spans.atLeast(1)).name).toBe('x');
});
