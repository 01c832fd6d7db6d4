import type { Aggregator, MetricType } from './metric.js';

/** What the catalogue says of one metric. */
export interface MetricDefinition {
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
  /** How cluster mode joins the workers' values, where adding them up would be wrong. Left out: `sum`. */
  readonly aggregator?: Aggregator;
  /** Labels that fold into `other` first when the series cap is reached. Left out: all. */
  readonly fold?: readonly string[];
}

/**
 * Every metric Sightline can expose. (Its types are read off it, so the bucket lists stand in place.) Names, labels and meanings of the first block come from the
 * monitoring plan and never change; ours stand beside them.
 */
const definitions = {
  // The plan's
  http_requests_total: {
    type: 'counter',
    help: 'HTTP requests answered, by route pattern.',
    labels: ['method', 'endpoint', 'status_code'],
    fold: ['endpoint'],
  },
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from a request to the end of its response; for event streams, to its headers. Upgraded connections have none.',
    labels: ['method', 'endpoint'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    fold: ['endpoint'],
  },
  db_queries_total: {
    type: 'counter',
    help: 'Database queries; a failed one counts under <operation>_error.',
    labels: ['operation', 'table'],
    fold: ['table'],
  },
  db_query_duration_seconds: {
    type: 'histogram',
    help: 'Time a database query took; a failed one counts under <operation>_error.',
    labels: ['operation', 'table'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    fold: ['table'],
  },
  ai_requests_total: {
    type: 'counter',
    help: 'Calls of AI services; status is success or error.',
    labels: ['service', 'model', 'status'],
    fold: ['model'],
  },
  ai_request_duration_seconds: {
    type: 'histogram',
    help: 'Time a call of an AI service took.',
    labels: ['service', 'model'],
    // 0.01·2ⁿ, the buckets of OpenTelemetry's GenAI conventions.
    buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    fold: ['model'],
  },
  ai_token_usage_total: {
    type: 'counter',
    help: 'Tokens used by AI services; type is input or output.',
    labels: ['service', 'model', 'type'],
    fold: ['model'],
  },
  ai_service_cost_total: {
    type: 'counter',
    help: 'Cost of AI services, in the configured currency.',
    labels: ['service', 'model'],
    fold: ['model'],
  },
  active_users_total: { type: 'gauge', help: 'Users active in a time window.', labels: ['time_window'], aggregator: 'max' },
  learning_sessions_total: { type: 'counter', help: 'Learning sessions begun.', labels: ['user_type', 'subject'] },
  exercise_completions_total: {
    type: 'counter',
    help: 'Exercises completed.',
    labels: ['exercise_type', 'difficulty', 'result'],
  },
  daily_active_users: { type: 'gauge', help: 'Users active in the last day.', labels: [], aggregator: 'max' },
  monthly_active_users: { type: 'gauge', help: 'Users active in the last 30 days.', labels: [], aggregator: 'max' },
  learning_completion_rate: {
    type: 'gauge',
    help: 'Share of learning sessions that were completed, 0 to 1.',
    labels: ['course_type', 'difficulty'],
    aggregator: 'average',
  },
  average_session_duration_minutes: {
    type: 'gauge',
    help: 'Average length of a learning session, in minutes.',
    labels: ['user_type'],
    aggregator: 'average',
  },
  user_satisfaction_score: {
    type: 'gauge',
    help: 'Average rating by users.',
    labels: ['feature', 'user_type'],
    aggregator: 'average',
  },

  // HTTP
  http_requests_in_flight: { type: 'gauge', help: 'HTTP requests being answered now, without open streams.', labels: [] },
  http_requests_aborted_total: {
    type: 'counter',
    help: 'HTTP requests whose client left; phase is before_headers or mid_stream.',
    labels: ['method', 'endpoint', 'phase'],
    fold: ['endpoint'],
  },
  http_request_bytes_total: {
    type: 'counter',
    help: 'Bytes of HTTP request bodies.',
    labels: ['method', 'endpoint'],
    fold: ['endpoint'],
  },
  http_response_bytes_total: {
    type: 'counter',
    help: 'Bytes of HTTP response bodies, as sent.',
    labels: ['method', 'endpoint'],
    fold: ['endpoint'],
  },
  http_stream_duration_seconds: {
    type: 'histogram',
    help: 'Lifetime of event streams and upgraded connections; kind is sse or upgrade.',
    labels: ['endpoint', 'kind'],
    buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400],
    fold: ['endpoint'],
  },
  http_streams_open: { type: 'gauge', help: 'Event streams and upgraded connections open now.', labels: ['kind'] },
  http_labeled_requests_total: {
    type: 'counter',
    help: 'HTTP requests by the labels that the app adds; its own labels stand after these.',
    labels: ['endpoint', 'status_code'],
  },
  http_labeled_request_duration_seconds: {
    type: 'histogram',
    help: 'Time of HTTP requests by the labels that the app adds; its own labels stand after these.',
    labels: ['endpoint'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },

  // Databases
  db_pool_connections: { type: 'gauge', help: 'Connections of a database pool.', labels: ['pool'] },
  db_pool_connections_idle: { type: 'gauge', help: 'Idle connections of a database pool.', labels: ['pool'] },
  db_pool_connections_max: { type: 'gauge', help: 'Connections a database pool may open.', labels: ['pool'] },
  db_pool_requests_waiting: { type: 'gauge', help: 'Callers waiting for a connection of a database pool.', labels: ['pool'] },

  // The library's own health
  sightline_errors_total: { type: 'counter', help: 'Faults inside Sightline; none of them reached the app.', labels: ['component'] },
  sightline_series_dropped_total: {
    type: 'counter',
    help: 'Values that were folded into the label value other because their metric reached its series cap.',
    labels: ['metric'],
  },
  sightline_spans_total: {
    type: 'counter',
    help: 'Finished sampled spans by what became of them; result is exported, failed or dropped.',
    labels: ['exporter', 'result'],
  },
} as const;

type Definitions = typeof definitions;
export type MetricName = keyof Definitions;
export type CounterName = { [N in MetricName]: Definitions[N]['type'] extends 'counter' ? N : never }[MetricName];
export type GaugeName = { [N in MetricName]: Definitions[N]['type'] extends 'gauge' ? N : never }[MetricName];
export type HistogramName = { [N in MetricName]: Definitions[N]['type'] extends 'histogram' ? N : never }[MetricName];

/** The one table of metrics: docs, dashboards and rules are generated from it or checked against it. */
export const catalogue: Readonly<Record<MetricName, MetricDefinition>> = definitions;
