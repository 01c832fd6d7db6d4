import type { Duration } from '../core/duration.js';
import type { SpanExporterLike } from './span-exporter.js';

/**
 * How spans are made and where they go. What is left out is read from OpenTelemetry's standard
 * environment variables (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/),
 * named below; then the default holds.
 *
 * An app that has registered an OpenTelemetry provider of its own keeps it: spans go there, and these
 * options are ignored.
 *
 * @example createMonitor({ service: 'learning-platform', tracing: { exporter: 'otlp', sampleRatio: 0.1 } })
 * @example createMonitor({ service: 'learning-platform', tracing: { exporter: 'jaeger', host: 'jaeger-agent', port: 6832 } })
 */
export interface TracingOptions {
  /**
   * Where spans go:
   * - `otlp`: an OpenTelemetry collector or Jaeger 1.35 and later, over HTTP. Needs
   *   `@opentelemetry/exporter-trace-otlp-proto` (or `-http`, for JSON).
   * - `jaeger`: a Jaeger agent over UDP (`host`, `port`), or a collector over HTTP (`endpoint`). Needs
   *   `@opentelemetry/exporter-jaeger`, which its makers have deprecated in favour of OTLP.
   * - `console`: printed, for development.
   * - `none`: nowhere; trace ids are still made and passed on.
   * - an object: an OpenTelemetry `SpanExporter` of your own.
   *
   * All but an app's own provider need `@opentelemetry/sdk-trace-node`.
   *
   * Default: `OTEL_TRACES_EXPORTER`; else `jaeger` where `host`, `port` or one of the variables of a
   * Jaeger agent is set; else `otlp`.
   */
  readonly exporter?: 'otlp' | 'jaeger' | 'console' | 'none' | SpanExporterLike;
  /**
   * URL that spans are posted to. One without a path gets the usual one: `/v1/traces` for OTLP,
   * `/api/traces` for a Jaeger collector.
   *
   * Default for OTLP: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT`, else
   * `http://localhost:4318/v1/traces`. For Jaeger: `OTEL_EXPORTER_JAEGER_ENDPOINT`, else the agent is used.
   */
  readonly endpoint?: string;
  /**
   * Encoding of OTLP. Default: `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL`, `OTEL_EXPORTER_OTLP_PROTOCOL`,
   * else `http/protobuf`.
   */
  readonly protocol?: 'http/protobuf' | 'http/json';
  /**
   * Headers of OTLP requests, such as an API key; never logged. Default: none;
   * `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_EXPORTER_OTLP_TRACES_HEADERS` are added to them.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Jaeger agent. Default: `OTEL_EXPORTER_JAEGER_AGENT_HOST`, `JAEGER_AGENT_HOST`, else `localhost`. */
  readonly host?: string;
  /**
   * UDP port of the Jaeger agent that takes binary Thrift. (6831, which agents of other languages use,
   * takes compact Thrift and drops what this exporter sends.)
   * Default: `OTEL_EXPORTER_JAEGER_AGENT_PORT`, `JAEGER_AGENT_PORT`, else 6832.
   */
  readonly port?: number;
  /**
   * Share of traces that are recorded, 0 to 1, decided where a trace begins.
   * Default: `OTEL_TRACES_SAMPLER` with `OTEL_TRACES_SAMPLER_ARG`, else 1.
   */
  readonly sampleRatio?: number;
  /** Whether a caller's decision to record its trace, or not to, is followed. Default: `OTEL_TRACES_SAMPLER`, else true. */
  readonly parentBased?: boolean;
  /** Further attributes of the service, on every span. Default: none; `OTEL_RESOURCE_ATTRIBUTES` are added to them. */
  readonly resource?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Longest time one export may take, with its retries; `flush()` and `close()` wait no longer either.
   * Default: `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT`, `OTEL_EXPORTER_OTLP_TIMEOUT` (milliseconds), else 5 seconds.
   */
  readonly exportTimeout?: Duration;
  /** Time between exports. Default: `OTEL_BSP_SCHEDULE_DELAY` (milliseconds), else 5 seconds. */
  readonly exportInterval?: Duration;
  /**
   * Finished spans that may wait for export; further ones are dropped, and counted in
   * `sightline_spans_total{result="dropped"}`. Default: `OTEL_BSP_MAX_QUEUE_SIZE`, else 2048.
   */
  readonly maxQueueSize?: number;
}

/** What becomes of `TracingOptions.exporter` and the options that belong to it. */
export type ExporterSettings =
  | {
      readonly kind: 'otlp';
      readonly endpoint: string;
      readonly protocol: 'http/protobuf' | 'http/json';
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'jaeger'; readonly endpoint: string }
  | { readonly kind: 'jaeger'; readonly endpoint?: undefined; readonly host: string; readonly port: number }
  | { readonly kind: 'console' | 'none' }
  | { readonly kind: 'custom'; readonly exporter: SpanExporterLike };

/** Ready values of all tracing options. */
export interface ProviderSettings {
  readonly exporter: ExporterSettings;
  readonly sampleRatio: number;
  readonly parentBased: boolean;
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly exportTimeoutMs: number;
  readonly exportIntervalMs: number;
  readonly maxQueueSize: number;
}
