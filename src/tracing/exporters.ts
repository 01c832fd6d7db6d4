import type { JaegerExporter } from '@opentelemetry/exporter-jaeger';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Clock } from '../core/clock.js';
import type { Diagnostics } from '../core/diagnostics.js';
import { loadOptionalPeer } from '../core/optional-peer.js';
import { fitsDatagram, SerialJaegerExporter } from './jaeger.js';
import type { ExporterSettings } from './options.js';
import { loadSdk } from './sdk.js';

/** An exporter and what is known of it. */
export interface ChosenExporter {
  readonly exporter: SpanExporter;
  /** Where spans go, for the log; without secrets. */
  readonly target: string;
  /** The label of `sightline_spans_total`. */
  readonly label: 'otlp' | 'jaeger' | 'console' | 'custom';
  readonly fits?: (span: ReadableSpan) => boolean;
}

/** What {@link createExporter} needs beside the exporter's own settings. */
export interface ExporterParts {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

const OTLP_PACKAGES = {
  'http/protobuf': '@opentelemetry/exporter-trace-otlp-proto',
  'http/json': '@opentelemetry/exporter-trace-otlp-http',
} as const;

/**
 * Makes the exporter that the options ask for, loading its package.
 * @returns `undefined` for `none`
 * @throws SightlineError `SIGHTLINE_MISSING_PEER` where the package isn't installed
 */
export function createExporter(settings: ExporterSettings, parts: ExporterParts): ChosenExporter | undefined {
  switch (settings.kind) {
    case 'none':
      return undefined;
    case 'console':
      return { exporter: new (loadSdk().ConsoleSpanExporter)(), target: 'the console', label: 'console' };
    case 'custom':
      return { exporter: settings.exporter, target: 'the exporter in `tracing.exporter`', label: 'custom' };
    case 'otlp':
      return createOtlp(settings, parts);
    case 'jaeger':
      return createJaeger(settings, parts);
  }
}

function createOtlp({ protocol, endpoint, headers }: ExporterSettings & { kind: 'otlp' }, { timeoutMs }: ExporterParts): ChosenExporter {
  const peer = loadOptionalPeer<{ OTLPTraceExporter: typeof OTLPTraceExporter }>(OTLP_PACKAGES[protocol], `tracing over OTLP (${protocol})`);
  return {
    exporter: new peer.OTLPTraceExporter({ url: endpoint, headers: { ...headers }, timeoutMillis: timeoutMs }),
    target: withoutQuery(endpoint),
    label: 'otlp',
  };
}

function createJaeger(settings: ExporterSettings & { kind: 'jaeger' }, { timeoutMs, clock, diagnostics }: ExporterParts): ChosenExporter {
  const peer = loadOptionalPeer<{ JaegerExporter: typeof JaegerExporter }>('@opentelemetry/exporter-jaeger', 'tracing with the exporter `jaeger`');
  // Its last flush before it closes: each export has flushed already, and the timer would hold the process.
  const flushTimeout = 100;
  if (settings.endpoint !== undefined) {
    const { endpoint } = settings;
    const make = (): JaegerExporter => new peer.JaegerExporter({ endpoint, flushTimeout });
    return { exporter: new SerialJaegerExporter(make, timeoutMs, clock), target: withoutQuery(endpoint), label: 'jaeger' };
  }
  const { host, port } = settings;
  if (port === 6_831) {
    diagnostics.notice(
      'tracing',
      'port 6831 of a Jaeger agent takes compact Thrift, but the Node exporter sends binary Thrift, which port 6832 takes; ' +
        'the agent will drop these spans. Set the port to 6832, or use OTLP.',
    );
  }
  const make = (): JaegerExporter => withoutJaegerEndpoint(() => new peer.JaegerExporter({ host, port, flushTimeout }));
  return {
    exporter: new SerialJaegerExporter(make, timeoutMs, clock),
    target: `the Jaeger agent at ${host}:${port}`,
    label: 'jaeger',
    fits: fitsDatagram,
  };
}

/** The exporter prefers this variable to the agent it is given. Options come before the environment, so it is hidden. */
function withoutJaegerEndpoint<T>(make: () => T): T {
  const name = 'OTEL_EXPORTER_JAEGER_ENDPOINT';
  const value = process.env[name];
  if (value === undefined) return make();
  delete process.env[name];
  try {
    return make();
  } finally {
    process.env[name] = value;
  }
}

/** Some collectors take their key in the query; `redact` masks a password before the host. */
function withoutQuery(endpoint: string): string {
  return endpoint.split('?', 1)[0] ?? '';
}
