import { variable as get, type Environment } from '../core/environment.js';
import { InvalidOptionError, NOT_SHOWN } from '../core/errors.js';
import type { OptionRule } from '../core/options.js';
import type { TracingOptions } from './options.js';
import { exporterName, given, parseEndpoint, port, protocol, queueSize, ratio, timerMs } from './setting-values.js';

export type { Environment } from '../core/environment.js';

type ExporterName = 'otlp' | 'jaeger' | 'console' | 'none';

const OTLP_ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
const JAEGER_HOSTS = ['OTEL_EXPORTER_JAEGER_AGENT_HOST', 'JAEGER_AGENT_HOST'];
const JAEGER_PORTS = ['OTEL_EXPORTER_JAEGER_AGENT_PORT', 'JAEGER_AGENT_PORT'];
const JAEGER_ENDPOINT = 'OTEL_EXPORTER_JAEGER_ENDPOINT';

/**
 * The tracing options that the environment asks for, by OpenTelemetry's standard variables and the
 * monitoring plan's `JAEGER_AGENT_HOST` and `JAEGER_AGENT_PORT`.
 *
 * @returns options; `false` where `OTEL_SDK_DISABLED` is `true`; `undefined` where no variable names
 *   an exporter or its target, so that tracing isn't set up unasked
 * @throws InvalidOptionError naming a variable that can't be used
 * @example createMonitor({ tracing: tracingOptionsFromEnv() ?? false })
 */
export function tracingOptionsFromEnv(env: Environment = process.env): TracingOptions | false | undefined {
  if (isSdkDisabled(env)) return false;
  const asking = ['OTEL_TRACES_EXPORTER', ...OTLP_ENDPOINTS, ...JAEGER_HOSTS, ...JAEGER_PORTS, JAEGER_ENDPOINT];
  if (first(env, asking) === undefined) return undefined;
  const exporter = exporterOf(env);
  const resource = resourceAttributes(env);
  // The service's name is the monitor's to decide.
  delete resource['service.name'];
  return {
    exporter,
    ...environmentOptions(env, exporter),
    ...(Object.keys(resource).length > 0 && { resource }),
  };
}

/** Whether the environment switches OpenTelemetry off. Anything but `true` does not, as the standard has it. */
export function isSdkDisabled(env: Environment): boolean {
  return get(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true';
}

/** The exporter that the environment names, or hints at by naming its target. */
export function exporterOf(env: Environment): ExporterName {
  const named = checked(env, ['OTEL_TRACES_EXPORTER'], exporterName, text => text.toLowerCase());
  if (named !== undefined) return named as ExporterName;
  if (first(env, OTLP_ENDPOINTS) !== undefined) return 'otlp';
  return first(env, [...JAEGER_HOSTS, ...JAEGER_PORTS, JAEGER_ENDPOINT]) === undefined ? 'otlp' : 'jaeger';
}

/** What the environment says beside the exporter's kind: its target, and how spans are sampled and sent. */
export function environmentOptions(env: Environment, exporter: ExporterName | 'custom'): Omit<TracingOptions, 'exporter' | 'resource'> {
  return {
    ...(exporter === 'otlp' && otlpOptions(env)),
    ...(exporter === 'jaeger' && jaegerOptions(env)),
    ...samplerOptions(env),
    ...given({
      exportTimeout: checked(env, ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'], timerMs, Number),
      exportInterval: checked(env, ['OTEL_BSP_SCHEDULE_DELAY'], timerMs, Number),
      maxQueueSize: checked(env, ['OTEL_BSP_MAX_QUEUE_SIZE'], queueSize, Number),
    }),
  };
}

/** `OTEL_RESOURCE_ATTRIBUTES`: `key=value` pairs, separated by commas, percent-encoded. */
export function resourceAttributes(env: Environment): Record<string, string> {
  return pairs(env, 'OTEL_RESOURCE_ATTRIBUTES');
}

function otlpOptions(env: Environment): TracingOptions {
  const headers = { ...pairs(env, 'OTEL_EXPORTER_OTLP_HEADERS'), ...pairs(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS') };
  return given({
    endpoint: otlpEndpoint(env),
    protocol: checked(env, ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'], protocol, text => text) as TracingOptions['protocol'],
    headers: Object.keys(headers).length > 0 ? headers : undefined,
  });
}

/** The general endpoint is a base that the signal's path is added to; the one of traces is used as it is. */
function otlpEndpoint(env: Environment): string | undefined {
  const [own, base] = OTLP_ENDPOINTS as [string, string];
  const ofTraces = get(env, own);
  if (ofTraces !== undefined) return parseEndpoint(ofTraces, own).href;
  const general = get(env, base);
  if (general === undefined) return undefined;
  const url = parseEndpoint(general, base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url.href;
}

function jaegerOptions(env: Environment): TracingOptions {
  const endpoint = get(env, JAEGER_ENDPOINT);
  if (endpoint !== undefined) return { endpoint: parseEndpoint(endpoint, JAEGER_ENDPOINT).href };
  return given({ host: first(env, JAEGER_HOSTS)?.value, port: checked(env, JAEGER_PORTS, port, Number) });
}

function samplerOptions(env: Environment): Pick<TracingOptions, 'sampleRatio' | 'parentBased'> {
  const sampler = get(env, 'OTEL_TRACES_SAMPLER')?.toLowerCase();
  if (sampler === undefined) return {};
  const parentBased = sampler.startsWith('parentbased_');
  switch (parentBased ? sampler.slice('parentbased_'.length) : sampler) {
    case 'always_on':
      return { sampleRatio: 1, parentBased };
    case 'always_off':
      return { sampleRatio: 0, parentBased };
    case 'traceidratio':
      return { sampleRatio: checked(env, ['OTEL_TRACES_SAMPLER_ARG'], ratio, Number) ?? 1, parentBased };
    default:
      throw new InvalidOptionError(
        'OTEL_TRACES_SAMPLER',
        sampler,
        'always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or parentbased_traceidratio',
      );
  }
}

/** `key=value` pairs. Their values may be secrets, so an error shows none. */
function pairs(env: Environment, name: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const pair of get(env, name)?.split(',') ?? []) {
    if (pair.trim() === '') continue;
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    const decoded = key !== undefined && value !== undefined ? [decode(key), decode(value)] : [];
    if (decoded[0] === undefined || decoded[1] === undefined) {
      throw new InvalidOptionError(name, NOT_SHOWN, 'expected key=value pairs, separated by commas and percent-encoded');
    }
    result[decoded[0]] = decoded[1];
  }
  return result;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The value of the first of these variables that is set, as `rule` has it. */
function checked<T>(env: Environment, names: readonly string[], rule: OptionRule, convert: (text: string) => T): T | undefined {
  const found = first(env, names);
  if (found === undefined) return undefined;
  const value = convert(found.value);
  if (!rule.accepts(value)) throw new InvalidOptionError(found.name, found.value, rule.allowed);
  return value;
}

function first(env: Environment, names: readonly string[]): { name: string; value: string } | undefined {
  for (const name of names) {
    const value = get(env, name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}
