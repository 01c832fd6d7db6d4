/**
 * What Sightline needs of a `SpanExporter` of OpenTelemetry's. Spelt out here, so that an app
 * without the OpenTelemetry SDK still compiles.
 */
export interface SpanExporterLike {
  /** Sends finished spans, and says by `code` whether it could: 0 is success. */
  export(spans: never[], resultCallback: (result: SpanExportResult) => void): void;
  shutdown(): Promise<void>;
  forceFlush?(): Promise<void>;
}

/** OpenTelemetry's `ExportResult`. */
export interface SpanExportResult {
  /** 0: success; 1: failure. */
  code: number;
  error?: Error;
}

/** OpenTelemetry's `ExportResultCode`, whose package an app may not have. */
export const EXPORT_SUCCESS = 0;
export const EXPORT_FAILED = 1;
