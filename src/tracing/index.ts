export type { TracingOptions } from './options.js';
export type { SpanExporterLike, SpanExportResult } from './span-exporter.js';
export type { SpanAttributes } from './span-attributes.js';
export { tracingOptionsFromEnv, type Environment } from './environment.js';
export { extractHeaders, injectHeaders, traceHeaders, type HeadersLike } from './propagation.js';
export { recordFailure, type Failure, type FailureOptions } from './span-failure.js';
export { Tracing } from './tracing.js';
