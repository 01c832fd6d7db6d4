import { context, createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, only, setUpInMemory, setUpTracing } from './set-up.js';

afterEach(cleanUp);

/** A provider of the app's. */
function appProvider(): { provider: BasicTracerProvider; exporter: InMemorySpanExporter } {
  const exporter = new InMemorySpanExporter();
  return { provider: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }), exporter };
}

describe('without the option', () => {
  test('tracing is not active, and its tracer makes spans that do nothing', () => {
    const { tracing } = setUpTracing();

    expect(tracing.active).toBe(false);
    expect(tracing.tracer.startSpan('x').isRecording()).toBe(false);
  });

  test('a provider that the app registered before is used', () => {
    const { provider, exporter } = appProvider();
    trace.setGlobalTracerProvider(provider);
    const { tracing } = setUpTracing();

    expect(tracing.active).toBe(true);
    tracing.tracer.startSpan('x').end();
    expect(only(exporter.getFinishedSpans()).instrumentationScope.name).toBe('sightline');
  });

  test('a provider that the app registers afterwards is used from then on', () => {
    const { tracing } = setUpTracing();
    expect(tracing.tracer.startSpan('too early').isRecording()).toBe(false);
    const { provider, exporter } = appProvider();
    trace.setGlobalTracerProvider(provider);

    expect(tracing.active).toBe(true);
    tracing.tracer.startSpan('x').end();
    expect(only(exporter.getFinishedSpans()).name).toBe('x');
  });

  test('a provider that the app takes back is no longer used', () => {
    trace.setGlobalTracerProvider(appProvider().provider);
    const { tracing } = setUpTracing();
    trace.disable();

    expect(tracing.active).toBe(false);
    expect(tracing.tracer.startSpan('x').isRecording()).toBe(false);
  });

  test('closing leaves the provider of the app alone', async () => {
    const { provider, exporter } = appProvider();
    trace.setGlobalTracerProvider(provider);
    const { tracing } = setUpTracing();
    await tracing.close();

    expect(tracing.active).toBe(false);
    trace.getTracer('app').startSpan('still there').end();
    expect(only(exporter.getFinishedSpans()).name).toBe('still there');
  });

  test('flush flushes the provider of the app, and survives its failure', async () => {
    const { provider } = appProvider();
    let flushed = 0;
    provider.forceFlush = () => {
      flushed++;
      return Promise.reject(new Error('no'));
    };
    trace.setGlobalTracerProvider(provider);
    await setUpTracing().tracing.flush();

    expect(flushed).toBe(1);
  });
});

describe('with the option false', () => {
  test('no spans are made, even where the app has registered a provider', () => {
    trace.setGlobalTracerProvider(appProvider().provider);
    const { tracing } = setUpTracing({ options: false });

    expect(tracing.active).toBe(false);
    expect(tracing.tracer.startSpan('x').isRecording()).toBe(false);
  });

  test('it can be flushed and closed', async () => {
    const { tracing } = setUpTracing({ options: false });
    await tracing.flush();
    await tracing.close();

    expect(tracing.active).toBe(false);
  });
});

describe('with options', () => {
  test('a provider is set up and registered, with a context manager and the W3C propagators', async () => {
    const { tracing, finished } = setUpInMemory();

    expect(tracing.active).toBe(true);
    expect(propagation.fields()).toEqual(expect.arrayContaining(['traceparent', 'tracestate', 'baggage']));
    await trace.getTracer('app').startActiveSpan('outer', async outer => {
      await Promise.resolve();
      trace.getTracer('app').startSpan('inner').end();
      outer.end();
    });
    const [inner, outer] = await finished();
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  test('a provider of the app is used, not replaced, and the log says that the options are ignored', () => {
    const { provider, exporter } = appProvider();
    trace.setGlobalTracerProvider(provider);
    const { tracing, log } = setUpTracing({ options: { exporter: 'none', sampleRatio: 0 } });

    tracing.tracer.startSpan('x').end();
    expect(only(exporter.getFinishedSpans()).name).toBe('x');
    expect(only(log)).toContain('provider of its own');
  });

  test('a context manager and a propagator of the app are kept', async () => {
    const manager = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(manager);
    propagation.setGlobalPropagator({ fields: () => ['x-app'], inject: () => {}, extract: c => c });
    const { tracing } = setUpInMemory();

    expect(propagation.fields()).toEqual(['x-app']);
    await tracing.close();
    expect(propagation.fields()).toEqual(['x-app']);
    const key = createContextKey('test');
    expect(context.with(ROOT_CONTEXT.setValue(key, 1), () => context.active().getValue(key))).toBe(1);
  });

  test('a second one with options has a provider of its own', async () => {
    const first = setUpInMemory();
    const second = setUpInMemory();
    first.tracing.tracer.startSpan('of the first').end();
    second.tracing.tracer.startSpan('of the second').end();

    expect(only(await first.finished()).name).toBe('of the first');
    expect(only(await second.finished()).name).toBe('of the second');
  });

  test('closing unregisters what was registered, and no spans are made from then on', async () => {
    const { tracing } = setUpInMemory();
    await tracing.close();

    expect(tracing.active).toBe(false);
    expect(trace.getTracer('app').startSpan('x').isRecording()).toBe(false);
    expect(propagation.fields()).toEqual([]);
    // The next one can be registered.
    expect(setUpInMemory().tracing.active).toBe(true);
    expect(trace.getTracer('app').startSpan('x').isRecording()).toBe(true);
  });

  test('the context manager stays until the last one is closed', async () => {
    const first = setUpInMemory();
    const second = setUpInMemory();
    await first.tracing.close();
    second.tracing.tracer.startActiveSpan('outer', outer => {
      second.tracing.tracer.startSpan('inner').end();
      outer.end();
    });

    const [inner, outer] = await second.finished();
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    await second.tracing.close();
    expect(propagation.fields()).toEqual([]);
  });

  test('closing twice is the same as once', async () => {
    const { tracing } = setUpInMemory();

    expect(tracing.close()).toBe(tracing.close());
    await tracing.close();
  });

  test('a provider that the app registered after ours was taken away is not unregistered', async () => {
    const { tracing } = setUpInMemory();
    trace.disable();
    const provider = new NodeTracerProvider();
    trace.setGlobalTracerProvider(provider);
    await tracing.close();

    expect(trace.getTracer('app').startSpan('x').isRecording()).toBe(true);
  });

  test('OTEL_SDK_DISABLED switches it off', () => {
    const env = { OTEL_SDK_DISABLED: 'true', OTEL_TRACES_SAMPLER: 'what' };
    const { tracing } = setUpTracing({ options: { exporter: 'none' }, env });

    expect(tracing.active).toBe(false);
    expect(() => setUpTracing({ options: { port: -1 }, env })).toThrow('tracing.port');
  });
});

describe('what a span says of its service', () => {
  test('name, instance, host, process and SDK, and what the options and the environment add', async () => {
    const { tracing, finished } = setUpInMemory({
      service: 'grader',
      options: { resource: { 'deployment.environment.name': 'prod', 'team.size': 3 } },
      env: { OTEL_RESOURCE_ATTRIBUTES: 'cloud.region=eu-1,deployment.environment.name=ignored,note=a%2Cb' },
    });
    tracing.tracer.startSpan('x').end();

    expect(only(await finished()).resource.attributes).toMatchObject({
      'service.name': 'grader',
      'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/),
      'host.name': expect.any(String),
      'process.pid': process.pid,
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': expect.stringMatching(/^\d/),
      'telemetry.distro.name': 'sightline',
      'deployment.environment.name': 'prod',
      'team.size': 3,
      'cloud.region': 'eu-1',
      note: 'a,b',
    });
  });

  test.each([
    ['the one in the resource', 'grader', { 'service.name': 'grader-worker' }, 'grader-worker'],
    ["the monitor's", 'grader', {}, 'grader'],
    ["the environment's where the monitor has none", 'unknown_service', {}, 'from-env'],
  ])('its name is %s', async (_, service, resource, expected) => {
    const { tracing, finished } = setUpInMemory({
      service,
      options: { resource },
      env: { OTEL_RESOURCE_ATTRIBUTES: 'service.name=from-env' },
    });
    tracing.tracer.startSpan('x').end();

    expect(only(await finished()).resource.attributes['service.name']).toBe(expected);
  });
});

describe('sampling', () => {
  test('a ratio of 0 records nothing, but a caller that records is followed', async () => {
    const { tracing, finished } = setUpInMemory({ options: { sampleRatio: 0 } });
    const caller = tracing.extract({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    tracing.tracer.startSpan('root').end();
    tracing.tracer.startSpan('followed', {}, caller).end();

    expect(only(await finished()).name).toBe('followed');
  });

  test('a caller is not followed where parentBased is false', async () => {
    const { tracing, finished } = setUpInMemory({ options: { sampleRatio: 0, parentBased: false } });
    const caller = tracing.extract({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    tracing.tracer.startSpan('x', {}, caller).end();

    expect(await finished()).toEqual([]);
  });

  test('a ratio records about that share', async () => {
    const { tracing, finished } = setUpInMemory({ options: { sampleRatio: 0.5 } });
    for (let i = 0; i < 1_000; i++) tracing.tracer.startSpan('x').end();

    const { length } = await finished();
    // Nine standard deviations.
    expect(length).toBeGreaterThan(350);
    expect(length).toBeLessThan(650);
  });

  test('long attribute values are cut, so that one span cannot fill a batch', async () => {
    const { tracing, finished } = setUpInMemory();
    tracing.tracer.startSpan('x', { attributes: { long: 'a'.repeat(100_000) } }).end();

    expect(only(await finished()).attributes['long']).toHaveLength(4_096);
  });
});
