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

  // AI calls
  ai_request_outcomes_total: {
    type: 'counter',
    help: 'Calls of AI services by how they ended: ok, rate_limited, quota, timeout, aborted, content_filter, auth, invalid_request, server, network or other.',
    labels: ['service', 'model', 'outcome'],
    fold: ['model'],
  },
  ai_requests_in_flight: { type: 'gauge', help: 'Calls of AI services under way, open streams included.', labels: ['service'] },
  ai_retries_total: {
    type: 'counter',
    help: 'Attempts that the SDK of an AI service made again, inside of one call.',
    labels: ['service', 'model'],
    fold: ['model'],
  },
  ai_token_details_total: {
    type: 'counter',
    help: 'Tokens by kind, each a part of ai_token_usage_total: cached and cache_write of the input, reasoning of the output.',
    labels: ['service', 'model', 'kind'],
    fold: ['model'],
  },
  ai_usage_missing_total: {
    type: 'counter',
    help: 'Answered AI calls whose tokens are not known, by reason.',
    labels: ['service', 'model', 'reason'],
    fold: ['model'],
  },
  ai_time_to_first_token_seconds: {
    type: 'histogram',
    help: 'Time from an AI call to the first part of its streamed answer.',
    labels: ['service', 'model'],
    buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48],
    fold: ['model'],
  },
  ai_output_tokens_per_second: {
    type: 'histogram',
    help: 'Speed of a streamed answer: output tokens by the time from the first part to the last.',
    labels: ['service', 'model'],
    buckets: [1, 2.5, 5, 10, 20, 40, 60, 80, 100, 150, 200, 300, 500, 1_000],
    fold: ['model'],
  },
  ai_rate_limit_remaining: {
    type: 'gauge',
    help: 'What the provider said was left of a rate limit when it last answered; kind is requests, tokens, input_tokens or output_tokens.',
    labels: ['service', 'model', 'kind'],
    aggregator: 'min',
    fold: ['model'],
  },
  ai_retry_after_seconds: {
    type: 'gauge',
    help: 'How long the provider last asked to wait (retry-after).',
    labels: ['service', 'model'],
    aggregator: 'max',
    fold: ['model'],
  },
  ai_cost_unpriced_total: {
    type: 'counter',
    help: 'AI calls with known tokens and no known price.',
    labels: ['service', 'model'],
    fold: ['model'],
  },
  ai_attributed_cost_total: {
    type: 'counter',
    help: 'Cost of AI services by who spent it, in the configured currency.',
    labels: ['endpoint', 'tenant', 'feature'],
    fold: ['tenant', 'feature'],
  },
  ai_budget_limit: { type: 'gauge', help: 'Limit of an AI budget, in the configured currency.', labels: ['budget', 'tenant'], aggregator: 'max' },
  ai_budget_spent: {
    type: 'gauge',
    help: 'Spent of an AI budget in its current window, in the configured currency.',
    labels: ['budget', 'tenant'],
    aggregator: 'max',
  },
  ai_budget_remaining: {
    type: 'gauge',
    help: 'Left of an AI budget in its current window, in the configured currency; never below 0.',
    labels: ['budget', 'tenant'],
    aggregator: 'min',
  },
  ai_budget_thresholds_total: {
    type: 'counter',
    help: 'Times the spending of an AI budget passed one of its thresholds.',
    labels: ['budget', 'threshold'],
  },
  ai_budget_rejections_total: { type: 'counter', help: 'AI calls that an exceeded budget kept from being made.', labels: ['budget'] },

  // The activity of users
  user_actions_total: { type: 'counter', help: 'Actions of users that were tracked.', labels: ['action'] },
  activity_dropped_total: {
    type: 'counter',
    help: 'Actions and sightings of users that were not kept; reason is buffer_full, unanswered, closed or invalid.',
    labels: ['reason'],
  },
  activity_metadata_cut_total: {
    type: 'counter',
    help: 'Actions of users whose metadata was not kept as it was, by reason.',
    labels: ['reason'],
  },
  activity_backlog: { type: 'gauge', help: 'Actions and sightings of users that wait for Redis.', labels: [] },

  // Alerts
  alerts_open: {
    type: 'gauge',
    help: 'Alerts that are not resolved; status is firing, suppressed or acknowledged. Counted every 15 seconds or more often.',
    labels: ['severity', 'source', 'status'],
    aggregator: 'max',
    fold: ['source'],
  },
  alerts_fired_total: {
    type: 'counter',
    help: 'Alerts that were told; change is new, reopened, raised or merged.',
    labels: ['severity', 'source', 'change'],
    fold: ['source'],
  },
  alerts_resolved_total: { type: 'counter', help: 'Alerts that were resolved.', labels: ['severity', 'source'], fold: ['source'] },
  alerts_suppressed_total: { type: 'counter', help: 'Times an alert was kept back, by the stage that did.', labels: ['reason'] },
  alert_notifications_total: {
    type: 'counter',
    help: 'Attempts to deliver a notification; outcome is delivered, retry, failed or fallback.',
    labels: ['channel', 'outcome'],
  },
  alert_delivery_duration_seconds: {
    type: 'histogram',
    help: 'Time an attempt to deliver a notification took.',
    labels: ['channel'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  alert_delivery_backlog: { type: 'gauge', help: 'Notifications that wait for their channel.', labels: ['channel'] },
  alert_escalations_total: { type: 'counter', help: 'Alerts that were escalated, by policy and level.', labels: ['policy', 'level'] },
  alert_remediation_runs_total: {
    type: 'counter',
    help: 'Runs of automated responses; outcome is succeeded, failed, timed_out or skipped.',
    labels: ['name', 'outcome'],
  },

  alert_dispatcher_last_run_timestamp_seconds: {
    type: 'gauge',
    help: 'When the alert dispatcher last looked for what is due, in seconds since the epoch. It does every 15 seconds or more often.',
    labels: [],
    aggregator: 'min',
  },
  alert_store_up: { type: 'gauge', help: 'Whether the store of alerts answered last, 0 or 1.', labels: [], aggregator: 'min' },
  alert_heartbeats_total: {
    type: 'counter',
    help: 'Heartbeats of the alert dispatcher; outcome is sent, failed, or withheld because it does not work.',
    labels: ['outcome'],
  },
  alert_heartbeat_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When a heartbeat of the alert dispatcher was last sent, in seconds since the epoch.',
    labels: [],
    aggregator: 'min',
  },

  // Business figures
  business_collections_total: {
    type: 'counter',
    help: 'Collections of business figures in this process; outcome is succeeded, failed, timed_out, overlapped (the one before had not ended), lost (it came too late, and another process took over) or unshared (Redis could not be asked).',
    labels: ['collector', 'outcome'],
  },
  business_collection_duration_seconds: {
    type: 'histogram',
    help: 'Time a collection of business figures took.',
    labels: ['collector'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  business_collection_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the business figures shown were collected, by whichever process, in seconds since the epoch.',
    labels: ['collector'],
    aggregator: 'max',
  },
  slo_good_events_total: { type: 'counter', help: 'Good events of a service level objective.', labels: ['slo'] },
  slo_events_total: { type: 'counter', help: 'Events of a service level objective, good and bad.', labels: ['slo'] },
  slo_target_ratio: {
    type: 'gauge',
    help: 'Target of a service level objective: the share of events that is to be good, 0 to 1.',
    labels: ['slo'],
    aggregator: 'max',
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
