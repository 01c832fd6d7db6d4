import { parseDuration, type Duration } from '../core/duration.js';
import { InvalidOptionError, NOT_SHOWN } from '../core/errors.js';
import { checkOptions } from '../core/options.js';
import { environmentOptions, exporterOf, resourceAttributes, type Environment } from './environment.js';
import type { ExporterSettings, ProviderSettings, TracingOptions } from './options.js';
import { given, MAX_TIMER_MS, optionRules, parseEndpoint } from './setting-values.js';

type ExporterOption = keyof TracingOptions & ('endpoint' | 'protocol' | 'headers' | 'host' | 'port');

/** Options that only some exporters have. */
const OWNERS: Readonly<Record<ExporterOption, readonly string[]>> = {
  endpoint: ['otlp', 'jaeger'],
  protocol: ['otlp'],
  headers: ['otlp'],
  host: ['jaeger'],
  port: ['jaeger'],
};

/**
 * Ready values: the options, then the environment, then the defaults.
 * @throws InvalidOptionError naming the option or the environment variable
 */
export function resolveOptions(options: TracingOptions, env: Environment): ProviderSettings {
  checkOptions('tracing', options, optionRules);
  const kind = kindOf(options, env);
  refuseStrayOptions(options, kind);
  const fromEnv = environmentOptions(env, kind);
  // A ratio in the code replaces the environment's sampler as a whole.
  const { sampleRatio, parentBased } = options.sampleRatio === undefined ? { ...fromEnv, ...given(options) } : options;
  return {
    exporter: exporterSettings(kind, options, fromEnv),
    sampleRatio: sampleRatio ?? 1,
    parentBased: parentBased ?? true,
    resource: { ...resourceAttributes(env), ...given(options.resource ?? {}) },
    exportTimeoutMs: milliseconds(options.exportTimeout ?? fromEnv.exportTimeout ?? '5s', 'tracing.exportTimeout'),
    exportIntervalMs: milliseconds(options.exportInterval ?? fromEnv.exportInterval ?? '5s', 'tracing.exportInterval'),
    maxQueueSize: options.maxQueueSize ?? fromEnv.maxQueueSize ?? 2_048,
  };
}

function kindOf({ exporter, host, port }: TracingOptions, env: Environment): ExporterSettings['kind'] {
  if (typeof exporter === 'object') return 'custom';
  if (exporter !== undefined) return exporter;
  return host !== undefined || port !== undefined ? 'jaeger' : exporterOf(env);
}

/** An option of another exporter is a mistake, not something to pass over. */
function refuseStrayOptions(options: TracingOptions, kind: ExporterSettings['kind']): void {
  for (const [name, owners] of Object.entries(OWNERS) as [ExporterOption, readonly string[]][]) {
    if (options[name] === undefined || owners.includes(kind)) continue;
    // Headers and URLs may hold secrets.
    throw new InvalidOptionError(`tracing.${name}`, NOT_SHOWN, `the exporter '${kind}' has no such option; it belongs to '${owners.join("' and '")}'`);
  }
  if (options.endpoint !== undefined && kind === 'jaeger' && (options.host ?? options.port) !== undefined) {
    throw new InvalidOptionError(
      'tracing.endpoint',
      NOT_SHOWN,
      'give either `endpoint` (a Jaeger collector, over HTTP) or `host` and `port` (a Jaeger agent, over UDP)',
    );
  }
}

function exporterSettings(kind: ExporterSettings['kind'], options: TracingOptions, fromEnv: TracingOptions): ExporterSettings {
  switch (kind) {
    case 'otlp':
      return {
        kind,
        endpoint: endpointOf(options.endpoint ?? fromEnv.endpoint ?? 'http://localhost:4318', '/v1/traces'),
        protocol: options.protocol ?? fromEnv.protocol ?? 'http/protobuf',
        headers: { ...fromEnv.headers, ...options.headers },
      };
    case 'jaeger': {
      const namesAgent = options.host !== undefined || options.port !== undefined;
      const endpoint = options.endpoint ?? (namesAgent ? undefined : fromEnv.endpoint);
      if (endpoint !== undefined) return { kind, endpoint: endpointOf(endpoint, '/api/traces') };
      return { kind, host: options.host ?? fromEnv.host ?? 'localhost', port: options.port ?? fromEnv.port ?? 6_832 };
    }
    case 'custom':
      return { kind, exporter: options.exporter as Exclude<TracingOptions['exporter'], string | undefined> };
    case 'console':
    case 'none':
      return { kind };
  }
}

function endpointOf(endpoint: string, usualPath: string): string {
  const url = parseEndpoint(endpoint, 'tracing.endpoint');
  if (url.pathname === '/') url.pathname = usualPath;
  return url.href;
}

function milliseconds(duration: Duration, option: string): number {
  const ms = parseDuration(duration, option);
  if (ms < 1 || ms > MAX_TIMER_MS) throw new InvalidOptionError(option, duration, 'more than 0 and less than 25 days');
  return ms;
}
