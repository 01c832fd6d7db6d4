import { afterEach, describe, expect, test } from 'vitest';
import { tracingOptionsFromEnv } from '../../src/tracing/environment.js';
import { resolveOptions } from '../../src/tracing/resolve-options.js';
import { cleanUp, setUpTracing } from './set-up.js';

afterEach(cleanUp);

describe('whether the environment asks for tracing', () => {
  test.each<[Record<string, string>]>([[{}], [{ OTEL_SERVICE_NAME: 'x' }], [{ OTEL_TRACES_SAMPLER: 'always_on' }], [{ OTEL_TRACES_EXPORTER: '' }]])(
    '%j does not',
    env => {
      expect(tracingOptionsFromEnv(env)).toBeUndefined();
    },
  );

  test('a disabled SDK refuses it', () => {
    expect(tracingOptionsFromEnv({ OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_EXPORTER: 'otlp' })).toBe(false);
    expect(tracingOptionsFromEnv({ OTEL_SDK_DISABLED: '1', OTEL_TRACES_EXPORTER: 'none' })).toEqual({ exporter: 'none' });
  });

  test.each<[Record<string, string>, object]>([
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, { exporter: 'otlp' }],
    [{ OTEL_TRACES_EXPORTER: ' Console ' }, { exporter: 'console' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/base/' }, { exporter: 'otlp', endpoint: 'http://c:4318/base/v1/traces' }],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/own' }, { exporter: 'otlp', endpoint: 'http://c:4318/own' }],
    [
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/own', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c/base', JAEGER_AGENT_HOST: 'agent' },
      { exporter: 'otlp', endpoint: 'http://c/own' },
    ],
    [{ JAEGER_AGENT_HOST: 'agent', JAEGER_AGENT_PORT: '6832' }, { exporter: 'jaeger', host: 'agent', port: 6_832 }],
    [{ OTEL_EXPORTER_JAEGER_AGENT_HOST: 'otel', JAEGER_AGENT_HOST: 'plan' }, { exporter: 'jaeger', host: 'otel' }],
    [{ OTEL_EXPORTER_JAEGER_AGENT_PORT: '1', JAEGER_AGENT_PORT: '2' }, { exporter: 'jaeger', port: 1 }],
    [{ OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://c:14268/api/traces' }, { exporter: 'jaeger', endpoint: 'http://c:14268/api/traces' }],
  ])('%j does', (env, options) => {
    expect(tracingOptionsFromEnv(env)).toEqual(options);
  });
});

test.each([
  ['always_on', undefined, { sampleRatio: 1, parentBased: false }],
  ['always_off', undefined, { sampleRatio: 0, parentBased: false }],
  ['traceidratio', '0.25', { sampleRatio: 0.25, parentBased: false }],
  ['parentbased_always_on', undefined, { sampleRatio: 1, parentBased: true }],
  ['parentbased_always_off', undefined, { sampleRatio: 0, parentBased: true }],
  ['parentbased_traceidratio', '0.1', { sampleRatio: 0.1, parentBased: true }],
  ['parentbased_traceidratio', undefined, { sampleRatio: 1, parentBased: true }],
])('the sampler %s with %s', (sampler, argument, expected) => {
  const env = { OTEL_TRACES_EXPORTER: 'none', OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument };

  expect(tracingOptionsFromEnv(env)).toEqual({ exporter: 'none', ...expected });
});

test('headers, protocol, timeout, interval and queue of OTLP', () => {
  const env = {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret%3D1, tenant = a ,',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'tenant=b',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_BSP_MAX_QUEUE_SIZE: '10',
  };

  expect(tracingOptionsFromEnv(env)).toEqual({
    exporter: 'otlp',
    headers: { 'api-key': 'secret=1', tenant: 'b' },
    protocol: 'http/json',
    exportTimeout: 1_000,
    exportInterval: 100,
    maxQueueSize: 10,
  });
});

test("resource attributes, but for the service's name, which is the monitor's to decide", () => {
  const env = { OTEL_TRACES_EXPORTER: 'none', OTEL_RESOURCE_ATTRIBUTES: 'service.name=x,region=eu%2F1' };

  expect(tracingOptionsFromEnv(env)).toEqual({ exporter: 'none', resource: { region: 'eu/1' } });
});

test('its options can be given to the monitor, and say the same there', () => {
  const env = { JAEGER_AGENT_HOST: 'agent', JAEGER_AGENT_PORT: '7', OTEL_TRACES_SAMPLER: 'always_off', OTEL_RESOURCE_ATTRIBUTES: 'a=b' };
  const options = tracingOptionsFromEnv(env) || {};

  expect(resolveOptions(options, {})).toEqual(resolveOptions({}, env));
});

test.each<[string, string, string]>([
  ['OTEL_TRACES_EXPORTER', 'zipkin', "'otlp', 'jaeger', 'console', 'none'"],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'an http or https URL'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'nonsense', 'an http or https URL'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'not gRPC'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'hunter2', 'key=value pairs'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '5s', 'a whole number'],
  ['OTEL_TRACES_SAMPLER', 'jaeger_remote', 'parentbased_traceidratio'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', 'many', 'a whole number'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz', 'percent-encoded'],
])('%s=%s is refused by its name', (name, value, message) => {
  const env = { OTEL_TRACES_EXPORTER: 'otlp', [name]: value };

  expect(() => tracingOptionsFromEnv(env)).toThrow(expect.objectContaining({ name: 'InvalidOptionError', option: name }));
  expect(() => tracingOptionsFromEnv(env)).toThrow(message);
  expect(() => tracingOptionsFromEnv(env)).not.toThrow('hunter2');
  // The same where the monitor reads it.
  expect(() => setUpTracing({ options: true, env })).toThrow(expect.objectContaining({ option: name }));
});

test.each([
  ['JAEGER_AGENT_PORT', '70000', 'from 1 to 65535'],
  ['OTEL_EXPORTER_JAEGER_ENDPOINT', 'x', 'an http or https URL'],
])('%s=%s is refused by its name', (name, value, message) => {
  expect(() => tracingOptionsFromEnv({ [name]: value })).toThrow(message);
  expect(() => tracingOptionsFromEnv({ [name]: value })).toThrow(expect.objectContaining({ option: name }));
});

test('a ratio that is none is refused by the name of its variable', () => {
  const env = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' };

  expect(() => tracingOptionsFromEnv(env)).toThrow(expect.objectContaining({ option: 'OTEL_TRACES_SAMPLER_ARG' }));
});

test('variables are read only where tracing is asked for', () => {
  const env = { OTEL_TRACES_EXPORTER: 'zipkin' };

  expect(() => setUpTracing({ env })).not.toThrow();
  expect(() => setUpTracing({ options: false, env })).not.toThrow();
});
