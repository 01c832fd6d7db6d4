import { afterEach, describe, expect, test } from 'vitest';
import type { TracingOptions } from '../../src/tracing/options.js';
import { resolveOptions } from '../../src/tracing/resolve-options.js';
import { cleanUp, setUpTracing } from './set-up.js';

afterEach(cleanUp);

describe('a value that cannot be used is refused', () => {
  test.each<[unknown, string, string]>([
    [{ exporter: 'zipkin' }, 'tracing.exporter', "expected 'otlp', 'jaeger', 'console', 'none' or a SpanExporter"],
    [{ exporter: { export() {} } }, 'tracing.exporter', 'shutdown'],
    [{ endpoint: 'localhost:4318' }, 'tracing.endpoint', 'an http or https URL'],
    [{ endpoint: 'ftp://x' }, 'tracing.endpoint', 'an http or https URL'],
    [{ protocol: 'grpc' }, 'tracing.protocol', 'not gRPC'],
    [{ headers: { key: 1 } }, 'tracing.headers', 'strings by header name'],
    [{ host: '' }, 'tracing.host', 'not empty'],
    [{ port: 0 }, 'tracing.port', 'a whole number from 1 to 65535'],
    [{ port: '6832' }, 'tracing.port', 'got "6832"'],
    [{ sampleRatio: 10 }, 'tracing.sampleRatio', 'got 10, expected a number from 0 to 1'],
    [{ sampleRatio: NaN }, 'tracing.sampleRatio', 'from 0 to 1'],
    [{ parentBased: 'yes' }, 'tracing.parentBased', 'true or false'],
    [{ resource: { a: {} } }, 'tracing.resource', 'strings, numbers and booleans'],
    [{ exportTimeout: 'soon' }, 'tracing.exportTimeout', 'duration'],
    [{ exportTimeout: 0 }, 'tracing.exportTimeout', 'more than 0'],
    [{ exportInterval: '30d' }, 'tracing.exportInterval', 'less than 25 days'],
    [{ maxQueueSize: 0.5 }, 'tracing.maxQueueSize', 'a whole number'],
    [{ samplingRatio: 1 }, 'tracing.samplingRatio', 'no such option'],
    ['otlp', 'tracing', 'true, false or an object'],
    [null, 'tracing', 'true, false or an object'],
  ])('%j', (options, option, message) => {
    let refused: unknown;
    try {
      setUpTracing({ options: options as TracingOptions });
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ name: 'InvalidOptionError', code: 'SIGHTLINE_INVALID_OPTION', option });
    expect((refused as Error).message).toContain(message);
  });

  test('an unknown one names the known ones', () => {
    expect(() => resolveOptions({ samplingRatio: 1 } as TracingOptions, {})).toThrow(/exporter, endpoint, .*sampleRatio/);
  });

  test('a password in an endpoint does not show', () => {
    expect(() => resolveOptions({ endpoint: 'htp://me:hunter2@collector' }, {})).toThrow(/^(?!.*hunter2).*tracing\.endpoint/);
  });

  test.each<[TracingOptions, string]>([
    [{ exporter: 'otlp', host: 'x' }, "tracing.host"],
    [{ exporter: 'console', endpoint: 'http://x' }, 'tracing.endpoint'],
    [{ exporter: 'jaeger', headers: { key: 'hunter2' } }, 'tracing.headers'],
    [{ exporter: 'jaeger', protocol: 'http/json' }, 'tracing.protocol'],
    [{ exporter: 'jaeger', endpoint: 'http://x', host: 'x' }, 'tracing.endpoint'],
  ])('an option of another exporter: %j', (options, option) => {
    expect(() => resolveOptions(options, {})).toThrow(expect.objectContaining({ option }));
    expect(() => resolveOptions(options, {})).not.toThrow(/hunter2/);
  });
});

describe('ready values', () => {
  test('the defaults', () => {
    expect(resolveOptions({}, {})).toEqual({
      exporter: { kind: 'otlp', endpoint: 'http://localhost:4318/v1/traces', protocol: 'http/protobuf', headers: {} },
      sampleRatio: 1,
      parentBased: true,
      resource: {},
      exportTimeoutMs: 5_000,
      exportIntervalMs: 5_000,
      maxQueueSize: 2_048,
    });
  });

  test('an option that is undefined counts as left out', () => {
    const options = { exporter: undefined, sampleRatio: undefined, parentBased: undefined, resource: undefined } as unknown as TracingOptions;
    const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.2' };

    expect(resolveOptions(options, env)).toEqual(resolveOptions({}, env));
  });

  test.each([
    ['otlp', 'http://c:4318', 'http://c:4318/v1/traces'],
    ['otlp', 'http://c:4318/', 'http://c:4318/v1/traces'],
    ['otlp', 'https://c/custom?key=1', 'https://c/custom?key=1'],
    ['jaeger', 'http://c:14268', 'http://c:14268/api/traces'],
    ['jaeger', 'http://c:14268/api/traces', 'http://c:14268/api/traces'],
  ] as const)('the endpoint of %s at %s is %s', (exporter, endpoint, expected) => {
    expect(resolveOptions({ exporter, endpoint }, {}).exporter).toMatchObject({ endpoint: expected });
  });

  test('a host or port means a Jaeger agent', () => {
    expect(resolveOptions({ host: 'agent' }, {}).exporter).toEqual({ kind: 'jaeger', host: 'agent', port: 6_832 });
    expect(resolveOptions({ port: 9 }, {}).exporter).toEqual({ kind: 'jaeger', host: 'localhost', port: 9 });
  });

  test('durations are written as in Prometheus, or in milliseconds', () => {
    expect(resolveOptions({ exportTimeout: '1m', exportInterval: 250 }, {})).toMatchObject({ exportTimeoutMs: 60_000, exportIntervalMs: 250 });
  });
});

describe('options come before the environment', () => {
  const env = {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'key=env',
    OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://env:14268/api/traces',
    OTEL_TRACES_SAMPLER: 'always_off',
    OTEL_RESOURCE_ATTRIBUTES: 'a=env,b=env',
  };

  test('one by one', () => {
    expect(resolveOptions({ protocol: 'http/json', headers: { own: 'x' }, resource: { a: 1 } }, env)).toMatchObject({
      exporter: { kind: 'otlp', endpoint: 'http://env:4318/v1/traces', protocol: 'http/json', headers: { key: 'env', own: 'x' } },
      sampleRatio: 0,
      parentBased: false,
      resource: { a: 1, b: 'env' },
    });
  });

  test('another exporter leaves the target of the one in the environment aside', () => {
    expect(resolveOptions({ exporter: 'console' }, env).exporter).toEqual({ kind: 'console' });
    expect(resolveOptions({ exporter: 'jaeger' }, env).exporter).toEqual({ kind: 'jaeger', endpoint: 'http://env:14268/api/traces' });
  });

  test('an agent in the options comes before a Jaeger endpoint in the environment', () => {
    expect(resolveOptions({ exporter: 'jaeger', host: 'agent' }, env).exporter).toEqual({ kind: 'jaeger', host: 'agent', port: 6_832 });
  });

  test('a ratio replaces the sampler of the environment as a whole', () => {
    expect(resolveOptions({ sampleRatio: 0.1 }, env)).toMatchObject({ sampleRatio: 0.1, parentBased: true });
  });
});
