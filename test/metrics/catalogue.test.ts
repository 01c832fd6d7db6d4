import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Diagnostics } from '../../src/core/diagnostics.js';
import { catalogue, type MetricName } from '../../src/metrics/catalogue.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { ManualClock } from '../support/manual-clock.js';

const definitions = Object.entries(catalogue);

/** The plan's, as the design lists them: names and labels may never change. */
const PLAN: Readonly<Record<string, readonly [type: string, labels: string]>> = {
  http_requests_total: ['counter', 'method,endpoint,status_code'],
  http_request_duration_seconds: ['histogram', 'method,endpoint'],
  db_queries_total: ['counter', 'operation,table'],
  db_query_duration_seconds: ['histogram', 'operation,table'],
  ai_requests_total: ['counter', 'service,model,status'],
  ai_request_duration_seconds: ['histogram', 'service,model'],
  ai_token_usage_total: ['counter', 'service,model,type'],
  ai_service_cost_total: ['counter', 'service,model'],
  active_users_total: ['gauge', 'time_window'],
  learning_sessions_total: ['counter', 'user_type,subject'],
  exercise_completions_total: ['counter', 'exercise_type,difficulty,result'],
  daily_active_users: ['gauge', ''],
  monthly_active_users: ['gauge', ''],
  learning_completion_rate: ['gauge', 'course_type,difficulty'],
  average_session_duration_minutes: ['gauge', 'user_type'],
  user_satisfaction_score: ['gauge', 'feature,user_type'],
};
const ours = definitions.filter(([name]) => !Object.hasOwn(PLAN, name));

describe("the plan's metrics", () => {
  test.each(Object.entries(PLAN))('%s', (name, [type, labels]) => {
    expect([catalogue[name as MetricName].type, catalogue[name as MetricName].labels.join()]).toEqual([type, labels]);
  });
});

describe('every metric', () => {
  test.each(definitions)('%s has valid names and a help that is a sentence', (name, { labels, help }) => {
    expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).not.toContain('le');
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(help).not.toMatch(/[\n\\"]/);
  });

  test.each(definitions.filter(([, { type }]) => type === 'histogram'))('%s has ascending positive buckets', (_, { buckets = [] }) => {
    expect(buckets.length).toBeGreaterThan(3);
    expect(buckets.every((bound, i) => bound > 0 && bound > (buckets[i - 1] ?? 0))).toBe(true);
  });

  test.each(definitions)('%s folds labels that it has, and not all where some tell little', (_, { labels, fold, buckets, type }) => {
    for (const label of fold ?? []) expect(labels).toContain(label);
    expect(buckets === undefined).toBe(type !== 'histogram');
  });
});

describe('ours follow the conventions of Prometheus', () => {
  test.each(ours)('%s', (name, { type }) => {
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes|per_second)$/);
    // No unit but the base ones.
    expect(name).not.toMatch(/_(milliseconds|ms|minutes|hours|kb|mb|kilobytes|megabytes|percent)(_|$)/);
    // Samples of a histogram have these.
    expect(name).not.toMatch(/_(count|sum|bucket|created|info)$/);
  });

  test('sightline_ is for the library itself', () => {
    const own = ours.map(([name]) => name).filter(name => name.startsWith('sightline_'));

    expect(own.sort()).toEqual(['sightline_errors_total', 'sightline_series_dropped_total', 'sightline_spans_total']);
  });

  test('no name is made of another and a suffix', () => {
    const names = new Set(definitions.map(([name]) => name));
    const clashes = definitions.flatMap(([name]) => ['_total', '_count', '_sum', '_bucket', '_created'].map(suffix => name + suffix));

    expect(clashes.filter(name => names.has(name as MetricName))).toEqual([]);
  });
});

describe('joined over the workers of a cluster', () => {
  test('what each worker counts is added up; what all of them see is not', () => {
    const joined = (aggregator: string): string[] =>
      definitions.filter(([, definition]) => (definition.aggregator ?? 'sum') === aggregator).map(([name]) => name);

    expect(joined('max')).toEqual([
      'active_users_total',
      'daily_active_users',
      'monthly_active_users',
      // What a provider asks for, and what is spent where processes share their budgets.
      'ai_retry_after_seconds',
      'ai_budget_limit',
      'ai_budget_spent',
      // Of a store that they share.
      'alerts_open',
      // Whoever collected it last, and what is the same everywhere.
      'business_collection_last_success_timestamp_seconds',
      'slo_target_ratio',
    ]);
    expect(joined('min')).toEqual([
      'ai_rate_limit_remaining',
      'ai_budget_remaining',
      // The worst off is the one to look at.
      'alert_dispatcher_last_run_timestamp_seconds',
      'alert_store_up',
      'alert_heartbeat_last_success_timestamp_seconds',
    ]);
    expect(joined('average')).toEqual(['learning_completion_rate', 'average_session_duration_minutes', 'user_satisfaction_score']);
    expect(definitions.filter(([, { type, aggregator }]) => type !== 'gauge' && aggregator !== undefined)).toEqual([]);
  });
});

test('each metric can be made, and is registered with what the catalogue says', () => {
  const registry = new Registry();
  const clock = new ManualClock();
  const metrics = new Metrics({
    registry: registry,
    clock,
    diagnostics: new Diagnostics({ warn() {} }, clock),
    seriesLimit: 100,
    seriesTtlMs: undefined,
    buckets: {},
  });
  for (const [name, definition] of definitions) {
    const metric = metrics[definition.type](name as never);

    expect(registry.getSingleMetric(name)).toBe(metric);
    expect(metric).toMatchObject({ name, type: definition.type, help: definition.help, aggregator: definition.aggregator ?? 'sum' });
    expect(metric.labelNames).toEqual(definition.labels);
    expect(metric.bucketBounds).toEqual(definition.buckets ?? []);
  }
});
